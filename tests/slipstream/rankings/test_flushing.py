"""Each view reaches the database once, whoever is killed when, and totals are right meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from threading import Event
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from slipstream.exceptions import BackendAway
from slipstream.rankings import record_view, record_views, top, view_counts
from slipstream.rankings.backends import calling, flushing, scripts
from slipstream.rankings.backends.flushing import flush, rebuild
from slipstream.rankings.maintenance import flush_views
from slipstream.rankings.models import Doubt, Flush, Stale, Views
from slipstream.redis_client import get_client
from tests.slipstream.at_once import at_once
from tests.things.models import Picture

from .on_redis import KIND, empty, in_database, new_process, redis_at, totals

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = 16  # more than there are


@pytest.fixture
def client(redis_server, settings):
    with redis_at(settings, redis_server.url) as made:
        yield made


@pytest.fixture
def pictures(client, transactional_db) -> list[Picture]:
    return [Picture.objects.create(title=f"p{n}") for n in range(5)]


class Killed(BaseException):
    """Not an Exception: nothing on the way may handle it."""


def killed_at(monkeypatch, step: int, *, after: bool) -> Any:
    """Have the flusher die before or after its call number ``step``, or its commit."""
    calls = 0

    def call(kind, script, arguments):
        nonlocal calls
        calls += 1
        if calls == step and not after:
            raise Killed
        answer = calling.call(kind, script, arguments)
        if calls == step:
            raise Killed
        return answer

    monkeypatch.setattr(flushing, "call", call)


@pytest.mark.slow
@pytest.mark.parametrize("state", ["usual", "missed", "emptied", "rebuild"])
@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_call_and_run_again(pictures, client, monkeypatch, state, after):
    views: Counter[Picture] = Counter()

    def see(count: int) -> None:
        seen = [pictures[n % 5] for n in range(count)]
        record_views([(picture, f"v{views.total() + n}") for n, picture in enumerate(seen)])
        views.update(seen)

    see(7)
    flush(KIND)
    ended = False
    for step in range(1, STEPS):
        see(step)
        if state == "emptied":
            flush(KIND)
            empty(client)
            see(3)
        if state == "missed":
            record_here(pictures[step % 5])
            views[pictures[step % 5]] += 1
        killed_at(monkeypatch, step, after=after)
        try:
            rebuild(KIND) if state == "rebuild" else flush(KIND)
            ended = True
        except Killed:
            pass
        monkeypatch.undo()
        # It expires by itself; until then readers believe that somebody fills the rankings.
        client.delete("{slipstream:things.picture}:w")
        if state != "missed":
            assert totals(pictures) == views, step
        see(2)
        flush(KIND)
        assert totals(pictures) == in_database(pictures) == views, step
        assert [r.score for r in top(Picture.objects.all())] == sorted(views.values())[::-1]
    assert ended, "not all steps were tried"
    assert flush(KIND) == 0


def record_here(picture: Picture) -> None:
    """Count as a process does for which Redis is away."""
    from slipstream.rankings.backends.choice import get_backend

    backend: Any = get_backend()
    backend._away_until = time.monotonic() + 60
    record_view(picture)
    new_process()


def test_every_state_after_a_death_reads_right(pictures, client, monkeypatch):
    """Also the rankings of what is trending, and the viewers."""
    for n in range(40):
        record_view(pictures[n % 5], f"v{n % 7}")
    before = view_counts(pictures), [each[:2] for each in top(Picture.objects.all())]
    for step in range(1, STEPS):
        killed_at(monkeypatch, step, after=True)
        with suppress(Killed):
            flush(KIND)
        monkeypatch.undo()
        now = view_counts(pictures), [each[:2] for each in top(Picture.objects.all())]
        assert now == before
    rows = Views.objects.filter(period="month").order_by("object_key")
    assert {row.object_key: (row.views, row.viewers) for row in rows} == {
        str(picture.pk): total for picture, total in before[0].items()
    }


def test_a_flush_that_is_rolled_back_with_its_caller(pictures, client):
    flush(KIND)
    for n in range(10):
        record_view(pictures[n % 5])
    try:
        with transaction.atomic():
            assert flush(KIND) == 10
            record_view(pictures[4])
            assert flush(KIND) == 0
            assert sum(totals(pictures).values()) == 11
            rebuild(KIND)
            assert sum(totals(pictures).values()) == 11
            raise KeyError
    except KeyError:
        pass
    assert in_database(pictures) == {}
    assert sum(totals(pictures).values()) == 11
    record_view(pictures[0])
    with transaction.atomic():
        flush(KIND)
        with pytest.raises(KeyError), transaction.atomic():
            flush(KIND)
            raise KeyError
    flush(KIND)
    assert in_database(pictures) == totals(pictures)
    assert sum(totals(pictures).values()) == 12


def test_what_a_caller_rolls_back_is_not_told_to_redis(pictures, client):
    """Counted in the database while Redis was away, in a transaction that fails."""
    from slipstream.rankings.backends.choice import get_backend

    record_view(pictures[0])
    backend: Any = get_backend()
    try:
        with transaction.atomic():
            backend._away_until = time.monotonic() + 60
            record_view(pictures[0])
            backend._away_until = 0.0
            record_view(pictures[1])
            top(Picture.objects.all())
            raise KeyError
    except KeyError:
        pass
    flush(KIND)
    assert totals(pictures) == in_database(pictures) == {pictures[0]: 1, pictures[1]: 1}


@pytest.mark.parametrize("flushers", [2, 5])
def test_many_flushers_and_writers_at_once(pictures, client, flushers):
    writers, each = 4, 60
    flush(KIND)
    done = Event()

    def work(number: int) -> Any:
        if number < flushers:
            moved = 0
            while not done.is_set():
                moved += flush(KIND)
                time.sleep(0.002)
            return moved
        last = 0
        for n in range(each):
            record_view(pictures[number % 2], f"{number}.{n}")
            # Never less than before, and never more than there can be.
            now = sum(totals(pictures).values())
            assert last < now <= writers * each
            last = now
        writers_done.append(number)
        if len(writers_done) == writers:
            done.set()
        return 0

    writers_done: list[int] = []
    moved = sum(at_once(flushers + writers, work))
    moved += flush(KIND)
    assert moved == writers * each
    assert totals(pictures) == in_database(pictures)
    assert sum(totals(pictures).values()) == writers * each


# -- killed for good

_CHILD = """
import json, os, signal, sys
import django
import pymysql
pymysql.install_as_MySQLdb()
from django.conf import settings
told = json.loads(sys.argv[1])
settings.DATABASES["default"]["NAME"] = told["database"]
settings.SLIPSTREAM_REDIS_URL = told["redis"]
settings.SLIPSTREAM_RANKINGS_BACKEND = told["backend"]
django.setup()
from slipstream.rankings.backends import flushing
from slipstream.rankings.backends.flushing import call, flush
steps = 0
def die_at(original):
    def counted(*args, **kwargs):
        global steps
        steps += 1
        if steps == told["step"]:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = original(*args, **kwargs)
        steps += 1
        if steps == told["step"]:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer
    return counted
