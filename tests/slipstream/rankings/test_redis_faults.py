"""Redis stands still, dies, and comes back empty: no page waits long, and no view is lost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from random import Random
from threading import Event, Lock, Thread
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import OperationalError, connections
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as hypothesis_settings

from devtools.engines import Redis as Server
from devtools.engines.base import free_port
from slipstream.exceptions import BackendAway
from slipstream.rankings import rank_of, record_view, record_views, top, view_counts
from slipstream.rankings.backends import redis as backend_module
from slipstream.rankings.backends.flushing import flush
from slipstream.rankings.models import Doubt, Stale
from slipstream.redis_client import get_client
from tests.slipstream.at_once import at_once
from tests.things.models import Picture

from .on_redis import KIND, empty, in_database, new_process, redis_at, stopped, totals

pytestmark = pytest.mark.django_db(transaction=True)

TIMEOUT = 0.2
#: What writing to the database may take, in turns with others, on a busy machine.
DATABASE = 3.0


@pytest.fixture
def server(start_redis, settings) -> Iterator[Server]:
    server = start_redis()
    with redis_at(settings, server.url):
        yield server


@pytest.fixture
def pictures(server, transactional_db) -> list[Picture]:
    flush(KIND)  # who comes first fills the rankings, and would flush
    return [Picture.objects.create(title=f"p{n}") for n in range(5)]


def flush_when_possible() -> None:
    """Flush once Redis answers and the database is not busy."""
    deadline = time.monotonic() + 15
    while True:
        try:
            flush(KIND)
            return
        except (BackendAway, OperationalError):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_redis_that_stands_still(pictures, server):
    """Eight threads record all along; whatever it carries out late counts once."""
    acknowledged: Counter[Picture] = Counter()
    lock, over = Lock(), Event()
    slowest = 0.0

    def record(number: int) -> None:
        nonlocal slowest
        random = Random(number)
        while not over.is_set():
            picture = random.choice(pictures)
            start = time.monotonic()
            recorded = record_view(picture, f"{number}.{random.random()}")
            took = time.monotonic() - start
            assert recorded.counted
            with lock:
                acknowledged[picture] += 1
                slowest = max(slowest, took)
            time.sleep(0.01)

    def disturb() -> None:
        time.sleep(0.3)
        for _ in range(2):
            with stopped(server):
                time.sleep(1.5)
            time.sleep(0.3)
        over.set()

    at_once(9, lambda number: disturb() if number == 8 else record(number))
    flush_when_possible()
    assert totals(pictures) == in_database(pictures) == acknowledged
    assert not Doubt.objects.exists()
    assert not Stale.objects.exists()
    assert slowest < 2 * TIMEOUT + DATABASE, f"the slowest took {slowest:.2f} s"
    print(f"{acknowledged.total()} views, the slowest took {slowest:.2f} s")


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
    late = [doubt.client, doubt.number, 0, str(pictures[1].pk), "", 0, 0, 1.0, 0, 0, 0, 0]
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
    assert 2 <= len(attempts) <= 3
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
    held = get_client().hgetall("{slipstream:things.picture}:p")
    assert sum(int(value) for field, value in held.items() if field[:2] == b"v:") > 0
    flush_when_possible()
    assert totals(pictures) == in_database(pictures)
    assert sum(totals(pictures).values()) == 321


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


# -- over HTTP


def picture_page(request: Any, key: int) -> HttpResponse:
    """A page as small as can be."""
    picture = get_object_or_404(Picture, pk=key)
    recorded = record_view(picture, request.headers["X-Viewer"])
    return HttpResponse(f"{picture.title}: {recorded.views}")


urlpatterns = [path("pictures/<int:key>/", picture_page)]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def site(transactional_db) -> Iterator[str]:
    """A site on loopback, with a thread for each request."""
    serving = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    serving.set_app(WSGIHandler())
    thread = Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    thread.join()
    serving.server_close()


@pytest.mark.slow
@pytest.mark.any_engine
@pytest.mark.urls(__name__)
def test_pages_all_along(pictures, server, site):
    """Eight clients, while Redis stands still, is killed and started empty, and the flusher too.

    What was acknowledged before Redis is killed is flushed then: what is not is lost by promise.
    """
    wanted = 1600
    acknowledged: Counter[int] = Counter()
    lock, over, slowest = Lock(), Event(), [0.0]
    gate = Event()
    gate.set()
    idle = [0]
    opener = build_opener(ProxyHandler({}))

    def visit(number: int) -> None:
        random = Random(number)
        for n in range(wanted // 8):
            with lock:
                idle[0] += 1
            assert gate.wait(timeout=20)
            with lock:
                idle[0] -= 1
            picture = random.choice(pictures)
            request = Request(
                f"{site}/pictures/{picture.pk}/", headers={"X-Viewer": f"{number}.{n}"}
            )
            start = time.monotonic()
            with opener.open(request, timeout=30) as answer:
                assert answer.status == 200
            took = time.monotonic() - start
            with lock:
                acknowledged[picture.pk] += 1
                slowest[0] = max(slowest[0], took)

    def keep_flushing() -> None:
        try:
            while not over.is_set():
                with suppress(BackendAway, OperationalError):
                    flush(KIND)
                time.sleep(0.2)
        finally:
            connections.close_all()

    flusher = Thread(target=keep_flushing)
    flusher.start()
    with ThreadPoolExecutor(8) as pool:
        visitors = [pool.submit(visit, number) for number in range(8)]
        for killed in (False, True, False, True):
            reach(acknowledged, lock, wanted // 6)
            if all(visitor.done() for visitor in visitors):
                break
            if not killed:
                with stopped(server):
                    time.sleep(1.3)
                continue
            # Between two pages, with everything flushed.
            gate.clear()
            while idle[0] < sum(not visitor.done() for visitor in visitors):
                time.sleep(0.01)
            flush_when_possible()
            server.kill()
            gate.set()
            time.sleep(0.7)
            server.restart()
        for visitor in visitors:
            visitor.result()
    over.set()
    flusher.join()
    flush_when_possible()
    told = f"{acknowledged.total()} views, the slowest page took {slowest[0]:.2f} s"
    print(told)
    expected = {picture: acknowledged[picture.pk] for picture in pictures}
    assert totals(pictures) == in_database(pictures) == expected, told
    assert acknowledged.total() == wanted, told
    assert slowest[0] < 4 * TIMEOUT + 2 * DATABASE, told


def reach(acknowledged: Counter[int], lock: Lock, more: int) -> None:
    """Wait until so many more views are acknowledged."""
    with lock:
        goal = acknowledged.total() + more
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with lock:
            if acknowledged.total() >= goal:
                return
        time.sleep(0.01)
