"""Counting looks at a picture, and what its page says of them."""

import logging
from dataclasses import dataclass

from django.db import DatabaseError
from django.http import HttpRequest

from gallery.images.models import Image
from slipstream.rankings import Totals, Window, rank_of, view_count
from slipstream.rankings.requests import record_request

_log = logging.getLogger(__name__)

#: The last place that a picture's page tells.
LAST_PLACE = 100
#: Where a picture may have a place worth telling, the most telling first.
TOLD = (Window.DAY, Window.TRENDING)


@dataclass(frozen=True)
class Seen:
    """What a picture's page says of who has seen it."""

    views: int
    viewers: int
    today: int
    place: int | None
    window: str
    """Where it has that place: one of `TOLD`."""


def look(request: HttpRequest, image: Image) -> Seen:
    """Count that somebody looks at ``image``, if so; return what is to be said of all looks.

    Besides `record_request`, one round trip for today, and for a public picture one for each
    window that it may have a place in; with the views in the database up to two for each. One
    more where this look is none.
    """
    totals = _record(request, image) or view_count(image)
    today = view_count(image, window=Window.DAY).views
    window, place = _place(image) if image.is_public else ("", None)
    return Seen(totals.views, totals.viewers, today, place, window)


def _record(request: HttpRequest, image: Image) -> Totals | None:
    try:
        recorded = record_request(request, image)
    except DatabaseError:
        # Whoever looks is here for the picture.
        _log.exception("A look at picture %s was not counted.", image.pk)
        return None
    return None if recorded is None else Totals(recorded.views, recorded.viewers)


def _place(image: Image) -> tuple[str, int | None]:
    """Return the first of `TOLD` in which ``image`` is among the first, and its place there."""
    for window in TOLD:
        place = rank_of(image, window=window)
        if place is not None and place <= LAST_PLACE:
            return window, place
    return "", None
