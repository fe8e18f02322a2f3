"""What recording costs: ours, which records nothing twice, beside what does not look.

``./dev bench log --engine postgres`` (or ``sqlite``, ``mariadb``). One writer, then
sixteen, who do things to pictures as fast as they can, on tables that hold 200,000
activities (``--rows``) before. Ours with deduplication, and the same once more for what
is turned away; django-activity-stream 2.0's ``action.send`` without; a model's
``create`` and an INSERT by hand, without. All take turns of a fifth of a second in
an order that changes, so their ratios hold on a noisy machine; the figures
themselves do not.
"""

from __future__ import annotations

import argparse
import sys
from random import Random
from statistics import median

from benchmarks.acting.project import filled
from benchmarks.project import Requirements, keep, ratio, table

ROWS, ROUNDS, SECONDS = 200_000, 40, 0.2
_ALL = "postgres sqlite mariadb"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser("./dev bench log", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "mariadb"), default="sqlite")
    parser.add_argument("--rows", type=int, default=ROWS, help="how many there are before")
    options = parser.parse_args(arguments)
    with filled(options.engine, options.rows):
        keep("log", options.engine, *measured(options.engine))


def measured(engine: str) -> list[str]:
    """Return the tables."""
    from benchmarks.acting.writers import CREATE, OURS, PEER, RAW, REPEATED, Crew

    requirements = Requirements(engine)
    tables = []
    for size, what in ((1, "one writer"), (16, "16 writers")):
        rates: dict[str, list[float]] = {way: [] for way in (OURS, REPEATED, PEER, CREATE, RAW)}
        failed = dict.fromkeys(rates, 0)
        names, random = list(rates), Random(1)
        with Crew(size) as crew:
            for way in names:  # the first calls find nothing ready
                crew.work(way, SECONDS)
            for _ in range(ROUNDS):
                random.shuffle(names)
                for way in names:
                    spell = crew.work(way, SECONDS)
                    rates[way].append(spell.per_second)
                    failed[way] += spell.failed
                    # Else what is measured would be turning away.
                    assert way != OURS or spell.written > spell.calls * 0.99
        lines = []
        for way, each in rates.items():
            ratios = sorted(a / b for a, b in zip(each, rates[PEER], strict=True))
            tenth = len(ratios) // 10
            between = f"{ratios[tenth]:.2f} to {ratios[-1 - tenth]:.2f}"
            to_peer = f"{ratio(each, rates[PEER]):.2f}"
            lines.append([way, f"{median(each):,.0f}", to_peer, between, str(failed[way])])
        heads = ["per second", "ratio to action.send", "of rounds, 80 %", "failed"]
        tables.append(table([f"{engine}: {what}", *heads], lines))
        reached = ratio(rates[OURS], rates[PEER])
        requirements.require(
            f"{what}: at least as many per second as action.send",
            f"{reached:.2f}",
            of=_ALL,
            reached=reached >= 1,
        )
    return [*tables, requirements.table()]


if __name__ == "__main__":
    main(sys.argv[1:])
