"""Many writers at the same objects: no write is lost, no deadlock reaches anybody."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random

import pytest
from django.db import connection, connections, transaction

from slipstream.counters import recount
from slipstream.sql import retrying_deadlocks
from tests.counting.models import Album, Fan, Label, Photo
from tests.slipstream.at_once import at_once

from .counting import execute, wrong_counts
from .hammer import hammer

pytestmark = [pytest.mark.any_user, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CONNECTIONS, PROCESSES, SECONDS = 32, 4, 2

with_threads = pytest.mark.skipif(
    "connection.vendor == 'sqlite'", reason="SQLite has one writer: nobody to deadlock with"
)


@pytest.fixture
def objects(people):
    """Five albums, and what they are liked by, labelled with and made of."""
    people(6)
    albums = [Album.objects.create() for _ in range(5)]
    Label.objects.bulk_create([Label(slug=slug) for slug in "abc"])
    Photo.objects.bulk_create([Photo(album=albums[0]) for _ in range(6)])
    return albums


def hammers():
    """Begin to write, from everywhere at once; return what waits for the end and adds up."""
    if connection.vendor != "sqlite":
        pool = ThreadPoolExecutor(1)
        work = lambda number: hammer(seed=number, seconds=SECONDS)  # noqa: E731
        running = pool.submit(at_once, CONNECTIONS, work)
        return running.done, lambda: (sum(running.result()), pool.shutdown())[0]
    command = [sys.executable, "-m", "tests.slipstream.counters.hammer"]
    workers = [
        subprocess.Popen(
            [*command, str(seed), str(SECONDS)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in range(PROCESSES)
    ]

    def finish() -> int:
        outputs = [worker.communicate(timeout=120) for worker in workers]
        assert [error for _, error in outputs if error] == []
        return sum(int(out) for out, _ in outputs)

    return lambda: all(worker.poll() is not None for worker in workers), finish


def test_no_write_is_lost(objects):
    _, finish = hammers()
    assert finish() > 100
    assert Fan.objects.exists()
    assert wrong_counts() == {}


def falsify(name: str, key: int) -> None:
    """Write a wrong number, in one statement of its own."""
    execute(f"UPDATE counting_album SET {name} = {name} + 7 WHERE id = %s", key)


@with_threads
def test_recounting_while_others_write(objects):
    """It finds nothing wrong that is not, and what it mends stays mended."""
    counts = ("fan_count", "photo_count", "shown_count", "label_count")
    is_done, finish = hammers()
    rounds = 0
    while not is_done():
        for name in counts:
            assert recount(Album, name, only_check=True, batch_size=2).wrong == 0
        name = counts[rounds % 4]
        retrying_deadlocks(partial(falsify, name, objects[0].pk), using="default")
        tally = recount(Album, name, batch_size=2)
        assert (tally.wrong, tally.repaired) == (1, 1)
        rounds += 1
    finish()
    assert rounds > 2
    assert wrong_counts() == {}


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="others have triggers per row")
def test_bulk_writes_in_any_order_do_not_deadlock(objects):
    def work(number: int) -> None:
        random = Random(number)
        for _ in range(15):
            order = random.sample(objects, len(objects))
            Photo.objects.bulk_create([Photo(album=album, caption=str(number)) for album in order])
            mine = Photo.objects.filter(caption=str(number))
            mine.update(album=random.choice(objects))
            mine._raw_delete("default")

    at_once(12, work)
    assert wrong_counts() == {}


@with_threads
def test_two_who_remove_the_same_row_subtract_it_once(objects):
    album = objects[0]
    photos = [photo.pk for photo in Photo.objects.filter(album=album)]
    gone = at_once(8, lambda number: Photo.objects.filter(pk=photos[0])._raw_delete("default"))
    assert sum(gone) == 1
    assert wrong_counts() == {}


@with_threads
def test_a_write_that_is_rolled_back_while_others_wait(objects):
    album = objects[0]

    def work(number: int) -> None:
        for turn in range(5):
            with transaction.atomic():
                Photo.objects.create(album=album)
                if (number + turn) % 2:
                    transaction.set_rollback(True)

    at_once(8, work)
    album.refresh_from_db()
    assert album.photo_count == 6 + 20
    assert wrong_counts() == {}
    connections.close_all()
