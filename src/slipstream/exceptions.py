"""Everything that Slipstream raises on purpose.

::

    SlipstreamError
    ├── BackendAway
    ├── CountNotWritable    (also a TypeError)
    ├── InvalidActivity     (also a ValueError)
    ├── InvalidCursor       (also a ValueError)
    ├── InvalidLimit        (also a ValueError)
    ├── InvalidStamp        (also a ValueError)
    ├── InvalidTarget       (also a ValueError)
    ├── InvalidUser         (also a ValueError)
    ├── InvalidWindow       (also a ValueError)
    ├── NotRanked           (also a ValueError)
    ├── UndeclaredRule      (also a ValueError)
    ├── UndeclaredVerb      (also a ValueError)
    └── FollowRefused
        └── CannotFollowSelf

The docstring of a class is its default message.
"""

from __future__ import annotations

from inspect import cleandoc

__all__ = [
    "BackendAway",
    "CannotFollowSelf",
    "CountNotWritable",
    "FollowRefused",
    "InvalidActivity",
    "InvalidCursor",
    "InvalidLimit",
    "InvalidStamp",
    "InvalidTarget",
    "InvalidUser",
    "InvalidWindow",
    "NotRanked",
    "SlipstreamError",
    "UndeclaredRule",
    "UndeclaredVerb",
]


class SlipstreamError(Exception):
    """Slipstream could not do what was asked."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or cleandoc(self.__doc__ or ""))


class BackendAway(SlipstreamError):
    """Redis does not answer, or not in time."""


class CountNotWritable(SlipstreamError, TypeError):
    """A count is kept by the database; nothing else writes it."""


class InvalidActivity(SlipstreamError, ValueError):
    """This activity cannot be recorded."""


class InvalidCursor(SlipstreamError, ValueError):
    """The cursor was not made for this list, or was changed on its way."""


class InvalidLimit(SlipstreamError, ValueError):
    """The number of rows asked for is out of range."""


class InvalidStamp(SlipstreamError, ValueError):
    """This is no notification, nor the stamp of one."""


class InvalidTarget(SlipstreamError, ValueError):
    """A saved object of one of the models listed is needed here."""


class InvalidUser(SlipstreamError, ValueError):
    """A saved user of the project's user model is needed here."""


class InvalidWindow(SlipstreamError, ValueError):
    """There is no such window."""


class NotRanked(SlipstreamError, ValueError):
    """Views of this model are not counted: it has no policy."""


class UndeclaredRule(SlipstreamError, ValueError):
    """Nobody is told of this verb: a rule is declared in an app's verbs.py first."""


class UndeclaredVerb(SlipstreamError, ValueError):
    """A verb is declared in an app's verbs.py before it is used."""


class FollowRefused(SlipstreamError):
    """This follow is not allowed."""


class CannotFollowSelf(FollowRefused):
    """Nobody follows themselves."""
