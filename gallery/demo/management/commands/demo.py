import os
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.demo.community import DEMO_USERNAME, has_community, make_community


class Command(BaseCommand):
    help = "Makes the demo community, once; the password is taken from GALLERY_DEMO_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="another seed, another community")

    def handle(self, *args: Any, **options: Any) -> None:
        if has_community():
            self.stdout.write("The demo community is here already.")
            return
        password = os.environ.get("GALLERY_DEMO_PASSWORD")
        if not password:
            raise CommandError("Set GALLERY_DEMO_PASSWORD to the password of the demo account.")
        people = make_community(seed=options["seed"], password=password, track=self._progress)
        self.stdout.write(f"Made {len(people)} people; sign in as {DEMO_USERNAME}.")

    def _progress(self, items: Sequence[Any]) -> Iterator[Any]:
        """Yield ``items`` and draw a bar, where somebody looks at it."""
        width = 30
        for done, item in enumerate(items, start=1):
            yield item
            if self.stderr.isatty():
                filled = width * done // len(items)
                bar = "█" * filled + "·" * (width - filled)
                self.stderr.write(f"\rMaking people {bar} {done}/{len(items)}", ending="")
        if self.stderr.isatty():
            self.stderr.write("")
