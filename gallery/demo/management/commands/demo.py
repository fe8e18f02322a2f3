import os
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.demo.community import DEMO_USERNAME, has_community, make_community, taken_names


class Command(BaseCommand):
    help = "Makes the demo community, once; the password is taken from GALLERY_DEMO_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="another seed, another community")
        parser.add_argument("--people", type=int, default=220)
        parser.add_argument("--pictures", type=int, default=600)

    def handle(self, *args: Any, **options: Any) -> None:
        if has_community():
            self.stdout.write("The demo community is here already.")
            return
        password = os.environ.get("GALLERY_DEMO_PASSWORD")
        if not password:
            raise CommandError("Set GALLERY_DEMO_PASSWORD to the password of the demo account.")
        taken = taken_names(seed=options["seed"], size=options["people"])
        if taken:
            raise CommandError(
                f"Members of this site have names of the demo's people: {', '.join(taken)}."
                " The demo is for an empty site."
            )
        make_community(
            seed=options["seed"],
            password=password,
            size=options["people"],
            pictures=options["pictures"],
            track=self._progress,
        )
        self.stdout.write(f"The demo community is here; sign in as {DEMO_USERNAME}.")

    def _progress(self, what: str, count: int, things: Iterable[Any]) -> Iterator[Any]:
        """Yield ``things`` and draw a bar, where somebody looks at it."""
        width = 30
        for done, thing in enumerate(things, start=1):
            yield thing
            if self.stderr.isatty():
                filled = width * done // count
                bar = "█" * filled + "·" * (width - filled)
                self.stderr.write(f"\rMaking {what} {bar} {done}/{count}", ending="")
        if self.stderr.isatty():
            self.stderr.write("")
