"""One writer or many, recording as fast as they can."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import count
from random import Random
from time import perf_counter
from typing import Any, NamedTuple, Self

from actstream import action
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection, connections
from django.utils import timezone

from benchmarks.acting.models import Activity, Image
from benchmarks.acting.verbs import SHOWN
from slipstream.activity import log_activity

OURS, REPEATED, CREATE, RAW, PEER = (
    *("log_activity", "log_activity, turned away"),
    *("objects.create", "INSERT by hand", "action.send"),
)
_PEOPLE, _IMAGES = 2_000, 5_000
_PATIENCE = 60  # seconds

Write = Callable[[], object]


class Spell(NamedTuple):
    """What all did in a while."""

    per_second: float
    written: int
    """Of the calls, those that did not return None."""
    calls: int
    failed: int


class Crew:
    """Some writers, each with a connection of its own; threads, on SQLite processes.

    SQLite lets one write at a time, and threads of one process would wait for
    Python more than for each other.
    """

    def __init__(self, size: int) -> None:
        self.size = size

    def __enter__(self) -> Self:
        self._executor: Executor
        if connection.vendor == "sqlite":
            # A connection must not be carried along into other processes.
            connections.close_all()
            context = multiprocessing.get_context("fork")
            together: Any = context.Barrier(self.size)
            self._executor = ProcessPoolExecutor(self.size, context, _start, [together])
        else:
            together = threading.Barrier(self.size)
            self._executor = ThreadPoolExecutor(self.size, "writer", _start, [together])
        return self

    def __exit__(self, *_: object) -> None:
        self._all(_stop)
        self._executor.shutdown()

    def work(self, way: str, seconds: float) -> Spell:
        """Have all record in one ``way`` at once."""
        spells = self._all(_work, way, seconds)
        return Spell(*map(sum, zip(*spells, strict=True)))

    def _all(self, task: Callable[..., Any], *arguments: Any) -> list[Any]:
        # Each waits for the others to begin, so nobody gets two.
        futures = [self._executor.submit(task, *arguments) for _ in range(self.size)]
        return [future.result() for future in futures]


# -- what a writer knows

_own = threading.local()
_numbers = count()


def _start(together: Any) -> None:
    _own.together = together
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = NORMAL")
            cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000}")
    # A process has the same number as its siblings, and a name of its own.
    random = Random(f"{multiprocessing.current_process().name} {next(_numbers)}")
    people = list(get_user_model().objects.order_by("pk")[:_PEOPLE])
    images = list(Image.objects.order_by("pk")[:_IMAGES])
    _own.ways = ways(random, people, images)


def _stop() -> None:
    _own.together.wait(_PATIENCE)
    connection.close()


def _work(way: str, seconds: float) -> Spell:
    write = _own.ways[way]
    calls = written = failed = 0
    _own.together.wait(_PATIENCE)
    start = perf_counter()
    while perf_counter() - start < seconds:
        try:
            written += write() is not None
            calls += 1
        except OperationalError:
            failed += 1
    return Spell(calls / (perf_counter() - start), written, calls, failed)


def ways(random: Random, people: list[Any], images: list[Any]) -> dict[str, Write]:
    """Return what each way does once: somebody does something to a picture."""
    pick = random.choice
    insert = (
        f"INSERT INTO {Activity._meta.db_table}"
        " (actor_id, verb, created_at, target_image_id, data) VALUES (%s, %s, %s, %s, %s)"
    )
    if connection.vendor == "sqlite":
        insert = insert.replace("%s", "?")
    adapt = connection.ops.adapt_datetimefield_value

    def raw() -> None:
        cursor = connection.connection.cursor()
        at = adapt(timezone.now())
        cursor.execute(insert, [pick(people).pk, pick(SHOWN), at, pick(images).pk, "{}"])
        cursor.close()

    once = (people[0], SHOWN[0], images[0])
    return {
        OURS: lambda: log_activity(pick(people), pick(SHOWN), pick(images)),
        REPEATED: lambda: log_activity(*once),
        CREATE: lambda: Activity.objects.create(
            actor=pick(people), verb=pick(SHOWN), target=pick(images)
        ),
        RAW: raw,
        PEER: lambda: action.send(pick(people), verb=pick(SHOWN), target=pick(images)),
    }
