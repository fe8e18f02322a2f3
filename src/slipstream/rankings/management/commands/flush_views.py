"""``manage.py flush_views``: bring to the database the views that only Redis has."""

from __future__ import annotations

import argparse
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections

from slipstream.exceptions import BackendAway
from slipstream.rankings.maintenance import flush_views


class Command(BaseCommand):
    """Flushes once, or again and again until it is stopped; to stop it at any moment is safe."""

    help = (
        "Bring to the database the views that only Redis has, each exactly once. With --every,"
        " again and again. To stop or kill it at any moment is safe, and so is to run two."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the option."""
        parser.add_argument("--every", type=_seconds, metavar="SECONDS", help="more than 0")

    def handle(self, *args: Any, **options: Any) -> None:
        """Flush, and say how many views moved."""
        every = options["every"]
        if every is None:
            try:
                self.stdout.write(f"Moved {flush_views():,} views.")
            except BackendAway as error:
                raise CommandError(f"Redis is away: {error}", returncode=1) from error
            return
        while True:
            try:
                moved = flush_views()
            except (BackendAway, DatabaseError) as error:
                # Nothing is lost: the next time does it, on a new connection if need be.
                self.stderr.write(f"Not flushed: {error}")
                close_old_connections()
            else:
                if moved and options["verbosity"] > 1:
                    self.stdout.write(f"Moved {moved:,} views.")
            time.sleep(every)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not seconds > 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return seconds
