"""What a stored count costs: ours, beside SQL by hand, a service, and the way tutorials show.

``./dev bench counters --engine postgres`` (or ``sqlite``, ``mariadb``). Ten thousand
people like 1,100 pictures, one of which all of them, in tables of the same form for each
way; then 100,000 pictures (``--rows``) with ten times as many likes are read. All ways
run in turns in one process, so their ratios hold on a noisy machine; the figures
themselves do not.

The tutorial's is a receiver of ``m2m_changed`` that counts again and saves. No bulk
write tells it anything: its 10,000 likes are as many ``add()``.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.project import Requirements, Way, keep, project_on, ratio, table, take

ROUNDS, FEW_ROUNDS, MANY_ROUNDS, PICTURES = 200, 30, 9, 100_000
_PATIENCE = 12  # seconds
_ALL = "postgres sqlite mariadb"
_APPS = ("django.contrib.auth", "django.contrib.contenttypes", "slipstream.counters")
_APP = "benchmarks.counting.apps.CountingConfig"
_OURS, _TUTORIAL = "ours", "tutorial"

ONE = "like and unlike, of a picture with 10,000"
MANY = "10,000 likes of one picture"
SPREAD = "10,000 likes of 100 pictures"
_PART = (
    "Of the tutorial's 10,000 likes, 200 are measured, times 50: those of one picture begin"
    " where it has 5,000 likes, those of 100 pictures are of two of them.\n"
)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser("./dev bench counters", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "mariadb"), default="sqlite")
    parser.add_argument("--rows", type=int, default=PICTURES, help="how many pictures are read")
    options = parser.parse_args(arguments)
    with project_on(options.engine, _APP, INSTALLED_APPS=_APPS):
        writing, reading = Measured(options.engine), Measured(options.engine)
        writes(writing)
        filled = reads(reading, options.rows)
        tables = [*writing.tables("writes"), _PART, *reading.tables(f"24 of {filled}")]
        keep("counters", options.engine, *tables, requirements(options.engine, writing).table())


class Measured:
    """What each way took for each thing."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.taken: dict[str, dict[str, list[float]]] = {}

    def time(
        self,
        what: str,
        ways: dict[str, Way],
        rounds: int,
        *,
        around: Any = nullcontext,
        **times: float,
    ) -> None:
        """Measure ``ways``; what some do only a part of counts so many ``times``."""
        start = perf_counter()
        for way in ways.values():  # the first calls find nothing ready
            with around():
                way()
        taken = take(ways, rounds, around, patience=_PATIENCE)
        self.taken[what] = {
            way: [each * times.get(way, 1) for each in found] for way, found in taken.items()
        }
        print(f"{self.engine}: {what}, {perf_counter() - start:.0f} s", flush=True)

    def ratio(self, what: str, way: str, other: str = _OURS) -> float:
        """Return how many times as long ``way`` took as ``other``."""
        return ratio(self.taken[what][way], self.taken[what][other])

    def tables(self, title: str) -> tuple[str, str]:
        """Return the milliseconds of each way, and how they compare."""
        ways = list(dict.fromkeys(way for taken in self.taken.values() for way in taken))
        figures, ratios = [], []
        for what, taken in self.taken.items():
            found = [f"{median(taken[way]):,.2f}" if way in taken else "" for way in ways]
            figures.append([what, *found])
            others = [f"{self.ratio(what, way):,.2f}" if way in taken else "" for way in ways[1:]]
            ratios.append([what, *others])
        return (
            table([f"{self.engine}: {title}, p50 in ms", *ways], figures),
            table([f"{self.engine}: {title}, ratios to ours", *ways[1:]], ratios),
        )


def writes(measured: Measured) -> None:
    """What each write costs."""
    from benchmarks.counting import filling, likes, others
    from benchmarks.counting.ways import undone

    filling.fill()
    part = {_TUTORIAL: filling.PEOPLE / likes.PART}
    measured.time(ONE, likes.one(), ROUNDS)
    measured.time(MANY, likes.many_of_one(), MANY_ROUNDS, around=likes.only_half, **part)
    measured.time(SPREAD, likes.many_of_many(), FEW_ROUNDS, around=undone, **part)
    measured.time("a user with 1,000 likes leaves", others.closing(), FEW_ROUNDS, around=undone)
    measured.time("1,000 new pictures", others.new_pictures(), FEW_ROUNDS, around=undone)
    measured.time("save() of a picture with 10,000", others.saving(), ROUNDS)
    measured.time("titles of 1,000 pictures", others.titles(), FEW_ROUNDS, around=undone)
    measured.time("dates of 10,000 likes", others.dates(), FEW_ROUNDS, around=undone)
    filling.check()


def reads(measured: Measured, pictures: int) -> str:
    """What a page costs; return how many rows there are."""
    from benchmarks.counting import filling, pages

    start = perf_counter()
    likes = filling.grow(pictures, pictures * 10)
    filling.check()
    filled = f"{pictures:,} pictures, {likes:,} likes"
    print(f"{measured.engine}: {filled} in {perf_counter() - start:.0f} s", flush=True)
    measured.time("most liked first", pages.most_liked(), ROUNDS)
    measured.time("newest first", pages.newest(), ROUNDS)
    return filled


def requirements(engine: str, measured: Measured) -> Requirements:
    """Return what was to be reached."""
    found = Requirements(engine)
    for what, least in ((ONE, 5), (MANY, 50)):
        reached = measured.ratio(what, _TUTORIAL)
        found.require(
            f"{what}: at least {least} times as fast as the tutorial",
            f"{reached:,.1f}",
            of=_ALL,
            reached=reached >= least,
        )
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
