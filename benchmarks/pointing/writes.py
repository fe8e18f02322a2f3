"""Inserting rows, deleting what they point at, and the room they take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.pointing.filling import POPULAR, QUIET, ROWS_OF_POPULAR, ROWS_OF_QUIET
from benchmarks.pointing.models import ROWS, THINGS, ExclusiveImage, ExclusiveRow, Link
from benchmarks.project import Way

MANY, SOME = 1_000, 50
"""Rows of one bulk insert, and rows inserted one by one between two looks at the clock."""


@contextmanager
def undone() -> Iterator[None]:
    """Take back what is done within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def settle() -> None:
    """Check foreign keys that PostgreSQL would check at the commit, which never comes."""
    if connection.vendor == "postgresql":
        connection.check_constraints()


# -- inserting


def inserts() -> tuple[dict[str, Way], dict[str, Way]]:
    """Return what inserts 1,000 rows at once, and what inserts 50 one by one."""
    return (
        {way: _insert(way, MANY, _in_bulk) for way in ROWS},
        {way: _insert(way, SOME, _one_by_one) for way in ROWS},
    )


def _in_bulk(model: Any, rows: list[Any]) -> None:
    model.objects.bulk_create(rows)


def _one_by_one(_model: Any, rows: list[Any]) -> None:
    for row in rows:
        row.save()


def _insert(way: str, count: int, write: Callable[[Any, list[Any]], None]) -> Way:
    model = ROWS[way]
    random = Random(5)
    loaded = [random.choices(list(things.objects.all()), k=count) for things in THINGS[way]]
    targets = [random.choice(kinds) for kinds in zip(*loaded, strict=True)]
    actor = get_user_model().objects.earliest("pk")

    def insert() -> None:
        now = timezone.now()
        write(model, [model(actor=actor, target=each, created_at=now) for each in targets])
        settle()

    return insert


# -- deleting


def deletions(pk: int) -> dict[str, Way]:
    """Return what deletes the image ``pk`` and its rows. A guarded key has no cascade."""

    def by_hand() -> None:
        with connection.cursor() as cursor:
            rows, image = ExclusiveRow._meta.db_table, ExclusiveImage._meta.db_table
            cursor.execute(f"DELETE FROM {rows} WHERE target_image_id = %s", [pk])
            cursor.execute(f"DELETE FROM {image} WHERE id = %s", [pk])
        settle()

    ways = {way: _deletion(THINGS[way][0], pk) for way in ("ours", "generic", "link")}
    return {"ours": ways.pop("ours"), "SQL by hand": by_hand, **ways}


def _deletion(images: Any, pk: int) -> Way:
    def delete() -> None:
        images(pk=pk).delete()
        settle()

    return delete


def deletion_statements() -> dict[str, tuple[int, int]]:
    """Return the statements for the quiet and for the popular image; no row may be left."""
    return {
        way: (_statements(way, QUIET, ROWS_OF_QUIET), _statements(way, POPULAR, ROWS_OF_POPULAR))
        for way in ("ours", "generic", "link")
    }


def _statements(way: str, pk: int, rows: int) -> int:
    images, model = THINGS[way][0], ROWS[way]
    with undone():
        before = model.objects.count()
        with CaptureQueriesContext(connection) as queries:
            images(pk=pk).delete()
        assert model.objects.count() == before - rows, way
        assert not images.objects.filter(pk=pk).exists(), way
        settle()
    said = [query["sql"].lstrip().split()[0] for query in queries.captured_queries]
    return sum(word in {"SELECT", "UPDATE", "DELETE"} for word in said)


# -- size


def sizes() -> dict[str, float] | None:
    """Return the megabytes of each way's table and indexes; None where the engine cannot tell."""
    tables = {way: [model._meta.db_table] for way, model in ROWS.items()}
    tables["link"].append(Link._meta.db_table)
    try:
        return {way: sum(map(size, names)) for way, names in tables.items()}
    except LookupError:
        return None


def size(table: str) -> float:
    """Return the megabytes of ``table`` and its indexes."""
    sql = {
        "postgresql": "SELECT pg_total_relation_size(%s::regclass)",
        "mysql": "SELECT data_length + index_length FROM information_schema.tables"
        " WHERE table_schema = DATABASE() AND table_name = %s",
        "sqlite": "SELECT SUM(pgsize) FROM dbstat WHERE name IN"
        " (SELECT name FROM sqlite_master WHERE tbl_name = %s)",
    }[connection.vendor]
    if connection.vendor == "sqlite" and not _has_dbstat():
        raise LookupError("dbstat")
    with connection.cursor() as cursor:
        cursor.execute(sql, [table])
        [[octets]] = cursor.fetchall()
    return float(octets) / 2**20


def _has_dbstat() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pragma_module_list WHERE name = 'dbstat'")
        return bool(cursor.fetchall())
