"""Pages that count their views, while Redis and whoever flushes it die again and again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from random import Random
from threading import Event, Lock, Thread
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path

from devtools.engines import Redis as Server
from slipstream.rankings import record_view
from slipstream.rankings.backends.flushing import flush
from tests.things.models import Picture

from .on_redis import (
    KIND,
    flush_when_possible,
    given_up,
    in_database,
    redis_at,
    stopped,
    totals,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.any_engine,
    pytest.mark.urls(__name__),
]

CLIENTS = 8
#: Some hundreds for each thing that happens; with 20,000 it takes two minutes.
VIEWS = int(os.environ.get("SLIPSTREAM_TEST_VIEWS", "3200"))
#: How often one page may wait for a Redis that does not answer, each time for the timeout.
WAITS = 1


def picture_page(request: Any, key: int) -> HttpResponse:
    """A page as small as can be; says how often it waited for Redis in vain."""
    picture = get_object_or_404(Picture, pk=key)
    waited.calls = 0
    recorded = record_view(picture, request.headers["X-Viewer"])
    return HttpResponse(f"{picture.title}: {recorded.views}", headers={"X-Waits": waited.calls})


urlpatterns = [path("pictures/<int:key>/", picture_page)]
waited: Any = None


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server(start_redis, settings) -> Iterator[Server]:
    server = start_redis()
    with redis_at(settings, server.url):
        yield server


@pytest.fixture
def pictures(server, transactional_db) -> list[Picture]:
    flush(KIND)  # who comes first fills the rankings, and would flush
    return [Picture.objects.create(title=f"p{n}") for n in range(5)]


@pytest.fixture
def address(transactional_db, monkeypatch) -> Iterator[tuple[str, int]]:
    """Where a site listens that has a thread for each client."""
    global waited
    serving = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    serving.set_app(WSGIHandler())
    thread = Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    with given_up(monkeypatch) as waited:
        yield "127.0.0.1", serving.server_port
    serving.shutdown()
    thread.join()
    serving.server_close()


class Gate:
    """Lets the visitors through, or has all of them wait between two pages."""

    def __init__(self) -> None:
        self._open = Event()
        self._open.set()
        self._lock = Lock()
        self._waiting = self._here = 0

    def __enter__(self) -> None:
        with self._lock:
            self._here += 1

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self._here -= 1

    def passed(self) -> None:
        with self._lock:
            self._waiting += 1
        assert self._open.wait(timeout=60)
        with self._lock:
            self._waiting -= 1

    def close(self) -> None:
        self._open.clear()
        while self._waiting < self._here:
            time.sleep(0.01)

    def open(self) -> None:
        self._open.set()


_FLUSHER = """
import json, sys, time
import django
import pymysql
pymysql.install_as_MySQLdb()
from django.conf import settings
told = json.loads(sys.argv[1])
settings.DATABASES["default"]["NAME"] = told["database"]
settings.SLIPSTREAM_REDIS_URL = told["redis"]
settings.SLIPSTREAM_RANKINGS_BACKEND = told["backend"]
django.setup()
from django.db import OperationalError
from slipstream.exceptions import BackendAway
from slipstream.rankings.backends.flushing import flush
while True:
    try:
        flush(told["kind"])
    except (BackendAway, OperationalError):
        pass
    time.sleep(0.1)
"""


def start_flusher(settings: Any) -> subprocess.Popen[bytes]:
    told = {
        "database": str(connections["default"].settings_dict["NAME"]),
        "redis": settings.SLIPSTREAM_REDIS_URL,
        "backend": settings.SLIPSTREAM_RANKINGS_BACKEND,
        "kind": KIND,
    }
    return subprocess.Popen([sys.executable, "-c", _FLUSHER, json.dumps(told)], env=os.environ)


def test_pages_all_along(pictures, server, address, settings):
    """Redis stands still, is killed and started empty, and so is the flusher, in any moment.

    What is acknowledged before Redis is killed is flushed first: what is not is lost by promise.
    """
    acknowledged: Counter[Picture] = Counter()
    waits: Counter[int] = Counter()
    lock, gate = Lock(), Gate()

    def visit(number: int) -> None:
        random, client = Random(number), HTTPConnection(*address, timeout=60)
        with gate:
            for n in range(VIEWS // CLIENTS):
                gate.passed()
                picture = random.choice(pictures)
                client.request(
                    "GET", f"/pictures/{picture.pk}/", headers={"X-Viewer": f"{number}.{n}"}
                )
                with client.getresponse() as answer:
                    answer.read()
                    assert answer.status == 200
                with lock:
                    acknowledged[picture] += 1
                    waits[int(answer.headers["X-Waits"])] += 1
        client.close()

    def reached(part: float) -> bool:
        with lock:
            return acknowledged.total() >= VIEWS * part

    flusher = start_flusher(settings)
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:
            visitors = [pool.submit(visit, number) for number in range(CLIENTS)]
            for step, what in enumerate(("still", "killed", "flusher") * 3, 1):
                while not (reached(step / 10) or any(visitor.done() for visitor in visitors)):
                    time.sleep(0.01)
                if what == "still":
                    with stopped(server):
                        time.sleep(1.3)
                elif what == "flusher":
                    flusher.kill()
                    flusher.wait()
                    flusher = start_flusher(settings)
                else:
                    gate.close()
                    flush_when_possible()
                    server.kill()
                    gate.open()
                    time.sleep(0.7)
                    server.restart()
            for visitor in visitors:
                visitor.result()
    finally:
        flusher.kill()
        flusher.wait()
    flush_when_possible()
    assert acknowledged.total() == VIEWS
    assert totals(pictures) == in_database(pictures) == acknowledged
    assert waits[WAITS] > 0
    assert max(waits) == WAITS, waits