flushing.call, flushing.add = die_at(call), die_at(flushing.add)
flush(told["kind"])
"""


@pytest.mark.slow
@pytest.mark.any_engine
def test_a_flusher_that_is_killed_at_each_step(pictures, client, settings):
    """By the kernel, as when memory runs out: nothing of it is left but what is committed."""
    views: Counter[Picture] = Counter()
    codes = []
    for step in range(1, 20):
        seen = [pictures[n % 5] for n in range(step + 3)]
        record_views([(picture, f"{step}.{n}") for n, picture in enumerate(seen)])
        views.update(seen)
        codes.append(flush_in_a_process(settings, step))
        assert totals(pictures) == views
        if codes[-1] == 0:
            break
    assert codes[-1] == 0
    assert set(codes[:-1]) == {-signal.SIGKILL}
    assert len(codes) > 8
    deadline = time.monotonic() + 20  # until the database has noticed the last death
    while True:
        try:
            flush(KIND)
            break
        except DatabaseError:
            assert time.monotonic() < deadline
    assert totals(pictures) == in_database(pictures) == views


def flush_in_a_process(settings: Any, step: int) -> int:
    told = {
        "database": str(connections["default"].settings_dict["NAME"]),
        "redis": settings.SLIPSTREAM_REDIS_URL,
        "backend": settings.SLIPSTREAM_RANKINGS_BACKEND,
        "kind": KIND,
        "step": step,
    }
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, json.dumps(told)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=dict(os.environ),
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


# -- late and astray


def test_calls_that_are_carried_out_late_change_nothing(pictures, client, monkeypatch):
    """A flusher's, which a Redis that stood still carries out after another has flushed."""
    record_view(pictures[0])
    flush(KIND)
    record_here(pictures[0])
    held = []

    def hold(kind, script, arguments):
        if script in (scripts.RESTORE, scripts.READY, scripts.CLEAR, scripts.BEGIN):
            held.append((kind, script, list(arguments)))
        return calling.call(kind, script, arguments)

    monkeypatch.setattr(flushing, "call", hold)
    rebuild(KIND)
    monkeypatch.undo()
    for _ in range(3):
        record_view(pictures[0])
    flush(KIND)
    assert {script for _, script, _ in held} == {
        *(scripts.RESTORE, scripts.READY, scripts.CLEAR, scripts.BEGIN)
    }
    for late in held:
        if late[1] != scripts.BEGIN:
            with pytest.raises(BackendAway, match="LATE"):
                calling.call(*late)
    # This one only makes another flusher begin again.
    calling.call(*held[0])
    assert totals(pictures) == {pictures[0]: 5}
    record_view(pictures[1])
    flush(KIND)
    assert totals(pictures) == in_database(pictures) == {pictures[0]: 5, pictures[1]: 1}


