"""Every shape gives what brute force gives: random graphs, ties, deletions, cursors."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from slipstream.activity import feed_verbs, get_activity_model
from slipstream.feeds import finding, get_activity_feed
from slipstream.feeds.audiences import audience_of
from slipstream.feeds.finding import Position, Wanted, find
from slipstream.follows.models import Follow

from .graphs import NOON, act_at_random, follow_all, make_people, oracle

pytestmark = pytest.mark.django_db

GRAPHS, CASES = 16, 8
SHAPES = {
    # A window over everything, one over nothing, the default, and one that may be short.
    "near": {"window": 1000, "few": 0},
    "far": {"window": 0, "few": 0},
    "as it comes": {},
    "either": {"window": 15, "few": 3},
}


def wanted_by(me: Any, **changes: Any) -> Wanted:
    wanted = Wanted(
        model=get_activity_model(),
        using="default",
        viewer=me.pk,
        verbs=feed_verbs(),
        audience=audience_of(me, using="default"),
        position=None,
        backwards=False,
    )
    return replace(wanted, **changes)


def place(row: Any) -> tuple[Any, int]:
    return row.created_at, row.pk


def expected(feed: list[Any], position: Any, *, backwards: bool, count: int) -> list[Any]:
    places = [place(row) for row in feed]
    if backwards:
        return [p for p in reversed(places) if position is None or p > position][:count]
    return [p for p in places if position is None or p < position][:count]


def some_position(random: Random, rows: list[Any], span: int) -> Position | None:
    """On a row, between rows, beyond all, or none."""
    if not rows or random.random() < 0.3:
        return None
    row = random.choice(rows)
    if random.random() < 0.5:
        return Position(*place(row))
    at = NOON + timedelta(seconds=random.randrange(-1, span + 1))
    return Position(at, row.pk + random.choice([-1, 0, 1]))


@pytest.mark.parametrize("seed", range(4))
def test_the_same_as_brute_force(seed):
    random = Random(seed)
    people = make_people(20)
    model = get_activity_model()
    seen: Counter[str] = Counter()
    for _ in range(GRAPHS):
        model.objects.all().delete()
        Follow.objects.all().delete()
        actors = people[: random.randint(1, 20)]
        span = random.choice([1, 3, 20, 1000])
        rows = act_at_random(random, actors, random.choice([0, 3, 30, 150]), span=span)
        gone = {row.pk for row in random.sample(rows, len(rows) // 2)} if seed % 2 else set()
        model.objects.filter(pk__in=gone).delete()
        left = [row for row in rows if row.pk not in gone]
        followees = {}
        for me in random.sample(people, 3):
            others = [person for person in people if person is not me]
            followees[me] = random.sample(others, random.choice([0, 1, 3, 19]))
            follow_all(me, followees[me])
        for _ in range(CASES):
            me = random.choice(list(followees))
            feed = oracle(left, me, followees[me])
            count = random.choice([1, 2, 5, 21])
            position = some_position(random, rows, span)
            backwards = random.random() < 0.4
            wanted = wanted_by(me, position=position, backwards=backwards)
            right = expected(feed, position, backwards=backwards, count=count)
            newer = [p for p in map(place, feed) if position is None or p > position]
            for name, shape in SHAPES.items():
                with CaptureQueriesContext(connection) as queries:
                    found = find(replace(wanted, **shape), count=count)
                assert [tuple(p) for p in found.positions] == right, name
                assert found.is_discovery == (not followees[me])
                # More would be MariaDB's way out when rows went away between its two.
                assert len(queries) <= 2, name
                number = finding.count(replace(wanted, backwards=True, **shape), most=7)
                assert number == min(7, len(newer)), name
            kind = "discovery" if found.is_discovery else "followed"
            seen[f"{kind}, {'full' if len(right) == count else 'short'}"] += bool(right)
    assert len(seen) == 4
    assert all(seen.values()), seen


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("limit", [1, 4, 19])
def test_there_and_back(seed, limit):
    random = Random(seed)
    me, *others = people = make_people(9)
    followees = others[: [0, 2, 8][seed]]
    follow_all(me, followees)
    rows = act_at_random(random, people, 70, span=6)
    right = [row.pk for row in oracle(rows, me, followees)]
    page = get_activity_feed(me, limit=limit)
    pages = [page]
    while page.next_cursor:
        page = get_activity_feed(me, limit=limit, cursor=page.next_cursor)
        pages.append(page)
    assert [item.pk for page in pages for item in page.items] == right
    assert all(page.is_discovery == (not followees) for page in pages)
    keys = [[item.pk for item in page.items] for page in pages]
    back = [keys[-1]]
    while True:
        page = get_activity_feed(me, limit=limit, cursor=page.newer_cursor)
        if not page.items:
            break
        assert page.next_cursor
        back.insert(0, [item.pk for item in page.items])
    assert [key for page in back for key in page] == right
    assert page.next_cursor is None
    assert get_activity_feed(me, cursor=page.newer_cursor).items == []


def test_deleted_between_the_two_steps_of_mariadb(monkeypatch):
    """The page goes on to what is older than the bound."""
    if connection.vendor != "mysql":
        pytest.skip("the others find a page in one statement")
    me, ann, bob = make_people(3)
    follow_all(me, [ann, bob])
    rows = act_at_random(Random(1), [ann, bob], 60, span=1000, hidden=0)
    right = oracle(rows, me, [ann, bob])
    run = finding._run
    statements = []

    def run_after_deleting(wanted: Wanted, statement: str, parts: Any) -> Any:
        if statements:
            get_activity_model().objects.filter(pk__in=[row.pk for row in right[:10]]).delete()
        statements.append(statement)
        return run(wanted, statement, parts)

    monkeypatch.setattr(finding, "_run", run_after_deleting)
    found = find(wanted_by(me, window=1), count=8)
    assert len(statements) == 3
    assert [p.id for p in found.positions] == [row.pk for row in right[10:18]]
