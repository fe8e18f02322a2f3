"""Paging through a whole feed while another connection writes and deletes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from random import Random
from threading import Event, Thread
from typing import Any

import pytest
from django.db import OperationalError, connection

from slipstream.activity import get_activity_model
from slipstream.feeds import FeedPage, get_activity_feed
from slipstream.feeds.finding import Wanted

from .graphs import NOON, act_at_random, follow_all, make_people, oracle

pytestmark = pytest.mark.django_db(transaction=True)
SPAN = 400


@contextmanager
def writing(actors: list[Any], *, seed: int, writes: int) -> Iterator[Event]:
    """Insert anywhere in time, and delete what was so inserted, from another connection."""
    done, errors = Event(), []

    def write() -> None:
        model = get_activity_model()
        random = Random(seed)
        mine: list[int] = []
        try:
            for _ in range(writes):
                if mine and random.random() < 0.5:
                    key = mine.pop(random.randrange(len(mine)))
                    retrying(model.objects.filter(pk=key).delete)
                else:
                    row = model(
                        actor=random.choice(actors),
                        verb="joined",
                        created_at=NOON + timedelta(seconds=random.randrange(SPAN)),
                    )
                    retrying(row.save)
                    mine.append(row.pk)
        except Exception as error:  # noqa: BLE001 - told to the main thread
            errors.append(error)
        finally:
            done.set()
            connection.close()

    thread = Thread(target=write)
    thread.start()
    try:
        yield done
    finally:
        thread.join(timeout=120)
    assert not thread.is_alive()
    assert not errors


def retrying(do: Callable[[], Any]) -> Any:
    """Return what ``do`` returns: SQLite turns away one of two who wait for too long."""
    for _ in range(20):
        try:
            return do()
        except OperationalError:
            continue
    return do()


def feed(me: Any, **options: Any) -> FeedPage:
    return retrying(partial(get_activity_feed, me, **options))


def older(me: Any, *, limit: int) -> Iterator[FeedPage]:
    cursor = None
    while True:
        page = feed(me, limit=limit, cursor=cursor)
        yield page
        cursor = page.next_cursor
        if cursor is None:
            return


def newer(me: Any, cursor: str | None, *, limit: int) -> Iterator[FeedPage]:
    """Until there is nothing newer for the moment."""
    while cursor:
        page = feed(me, limit=limit, cursor=cursor)
        yield page
        cursor = page.newer_cursor if page.items or page.next_cursor else None


def place(item: Any) -> tuple[Any, int]:
    return item.created_at, item.pk


NEAR, FAR = {"few": 0}, {"few": 0, "window": 0}
MANY = [pytest.mark.slow]


@pytest.mark.parametrize(
    ("followed", "shape", "writes"),
    [
        pytest.param(0, NEAR, 100, id="discovery"),
        pytest.param(20, NEAR, 100, id="near"),
        pytest.param(20, FAR, 100, id="far"),
        pytest.param(4, NEAR, 2000, marks=MANY, id="near, for long"),
        pytest.param(4, FAR, 2000, marks=MANY, id="far, for long"),
    ],
)
def test_no_duplicate_and_no_gap(followed, shape, writes, monkeypatch):
    monkeypatch.setattr("slipstream.feeds.reads.Wanted", partial(Wanted, **shape))
    me, *people = make_people(21)
    followees = people[:followed]
    follow_all(me, followees)
    stable = oracle(act_at_random(Random(1), people, 200, span=SPAN), me, followees)
    rounds = 0
    with writing(people, seed=writes, writes=writes) as done:
        while not done.is_set() or not rounds:
            rounds += 1
            pages = list(older(me, limit=[7, 60, 23][rounds % 3]))
            there = [item for page in pages for item in page.items]
            check(there, stable)
            start = pages[len(pages) // 2]
            if start.items:
                seen = [page.items for page in newer(me, start.newer_cursor, limit=40)]
                back = [item for items in reversed(seen) for item in items]
                top = place(start.items[0])
                check(back, [row for row in stable if place(row) > top])


def check(items: list[Any], stable: list[Any]) -> None:
    """Each once, in order, and all that were there throughout."""
    places = [place(item) for item in items]
    assert places == sorted(set(places), reverse=True)
    expected = {place(row) for row in stable}
    assert [key for key in places if key in expected] == sorted(expected, reverse=True)