def test_a_batch_that_is_cut_off_late_is_not_left_out(pictures, client, monkeypatch):
    """By a flusher that was given up, in the middle of another that tells Redis what it missed."""
    record_view(pictures[0])
    flush(KIND)
    record_here(pictures[0])
    tell = flushing._tell

    def cut_and_tell(*args, **kwargs):
        record_view(pictures[0])
        calling.call(KIND, scripts.CUT, ["late"])
        record_view(pictures[0])
        tell(*args, **kwargs)

    monkeypatch.setattr(flushing, "_tell", cut_and_tell)
    flush(KIND)
    monkeypatch.undo()
    assert totals(pictures) == {pictures[0]: 4}
    flush(KIND)
    assert totals(pictures) == in_database(pictures) == {pictures[0]: 4}


@pytest.mark.parametrize("copied", ["pending", "cut off"])
def test_redis_started_from_an_older_copy_counts_nothing_twice(pictures, client, caplog, copied):
    """What the copy has pending was written long ago: it is dropped, what was flushed stays."""
    record_view(pictures[0])
    flush(KIND)
    record_views([(pictures[0], None)] * 5)
    if copied == "cut off":
        calling.call(KIND, scripts.CUT, ["0" * 32])
    copy = {key: (client.dump(key), max(client.pttl(key), 0)) for key in client.scan_iter()}
    flush(KIND)
    record_views([(pictures[1], None)] * 3)
    flush(KIND)
    durable = in_database(pictures)
    empty(client)
    for key, (value, lasts) in copy.items():
        client.restore(key, lasts, value)
    flush(KIND)
    assert totals(pictures) == in_database(pictures) == durable == {pictures[0]: 6, pictures[1]: 3}
    assert "older copy" in caplog.text
    record_view(pictures[2])
    flush(KIND)
    assert totals(pictures) == in_database(pictures) == {**durable, pictures[2]: 1}


def test_redis_of_another_database_is_not_believed(pictures, client):
    record_view(pictures[0])
    flush(KIND)
    record_view(pictures[0])
    for model in (Views, Flush, Stale, Doubt):
        model.objects.all().delete()
    flush(KIND)
    assert totals(pictures) == in_database(pictures) == {}
    assert top(Picture.objects.all()) == []
    record_view(pictures[1])
    flush(KIND)
    assert totals(pictures) == in_database(pictures) == {pictures[1]: 1}


def test_rebuilding_takes_away_what_the_database_does_not_have(pictures, client):
    record_view(pictures[0])
    client.zadd("{slipstream:things.picture}:z:all:0", {str(pictures[3].pk): -99})
    assert top(Picture.objects.all())[0].object == pictures[3]
    rebuild(KIND)
    assert totals(pictures) == {pictures[0]: 1}


def test_flushing_all_kinds(pictures, client):
    from tests.things.models import Document, Tag

    objs = [pictures[0], Document.objects.create(), Tag.objects.create(name="a:b é")]
    flush_views()
    for obj in objs:
        record_views([(obj, None)] * 3)
    assert flush_views() == 9
    assert flush_views() == 0
    assert get_client() is client
