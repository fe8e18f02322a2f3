"""``manage.py recount``: stored counts that are not the real ones."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections

from slipstream.counters.counted import Counted, counts
from slipstream.counters.services import BATCH_SIZE, Tally, recount
from slipstream.progress import show_progress

USAGE_ERROR = 2


class Command(BaseCommand):
    """Compare, repair unless told not to, and say with the exit status what was found.

    0: all counts were right, or were repaired. 1: with ``--check``, some were wrong.
    2: wrong usage.
    """

    help = (
        "Compares stored counts with the rows and repairs those that are wrong, while the site"
        " is live. With --check it repairs nothing, and exits with 1 if any is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which arguments there are."""
        parser.add_argument(
            "counts",
            nargs="*",
            metavar="app.Model[.field]",
            help="Only these (default: all of the project).",
        )
        parser.add_argument("--check", action="store_true", help="Report only; repair nothing.")
        parser.add_argument(
            "--batch-size", type=_positive, default=BATCH_SIZE, help="Rows read by one query."
        )
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, choices=tuple(connections))

    def handle(self, *, counts: list[str], **options: Any) -> None:
        """Go through each count, and print a line for each."""
        wrong = 0
        for counted in _chosen(counts, using=options["database"]):
            tally = self._recount(counted, **options)
            wrong += tally.wrong - tally.repaired
            if options["verbosity"]:
                repaired = f", {tally.repaired:,} repaired" if tally.repaired else ""
                self.stdout.write(
                    f"{_label(counted)}: {tally.wrong:,} of {tally.rows:,} were wrong{repaired}"
                )
        if options["check"] and wrong:
            raise CommandError(f"Counts that are wrong: {wrong:,}.", returncode=1)

    def _recount(
        self,
        counted: Counted,
        *,
        check: bool,
        database: str,
        batch_size: int,
        verbosity: int,
        **_options: Any,
    ) -> Tally:
        progress = None
        if verbosity > 1 or (verbosity == 1 and self.stderr.isatty()):
            total = counted.holder._base_manager.using(database).count()
            progress = show_progress(self.stderr, _label(counted), total)
        return recount(
            counted.holder,
            counted.field.name,
            using=database,
            only_check=check,
            batch_size=batch_size,
            progress=progress,
        )


def _label(counted: Counted) -> str:
    return f"{counted.holder._meta.label}.{counted.field.name}"


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _chosen(names: Iterable[str], *, using: str) -> list[Counted]:
    """Return the counts that ``names`` mean, each once; all on that database without names."""
    with connections[using].cursor() as cursor:
        tables = set(connections[using].introspection.table_names(cursor))
    every = [c for c in counts(apps) if c.holder._meta.db_table in tables]
    chosen = {}
    for name in names:
        wanted = name.lower()
        found = [c for c in every if wanted in {c.holder._meta.label_lower, _label(c).lower()}]
        if not found:
            choices = ", ".join(map(_label, every)) or "none on this database"
            raise CommandError(
                f"There is no count '{name}'. There are: {choices}.", returncode=USAGE_ERROR
            )
        chosen.update({_label(c): c for c in found})
    return list(chosen.values()) or every
