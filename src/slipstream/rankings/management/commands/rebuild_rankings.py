"""``manage.py rebuild_rankings``: give Redis all rankings anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from slipstream.exceptions import BackendAway
from slipstream.rankings.maintenance import rebuild_rankings


class Command(BaseCommand):
    """Rebuilds what Redis holds from what the database holds; safe while the site is live."""

    help = "Give Redis all rankings anew, from the database. Safe while the site is live."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild."""
        try:
            rebuild_rankings()
        except BackendAway as error:
            raise CommandError(f"Redis is away: {error}", returncode=1) from error
