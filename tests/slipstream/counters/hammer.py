"""Like and unlike as fast as possible, one row per transaction.

Run by threads on PostgreSQL and MariaDB, and as a process on SQLite:
``python -m tests.slipstream.counters.hammer SEED SECONDS``.
"""

from __future__ import annotations

import sys
import time
from random import Random


def hammer(*, seed: int, seconds: float) -> int:
    """Write for so long; return how many rows were written. Raises what a caller would see."""
    from django.contrib.auth import get_user_model

    from slipstream.sql import delete_rows, insert_or_ignore, retrying_deadlocks
    from tests.counting.models import Album, Fan, Label, Photo

    random = Random(seed)
    albums = list(Album.objects.order_by("pk").values_list("pk", flat=True))
    users = list(get_user_model().objects.order_by("pk").values_list("pk", flat=True))
    labels = list(Label.objects.order_by("pk").values_list("pk", flat=True))
    through = Album.labels.through

    def like() -> int:
        album, user = random.choice(albums), random.choice(users)
        if random.random() < 0.5:
            return insert_or_ignore(Fan(album_id=album, user_id=user), using="default")
        return delete_rows(Fan.objects.filter(album=album, user=user), using="default")

    def label() -> int:
        album, slug = random.choice(albums), random.choice(labels)
        if random.random() < 0.5:
            return insert_or_ignore(through(album_id=album, label_id=slug), using="default")
        found = through.objects.filter(album=album, label=slug)
        return delete_rows(found, using="default")

    def photo() -> int:
        key = random.choice(photos)
        album = random.choice(albums)
        return Photo.objects.filter(pk=key).update(album=album, hidden=random.random() < 0.5)

    photos = list(Photo.objects.order_by("pk").values_list("pk", flat=True))
    written = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        write = random.choice([like, like, label, photo])
        written += retrying_deadlocks(write, using="default")
    return written


def main(seed: str, seconds: str) -> None:
    import django

    django.setup()
    from django.db import connection

    # SQLite lets writers wait in no order: on a busy machine one may wait for long.
    connection.settings_dict["OPTIONS"]["timeout"] = 60
    print(hammer(seed=int(seed), seconds=float(seconds)))


if __name__ == "__main__":
    main(*sys.argv[1:])
