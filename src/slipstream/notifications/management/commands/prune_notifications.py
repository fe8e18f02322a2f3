"""``manage.py prune_notifications``: forget what is long past."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

_LONGEST = 36_500  # days


class Command(BaseCommand):
    """Removes lines with nobody in them, and those that are older than so many days."""

    help = (
        "Remove notifications with nobody in them, and those older than so many days, in batches."
        " Without --older-than only the former. Safe while the site is live; run it daily."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--older-than", type=int, metavar="DAYS", help="1 or more")
        parser.add_argument("--database", metavar="ALIAS", help="where the notifications are")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prune, and say how many went."""
        from slipstream.notifications.services import prune_notifications

        days = options["older_than"]
        if days is not None and not 1 <= days <= _LONGEST:
            raise CommandError(f"--older-than is from 1 to {_LONGEST} days, not {days}.")
        older_than = None if days is None else timedelta(days=days)
        count = prune_notifications(older_than=older_than, using=options["database"])
        self.stdout.write(f"Removed {count:,} notifications.")
