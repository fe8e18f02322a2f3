"""The same rows for each way, written past the ORM: that would take minutes."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Count, F

from benchmarks.counting.models import KeptLike, KeptPicture
from benchmarks.counting.ways import BARE, MODELS, OURS
from benchmarks.project import analyze, insert
from slipstream.counters.triggers import drop_all, install

PEOPLE, OTHERS, LIKES_OF_OTHERS = 10_000, 1_000, 100
STAR, HALFWAY = OTHERS + 1, OTHERS + 2
"""The pictures with 10,000 and with 5,000 likes."""
SPREAD = range(OTHERS + 3, OTHERS + 103)
"""A hundred pictures without likes."""
FRESH = range(SPREAD.stop, SPREAD.stop + 20)
"""Pictures without likes that get 10,000, one in each round."""
_NOW = "'2024-01-01 00:00:00'"


def fill() -> None:
    """Write people, pictures and likes, the same in each way."""
    model = get_user_model()
    model.objects.bulk_create(
        [model(username=f"u{i}") for i in range(PEOPLE + 1 + len(MODELS))], batch_size=1000
    )
    users = people()
    for way, (pictures, likes) in MODELS.items():
        count = "" if way == BARE else ", like_count"
        zero = "" if way == BARE else ", 0"
        rows = (f"({key}, 'picture {key}'{zero})" for key in range(1, FRESH.stop))
        insert(pictures, f"id, title{count}", rows)
        insert(likes, "picture_id, user_id, liked_at", _likes(users, leaver(way)))
        if way not in (OURS, BARE):
            with connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE {pictures._meta.db_table} SET like_count = (SELECT COUNT(*)"
                    f" FROM {likes._meta.db_table} l WHERE l.picture_id = "
                    f"{pictures._meta.db_table}.id)"
                )
    analyze()


def people() -> list[int]:
    """Return the keys of those who like."""
    return _users()[:PEOPLE]


def fan() -> int:
    """Return the key of one who likes nothing yet."""
    return _users()[PEOPLE]


def leaver(way: str) -> int:
    """Return the key of one with 1,000 likes, all in the tables of ``way``."""
    return _users()[PEOPLE + 1 + list(MODELS).index(way)]


def _users() -> list[int]:
    return list(get_user_model().objects.order_by("pk").values_list("pk", flat=True))


def _likes(users: list[int], leaving: int) -> Iterator[str]:
    random = Random(1)
    for key in range(1, OTHERS + 1):
        for user in (*random.sample(users, LIKES_OF_OTHERS), leaving):
            yield f"({key}, {user}, {_NOW})"
    for key, liked_by in ((STAR, users), (HALFWAY, users[: PEOPLE // 2])):
        for user in liked_by:
            yield f"({key}, {user}, {_NOW})"


# -- many pictures, for reading


def grow(pictures: int, likes: int) -> int:
    """Add pictures and likes to ours, with a heavy tail, and have all counted at once.

    Return how many likes there are then.
    """
    drop_all([KeptPicture._meta.app_label], using="default", apps=apps)
    first = KeptPicture.objects.order_by("-pk")[0].pk + 1
    keys = range(first, first + pictures)
    insert(KeptPicture, "id, title, like_count", (f"({key}, 'new {key}', 0)" for key in keys))
    insert(KeptLike, "picture_id, user_id, liked_at", _tail(keys, likes, people()))
    install(using="default")
    analyze()
    return KeptLike.objects.count()


def check() -> None:
    """See that what is compared is right: every way has the counts that it should have."""
    for way, (pictures, _rows) in MODELS.items():
        if way != BARE:
            counted = pictures.objects.annotate(real=Count("likes"))
            wrong = counted.exclude(real=F("like_count")).values_list("pk", "like_count", "real")
            assert not wrong, (way, wrong[:5])


def _tail(keys: range, likes: int, users: list[Any]) -> Iterator[str]:
    """Return about as many ``likes``: the lower the key, the more, up to one of each user."""
    random = Random(2)
    weights = [(rank + 20) ** -0.8 for rank in range(len(keys))]
    scale = likes / sum(weights)
    order = random.sample(keys, len(keys))
    for key, weight in zip(order, weights, strict=True):
        wanted = weight * scale
        exact = min(int(wanted) + (random.random() < wanted % 1), len(users))
        for user in random.sample(users, exact):
            yield f"({key}, {user}, {_NOW})"
