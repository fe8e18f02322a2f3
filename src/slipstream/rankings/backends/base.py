"""What a backend of rankings can do.

Objects are told by ``kind``, a name of their model, and ``key``, their primary key as text.
`slipstream.testing.rankings.BackendContract` says the same in tests, for backends of
one's own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from slipstream.rankings.windows import Window

__all__ = ["Backend", "Recorded", "Standing", "Totals", "View"]


class View(NamedTuple):
    """One look at one object."""

    kind: str
    key: str
    viewer: str | None
    """Who looks, as a digest; None: nobody that could be told from others."""
    at: datetime
    once_per: timedelta
    half_life: timedelta


class Totals(NamedTuple):
    """How often something was seen, and by how many."""

    views: int
    viewers: int


class Recorded(NamedTuple):
    """All views and viewers of an object, and whether this view was counted among them."""

    views: int
    viewers: int
    counted: bool


class Standing(NamedTuple):
    """What an object has in a ranking: a number of views, or the logarithm of a weight."""

    key: str
    score: float


class Backend(ABC):
    """Counts views and ranks objects."""

    @abstractmethod
    def record(self, views: Sequence[View]) -> list[Recorded]:
        """Count ``views``, each at most once per its ``once_per`` and viewer; return totals."""

    @abstractmethod
    def totals(self, kind: str, keys: Sequence[str], window: Window, at: datetime) -> list[Totals]:
        """Return the totals of each of ``keys`` in the period that ``at`` is in."""

    @abstractmethod
    def top(
        self, kind: str, window: Window, at: datetime, *, start: int, count: int
    ) -> list[Standing]:
        """Return ``count`` of those on top, from place ``start``, 0 being the first.

        By score, then by key.
        """

    @abstractmethod
    def place(self, kind: str, key: str, window: Window, at: datetime, *, most: int) -> int | None:
        """Return the place of an object, 0 being the first; None beyond ``most`` or unseen."""

    @abstractmethod
    def history(
        self, kind: str, keys: Sequence[str], window: Window, since: datetime
    ) -> list[tuple[datetime, Totals]]:
        """Return the totals of ``keys`` together, for each period since ``since`` with a view."""

    @abstractmethod
    def forget(self, kind: str, keys: Sequence[str]) -> None:
        """Remove all that is known of ``keys``."""

    def flush(self, kind: str) -> int:
        """Make durable what is not yet; return how many views that were."""
        return 0

    def rebuild(self, kind: str) -> None:  # noqa: B027 - most keep nothing besides
        """Make anew, from what is durable, whatever is kept besides."""
