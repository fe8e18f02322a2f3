"""Having views counted in a Redis that tests start, stop and kill."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

from django.db import OperationalError

from devtools.engines import Redis as Server
from slipstream.exceptions import BackendAway
from slipstream.rankings import policies, view_counts
from slipstream.rankings.backends import calling, choice, flushing, redis
from slipstream.rankings.backends.flushing import flush
from slipstream.redis_client import get_client

BACKEND = "slipstream.rankings.backends.redis.Redis"
KIND = "things.picture"


@contextmanager
def redis_at(settings: Any, url: str) -> Iterator[Any]:
    """Count in an empty Redis at ``url``, with a backend that knows nothing yet."""
    settings.SLIPSTREAM_REDIS_URL = url
    settings.SLIPSTREAM_RANKINGS_BACKEND = BACKEND
    empty(get_client())
    choice._made.cache_clear()
    yield get_client()
    choice._made.cache_clear()


def empty(client: Any) -> None:
    """Empty Redis, in the background: at once may take longer than a command has."""
    client.flushall(asynchronous=True)
    while _is_emptying(client):
        time.sleep(0.01)


def _is_emptying(client: Any) -> bool:
    if hasattr(client, "get_primaries"):
        return False
    return bool(client.info("memory")["lazyfree_pending_objects"])


def new_process() -> None:
    """Forget what this process knows of Redis, as one that has just begun."""
    choice._made.cache_clear()


@contextmanager
def stopped(server: Server) -> Iterator[None]:
    """Have Redis stand still: it takes connections and answers nothing."""
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(server.pid, signal.SIGCONT)


@contextmanager
def given_up(monkeypatch: Any) -> Iterator[local]:
    """Count in ``calls``, for each thread, those to Redis that were not answered in time."""
    found = local()

    def counted(*args: Any) -> Any:
        try:
            return calling.call(*args)
        except BackendAway as away:
            if not isinstance(away, calling.NotAsked):
                found.calls = getattr(found, "calls", 0) + 1
            raise

    with monkeypatch.context() as patched:
        for module in (redis, flushing):
            patched.setattr(module, "call", counted)
        yield found


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


def totals(objs: Iterable[Any]) -> dict[Any, int]:
    """Return the views of each of ``objs`` that has some."""
    return {obj: total.views for obj, total in view_counts(objs).items() if total.views}


def in_database(objs: Iterable[Any]) -> Counter[Any]:
    """Return the views of each of ``objs`` that the database holds."""
    from slipstream.rankings.models import Views

    by_key = {str(obj.pk): obj for obj in objs}
    rows = Views.objects.filter(kind=KIND, period="all").values_list("object_key", "views")
    return Counter({by_key[key]: views for key, views in rows})


@contextmanager
def sent(monkeypatch: Any) -> Iterator[list[Any]]:
    """Collect what is sent to Redis, one entry for each round trip."""
    from redis.connection import AbstractConnection

    found: list[Any] = []
    send = AbstractConnection.send_packed_command

    def counted(self: Any, command: Any, *args: Any, **kwargs: Any) -> Any:
        found.append(command)
        return send(self, command, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(AbstractConnection, "send_packed_command", counted)
        yield found


def policy(model: Any, new: policies.ViewPolicy, monkeypatch: Any) -> None:
    """Give ``model`` another policy for one test."""
    monkeypatch.setitem(policies._policies, model, new)
