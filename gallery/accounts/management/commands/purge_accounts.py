from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gallery.accounts.services import purge


class Command(BaseCommand):
    help = "Removes the accounts that are closed, where closing them was interrupted."

    def handle(self, *args: Any, **options: Any) -> None:
        removed, failed = purge()
        self.stdout.write(f"Removed {removed} accounts.")
        if failed:
            raise CommandError(f"{failed} could not be removed; the log says why.")
