"""What a view costs in the database: ours, beside SQL by hand and beside the way tutorials show.

``./dev bench rankings --engine postgres`` (or ``sqlite``, ``mariadb``). All ways run in turns in
one process, so their ratio holds on a noisy machine; the figures themselves do not.

By hand: the same rows in the same transaction, with statements that are ready and for values
that are known; two tables, six periods. The tutorial has one number per object, no viewers and
no periods, so it does a sixth of the work: ``get_or_create`` and ``update(F() + 1)``.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from itertools import count
from typing import Any

from benchmarks.project import Way, insert, measure, project_on, report

OBJECTS, TOP = 100_000, 10
ROUNDS = 300

_COLUMNS = "kind, object_key, period, starts_at, views, viewers, score"
_LOGARITHM = "LN(1 + POWER(2, -{least}(ABS({old} - {new}), 60))) / LN(2)"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser("./dev bench rankings", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "mariadb"), default="sqlite")
    engine = parser.parse_args(arguments).engine
    with ExitStack() as stack:
        stack.enter_context(project_on(engine))
        make_views()
        rows = [
            ("a view by a known viewer", measure(views("known"), ROUNDS)),
            ("a view by a new viewer", measure(views("new"), ROUNDS)),
            (f"the {TOP} most seen of {OBJECTS:,}", measure(tops(), ROUNDS)),
        ]
        report("rankings", engine, rows)


def make_views() -> None:
    """Fill the tables."""
    from django.db import connection

    from slipstream.rankings.models import Views
    from slipstream.rankings.windows import EPOCH
    from tests.things.models import Tag

    Tag.objects.bulk_create([Tag(name=f"t{n}") for n in range(OBJECTS)], batch_size=5000)
    start = connection.ops.adapt_datetimefield_value(EPOCH)
    rows = (
        f"('things.tag', 't{n}', 'all', '{start}', {n % 9973}, {n % 97}, {n % 9973})"
        for n in range(OBJECTS)
    )
    insert(Views, _COLUMNS, rows)
    with connection.cursor() as cursor:
        tables = "TABLE things_tag, slipstream_rankings_views"
        cursor.execute(f"ANALYZE {tables if connection.vendor == 'mysql' else ''}")
        cursor.fetchall() if connection.vendor == "mysql" else None


def views(who: str) -> dict[str, Way]:
    """Record a view; each way has an object of its own."""
    from django.db.models import F
    from django.utils import timezone

    from slipstream.rankings import record_view
    from slipstream.rankings.models import Views
    from slipstream.rankings.windows import EPOCH
    from tests.things.models import Tag

    ours_seen, hand_seen = Tag.objects.get(name="t1"), Tag.objects.get(name="t2")
    numbers = count()

    def viewer() -> str:
        return "somebody" if who == "known" else f"{next(numbers):032x}"

    def ours() -> None:
        assert record_view(ours_seen, viewer()).counted

    hand = by_hand(hand_seen.pk)

    def with_sql() -> None:
        assert hand(viewer(), timezone.now())

    def tutorial() -> None:
        place = {"kind": "tutorial", "object_key": "1", "period": "all", "starts_at": EPOCH}
        Views.objects.get_or_create(**place)
        Views.objects.filter(**place).update(views=F("views") + 1)

    return {"ours": ours, "SQL by hand": with_sql, "tutorial": tutorial}


def by_hand(key: str) -> Any:
    """Return what records a view of ``key`` with statements written for that."""
    from datetime import timedelta

    from django.db import connection, transaction

    from slipstream.rankings.windows import exponent, periods

    half_life = timedelta(hours=6)
    adapt = connection.ops.adapt_datetimefield_value
    is_mariadb, on_postgres = connection.vendor == "mysql", connection.vendor == "postgresql"
    greatest, least = ("MAX", "MIN") if connection.vendor == "sqlite" else ("GREATEST", "LEAST")
    old, new = ("score", "VALUES(score)") if is_mariadb else ("v.score", "excluded.score")
    weight = f"{greatest}({old}, {new}) + " + _LOGARITHM.format(least=least, old=old, new=new)
    table, viewings = "slipstream_rankings_views", "slipstream_rankings_viewing"
    rows = ", ".join(["(%s, %s, %s, %s, 1, %s, %s)"] * 6)
    take_columns = "kind, object_key, viewer, counted_at"
    if is_mariadb:
        read = f"SELECT counted_at FROM {viewings} WHERE object_key = %s AND viewer = %s"
        take = (
            f"INSERT INTO {viewings} ({take_columns}) VALUES ('things.tag', %s, %s, %s)"
            " ON DUPLICATE KEY UPDATE before_at = counted_at, counted_at = VALUES(counted_at)"
        )
        upsert = (
            f"INSERT INTO {table} ({_COLUMNS}) VALUES {rows} ON DUPLICATE KEY UPDATE"
            " views = views + 1, viewers = viewers + VALUES(viewers),"
            f" score = IF(period <> 'trending', score + 1, {weight})"
        )
    else:
        take = (
            f"INSERT INTO {viewings} AS t ({take_columns}) VALUES ('things.tag', %s, %s, %s)"
            " ON CONFLICT (kind, object_key, viewer) DO UPDATE"
            " SET before_at = t.counted_at, counted_at = excluded.counted_at RETURNING before_at"
        )
        upsert = (
            f"INSERT INTO {table} AS v ({_COLUMNS}) VALUES {rows}"
            " ON CONFLICT (kind, object_key, period, starts_at) DO UPDATE SET"
            " views = v.views + 1, viewers = v.viewers + excluded.viewers,"
            f" score = CASE WHEN v.period <> 'trending' THEN v.score + 1 ELSE {weight} END"
        )
        if on_postgres:
            upsert += " RETURNING period, views, viewers"
    total = f"SELECT views, viewers FROM {table} WHERE kind = 'things.tag' AND object_key = %s"
    total += " AND period = 'all'"

    def record(viewer: str, now: Any) -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            at = adapt(now)
            if is_mariadb:
                cursor.execute(read + " AND kind = 'things.tag'", [key, viewer])
                held = cursor.fetchone()
                cursor.execute(take, [key, viewer, at])
            else:
                cursor.execute(take, [key, viewer, at])
                held = cursor.fetchone()
            is_new = int(not held or held[0] is None)
            values: list[Any] = []
            for window, starts in periods(now):
                score = exponent(now, half_life) if window == "trending" else 1.0
                values += ["things.tag", key, window.value, adapt(starts), is_new, score]
            cursor.execute(upsert, values)
            if on_postgres:
                return bool(cursor.fetchall())
            cursor.execute(total, [key])
            return bool(cursor.fetchone())

    return record


def tops() -> dict[str, Way]:
    """The objects on top, in their order."""
    from django.db import connection

    from slipstream.rankings import top
    from slipstream.rankings.models import Views
    from tests.things.models import Tag

    # As the key of the object is compared, or its index is of no use.
    collated = {
        "postgresql": 'v.object_key COLLATE "default"',
        "mysql": "v.object_key COLLATE utf8mb4_unicode_ci",
    }.get(connection.vendor, "v.object_key")
    sql = f"""
        SELECT t.name, v.score FROM (
            SELECT object_key, score FROM slipstream_rankings_views
            WHERE kind = 'things.tag' AND period = 'all' AND starts_at = %s
            ORDER BY score DESC, object_key LIMIT {TOP}) v
        JOIN things_tag t ON t.name = {collated} ORDER BY v.score DESC, v.object_key"""

    def ours() -> list[Any]:
        return [(each.object.name, each.score) for each in top(Tag.objects.all(), TOP)]

    def with_sql() -> list[Any]:
        from slipstream.rankings.windows import EPOCH

        with connection.cursor() as cursor:
            cursor.execute(sql, [connection.ops.adapt_datetimefield_value(EPOCH)])
            return [tuple(row) for row in cursor.fetchall()]

    def tutorial() -> list[Any]:
        # An IN keeps no order, so a query for each object.
        rows = Views.objects.filter(kind="things.tag", period="all")
        best = rows.order_by("-score", "object_key")[:TOP]
        return [(Tag.objects.get(pk=row.object_key).name, row.score) for row in best]

    assert ours() == with_sql() == tutorial()
    return {"ours": ours, "SQL by hand": with_sql, "tutorial": tutorial}


if __name__ == "__main__":
    main(sys.argv[1:])
