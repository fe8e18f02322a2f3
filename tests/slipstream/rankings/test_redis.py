"""The Redis backend keeps to the contract, in one round trip, and its keys go by themselves."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from math import isclose
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from devtools import debian
from devtools.engines.base import free_port
from devtools.engines.redis import find_redis
from devtools.processes import Child
from slipstream.rankings import (
    ViewPolicy,
    history,
    rank_of,
    record_view,
    record_views,
    top,
    view_count,
    view_counts,
)
from slipstream.rankings.backends.base import View
from slipstream.rankings.backends.choice import get_backend
from slipstream.rankings.backends.database import Database
from slipstream.rankings.backends.flushing import flush, rebuild
from slipstream.rankings.models import Views
from slipstream.rankings.windows import Window, period_starts
from slipstream.redis_client import get_client, masked
from slipstream.testing.rankings import BackendContract
from tests.things.models import Document, Picture

from .on_redis import KIND, empty, policy, redis_at, sent

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.any_engine


class OnRedis(BackendContract):
    def make_backend(self) -> Any:
        return get_backend()


@pytest.mark.django_db(transaction=True)
class TestSingle(OnRedis):
    @pytest.fixture(autouse=True)
    def on_redis(self, redis_server, settings):
        with redis_at(settings, redis_server.url):
            yield


@pytest.mark.django_db(transaction=True)
class TestCluster(OnRedis):
    @pytest.fixture(autouse=True)
    def on_redis(self, redis_cluster, settings):
        with redis_at(settings, redis_cluster.url) as client:
            assert len(client.get_primaries()) == 3
            yield


@pytest.fixture(scope="module")
def sentinel(tmp_path_factory) -> Iterator[str]:
    """The address of a master that a sentinel tells of."""
    folder: Path = tmp_path_factory.mktemp("sentinel")
    master, watch = free_port(), free_port()
    shared = ["--bind", "127.0.0.1", "--dir", str(folder)]
    (folder / "master.conf").write_text("")
    (folder / "sentinel.conf").write_text(f"sentinel monitor pictures 127.0.0.1 {master} 1\n")
    program, environment = find_redis(), debian.REDIS.variables()
    servers = [
        Child([program, *names, "--port", str(port), *shared], env=environment, log=folder / "log")
        for names, port in (
            ([str(folder / "master.conf")], master),
            ([str(folder / "sentinel.conf"), "--sentinel"], watch),
        )
    ]
    yield f"redis+sentinel://127.0.0.1:{watch}/pictures/0"
    for server in servers:
        server.stop()


@pytest.mark.django_db(transaction=True)
class TestSentinel(OnRedis):
    @pytest.fixture(autouse=True)
    def on_redis(self, sentinel, settings):
        from redis.exceptions import RedisError

        settings.SLIPSTREAM_REDIS_URL = sentinel
        deadline = time.monotonic() + 10
        while True:
            try:
                get_client().ping()
                break
            except RedisError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        with redis_at(settings, sentinel):
            yield


@pytest.fixture
def client(redis_server, settings) -> Iterator[Any]:
    with redis_at(settings, redis_server.url) as made:
        yield made


@pytest.fixture
def pictures(transactional_db, client) -> list[Picture]:
    return [Picture.objects.create(title=f"p{n}") for n in range(20)]


# -- what it costs


def test_one_round_trip_each(pictures, monkeypatch, django_assert_num_queries):
    """Once the rankings are there and the script is known."""
    record_views([(picture, f"v{n}") for n, picture in enumerate(pictures)])
    for window in Window:
        top(Picture.objects.all(), window=window)
        rank_of(pictures[0], window=window)
    with sent(monkeypatch) as found:
        with django_assert_num_queries(0):
            record_view(pictures[0], "x")
            assert len(found) == 1
            record_view(pictures[0])
            record_views([(picture, "y") for picture in pictures])
            assert len(found) == 3
            view_counts(pictures)
            view_counts(pictures, window="day")
            rank_of(pictures[3], window="week")
            assert len(found) == 6
        for window in Window:
            with django_assert_num_queries(1):
                assert len(top(Picture.objects.all(), window=window)) == 10
        assert len(found) == 6 + len(Window)
        with django_assert_num_queries(1):
            history(pictures, window="day", since=timezone.now() - 9 * 24 * HOUR)
        assert len(found) == 9 + len(Window)


def test_a_large_batch_is_sent_in_parts_and_has_all_totals(pictures, client, monkeypatch):
    flush(KIND)
    with sent(monkeypatch) as found:
        recorded = record_views([(picture, None) for picture in pictures * 60])
    assert recorded == [(60, 0, True)] * 1200
    assert len(found) <= 12 + 1 + 2  # parts, totals, scripts that were not known


def test_keys_expire_by_themselves(pictures, client, monkeypatch):
    """What stays: all time, trending, and what has to be written."""
    policy(Picture, ViewPolicy(once_per=timedelta(minutes=5)), monkeypatch)
    for refilled in (False, True):
        record_views([(picture, viewer) for picture in pictures for viewer in ("x", "y", None)])
        flush(KIND)
        if refilled:
            rebuild(KIND)
        limits = {"hour": 10_800, "day": 259_200, "week": 864_000, "month": 2_937_600}
        for key in client.scan_iter():
            name = key.decode().removeprefix("{slipstream:things.picture}:")
            lasts = client.ttl(key)
            kept = re.fullmatch(r"[znoh]:(\w+):.*", name)
            if kept and kept[1] in limits:
                assert 0 < lasts <= limits[kept[1]], name
            elif name.startswith(("s:", "c:", "w")):
                assert 0 < lasts <= (300 if name[0] == "s" else 2_592_000), name
            else:
                assert kept or name in {"d", "f", "ready"}, name
        empty(client)


def test_all_keys_of_a_kind_are_in_one_slot(transactional_db, redis_cluster, settings):
    with redis_at(settings, redis_cluster.url) as client:
        objs = [Picture.objects.create(), Document.objects.create()]
        record_views([(obj, "x") for obj in objs])
        flush(KIND)
        record_views([(obj, "y") for obj in objs])
        slots: dict[str, set[int]] = {}
        for key in client.scan_iter():
            kind = key.decode().partition("}")[0]
            slots.setdefault(kind, set()).add(client.keyslot(key))
        assert sorted(slots) == ["{slipstream:things.document", "{slipstream:things.picture"]
        assert all(len(found) == 1 for found in slots.values())


def test_no_key_is_left_for_each_thread(pictures, client):
    """A server that makes a thread for each request would fill Redis."""
    from tests.slipstream.at_once import at_once

    record_view(pictures[0])
    for _ in range(5):
        at_once(4, lambda _number: record_view(pictures[0]))
    assert len(list(client.scan_iter(match="*:c:*"))) <= 5
    assert view_count(pictures[0]).views == 21


def test_a_forked_process_has_names_of_its_own(pictures, client):
    """With the names of its parent, its calls would be taken for repeated ones."""
    import os

    record_view(pictures[0])
    child = os.fork()
    if child == 0:
        try:
            get_backend().record([_view(pictures[0])])
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert record_view(pictures[0]).views == 3


def _view(picture: Picture) -> View:
    return View(KIND, str(picture.pk), None, timezone.now(), timedelta(), HOUR)


# -- unique viewers, memory


def test_unique_viewers_are_told_within_three_percent(pictures, client):
    at = timezone.now()
    picture = pictures[0]
    worst = 0.0
    for first in range(0, 10_000, 500):
        views = [(picture, f"viewer {n}") for n in range(first, first + 500)]
        told = record_views(views, at=at)[-1].viewers
        worst = max(worst, abs(told / (first + 500) - 1))
    assert worst < 0.03, f"off by {worst:.2%}"
    by_day = view_count(picture, window="day", at=at).viewers
    told = record_view(picture).viewers
    assert told * 0.99 < by_day <= told
    flush(KIND)
    assert Views.objects.get(object_key=str(picture.pk), period="all").viewers == told
    print(f"unique viewers: off by {worst:.2%} at most")


@pytest.mark.slow
@pytest.mark.parametrize(("viewers", "most"), [(0, 1_000), (1, 4_000), (20, 5_500)])
def test_memory_of_each_object_is_as_documented(client, db, viewers, most):
    """With views in this hour, so in all windows; flushed, so that nothing is pending."""
    backend, at, objects = get_backend(), timezone.now(), 2_000 if viewers < 20 else 500
    flush(KIND)
    before = client.info("memory")["used_memory"]
    for first in range(0, objects, 100):
        backend.record(
            [
                View(KIND, str(n), f"{who:032x}" if viewers else None, at, timedelta(), HOUR)
                for n in range(first, first + 100)
                for who in range(max(viewers, 1))
            ]
        )
    flush(KIND)
    flush(KIND)
    each = (client.info("memory")["used_memory"] - before) / objects
    print(f"{viewers} viewers: {each:,.0f} bytes per object")
    assert each < most


# -- the journal: what the rankings do not have yet


def test_views_applied_together_are_as_each_by_itself(client, transactional_db):
    """Flushed, the rows are those that the database makes of the same views."""
    random, now = Random(7), timezone.now()
    views = [
        View(
            KIND,
            f"{random.randrange(12)}:é",
            random.choice([None, *(f"{who:032x}" for who in range(30))]),
            now - timedelta(minutes=5) * (1_500 - n),
            timedelta(),
            timedelta(hours=6),
        )
        for n in range(1_500)
    ]
    counted = []
    for view in views:
        counted += get_backend().record([view])
        if random.random() < 0.01:
            get_backend().top(KIND, Window.DAY, view.at, start=0, count=3)
    flush(KIND)
    ours = _rows()
    Views.objects.all().delete()
    database = Database()
    assert [recorded for view in views for recorded in database.record([view])] == counted
    theirs = _rows()
    assert {place: row[:2] for place, row in ours.items()} == {
        place: row[:2] for place, row in theirs.items()
    }
    for place, row in ours.items():
        assert isclose(row[2], theirs[place][2], rel_tol=1e-9)


def _rows() -> dict[Any, Any]:
    rows = Views.objects.values_list(
        "object_key", "period", "starts_at", "views", "viewers", "score"
    )
    return {row[:3]: row[3:] for row in rows}


def test_a_viewer_told_late_is_counted_once_in_what_both_views_are_in(
    pictures, client, monkeypatch
):
    """Known from a later hour, told for an earlier one: new to that hour alone."""
    policy(Picture, ViewPolicy(), monkeypatch)
    now = timezone.now()
    late = period_starts(Window.HOUR, now) - timedelta(minutes=1)
    record_view(pictures[0], "y", at=late)
    record_view(pictures[0], "x", at=now)
    record_view(pictures[0], "x", at=late)
    record_view(pictures[0], "x", at=now)
    assert view_count(pictures[0], window="month", at=late).viewers <= 2
    assert view_count(pictures[0], window="hour", at=now) == (2, 1)
    assert view_count(pictures[0], window="hour", at=late) == (2, 2)
    assert view_count(pictures[0]) == (4, 2)


def test_the_journal_is_bounded(client, transactional_db):
    """By the objects in it, and by its length, with no flush and nobody who reads."""
    flush(KIND)
    at, most = timezone.now(), 0
    for n in range(600):
        get_backend().record([View(KIND, f"{n}", f"{n:032x}", at, timedelta(), HOUR)])
        most = max(most, client.scard(f"{{slipstream:{KIND}}}:k"))
    assert most == 249
    for n in range(30):
        viewers = [f"{n:016x}{who:016x}" for who in range(100)]
        get_backend().record([View(KIND, "x", who, at, timedelta(), HOUR) for who in viewers])
        most = max(most, client.strlen(f"{{slipstream:{KIND}}}:j"))
    assert 200_000 < most < 250_000
    totals = get_backend().totals(KIND, ["x", "1"], Window.MONTH, at)
    assert totals[0].views == 3_000
    assert totals[0].viewers == pytest.approx(3_000, rel=0.03)
    assert totals[1] == (1, 1)
    assert not client.exists(f"{{slipstream:{KIND}}}:j", f"{{slipstream:{KIND}}}:k")


# -- forgetting, gone back in time


def test_what_is_forgotten_is_not_flushed_after_all(pictures, client):
    record_views([(picture, "x") for picture in pictures[:3]])
    gone = pictures[0]
    get_backend().forget(KIND, [str(gone.pk)])
    flush(KIND)
    assert not Views.objects.filter(object_key=str(gone.pk)).exists()
    assert view_counts(pictures[:2]) == {gone: (0, 0), pictures[1]: (1, 1)}


def test_the_hour_before_is_complete_after_it_was_counted_elsewhere(pictures, client):
    """What the database counted of it while Redis was away, or before it was emptied."""
    now = timezone.now()
    before = now - HOUR
    record_view(pictures[0], at=before)
    flush(KIND)
    empty(client)
    record_view(pictures[0], at=before)
    for window in ("hour", "all"):
        assert view_count(pictures[0], window=window, at=before).views == 2
    [(_, both)] = history([pictures[0]], window="hour", since=before)[:1]
    assert both.views == 2


# -- addresses

SECRET = "pa55word"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:6379",
        f"me:{SECRET}@host",
        f"http://:{SECRET}@host",
        f"redis://:{SECRET}@host:port/0",
        f"redis://:{SECRET}/@host:6379/0",
        f"redis://:{SECRET}@host:6379/0?socket_timeout=x&password={SECRET}",
        f"redis+sentinel://:{SECRET}@host:26379",
        f"redis+sentinel://:{SECRET}@host/service/x",
        f"redis+cluster://me:{SECRET}@host:x,host:6380",
    ],
)
def test_a_malformed_address_is_refused_without_its_password(settings, url):
    settings.SLIPSTREAM_REDIS_URL = url
    with pytest.raises(ImproperlyConfigured) as refused:
        get_client()
    assert "SLIPSTREAM_REDIS_URL" in str(refused.value)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:secret@host:6379/0", "redis://:***@host:6379/0"),
        ("redis://me:sec@ret@host/0", "redis://me:***@host/0"),
        ("me:secret@host", "me:***@host"),
        ("redis://host/0?password=secret&db=1", "redis://host/0?password=***&db=1"),
        ("unix:///tmp/redis.sock?db=0", "unix:///tmp/redis.sock?db=0"),
    ],
)
def test_passwords_are_masked(url, shown):
    assert masked(url) == shown
