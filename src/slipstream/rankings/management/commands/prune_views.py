"""``manage.py prune_views``: forget which hours, days and weeks are long past."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from slipstream.rankings.maintenance import prune_views

_LONGEST = 36_500  # days


class Command(BaseCommand):
    """Removes what no ranking and no chart shows any more."""

    help = (
        "Remove views per hour, day and week that are long past; totals and months stay."
        " Safe while the site is live; run it daily."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--viewers-older-than",
            type=int,
            metavar="DAYS",
            help="Forget viewers not seen for so long, 1 or more; if they come back they are new.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prune, and say how many went."""
        days = options["viewers_older_than"]
        if days is not None and not 1 <= days <= _LONGEST:
            raise CommandError(f"--viewers-older-than is from 1 to {_LONGEST} days, not {days}.")
        older_than = None if days is None else timedelta(days=days)
        self.stdout.write(f"Removed {prune_views(viewers_older_than=older_than):,} rows.")
