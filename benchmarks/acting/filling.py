"""Ten thousand people, whom they follow, and a year of what they did.

A heavy tail in both; every tenth activity at the same time as the one before.
Six hundred people were active in the first fortnight only, and four hundred never.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from heapq import merge
from itertools import accumulate
from random import Random
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from benchmarks.acting.models import Activity, Comment, Image, Profile
from benchmarks.acting.verbs import CODES
from benchmarks.project import analyze, insert
from slipstream.follows.models import Follow

PEOPLE, THINGS = 10_000, 50_000
_LOUD = 9_000
_QUIET = range(_LOUD + 1, 9_601)
_YEAR, _FORTNIGHT = 365 * 86_400, 14 * 86_400
_START = datetime(2025, 11, 1)  # noqa: DTZ001 - written as text

READERS = {
    "0": (1_001, 0),
    "50": (1_002, 50),
    "500": (1_003, 500),
    "2,000": (1_004, 2_000),
    "50 silent": (1_005, 50),
}
"""The key of each reader, and how many they follow."""
SILENT = "50 silent"


def fill(count: int) -> None:
    """Write everything, with ``count`` activities."""
    model = get_user_model()
    random = Random(7)
    names = (
        f"({k}, 'person {k}', '', FALSE, '', '', '', FALSE, TRUE, '{_START}')" for k in people()
    )
    columns = "id, username, password, is_superuser, first_name, last_name, email"
    with in_a_hurry():
        insert(model, f"{columns}, is_staff, is_active, date_joined", names)
        insert(Profile, "user_id, headline", (f"({k}, 'who {k} is')" for k in people()))
        for things, text, owner in ((Image, "title", "owner_id"), (Comment, "body", "author_id")):
            name = things.__name__
            rows = (f"({k}, '{name} {k}', {someone(random)})" for k in range(1, THINGS + 1))
            insert(things, f"id, {text}, {owner}", rows)
        insert(Follow, "follower_id, following_id, followed_at", follows(random))
        targets = "target_image_id, target_user_id, target_comment_id"
        columns = f"id, actor_id, verb, created_at, {targets}, data"
        insert(Activity, columns, activities(random, count))


def settle() -> None:
    """Have the planner know the tables, but on SQLite, where neither Django nor anyone does."""
    if connection.vendor != "sqlite":
        analyze()


def people() -> range:
    return range(1, PEOPLE + 1)


def someone(random: Random) -> int:
    return random.randint(1, PEOPLE)


def activities(random: Random, count: int) -> Iterator[str]:
    """Yield ``count`` activities, the oldest first."""
    quiet = sorted(
        (random.random() * _FORTNIGHT, actor)
        for actor in _QUIET
        for _ in range(random.randint(1, 20))
    )[: count // 2]
    times = sorted(random.random() * _YEAR for _ in range(count - len(quiet)))
    for place in range(1, len(times)):
        if random.random() < 0.1:
            times[place] = times[place - 1]
    weights = heavy_tail(_LOUD, -0.8)
    loud = ((time, pick(random, weights)) for time in times)
    for key, (time, actor) in enumerate(merge(quiet, loud), 1):
        targets = ["NULL", "NULL", "NULL"]
        if key % 4 < 3:
            targets[key % 4] = str(random.randint(1, PEOPLE if key % 4 == 1 else THINGS))
        verb, at = random.choice(CODES), _START + timedelta(seconds=time)
        yield f"({key}, {actor}, '{verb}', '{at}', {', '.join(targets)}, '{{}}')"


def follows(random: Random) -> Iterator[str]:
    """Yield whom each follows: a few dozen as a rule, and what the readers are here for."""
    weights = heavy_tail(PEOPLE, -0.7)
    wanted = dict(READERS.values())
    for follower in people():
        number = wanted.get(follower, min(1_500, int(random.paretovariate(1.25) * 10)))
        chosen = set[int]()
        if follower == READERS[SILENT][0]:
            chosen |= set(_QUIET[:number])
        while len(chosen) < number:
            chosen |= {pick(random, weights)} - {follower}
        for following in sorted(chosen):
            yield f"({follower}, {following}, '{_START}')"


def heavy_tail(size: int, power: float) -> list[float]:
    return list(accumulate((place + 10) ** power for place in range(1, size + 1)))


def pick(random: Random, weights: list[float]) -> int:
    return bisect_left(weights, random.random() * weights[-1]) + 1


# -- a million rows take minutes where each is checked, and each index kept, one by one


@contextmanager
def in_a_hurry() -> Iterator[None]:
    """Leave out what guards rows that are known to be right."""
    before, after = {
        "sqlite": ("PRAGMA cache_size = -400000", "PRAGMA cache_size = -2000"),
        "mysql": (
            "SET unique_checks = 0, foreign_key_checks = 0",
            "SET unique_checks = 1, foreign_key_checks = 1",
        ),
        "postgresql": ("SET maintenance_work_mem = '256MB'", "RESET maintenance_work_mem"),
    }[connection.vendor]
    run(before)
    yield
    run(after)


@contextmanager
def without_indexes(model: Any) -> Iterator[None]:
    """Make the indexes after the rows, and check no foreign keys, on PostgreSQL."""
    if connection.vendor != "postgresql":
        yield
        return
    table = model._meta.db_table
    found = run(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        f" WHERE i.indrelid = '{table}'::regclass AND NOT i.indisunique"
    )
    for name, _ in found:
        run(f"DROP INDEX {name}")
    run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    yield
    run(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
    for _, definition in found:
        run(definition)


def run(statement: str) -> list[Any]:
    """Run ``statement``, and return what it finds."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
