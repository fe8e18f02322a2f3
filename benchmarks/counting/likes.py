"""Writing likes: one, and 10,000 at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from benchmarks.counting.filling import FRESH, HALFWAY, PEOPLE, SPREAD, STAR, fan, people
from benchmarks.counting.ways import (
    AT_ONCE,
    BARE,
    HAND,
    LOOP,
    MODELS,
    OURS,
    RAW,
    SERVICE,
    settle,
    sql,
)
from benchmarks.project import Way

PART = 200
"""How many of the 10,000 likes a loop is measured with."""

# -- one


def one() -> dict[str, Way]:
    """Like a picture with 10,000 likes, and unlike it; each is committed."""
    user = get_user_model().objects.get(pk=fan())
    return {
        OURS: _related(OURS, user),
        RAW: _statements(OURS, user.pk, is_counted_here=False),
        HAND: _statements(HAND, user.pk, is_counted_here=True),
        SERVICE: _service(user.pk),
        LOOP: _related(LOOP, user),
        BARE: _related(BARE, user),
    }


def _related(way: str, user: Any) -> Way:
    picture = MODELS[way][0].objects.get(pk=STAR)

    def write() -> None:
        picture.users_like.add(user)
        picture.users_like.remove(user)

    return write


def _service(user: int) -> Way:
    pictures, likes = MODELS[SERVICE]
    star = pictures.objects.filter(pk=STAR)

    def write() -> None:
        with transaction.atomic():
            _like, is_new = likes.objects.get_or_create(user_id=user, picture_id=STAR)
            if is_new:
                star.update(like_count=F("like_count") + 1)
        with transaction.atomic():
            gone, _each = likes.objects.filter(user_id=user, picture_id=STAR).delete()
            if gone:
                star.update(like_count=F("like_count") - 1)

    return write


def _statements(way: str, user: int, *, is_counted_here: bool) -> Way:
    insert, _many, delete, move = sql(way)

    def counted(cursor: Any, by: int, statement: str, params: list[Any]) -> None:
        if not is_counted_here:
            cursor.execute(statement, params)
            return
        cursor.execute("BEGIN")
        cursor.execute(statement, params)
        if cursor.rowcount:
            cursor.execute(move, [by, STAR])
        cursor.execute("COMMIT")

    def write() -> None:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            counted(cursor, 1, insert, [STAR, user, now])
            counted(cursor, -1, delete, [STAR, user])

    return write


# -- many


def many_of_one() -> dict[str, Way]:
    """Insert a like of each user for a picture without any, another one each time; committed.

    It is not taken back: for that MariaDB needs a minute, where the count has an index.
    A loop is measured with 200 likes of a picture that has 5,000: half way.
    """
    users = people()
    ways = (OURS, RAW, HAND, SERVICE, AT_ONCE, BARE)
    fresh = {way: iter(FRESH) for way in ways}

    def once(way: str) -> Way:
        def write() -> None:
            # RAW has the tables of OURS, and begins at the other end.
            key = FRESH[-1] + FRESH[0] - next(fresh[way]) if way == RAW else next(fresh[way])
            if way == AT_ONCE:
                _loop([key], users, at_once=True)()
            else:
                with transaction.atomic():
                    _in_bulk([key], users)[way]()

        return write

    return {
        **{way: once(way) for way in ways},
        LOOP: _loop([HALFWAY], users[PEOPLE // 2 :][:PART]),
    }


@contextmanager
def only_half() -> Iterator[None]:
    """Take back what a loop added."""
    pictures, likes = MODELS[LOOP]
    yield
    half = people()[: PEOPLE // 2]
    if likes.objects.filter(picture=HALFWAY).count() > len(half):
        likes.objects.filter(picture=HALFWAY, user__gt=half[-1]).delete()
        pictures.objects.filter(pk=HALFWAY).update(like_count=len(half))


def many_of_many() -> dict[str, Way]:
    """Insert a hundred likes for each of a hundred pictures without any.

    A loop is measured with two of the pictures.
    """
    users = people()[:100]
    return {
        **_in_bulk(SPREAD, users),
        LOOP: _loop(SPREAD[:2], users),
        AT_ONCE: _loop(SPREAD, users, at_once=True),
    }


def _in_bulk(pictures: Sequence[int], users: list[int]) -> dict[str, Way]:
    served = MODELS[SERVICE][0].objects.filter(pk__in=pictures)

    def service() -> None:
        with transaction.atomic():
            _create(SERVICE, pictures, users)
            served.update(like_count=F("like_count") + len(users))

    def by_hand() -> None:
        _insert(HAND, pictures, users)
        with connection.cursor() as cursor:
            for key in pictures:
                cursor.execute(sql(HAND).move, [len(users), key])

    return {
        OURS: _settled(lambda: _create(OURS, pictures, users)),
        RAW: _settled(lambda: _insert(OURS, pictures, users)),
        HAND: _settled(by_hand),
        SERVICE: _settled(service),
        BARE: _settled(lambda: _create(BARE, pictures, users)),
    }


def _create(way: str, pictures: Sequence[int], users: list[int]) -> None:
    likes = MODELS[way][1]
    rows = [likes(picture_id=key, user_id=user) for key in pictures for user in users]
    likes.objects.bulk_create(rows)


def _insert(way: str, pictures: Sequence[int], users: list[int]) -> None:
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    rows = [(key, user, now) for key in pictures for user in users]
    with connection.cursor() as cursor:
        marks = ", ".join(["(%s, %s, %s)"] * len(rows))
        cursor.execute(sql(way).insert_many + marks, list(chain.from_iterable(rows)))


def _loop(keys: Sequence[int], users: list[int], *, at_once: bool = False) -> Way:
    pictures = list(MODELS[LOOP][0].objects.filter(pk__in=keys))

    def write() -> None:
        for picture in pictures:
            if at_once:
                picture.users_like.add(*users)
            else:
                for user in users:
                    picture.users_like.add(user)

    return _settled(write)


def _settled(write: Callable[[], object]) -> Way:
    def both() -> None:
        write()
        settle()

    return both
