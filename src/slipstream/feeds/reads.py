"""Reading a feed."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, router
from django.db.models import Model, QuerySet

from slipstream.activity.querysets import NEWEST_FIRST
from slipstream.activity.reads import get_activity_model
from slipstream.activity.verbs import feed_verbs
from slipstream.exceptions import InvalidCursor
from slipstream.feeds.audiences import audience_of
from slipstream.feeds.finding import Found, Position, Wanted, count, find
from slipstream.keyset import AFTER, BEFORE, Keyset, check_limit
from slipstream.users import check_user

__all__ = ["MOST_COUNTED", "FeedPage", "count_new", "get_activity_feed"]

# Rows that are found by their keys can be joined with more than others, on MariaDB too: no
# engine takes another way to them. Enough for the actor, and three kinds of targets with what
# each belongs to.
_MOST_JOINS = {"mysql": 7, "postgresql": 7}

#: The most that `count_new` counts to.
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One page of a feed, newest first."""

    items: list[Any]
    """Activities with actor and target loaded."""
    next_cursor: str | None
    """Leads to what is older; None at the end."""
    newer_cursor: str | None
    """Leads to what is newer than the first item, now or later. None where there is no item and
    no cursor led here: whatever comes is new."""
    is_discovery: bool
    """Whether it is everyone's, since nobody is in the user's audience."""


def get_activity_feed(
    user: Model,
    *,
    limit: int = 20,
    cursor: str | None = None,
    targets: Sequence[QuerySet[Any]] = (),
) -> FeedPage:
    """Return what those whom ``user`` sees did, newest first; never their own.

    Shown are the verbs with ``in_feeds``, of the audience that the setting
    ``SLIPSTREAM_FEED_AUDIENCE`` names, by default those whom they follow. For whom
    that is nobody, it is what everyone does, the discovery feed.

    ``cursor`` is one of another page, by default none: the newest. Following
    ``next_cursor`` until it is None gives each activity once, whatever is written
    and deleted meanwhile. A cursor whose rows are gone leads to those beyond them;
    where there are none, to an empty page. ``targets`` are querysets, at most
    one per model, as ``with_targets`` takes them: they say what to load of the
    targets, and an activity whose target they leave out is not on the page, which
    is shorter then, or empty with a ``next_cursor``.

    Two queries, where actors and targets can be joined (see ``with_targets``); on
    MariaDB three where the audience's activities are rare among the newest. The
    cost does not grow with the depth of the page or with all activities; see
    the explanation of feeds.

    Raises `InvalidUser` for an anonymous or unsaved user, `InvalidLimit` for a
    ``limit`` outside 1 to 200, and `InvalidCursor` for a cursor that was tampered
    with or made elsewhere.
    """
    check_user(user)
    check_limit(limit)
    limit = operator.index(limit)
    feed = _Feed(user)
    direction, position = feed.read(cursor) if cursor else (AFTER, None)
    backwards = direction == BEFORE
    # One more than asked for tells whether there is a further page.
    positions, is_discovery = feed.find(position, backwards=backwards, count=limit + 1)
    more = len(positions) > limit
    del positions[limit:]
    if backwards:
        positions.reverse()
    # Where nothing is found, what comes later is beyond where one was.
    newest = positions[0] if positions else position
    return FeedPage(
        items=feed.rows(positions, targets),
        next_cursor=feed.cursor(positions[-1], AFTER)
        if positions and (more or backwards)
        else None,
        newer_cursor=feed.cursor(newest, BEFORE) if newest else None,
        is_discovery=is_discovery,
    )


def count_new(user: Model, cursor: str | None) -> int:
    """Return how many activities in the feed of ``user`` are newer than a page, at most 100.

    ``cursor`` is the page's ``newer_cursor``; None, that of an empty page, counts
    all. Counted are those whose targets a page might leave out as well. One query,
    bounded as a page is.

    Raises `InvalidUser` as `get_activity_feed` does, and `InvalidCursor` for
    any other cursor, a ``next_cursor`` included.
    """
    check_user(user)
    feed = _Feed(user)
    direction, position = feed.read(cursor) if cursor else (BEFORE, None)
    if direction != BEFORE:
        raise InvalidCursor("How many are new is counted from a newer_cursor.")
    return feed.count_newer(position)


class _Feed:
    """The activities that one user sees."""

    def __init__(self, user: Model) -> None:
        self.user = user
        self.model = get_activity_model()
        self.using = router.db_for_read(self.model, instance=user)
        self.keyset = Keyset(self.model, NEWEST_FIRST, name="slipstream.feeds")

    def read(self, cursor: str) -> tuple[str, Position]:
        direction, values = self.keyset.read(cursor)
        return direction, Position(*values)

    def cursor(self, position: Position, direction: str) -> str:
        # A keyset reads the fields by name; the row itself may be gone by now.
        row: Any = position
        return self.keyset.cursor(row, direction)

    def find(self, position: Position | None, *, backwards: bool, count: int) -> Found:
        wanted = self._wanted(position, backwards=backwards)
        return find(wanted, count=count) if wanted.verbs else Found([], is_discovery=False)

    def count_newer(self, position: Position | None) -> int:
        wanted = self._wanted(position, backwards=True)
        return count(wanted, most=MOST_COUNTED) if wanted.verbs else 0

    def rows(self, positions: Sequence[Position], targets: Sequence[QuerySet[Any]]) -> list[Any]:
        """Return the activities at ``positions`` that are still there and have their targets."""
        if not positions:
            return []
        most = _MOST_JOINS.get(connections[self.using].vendor)
        rows = self.model.objects.using(self.using).filter(pk__in=[p.id for p in positions])
        found = {row.pk: row for row in rows.with_targets(*targets, most_joins=most).order_by()}
        items = [found[p.id] for p in positions if p.id in found]
        return [item for item in items if not item.has_lost_its_target] if targets else items

    def _wanted(self, position: Position | None, *, backwards: bool) -> Wanted:
        return Wanted(
            model=self.model,
            using=self.using,
            viewer=self.user.pk,
            verbs=feed_verbs(),
            audience=audience_of(self.user, using=self.using),
            position=position,
            backwards=backwards,
        )
