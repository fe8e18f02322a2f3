"""``manage.py check_targets``: rows whose generic key points at nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections

from slipstream.progress import show_progress

if TYPE_CHECKING:
    from django.contrib.contenttypes.fields import GenericForeignKey

    from slipstream.targets.generic.dangling import Tally

USAGE_ERROR = 2


class Command(BaseCommand):
    """Report the rows, delete them if asked to, and say with the exit status whether any are left.

    0: none dangle, or all that did are deleted. 1: some dangle. 2: wrong usage.
    """

    help = (
        "Finds rows whose generic key points at nothing. Exits with 1 if there are any,"
        " with 0 if there are none or --delete removed them all. Rows of a key that"
        " declares KEEP are reported, but are as they should be."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which arguments there are."""
        parser.add_argument(
            "keys",
            nargs="*",
            metavar="app.Model[.field]",
            help="Look at these generic keys only (default: all of the project).",
        )
        parser.add_argument(
            "--delete",
            action="store_true",
            help="Delete the rows that dangle. Those of Django's own GenericForeignKey, which"
            " does not declare what is to become of them, only if named as argument.",
        )
        parser.add_argument("--batch-size", type=_positive, help="Rows read by one query.")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, choices=tuple(connections))

    def handle(self, *, keys: list[str], **options: Any) -> None:
        """Sweep each key, and print a line per key and target model."""
        if not apps.is_installed("django.contrib.contenttypes"):
            raise CommandError(
                "Without django.contrib.contenttypes there are no generic keys.",
                returncode=USAGE_ERROR,
            )
        # Importable only with content types.
        from slipstream.targets.generic.dangling import generic_keys, is_kept

        left = 0
        for key in _chosen(keys, generic_keys(using=options["database"])):
            tallies = self._sweep(key, named=bool(keys), **options)
            for tally in tallies:
                self._report(key, tally, verbosity=options["verbosity"])
                if not is_kept(key):
                    left += tally.dangling - tally.deleted
        if left:
            raise CommandError(f"Rows that point at nothing: {left:,}.", returncode=1)

    def _sweep(
        self,
        key: GenericForeignKey,
        *,
        named: bool,
        database: str,
        delete: bool,
        batch_size: int | None,
        verbosity: int,
        **_options: Any,
    ) -> list[Tally]:
        from slipstream.targets.generic import GuardedGenericKey
        from slipstream.targets.generic.dangling import BATCH_SIZE, label_of, rows_of, sweep

        progress = None
        if verbosity > 1 or (verbosity == 1 and self.stderr.isatty()):
            total = rows_of(key, using=database).count()
            progress = show_progress(self.stderr, label_of(key), total)
        return sweep(
            key,
            using=database,
            batch_size=batch_size or BATCH_SIZE,
            delete=delete and (named or isinstance(key, GuardedGenericKey)),
            progress=progress,
        )

    def _report(self, key: GenericForeignKey, tally: Tally, *, verbosity: int) -> None:
        from slipstream.targets.generic.dangling import is_kept, label_of

        if not verbosity:
            return
        what = "are kept on purpose, without their target" if is_kept(key) else "dangle"
        deleted = f", {tally.deleted:,} deleted" if tally.deleted else ""
        self.stdout.write(
            f"{label_of(key)} -> {tally.target}:"
            f" {tally.dangling:,} of {tally.rows:,} rows {what}{deleted}"
        )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _chosen(names: Iterable[str], keys: list[GenericForeignKey]) -> list[GenericForeignKey]:
    """The keys that ``names`` mean, each once; all of them without names."""
    from slipstream.targets.generic.dangling import label_of

    chosen = {}
    for name in names:
        wanted = name.lower()
        found = [
            key for key in keys if wanted in {key.model._meta.label_lower, label_of(key).lower()}
        ]
        if not found:
            choices = ", ".join(label_of(key) for key in keys) or "none on this database"
            raise CommandError(
                f"There is no generic key '{name}'. There are: {choices}.", returncode=USAGE_ERROR
            )
        chosen.update({label_of(key): key for key in found})
    return list(chosen.values()) if chosen else keys
