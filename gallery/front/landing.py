"""What visitors see first: the pictures of the community, and who is behind them."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser

from gallery.accounts.models import User
from gallery.images.models import Image
from slipstream.rankings import Window, top

COLUMNS = 3
ON_WALL = 12
ON_SHELF = 12
NEWEST = 12
PEOPLE = 6
_ART = tuple(
    f"gallery/art/{name}.svg"
    for name in (
        *("hills", "circle", "flow", "tiles", "leaves", "arches"),
        *("sea", "weave", "stones", "contours", "fans", "rain"),
    )
)


def landing() -> dict[str, Any]:
    """Return the context of the page.

    At most seven queries: those of two `top` and one for the newest. The people are those
    whose pictures these are; nobody else is read.
    """
    visitor = AnonymousUser()
    images = Image.objects.visible_to(visitor).with_like_state(visitor).select_related("user")
    trending = [p.object for p in top(images, ON_WALL + ON_SHELF, window=Window.TRENDING)]
    week = [place.object for place in top(images, ON_SHELF, window=Window.WEEK)]
    newest = list(images.newest()[:NEWEST])
    wall = list({image.pk: image for image in (*trending, *newest)}.values())[:ON_WALL]
    further = trending[ON_WALL:]
    return {
        "first": wall[0] if wall else None,
        "wall": _columns(wall),
        # What is on the wall is not shown again at once, unless there is little else.
        "trending": further if len(further) >= ON_SHELF // 2 else trending[:ON_SHELF],
        "week": week,
        "newest": newest,
        "people": _people((*trending, *week, *newest)),
    }


def _columns(images: list[Image]) -> list[list[Image | str]]:
    """Return ``images`` in columns of about the same height; drawn art where there are too few."""
    columns: list[list[Image | str]] = [[] for _ in range(COLUMNS)]
    heights = [0.0] * COLUMNS
    pieces: list[Image | str] = [*images, *_ART[: ON_WALL - len(images)]]
    for piece in pieces:
        shortest = heights.index(min(heights))
        columns[shortest].append(piece)
        heights[shortest] += 1.2 if isinstance(piece, str) else 20 / piece.ratio_step
    return columns


def _people(images: Iterable[Image]) -> list[tuple[User, Image]]:
    """Return the first owners, each with a picture; those who show their face before others."""
    found: dict[int, tuple[User, Image]] = {}
    for image in images:
        if image.user_id not in found:
            # So that their button asks nobody.
            image.user.is_followed = False  # type: ignore[attr-defined]
            found[image.user_id] = image.user, image
    return sorted(found.values(), key=lambda pair: not pair[0].photo)[:PEOPLE]
