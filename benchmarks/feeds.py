"""What a page of a feed costs: ours, beside SQL by hand, tutorials and the peer.

``./dev bench feeds --engine postgres`` (or ``sqlite``, ``mariadb``). A million
activities (``--rows``) of ten thousand people, with a heavy tail; the page of
somebody who follows nobody, 50, 500 or 2,000 people, or 50 who have been silent for
a year; the first one, and the one after 5,000 rows. All ways run in turns in one
process, so their ratios hold on a noisy machine; the figures themselves do not.

The peer, django-activity-stream 2.0, is installed at the first run. SQLite is as
Django leaves it: never analysed.
"""

from __future__ import annotations

import argparse
import sys
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.acting.project import filled
from benchmarks.project import Requirements, keep, ratio, table, take

ROWS, ROUNDS = 1_000_000, 150
_SLOW, _PATIENCE = 0.1, 12  # seconds
_NO_MARIADB = "postgres sqlite"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser("./dev bench feeds", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "mariadb"), default="sqlite")
    parser.add_argument("--rows", type=int, default=ROWS, help="how many, at least 50,000")
    options = parser.parse_args(arguments)
    with filled(options.engine, options.rows):
        from benchmarks.acting.pages import shapes

        measured = [Measured(shape) for shape in shapes()]
        tables = figures(options.engine, options.rows, measured), ratios(options.engine, measured)
        keep("feeds", options.engine, *tables, requirements(options.engine, measured).table())


class Measured:
    """What each way took to read one page."""

    def __init__(self, shape: Any) -> None:
        from benchmarks.acting.pages import ways

        self.name = shape.name
        self.checked = ways(shape)
        reads = {name: way.read for name, way in self.checked.items()}
        slow = {name for name, read in reads.items() if _is_slow(read)}
        self.taken = take(reads, ROUNDS, slow=slow, patience=_PATIENCE)
        self.medians = {name: median(times) for name, times in self.taken.items()}
        # What does not always give the page is no way to read it.
        exact = [way for way in self.taken if self.is_by_hand(way) and not self.checked[way].found]
        self.best = min(exact, key=self.medians.__getitem__)

    def is_by_hand(self, way: str) -> bool:
        return self.checked[way].queries is None

    def ratio(self, way: str, other: str) -> float | None:
        """Return how many times as long ``way`` took as ``other``; None if one was not tried."""
        if way not in self.taken or other not in self.taken:
            return None
        return ratio(self.taken[way], self.taken[other])

    def milliseconds(self, way: str) -> str:
        if way not in self.taken:
            return ""
        found = self.checked[way].found
        return f"{self.medians[way]:,.2f}{found and f' ({found})'}"

    def queries(self, way: str) -> str:
        return str(self.checked[way].queries) if way in self.checked else ""


def _is_slow(read: Any) -> bool:
    start = perf_counter()
    read()
    return perf_counter() - start > _SLOW


def figures(engine: str, rows: int, measured: list[Measured]) -> str:
    """Return the milliseconds of each way."""
    from benchmarks.acting.pages import BY_HAND, CARDS, OURS, PEER, TUTORIAL

    ways = (OURS, CARDS, *BY_HAND, TUTORIAL, PEER)
    heads = [f"{engine}: p50 in ms, {rows:,} activities; follows", *ways]
    return table(heads, [[each.name, *map(each.milliseconds, ways)] for each in measured])


def ratios(engine: str, measured: list[Measured]) -> str:
    """Return how the ways compare, and the queries of each."""
    from benchmarks.acting.pages import CARDS, OURS, PEER, TUTORIAL

    others = (CARDS, TUTORIAL, PEER)
    counted = (OURS, *others)
    lines = []
    for each in measured:
        found = [each.ratio(OURS, each.best), *(each.ratio(way, OURS) for way in others)]
        words = [f"{ratio:,.2f}" if ratio else "" for ratio in found]
        lines.append([each.name, each.best, *words, *map(each.queries, counted)])
    heads = [f"{engine}: ratios; follows", "best SQL by hand", "ours to it"]
    heads += [f"{way} to ours" for way in others] + [f"{way}: queries" for way in counted]
    return table(heads, lines, words=(0, 1))


def requirements(engine: str, measured: list[Measured]) -> Requirements:
    """Return what was to be reached."""
    from benchmarks.acting.filling import SILENT
    from benchmarks.acting.pages import CARDS, OURS, PEER

    found = Requirements(engine)
    for way, what, bound in ((OURS, "actor and target", 2), (CARDS, "profiles and cards too", 3)):
        # MariaDB finds rare activities in two steps.
        bound += engine == "mariadb"
        most = max(int(each.queries(way)) for each in measured)
        found.require(
            f"{what}: at most {bound} queries",
            str(most),
            of="postgres sqlite mariadb",
            reached=most <= bound,
        )
    for each in measured:
        to_best = each.ratio(OURS, each.best) or 0
        found.require(
            f"{each.name}: at most 3 times the best SQL by hand",
            f"{to_best:.2f}",
            of=_NO_MARIADB,
            reached=to_best <= 3,
        )
    for each in measured:
        least = 40 if each.name.startswith(SILENT) else 4
        faster = each.ratio(PEER, OURS)
        if faster is not None:
            found.require(
                f"{each.name}: {least} times as fast as the peer",
                f"{faster:.1f}",
                of="postgres",
                reached=faster >= least,
            )
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
