"""The same page of 20, in each way that is compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from actstream.models import user_stream
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import QuerySet, prefetch_related_objects
from django.test.utils import CaptureQueriesContext

from benchmarks.acting.filling import READERS
from benchmarks.acting.models import Activity, Comment, Image
from benchmarks.acting.shapes import BY_HAND, PAGE, Place, Read, by_hand, by_hand_of_everyone
from benchmarks.acting.verbs import SHOWN
from slipstream.feeds import get_activity_feed
from slipstream.follows.models import Follow

OURS, CARDS, TUTORIAL, PEER = "ours", "ours, with cards", "tutorial", "peer"
DEEP = 5_000
_AT_ONCE = 200


class Shape(NamedTuple):
    """One page."""

    name: str
    reader: Any
    cursor: str | None
    place: Place
    depth: int
    """The rows before it."""


class Checked(NamedTuple):
    """A way, and what it gives."""

    read: Read
    queries: int | None
    """None for SQL by hand."""
    found: str
    """Empty where it is the page; otherwise what it is instead."""


def shapes() -> list[Shape]:
    """Return the first page of each reader, and the one after 5,000 rows, or after half."""
    found = []
    for name, (key, _) in READERS.items():
        reader = get_user_model().objects.get(pk=key)
        found.append(Shape(f"{name}, first page", reader, None, Place(key, None, None), 0))
        depth = DEEP
        cursor, last, seen = walk(reader, depth)
        if cursor is None or seen < depth:
            depth = seen // 2
            cursor, last, _ = walk(reader, depth)
        place = Place(key, last.created_at, last.pk)
        found.append(Shape(f"{name}, after {depth:,} rows", reader, cursor, place, depth))
    return found


def walk(reader: Any, depth: int) -> tuple[str | None, Any, int]:
    """Return the cursor after ``depth`` rows, the last one before it, and how many there were."""
    cursor, last, seen = None, None, 0
    while seen < depth:
        page = get_activity_feed(reader, limit=min(_AT_ONCE, depth - seen), cursor=cursor)
        seen += len(page.items)
        last, cursor = (page.items or [last])[-1], page.next_cursor
        if cursor is None:
            break
    return cursor, last, seen


def ways(shape: Shape) -> dict[str, Checked]:
    """Return every way to read it, ours first, having compared what they give."""
    is_discovery = get_activity_feed(shape.reader).is_discovery
    reads: dict[str, Read] = {
        OURS: lambda: ours(shape),
        CARDS: lambda: ours_with_all(shape),
        **(by_hand_of_everyone if is_discovery else by_hand)(shape.place),
    }
    if not is_discovery:
        reads |= {TUTORIAL: lambda: tutorial(shape), PEER: lambda: peer(shape)}
    checked: dict[str, Checked] = {}
    expected = ours(shape)
    assert len(expected) == PAGE, shape.name
    for name, read in reads.items():
        with CaptureQueriesContext(connection) as queries:
            rows = read()
        told = None if name in BY_HAND else len(queries)
        checked[name] = Checked(read, told, _difference(rows, expected))
    assert not checked[CARDS].found
    assert any(name in checked and not checked[name].found for name in BY_HAND)
    return checked


def _difference(rows: list[Any], expected: list[Any]) -> str:
    if rows == expected:
        return ""
    if len(rows) < len(expected):
        return f"{len(rows)} rows"
    times = [
        sorted(Activity.objects.filter(pk__in=keys).values_list("created_at", flat=True))
        for keys in ([row[0] for row in page] for page in (rows, expected))
    ]
    assert times[0] == times[1], (rows, expected)
    return "ties"


# -- the ways


def ours(shape: Shape) -> list[Any]:
    page = get_activity_feed(shape.reader, limit=PAGE, cursor=shape.cursor)
    return _shown(page.items, lambda activity: activity.actor.username)


def ours_with_all(shape: Shape) -> list[Any]:
    """With the profile of who did it, and on the card of the target whose it is."""
    cards = (
        Image.objects.select_related("owner"),
        get_user_model().objects.select_related("profile"),
        Comment.objects.select_related("author"),
    )
    page = get_activity_feed(shape.reader, limit=PAGE, cursor=shape.cursor, targets=cards)
    prefetch_related_objects(page.items, "actor__profile")
    for activity in page.items:
        assert activity.actor.profile.headline
        target = activity.target
        if target is not None:
            belongs = getattr(target, "owner", None) or getattr(target, "author", None)
            assert belongs.username if belongs else target.profile.headline
    return _shown(page.items, lambda activity: activity.actor.username)


def tutorial(shape: Shape) -> list[Any]:
    """One query with everything, and an offset."""
    following = Follow.objects.filter(follower=shape.reader).values("following")
    rows = (
        QuerySet(Activity)
        .filter(actor__in=following, verb__in=SHOWN)
        .select_related("actor", "target_image", "target_user", "target_comment")
        .order_by("-created_at", "-id")
    )
    page = rows[shape.depth : shape.depth + PAGE]
    return _shown(page, lambda activity: activity.actor.username)


def peer(shape: Shape) -> list[Any]:
    """Its documented default, which prefetches, and an offset: it has no other."""
    page = user_stream(shape.reader)[shape.depth : shape.depth + PAGE]
    return _shown(page, lambda action: action.actor.username)


def _shown(rows: Any, who: Callable[[Any], str]) -> list[Any]:
    return [(row.pk, who(row), row.verb, str(row.target or "")) for row in rows]
