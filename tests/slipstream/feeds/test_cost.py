"""What a page costs: statements on every engine, and rows read on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from operator import attrgetter
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from slipstream.activity import get_activity_model
from slipstream.feeds import MOST_COUNTED, count_new, get_activity_feed
from slipstream.feeds.shapes import WINDOW
from tests.things.models import Document, Picture

from .graphs import HIDDEN, act, act_at_random, follow_all, make_people

pytestmark = pytest.mark.django_db
Activity = get_activity_model()
MARIADB = connection.vendor == "mysql"
LIMIT = 20
# A query for each kind of target, where they are not real foreign keys.
KINDS = 0 if Activity.has_real_targets else 2


@pytest.mark.parametrize("followees", [10, 1000])
@pytest.mark.parametrize("is_sparse", [False, True])
def test_statements(followees, is_sparse):
    [me], people = make_people(1, prefix="me"), make_people(followees)
    [stranger] = make_people(1, prefix="stranger")
    follow_all(me, people)
    targets = [Picture.objects.create(), Document.objects.create(), None]
    for i in range(LIMIT + 5):
        act(people[i % 10], at=i, verb="liked", target=targets[i % 3])
    if is_sparse:
        act_at_random(Random(1), [stranger], WINDOW, span=1, hidden=0)
        Activity.objects.filter(actor=stranger).update(created_at="2027-01-01T00:00Z")
    cursor = None
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            page = get_activity_feed(me, limit=10, cursor=cursor)
            assert {item.actor.username for item in page.items} <= {f"p{i}" for i in range(10)}
            assert [item.target for item in page.items].count(None) in (3, 4)
        cursor = page.next_cursor
        # The second page is dense again: its cursor is beyond the strangers.
        steps = 2 if MARIADB and cursor and is_sparse and _ == 0 else 1
        assert len(queries) == steps + 1 + KINDS


def test_statements_of_discovery_and_of_nothing(django_assert_num_queries):
    me, other = make_people(2)
    with django_assert_num_queries(2):
        assert get_activity_feed(me).is_discovery
    act(other)
    with django_assert_num_queries(2):
        assert len(get_activity_feed(me).items) == 1
    follow_all(me, [other])
    Activity.objects.all().delete()
    with django_assert_num_queries(2):
        assert get_activity_feed(me).items == []


# -- rows read, on PostgreSQL


@pytest.fixture(scope="module")
def many(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """20,000 activities of busy people, before them 500 of people who fell silent."""
    if connection.vendor != "postgresql":
        pytest.skip("its plans say how many rows were read")
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        busy, silent = make_people(200, prefix="busy"), make_people(200, prefix="silent")
        random = Random(3)
        act_at_random(random, silent, 500, span=100)
        act_at_random(random, busy, 20_000, span=2_000_000)
        crowd, readers = make_people(2000, prefix="crowd"), make_people(4, prefix="reader")
        for person in crowd:
            follow_all(person, random.sample(busy, 10))
        for reader, people in zip(
            readers, (busy[:150], silent[:100], [*busy[:1], *silent[:50]], []), strict=True
        ):
            follow_all(reader, people)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield dict(zip(("dense", "silent", "mixed", "discovery"), readers, strict=True))
        transaction.set_rollback(True)


def plan_of(sql: str) -> Iterator[dict[str, Any]]:
    """The nodes of the plan that ``sql`` runs by."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        [[plan]] = cursor.fetchall()
    waiting = [(json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.get("Plans", [])


def rows_read(sql: str, *, of: str = "") -> int:
    """From tables and indexes; each must be by an index."""
    total = 0
    for node in plan_of(sql):
        if node.get("Relation Name", "").startswith(of) and "Relation Name" in node:
            assert node["Node Type"] != "Seq Scan" or node["Actual Loops"] == 0, node
            filtered = node.get("Rows Removed by Filter", 0)
            total += (node["Actual Rows"] + filtered) * node["Actual Loops"]
    return int(total)


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize(
    ("reader", "bound"),
    [
        # Each row of the window, and whether its actor is followed: until the page is full.
        ("dense", 20 * LIMIT),
        # The whole window in vain; the newest of 100 actors, some hidden verbs passed over;
        # then at most a page of each of as many actors as the page has rows.
        ("silent", 2 * WINDOW + 5 * 100 + LIMIT * LIMIT),
        ("mixed", 2 * WINDOW + 5 * 51 + LIMIT * LIMIT),
        ("discovery", 4 * LIMIT),
    ],
)
def test_rows_read_for_a_page(many, reader, bound, deep):
    me = many[reader]
    page = get_activity_feed(me, limit=LIMIT)
    for _ in range(3 if deep else 0):
        page = get_activity_feed(me, limit=LIMIT, cursor=page.next_cursor)
    with CaptureQueriesContext(connection) as queries:
        page = get_activity_feed(me, limit=LIMIT, cursor=page.next_cursor if deep else None)
    assert len(page.items) == LIMIT
    assert page.is_discovery == (reader == "discovery")
    ids, rows = (query["sql"] for query in list(queries)[:2])
    assert rows_read(ids) <= bound
    assert HIDDEN not in {item.verb for item in page.items}
    # The few people of this test are rather read whole.
    assert rows_read(rows, of=Activity._meta.db_table) == LIMIT


@pytest.mark.parametrize("page", [1, 3])
@pytest.mark.parametrize(
    ("reader", "bound"),
    [
        ("dense", 2 * WINDOW + 150 + 2 * MOST_COUNTED),
        ("silent", WINDOW + 2 * 100 + 5 * MOST_COUNTED),
        ("mixed", WINDOW + 2 * 51 + 5 * MOST_COUNTED),
        ("discovery", 3 * MOST_COUNTED),
    ],
)
def test_rows_read_to_count_what_is_new(many, reader, bound, page):
    me = many[reader]
    cursor = None
    for _ in range(page):
        newer, cursor = attrgetter("newer_cursor", "next_cursor")(
            get_activity_feed(me, limit=LIMIT, cursor=cursor)
        )
    with CaptureQueriesContext(connection) as queries:
        assert count_new(me, newer) == (page - 1) * LIMIT
    assert rows_read(queries[0]["sql"]) <= bound
