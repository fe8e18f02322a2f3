"""What pointing at one of several models costs: ours, beside Django's generic key.

``./dev bench targets --engine postgres`` (or ``sqlite``, ``mariadb``). Half a
million rows (``--rows``) of ten thousand people, with a heavy tail, point at
images, albums and notes in four ways, each row the same in all: real columns,
a generic key as usually made, a link table, and a guarded generic key. All ways
run in turns in one process, so their ratios hold on a noisy machine; the
figures themselves do not.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack, nullcontext
from statistics import median
from typing import Any

from benchmarks.project import (
    Requirements,
    Way,
    analyze,
    keep,
    project_on,
    ratio,
    table,
    take,
)

ROUNDS, FEW_ROUNDS = 200, 40
ROWS = 500_000
_ALL = "postgres sqlite mariadb"

Figures = dict[str, float]


class Results:
    """The tables, and what the requirements are held against."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.tables: list[str] = []
        self.requirements = Requirements(engine)
        self.require = self.requirements.require
        self.summary = self.requirements.table

    def time(
        self,
        what: str,
        ways: dict[str, Way],
        rounds: int = ROUNDS,
        *,
        around: Any = nullcontext,
        count: int = 0,
        **more: dict[str, Any],
    ) -> dict[str, list[float]]:
        """Measure ``ways``, the first of which is ours, and add a line for each.

        With ``count``, which is what each does at once, it is told how many per second.
        """
        taken = take(ways, rounds, around)
        medians = {way: median(times) for way, times in taken.items()}
        figures = {way: count / ms * 1000 if count else ms for way, ms in medians.items()}
        ours = next(iter(taken.values()))
        ratios = {way: ratio(times, ours) for way, times in taken.items()}
        if count:
            ratios = {way: 1 / each for way, each in ratios.items()}
        self.add(what, figures, ratios, unit="per second" if count else "p50, ms", **more)
        return taken

    def add(
        self, what: str, figures: Figures, ratios: Figures, *, unit: str, **more: dict[str, Any]
    ) -> None:
        """Add a table with a line for each way."""
        lines = []
        for way, figure in figures.items():
            others = [str(column.get(way, "")) for column in more.values()]
            lines.append([way, f"{figure:,.2f}", f"{ratios[way]:.2f}", *others])
        heads = [f"{self.engine}: {what}", unit, "ratio to ours", *more]
        self.tables.append(table(heads, lines))


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser("./dev bench targets", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "mariadb"), default="sqlite")
    parser.add_argument("--rows", type=int, default=ROWS, help="how many, at least 5,000")
    options = parser.parse_args(arguments)
    results = Results(options.engine)
    with ExitStack() as stack:
        stack.enter_context(project_on(options.engine, "benchmarks.pointing.apps.PointingConfig"))
        from benchmarks.pointing.filling import fill

        fill(options.rows)
        if options.engine == "sqlite":
            # Where nobody runs ANALYZE, nothing does.
            newest(results, " (never analysed)")
        analyze()
        for step in (pages, newest, sizes, inserts, deletions, joins):
            step(results)
        keep("targets", options.engine, *results.tables, results.summary())


def pages(results: Results) -> None:
    """A page with targets and their owners."""
    from benchmarks.pointing.pages import page_queries, page_ways

    queries = page_queries()
    taken = results.time("page of 20, actor, target, owner", page_ways(), 400, queries=queries)
    most = queries["ours, with_target"]
    assert most <= 4, queries
    results.require("page in at most 4 queries", str(most), of=_ALL, reached=most <= 4)
    ours = taken["ours, with_target"]
    naive = ratio(taken["generic, naive"], ours)
    prefetched = ratio(ours, taken["generic, GenericPrefetch"])
    for engine, least, bound in (("postgres", 4, 1.1), ("sqlite", 1, 1)):
        results.require(
            f"page at least {least} times as fast as naive",
            f"{naive:.2f}",
            of=engine,
            reached=naive >= least,
        )
        results.require(
            f"page, ratio to GenericPrefetch at most {bound}",
            f"{prefetched:.2f}",
            of=engine,
            reached=prefetched <= bound,
        )


def newest(results: Results, state: str = "") -> None:
    """The newest rows of one target."""
    from benchmarks.pointing.newest import plan, queryset_ways, sql_ways, statements

    plans = {way: plan(statement) for way, statement in statements().items()}
    taken = results.time(f"newest 20 of one, the SQL alone{state}", sql_ways(), 400, plan=plans)
    results.time(f"newest 20 of one, querysets{state}", queryset_ways())
    by_hand = ratio(taken["ours"], taken["SQL by hand"])
    results.require(
        f"filter by the index that SQL by hand uses{state}",
        plans["ours"],
        of=_ALL,
        reached=plans["ours"] == plans["SQL by hand"],
    )
    results.require(
        f"filter, ratio to SQL by hand at most 1.2{state}",
        f"{by_hand:.2f}",
        of=_ALL,
        reached=by_hand <= 1.2,
    )


def sizes(results: Results) -> None:
    """Room on disk."""
    from benchmarks.pointing.writes import sizes as megabytes

    found = megabytes()
    if found is None:
        return
    ratios = {way: size / found["ours"] for way, size in found.items()}
    results.add("table and indexes", found, ratios, unit="MB")
    share = 1 / ratios["generic"]
    results.require(
        "size, ratio to the generic key at most 1",
        f"{share:.2f}",
        of="postgres",
        reached=share <= 1,
    )


def inserts(results: Results) -> None:
    """Rows per second."""
    from benchmarks.pointing.writes import MANY, SOME, inserts, undone

    in_bulk, one_by_one = inserts()
    results.time("inserts, 1,000 at once", in_bulk, FEW_ROUNDS, around=undone, count=MANY)
    results.time("inserts, one by one", one_by_one, FEW_ROUNDS, around=undone, count=SOME)


def deletions(results: Results) -> None:
    """Deleting a target with its rows."""
    from benchmarks.pointing import filling, writes

    counts = writes.deletion_statements()
    for words, pk, place in (("10", filling.QUIET, 0), ("1,000", filling.POPULAR, 1)):
        statements = {way: count[place] for way, count in counts.items()}
        results.time(
            f"deleting an image with {words} rows",
            writes.deletions(pk),
            FEW_ROUNDS,
            around=writes.undone,
            statements=statements,
        )
    few, many = counts["ours"]
    results.require(
        "as many statements for 1,000 rows as for 10; no row left",
        f"{many} and {few}",
        of=_ALL,
        reached=few == many,
    )


def joins(results: Results) -> None:
    """How many tables to join before prefetching wins."""
    from django.contrib.auth import get_user_model

    from benchmarks.pointing.joins import make_crowds, ways

    crowds = make_crowds(list(get_user_model().objects.values_list("pk", flat=True)))
    analyze()
    lines = []
    for owners in (False, True):
        for size, model in crowds.items():
            joined, prefetched = take(ways(model, owners=owners), ROUNDS).values()
            what = f"{size} targets{' and their owners' if owners else ''}"
            times = [f"{median(joined):.2f}", f"{median(prefetched):.2f}"]
            lines.append(
                [what, str(size * (1 + owners)), *times, f"{ratio(joined, prefetched):.2f}"]
            )
    heads = [f"{results.engine}: page of 20", "tables", "joined, ms", "prefetched, ms", "ratio"]
    results.tables.append(table(heads, lines))


if __name__ == "__main__":
    main(sys.argv[1:])
