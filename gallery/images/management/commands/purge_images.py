from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from gallery.images.services import UNDO_FOR, purge


class Command(BaseCommand):
    help = "Removes for good the pictures that were deleted too long ago to be had back."

    def handle(self, *args: Any, **options: Any) -> None:
        purged = purge(before=timezone.now() - UNDO_FOR)
        self.stdout.write(f"Purged {purged} pictures.")
