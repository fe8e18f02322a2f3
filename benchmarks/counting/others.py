"""Writes beside likes: new pictures, a user who leaves, other columns."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import F
from django.utils import timezone

from benchmarks.counting.filling import OTHERS, STAR, leaver
from benchmarks.counting.models import count_again
from benchmarks.counting.ways import BARE, HAND, LOOP, MODELS, OURS, SERVICE, settle
from benchmarks.project import Way

_WITH_AND_WITHOUT = (OURS, SERVICE, BARE)
_new = count()


# -- new pictures


def new_pictures() -> dict[str, Way]:
    """Insert 1,000 pictures: ours, with a column of Django's, and without."""
    return {way: _made(MODELS[way][0]) for way in _WITH_AND_WITHOUT}


def _made(pictures: Any) -> Way:
    return lambda: pictures.objects.bulk_create([pictures(title="new") for _ in range(1000)])


# -- a user leaves


def closing() -> dict[str, Way]:
    """Delete a user with 1,000 likes. The tutorial's receiver is called by hand: it is not told."""
    return {
        OURS: lambda: _leave(OURS),
        HAND: _by_hand,
        SERVICE: _served,
        LOOP: _taught,
        BARE: lambda: _leave(BARE),
    }


def _leave(way: str) -> None:
    get_user_model().objects.get(pk=_LEAVERS[way]).delete()
    settle()


def _served() -> None:
    pictures = MODELS[SERVICE][0].objects.filter(likes__user=_LEAVERS[SERVICE])
    pictures.update(like_count=F("like_count") - 1)
    _leave(SERVICE)


def _taught() -> None:
    pictures = list(MODELS[LOOP][0].objects.filter(likes__user=_LEAVERS[LOOP]))
    _leave(LOOP)
    for picture in pictures:
        count_again(picture)


def _by_hand() -> None:
    pictures, likes = (model._meta.db_table for model in MODELS[HAND])
    key = _LEAVERS[HAND]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {pictures} SET like_count = like_count - 1"
            f" WHERE id IN (SELECT picture_id FROM {likes} WHERE user_id = %s)",
            [key],
        )
        cursor.execute(f"DELETE FROM {likes} WHERE user_id = %s", [key])
        cursor.execute("DELETE FROM auth_user WHERE id = %s", [key])
    settle()


class _Leavers(dict[str, int]):
    def __missing__(self, way: str) -> int:
        self[way] = leaver(way)
        return self[way]


_LEAVERS = _Leavers()


# -- other columns


def saving() -> dict[str, Way]:
    """Save a picture with 10,000 likes, whole."""
    return {way: _saved(MODELS[way][0].objects.get(pk=STAR)) for way in _WITH_AND_WITHOUT}


def _saved(picture: Any) -> Way:
    def save() -> None:
        picture.title = f"title {next(_new)}"
        picture.save()

    return save


def titles() -> dict[str, Way]:
    """Change the titles of 1,000 pictures."""
    return {way: _titled(MODELS[way][0].objects.all()) for way in _WITH_AND_WITHOUT}


def _titled(pictures: Any) -> Way:
    some = pictures.filter(pk__lte=OTHERS)
    return lambda: some.update(title=f"title {next(_new)}")


def dates() -> dict[str, Way]:
    """Change another column of the 10,000 likes of one picture."""
    return {way: _dated(MODELS[way][1].objects.filter(picture=STAR)) for way in _WITH_AND_WITHOUT}


def _dated(likes: Any) -> Way:
    return lambda: likes.update(liked_at=timezone.now())
