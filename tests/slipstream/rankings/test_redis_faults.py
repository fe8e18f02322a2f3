"""Redis stands still, dies, and comes back empty: no page waits long, and no view is lost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from random import Random
from threading import Event, Lock
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as hypothesis_settings

from devtools.engines import Redis as Server
from devtools.engines.base import free_port
from slipstream.exceptions import BackendAway
from slipstream.rankings import rank_of, record_view, record_views, top, view_counts
from slipstream.rankings.backends import redis as backend_module
from slipstream.rankings.backends.choice import get_backend
from slipstream.rankings.backends.flushing import flush, rebuild
from slipstream.rankings.models import Doubt, Stale
from slipstream.redis_client import get_client
from tests.slipstream.at_once import at_once
from tests.things.models import Picture

from .on_redis import (
    KIND,
    empty,
    flush_when_possible,
    given_up,
    in_database,
    new_process,
    redis_at,
    stopped,
    totals,
)

pytestmark = pytest.mark.django_db(transaction=True)

#: How often one view may wait for a Redis that does not answer, each time for the timeout.
WAITS = 1


@pytest.fixture
def server(start_redis, settings) -> Iterator[Server]:
    server = start_redis()
    with redis_at(settings, server.url):
        yield server


@pytest.fixture
def pictures(server, transactional_db) -> list[Picture]:
    flush(KIND)  # who comes first fills the rankings, and would flush
    return [Picture.objects.create(title=f"p{n}") for n in range(5)]


def test_a_redis_that_stands_still(pictures, server, monkeypatch):
    """Eight threads record all along; whatever it carries out late counts once."""
    acknowledged: Counter[Picture] = Counter()
    waits: Counter[int] = Counter()
    lock, over = Lock(), Event()

    def record(number: int) -> None:
        random = Random(number)
        while not over.is_set():
            picture = random.choice(pictures)
            waited.calls = 0
            recorded = record_view(picture, f"{number}.{random.random()}")
            assert recorded.counted
            with lock:
                acknowledged[picture] += 1
                waits[waited.calls] += 1
            time.sleep(0.01)

    def disturb() -> None:
        time.sleep(0.3)
        for _ in range(2):
            with stopped(server):
                time.sleep(1.5)
            time.sleep(0.3)
        over.set()

    with given_up(monkeypatch) as waited:
        at_once(9, lambda number: disturb() if number == 8 else record(number))
    flush_when_possible()
    assert totals(pictures) == in_database(pictures) == acknowledged
    assert not Doubt.objects.exists()
    assert not Stale.objects.exists()
    assert waits[WAITS] > 0
    assert max(waits) == WAITS, waits


def test_a_call_that_is_carried_out_late_is_counted_once(pictures, server):
    record_view(pictures[0])
    with stopped(server):
        assert record_view(pictures[0]) == (1, 0, True)
        assert Doubt.objects.count() == 1
    deadline = time.monotonic() + 5
    while len(list(get_client().scan_iter(match="*:c:*"))) < 1:
        assert time.monotonic() < deadline
    flush_when_possible()
    assert totals(pictures) == in_database(pictures) == {pictures[0]: 2}


def test_a_call_that_is_carried_out_after_all_is_refused_when_settled(pictures, server):
    from slipstream.rankings.backends import scripts
    from slipstream.rankings.backends.calling import call

    record_view(pictures[0])
    with stopped(server):
        record_view(pictures[1])
    doubt = Doubt.objects.get()
    server.kill()  # so that it is not carried out
    server.restart()
    flush_when_possible()
    assert totals(pictures) == {pictures[1]: 1}
    late = [doubt.client, doubt.number, 0, str(pictures[1].pk), "", 0, 0, 1.0, "0;0;0;0"]
    with pytest.raises(BackendAway, match="LATE"):
        call(KIND, scripts.RECORD, late)
    assert totals(pictures) == in_database(pictures) == {pictures[1]: 1}


@pytest.mark.parametrize("refill", ["by itself", "rebuild_rankings"])
def test_killed_and_started_empty(pictures, server, refill):
    for n in range(10):
        record_view(pictures[n % 2])
    flush(KIND)
    record_view(pictures[0])  # lost, as the docs say, and nothing else
    server.kill()
    for n in range(6):
        record_view(pictures[n % 3])
    assert totals(pictures) == {pictures[0]: 7, pictures[1]: 7, pictures[2]: 2}
    server.restart()
    new_process()
    if refill == "rebuild_rankings":
        call_command("rebuild_rankings")
        ready = get_client().exists("{slipstream:things.picture}:ready")
        assert ready
    expected = {pictures[0]: 7, pictures[1]: 7, pictures[2]: 2}
    assert totals(pictures) == expected
    assert [(each.object, each.score) for each in top(Picture.objects.all(), window="day")] == [
        (picture, float(views)) for picture, views in expected.items()
    ]
    assert rank_of(pictures[2], window="trending") == 3
    flush(KIND)
    assert in_database(pictures) == expected


def test_recording_into_an_empty_redis_tells_all_views(pictures, server):
    for _ in range(3):
        record_view(pictures[0], "x")
    flush(KIND)
    server.kill()
    server.restart()
    new_process()
    with suppress(BackendAway):
        get_client().ping()
    assert record_view(pictures[1]).views == 1
    assert record_views([(pictures[0], None)])[0].views in (2, 4)
    flush_when_possible()
    assert totals(pictures)[pictures[0]] in (2, 4)


def test_commands_say_that_redis_is_away(pictures, server):
    record_view(pictures[0])
    server.kill()
    for name in ("flush_views", "rebuild_rankings"):
        with pytest.raises(CommandError, match="Redis is away"):
            call_command(name)
    assert totals(pictures) == {}
    assert top(Picture.objects.all()) == []
    assert rank_of(pictures[0]) is None


def test_a_dead_redis_costs_one_timeout_a_second(pictures, server, monkeypatch):
    attempts = []
    call = backend_module.call

    def counted(*args: Any) -> Any:
        attempts.append(time.monotonic())
        return call(*args)

    record_view(pictures[0])
    monkeypatch.setattr(backend_module, "call", counted)
    monkeypatch.setattr(backend_module, "flush", lambda kind: counted(kind, "return 1", []))
    with stopped(server):
        record_view(pictures[0])  # finds out
        attempts.clear()
        begin = time.monotonic()

        def read(_number: int) -> None:
            while time.monotonic() < begin + 3.2:
                view_counts(pictures)
                time.sleep(0.01)

        at_once(6, read)
    assert attempts
    assert all(b - a >= 1 for a, b in pairwise(attempts))


@pytest.mark.parametrize("address", ["wrong password", "unreachable", "a cluster that is away"])
def test_a_redis_that_cannot_be_used(pictures, server, settings, caplog, address):
    """The database counts, and the log says why, without the password."""
    port = free_port()
    secret = "pa55word"
    get_client().config_set("requirepass", "another")
    settings.SLIPSTREAM_REDIS_URL = {
        "wrong password": server.url.replace("unix://", f"unix://:{secret}@"),
        "unreachable": f"redis://:{secret}@127.0.0.1:{port}/0",
        "a cluster that is away": f"redis+cluster://:{secret}@127.0.0.1:{port},127.0.0.1:1",
    }[address]
    new_process()
    assert record_view(pictures[0]) == (1, 0, True)
    time.sleep(1.1)
    assert record_view(pictures[0]) == (2, 0, True)
    assert totals(pictures) == {pictures[0]: 2}
    with pytest.raises(BackendAway) as refused:
        flush(KIND)
    assert "Redis is away, the database counts" in caplog.text
    assert secret not in caplog.text + str(refused.value)


def test_no_endless_detour_through_the_database(pictures, server):
    """All threads are back with Redis soon after it is, however busy they are."""
    server.kill()
    record_view(pictures[0])
    server.restart()
    time.sleep(1.1)
    at_once(8, lambda number: [record_view(pictures[number % 5]) for _ in range(40)])
    assert get_client().exists(*(f"{{slipstream:things.picture}}:{name}" for name in "jp"))
    flush_when_possible()
    assert totals(pictures) == in_database(pictures)
    assert sum(totals(pictures).values()) == 321


def test_a_redis_that_is_full_refuses_views_and_can_be_flushed(pictures, server):
    """The database counts what Redis refuses; what is in Redis gets there, and makes room."""
    client = get_client()
    for n in range(10):
        record_view(pictures[n % 2], f"v{n}")
    with stopped(server):
        record_view(pictures[2])
    assert Doubt.objects.count() == 1
    new_process()
    client.config_set("maxmemory", "1")
    try:
        assert record_view(pictures[0], "x") == (1, 1, True)  # as the database has it
        assert Doubt.objects.count() == 1
        flush(KIND)
        assert not Doubt.objects.exists()
        assert not Stale.objects.exists()
        expected = {pictures[0]: 6, pictures[1]: 5, pictures[2]: 1}
        assert in_database(pictures) == expected
        get_backend().forget(KIND, [str(pictures[2].pk)])
        rebuild(KIND)
        assert not client.exists("{slipstream:things.picture}:p")
    finally:
        client.config_set("maxmemory", "0")
    new_process()
    record_view(pictures[1])
    flush(KIND)
    assert totals(pictures) == in_database(pictures) == {pictures[0]: 6, pictures[1]: 6}


# -- any order of things


@hypothesis_settings(
    max_examples=12,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    doings=strategies.lists(strategies.sampled_from("rrrrffeskb"), min_size=5, max_size=25).map(
        "".join
    )
)
@pytest.mark.slow
@pytest.mark.any_engine
def test_any_order_of_things(pictures, server, monkeypatch, doings):
    """Record, flush, empty, stop, kill, begin anew: against who keeps count by hand."""
    monkeypatch.setattr(backend_module, "_PAUSE", 0.01)
    client = get_client()
    flush_when_possible()
    before, views, random = in_database(pictures), Counter(), Random(doings)
    pending: Counter[Picture] = Counter()
    for doing in doings:
        if doing == "f":
            flush_when_possible()
            pending.clear()
        elif doing == "e":
            # What is in Redis only is lost, so that is made durable first but for a view.
            flush_when_possible()
            empty(client)
        elif doing == "s":
            with stopped(server):
                views += seen(pictures, random, 2)
            time.sleep(0.02)
        elif doing == "k":
            flush_when_possible()
            server.kill()
            views += seen(pictures, random, 2)
            server.restart()
            time.sleep(0.02)
        elif doing == "b":
            new_process()
        else:
            views += seen(pictures, random, 3)
    flush_when_possible()
    assert totals(pictures) == in_database(pictures) == before + views


def seen(pictures: list[Picture], random: Random, count: int) -> Counter[Picture]:
    """Record, and return what was acknowledged."""
    chosen = [random.choice(pictures) for _ in range(count)]
    return Counter(picture for picture in chosen if record_view(picture).counted)
