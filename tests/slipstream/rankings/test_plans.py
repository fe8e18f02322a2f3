"""With 100,000 objects, rankings go by their index on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from slipstream.rankings.backends.database import Database
from slipstream.rankings.maintenance import prune_views
from slipstream.rankings.models import Views
from slipstream.rankings.windows import Window, period_starts

KIND, OBJECTS = "things.thing", 100_000
NOW = timezone.now()


@pytest.fixture(scope="module")
def many(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Objects with views of all time and today; another kind beside them."""
    if connection.vendor != "postgresql":
        pytest.skip("its plans say how many rows were read")
    fill = f"""
        INSERT INTO {Views._meta.db_table}
            (kind, object_key, period, starts_at, views, viewers, score)
        SELECT %s, n::text, %s, %s, n %% 5000, 1, n %% 5000 FROM generate_series(1, %s) n"""
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            for kind, count in ((KIND, OBJECTS), ("things.other", 20_000)):
                for window in (Window.ALL, Window.DAY):
                    cursor.execute(fill, [kind, window, period_starts(window, NOW), count])
            cursor.execute("ANALYZE")
        yield
        transaction.set_rollback(True)


def rows_read(work: Any) -> int:
    """Run the queries of ``work`` again; return how many rows they read, by an index each."""
    with CaptureQueriesContext(connection) as queries:
        work()
    total = 0
    for query in queries.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            [[plan]] = cursor.fetchall()
        waiting = [(json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]]
        while waiting:
            node = waiting.pop()
            waiting += node.get("Plans", [])
            if "Relation Name" in node:
                removed = node.get("Rows Removed by Filter", 0)
                read = (node["Actual Rows"] + removed) * node["Actual Loops"]
                # An empty table may be looked through.
                assert node["Node Type"] != "Seq Scan" or not read
                total += read
    return int(total)


@pytest.mark.parametrize("window", [Window.ALL, Window.DAY])
def test_the_top_is_read_from_the_top(many, window):
    backend = Database()
    assert rows_read(lambda: backend.top(KIND, window, NOW, start=0, count=20)) == 20
    assert rows_read(lambda: backend.top(KIND, window, NOW, start=80, count=40)) <= 120


@pytest.mark.parametrize(("key", "better"), [("4999", 0), ("4990", 180), ("1", 1000)])
def test_a_place_reads_those_before_it_and_no_more_than_the_most(many, key, better):
    backend = Database()
    # The one, those before it, and those of the same score: twenty.
    read = rows_read(lambda: backend.place(KIND, key, Window.ALL, NOW, most=1000))
    assert read <= 1 + better + 20


def test_counts_and_history_go_by_the_key(many):
    backend = Database()
    keys = [str(n) for n in range(1, 25)]
    assert rows_read(lambda: backend.totals(KIND, keys, Window.ALL, NOW)) == 24


def test_pruning_reads_what_it_removes(many):
    assert rows_read(lambda: prune_views(viewers_older_than=timedelta(days=30))) == 0
