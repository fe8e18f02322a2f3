"""Runs of pytest, one after the other or some at a time, and their sum."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from devtools.places import ROOT
from devtools.processes import Child

__all__ = ["Command", "Result", "run", "summarize"]

_NO_TESTS_COLLECTED = 5
_BAD = ("failed", "error")
# A job asks the database most of the time, so that two fill two cores well.
_SIDE_BY_SIDE = max(2, os.cpu_count() or 2)


@dataclass(frozen=True)
class Command:
    """A named run of pytest."""

    name: str
    command: Sequence[str]
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Result:
    """How a run ended."""

    name: str
    exit_code: int
    seconds: float
    counts: Mapping[str, int] = field(default_factory=dict)
    may_be_empty: bool = False
    """Whether it was asked for a part only, which it may not hold."""

    @property
    def passed(self) -> bool:
        """Whether nothing went wrong."""
        return self.exit_code == 0 or (self.may_be_empty and self.exit_code == _NO_TESTS_COLLECTED)

    @property
    def words(self) -> str:
        """The counts in words."""
        words = ", ".join(f"{count} {kind}" for kind, count in self.counts.items() if count)
        empty = self.exit_code == _NO_TESTS_COLLECTED
        return words or ("no tests" if empty else f"exit code {self.exit_code}")


class _Run:
    """A run of pytest that is under way."""

    def __init__(self, command: Command, folder: Path, *, watched: bool) -> None:
        self.name = command.name
        self._may_be_empty = watched
        self.output = folder / f"{command.name}.log"
        self._counts = folder / f"{command.name}.json"
        self._started = time.monotonic()
        self.child = Child(
            command.command,
            cwd=ROOT,
            env={**command.variables, "SLIPSTREAM_TEST_COUNTS": str(self._counts)},
            log=None if watched else self.output,
            shares_terminal=watched,
            stop_signal=signal.SIGINT,
        )

    def result(self) -> Result:
        """Return how it ended."""
        seconds = time.monotonic() - self._started
        counts = json.loads(self._counts.read_text()) if self._counts.exists() else {}
        return Result(self.name, self.child.exit_code() or 0, seconds, counts, self._may_be_empty)


def run(commands: Iterable[Command], *, watched: bool) -> list[Result]:
    """Run ``commands`` and return how each ended.

    Watched, they run one at a time in this terminal, so that a debugger works.
    Else as many at a time as there are cores, two at least, and only the output of those
    that fail is shown.
    """
    with tempfile.TemporaryDirectory(prefix="slipstream-") as folder:
        if watched:
            return [_watch(command, Path(folder)) for command in commands]
        return _race(list(commands), Path(folder))


def _watch(command: Command, folder: Path) -> Result:
    print(f"\n━━ {command.name} ━━", flush=True)
    one = _Run(command, folder, watched=True)
    try:
        while not one.child.wait(1):
            pass
    except KeyboardInterrupt:
        # It got the same Ctrl-C, and says where it was.
        one.child.wait(10)
        raise
    finally:
        one.child.stop()
    return one.result()


def _race(waiting: list[Command], folder: Path) -> list[Result]:
    running: list[_Run] = []
    results: list[Result] = []
    try:
        while waiting or running:
            while waiting and len(running) < _SIDE_BY_SIDE:
                running.append(_Run(waiting.pop(0), folder, watched=False))
            for one in [one for one in running if not one.child.is_alive()]:
                running.remove(one)
                results.append(one.result())
                _tell(results[-1], one.output)
            time.sleep(0.05)
    finally:
        for one in running:
            one.child.stop()
    return results


def _tell(result: Result, output: Path) -> None:
    if not result.passed:
        print(f"\n━━ {result.name} ━━")
        print(output.read_text(errors="replace"))
    mark = "✓" if result.passed else "✗"
    print(f"{mark} {result.name:24} {result.seconds:6.1f} s   {result.words}", flush=True)


def summarize(results: Sequence[Result], *, watched: bool) -> bool:
    """Print the sum of ``results``; return whether something ran and nothing failed."""
    if watched and len(results) > 1:
        print("\n━━ all jobs ━━")
        for result in results:
            mark = "✓" if result.passed else "✗"
            print(f"{mark} {result.name:24} {result.seconds:6.1f} s   {result.words}")
    broken = [result.name for result in results if not result.passed]
    if broken:
        print(f"\nFailed: {', '.join(broken)}", file=sys.stderr)
    total: dict[str, int] = {}
    for result in results:
        for kind, count in result.counts.items():
            total[kind] = total.get(kind, 0) + count
    failed = sum(total.pop(kind, 0) for kind in _BAD)
    passed = total.pop("passed", 0)
    others = "".join(f", {count} {kind}" for kind, count in total.items() if count)
    print(f"\n{passed} passed, {failed} failed{others}")
    if not passed and not failed and not broken:
        print("No test ran.", file=sys.stderr)
    return bool(passed) and not broken
