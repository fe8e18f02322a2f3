"""Many writers on the same pair: exactly the rows and counts that were acknowledged."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random
from threading import Barrier

import pytest
from django.db import IntegrityError, OperationalError, connection, connections

from slipstream.follows.models import Follow

from .counting import kept_counts, real_counts
from .hammer import hammer

CONNECTIONS, THREAD_ROUNDS = 32, 40
PROCESSES, PROCESS_ROUNDS = 4, 80


def in_threads(users) -> Counter:
    barrier = Barrier(CONNECTIONS)

    def work(seed: int) -> Counter:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            return hammer(users, seed=seed, rounds=THREAD_ROUNDS)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return sum_of(pool.map(work, range(CONNECTIONS)))


def in_processes(users) -> Counter:
    keys = [str(user.pk) for user in users]
    workers = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.slipstream.follows.hammer",
                str(seed),
                str(PROCESS_ROUNDS),
                *keys,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in range(PROCESSES)
    ]
    outputs = [worker.communicate(timeout=120) for worker in workers]
    errors = [
        error for worker, (_, error) in zip(workers, outputs, strict=True) if worker.returncode
    ]
    assert errors == []
    return sum_of(Counter({(a, b): n for a, b, n in json.loads(out)}) for out, _ in outputs)


def sum_of(counters) -> Counter:
    total: Counter = Counter()
    for counter in counters:
        total.update(counter)
    return total


@pytest.mark.django_db(transaction=True)
def test_the_last_acknowledged_words_hold(people):
    users = people(3)
    run = in_processes if connection.vendor == "sqlite" else in_threads
    balance = run(users)
    rows = {(row.follower_id, row.following_id) for row in Follow.objects.all()}
    implied = {(users[a].pk, users[b].pk) for (a, b), change in balance.items() if change}
    assert set(balance.values()) <= {0, 1}
    assert rows == implied
    assert kept_counts() == real_counts()


@pytest.mark.skipif(
    "connection.vendor == 'sqlite'", reason="SQLite has one writer: nobody to deadlock with"
)
@pytest.mark.django_db(transaction=True)
def test_services_beside_bulk_writers_see_no_deadlock(people):
    """Bulk writers lock in their own order; the services try again."""
    users = people(6)

    def bulk(seed: int) -> None:
        random = Random(seed)
        for _ in range(8):
            ends = [tuple(random.sample(users, 2)) for _ in range(8)]
            # Their own deadlocks are theirs.
            with suppress(OperationalError, IntegrityError):
                rows = [Follow(follower=a, following=b) for a, b in ends]
                Follow.objects.bulk_create(rows, ignore_conflicts=True)
                Follow.objects.filter(follower__in=[a.pk for a, _ in ends[:3]]).delete()

    def work(seed: int) -> int:
        try:
            if seed % 2:
                bulk(seed)
                return 0
            hammer(users[:3], seed=seed, rounds=15)
            return 1
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(work, range(12))) == 6
    assert kept_counts() == real_counts()
