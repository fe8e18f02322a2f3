"""The newest 20 rows of one target: our filter's SQL beside SQL by hand."""

from __future__ import annotations

import json
import re
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection

from benchmarks.pointing.filling import POPULAR
from benchmarks.pointing.models import (
    ExclusiveImage,
    ExclusiveRow,
    GenericImage,
    GenericRow,
    GuardedImage,
    GuardedRow,
    LinkImage,
    LinkRow,
)
from benchmarks.project import Way

PAGE = 20

Statement = tuple[str, Any]


def querysets() -> dict[str, Any]:
    """Return the newest rows of the popular image in each way."""
    image = GenericImage.objects.get(pk=POPULAR)
    found = {
        "ours": ExclusiveRow.objects.filter(target=ExclusiveImage.objects.get(pk=POPULAR)),
        "generic": GenericRow.objects.filter(
            content_type=ContentType.objects.get_for_model(image), object_id=image.pk
        ),
        "link": LinkRow.objects.filter(target=LinkImage.objects.get(pk=POPULAR)),
        "guarded": GuardedRow.objects.on(GuardedImage.objects.get(pk=POPULAR)),
    }
    return {name: rows.order_by("-created_at")[:PAGE] for name, rows in found.items()}


def statements() -> dict[str, Statement]:
    """Return the SQL that each queryset compiles to, and the same by hand; all find the same."""
    found = {name: rows.query.sql_with_params() for name, rows in querysets().items()}
    by_hand = f"""
        SELECT id, actor_id, created_at, target_image_id, target_album_id, target_note_id
        FROM {ExclusiveRow._meta.db_table} WHERE target_image_id = %s
        ORDER BY created_at DESC LIMIT {PAGE}"""
    found = {"ours": found.pop("ours"), "SQL by hand": (by_hand, (POPULAR,)), **found}
    keys = {name: [row[0] for row in run(statement)] for name, statement in found.items()}
    assert all(each == keys["ours"] and len(each) == PAGE for each in keys.values()), keys
    return found


def run(statement: Statement) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return cursor.fetchall()


def sql_ways() -> dict[str, Way]:
    """Return what runs the SQL alone, through a plain cursor."""
    return {name: _way(statement) for name, statement in statements().items()}


def _way(statement: Statement) -> Way:
    return lambda: run(statement)


def queryset_ways() -> dict[str, Way]:
    """Return what makes and runs the querysets, as a view does."""
    image = ExclusiveImage.objects.get(pk=POPULAR)
    other = GenericImage.objects.get(pk=POPULAR)
    linked = LinkImage.objects.get(pk=POPULAR)
    guarded = GuardedImage.objects.get(pk=POPULAR)
    return {
        "ours": lambda: _newest(ExclusiveRow.objects.filter(target=image)),
        "the column": lambda: _newest(ExclusiveRow.objects.filter(target_image=image)),
        "generic": lambda: _newest(
            GenericRow.objects.filter(
                content_type=ContentType.objects.get_for_model(other), object_id=other.pk
            )
        ),
        "link": lambda: _newest(LinkRow.objects.filter(target=linked)),
        "guarded": lambda: _newest(GuardedRow.objects.on(guarded)),
    }


def _newest(rows: Any) -> list[Any]:
    return list(rows.order_by("-created_at")[:PAGE])


# -- plans


def plan(statement: Statement) -> str:
    """Return the indexes that the engine uses, and "sort" if it sorts."""
    sql, params = statement
    explain = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN (FORMAT JSON)"}
    told = run((f"{explain.get(connection.vendor, 'EXPLAIN')} {sql}", params))
    text = json.dumps(told, default=str)
    sorts = re.search(r'"Sort"|TEMP B-TREE|filesort', text)
    names = dict.fromkeys([*_indexes(told, text), *(["sort"] if sorts else [])])
    return ", ".join(names) or "no index"


def _indexes(told: Any, text: str) -> list[str]:
    if connection.vendor == "sqlite":
        return re.findall(r"INDEX (\w+)", text)
    if connection.vendor == "postgresql":
        return re.findall(r'"Index Name": "(\w+)"', text)
    # id, select_type, table, type, possible_keys, key, …
    return [row[5] for row in told if row[5]]
