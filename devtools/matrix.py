"""``./dev test``: the one table of what is tested, in which project, on which engine."""

from __future__ import annotations

import argparse
import fnmatch
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools import debian, jobs
from devtools.browser import find_browser
from devtools.coverage import Coverage
from devtools.engines.postgres import find_postgres
from devtools.environment import Environment, ensure
from devtools.interpreters import find_python
from devtools.places import ROOT
from devtools.problems import UsageProblem

__all__ = ["JOBS", "Job", "main"]

LIBRARY = "tests/slipstream"
SITE = "tests/gallery"
BROWSER = "tests/browser"
PROJECT = "tests/project"

_MEMORY = "/dev/shm"  # noqa: S108 - folders in it have names that nobody can guess
_ENOUGH = 4 * 1024**3


@dataclass(frozen=True)
class Job:
    """One run of pytest."""

    name: str
    folder: str
    project: str
    engine: str = "sqlite"
    fast: bool = False
    """Whether ``--fast`` runs it too."""
    minor: str = ""
    """A version of Python other than the main one."""
    slow: bool = True
    """Whether tests that are marked so run too: once for each engine is enough."""


JOBS = (
    # The longest first, so that none runs alone at the end.
    Job("browser", BROWSER, "gallery"),
    Job("library-stock-sqlite", LIBRARY, "stock", "sqlite", fast=True),
    Job("library-stock-postgres", LIBRARY, "stock", "postgres"),
    Job("library-stock-mariadb", LIBRARY, "stock", "mariadb"),
    # Keys of other types, each on the engine that treats them most unlike integers: UUIDs
    # are a type of PostgreSQL's, and texts are compared by a collation in MariaDB.
    Job("library-uuid-sqlite", LIBRARY, "uuid", "sqlite", fast=True, slow=False),
    Job("library-uuid-postgres", LIBRARY, "uuid", "postgres", slow=False),
    Job("library-text-mariadb", LIBRARY, "text", "mariadb", slow=False),
    Job("gallery-sqlite", SITE, "gallery", "sqlite", fast=True),
    Job("gallery-postgres", SITE, "gallery", "postgres"),
    Job("gallery-mariadb", SITE, "gallery", "mariadb", slow=False),
    Job("project", PROJECT, "stock"),
    # Django 6 needs a Python newer than the oldest that we support.
    Job("library-python3.13", LIBRARY, "stock", minor="3.13", slow=False),
    Job("gallery-python3.13", SITE, "gallery", minor="3.13", slow=False),
)


def main(arguments: Sequence[str]) -> int:
    """Run the jobs that ``arguments`` ask for; return the exit code."""
    options, passed_on = _parser().parse_known_args(arguments)
    paths = [argument for argument in passed_on if _is_test_path(argument)]
    passed_on = [argument for argument in passed_on if argument not in paths]
    wanted = [job for job in JOBS if _is_wanted(job, options) and _paths_of(job, paths)]
    if not wanted:
        raise UsageProblem("no job fits; ./dev test --list names them all.")
    if options.list:
        print("\n".join(job.name for job in wanted))
        return 0

    watched = bool(passed_on or paths)
    is_whole = not (watched or options.fast or options.job)
    reasons = {job: _reason_to_leave_out(job, named=bool(options.job)) for job in wanted}
    chosen = [job for job, reason in reasons.items() if not reason]
    venvs = {job.minor: _environment(job.minor) for job in chosen}
    if chosen:
        _fetch_programs(chosen, venvs[chosen[0].minor].site_packages)
    coverage = Coverage(venvs[""]) if is_whole else None
    results = jobs.run(
        [
            _command(
                job,
                venvs[job.minor],
                [*_paths_of(job, paths), *_without_slow(job, options), *passed_on],
                coverage,
            )
            for job in chosen
        ],
        watched=watched,
    )
    is_covered = coverage.report() if coverage else True
    for reason in sorted(set(filter(None, reasons.values()))):
        names = ", ".join(job.name for job in wanted if reasons[job] == reason)
        print(f"\nNot run: {names}: {reason}.")
    return 0 if jobs.summarize(results, watched=watched) and is_covered else 1


# -- which jobs


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "./dev test",
        usage="./dev test [--fast] [--job PATTERN]... [--list] [PATH...] [PYTEST OPTIONS...]",
        description="Run the tests; whatever is not understood here goes to pytest.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--fast", action="store_true", help="SQLite alone, without browser and slow tests"
    )
    parser.add_argument("--job", action="append", metavar="PATTERN", help="only jobs so named")
    parser.add_argument("--list", action="store_true", help="name the jobs and stop")
    return parser


def _is_wanted(job: Job, options: argparse.Namespace) -> bool:
    if options.fast and not job.fast:
        return False
    patterns = options.job or ["*"]
    return any(fnmatch.fnmatchcase(job.name, pattern) for pattern in patterns)


def _without_slow(job: Job, options: argparse.Namespace) -> list[str]:
    return ["-m", "not slow"] if options.fast or not (job.slow or options.job) else []


def _is_test_path(argument: str) -> bool:
    """Whether ``argument`` is a test file, folder or id, and not an option's value."""
    path = (ROOT / argument.partition("::")[0]).resolve()
    return path.is_relative_to(ROOT / "tests") and path.exists()


def _paths_of(job: Job, paths: Sequence[str]) -> list[str]:
    """Return which of ``paths`` belong to ``job``: all its folder, if none were given."""
    folder = ROOT / job.folder
    if not paths:
        return [job.folder]
    mine = []
    for text in paths:
        path = (ROOT / text.partition("::")[0]).resolve()
        if path.is_relative_to(folder):
            mine.append(text)
        elif folder.is_relative_to(path):
            mine.append(job.folder)
    return mine


def _reason_to_leave_out(job: Job, *, named: bool) -> str:
    """Return why ``job`` does not run here; empty if it does."""
    in_ci = bool(os.environ.get("CI"))
    if job.engine == "mariadb" and not (in_ci or named or debian.MARIADB.is_at_hand()):
        return "MariaDB is not on this machine; --job '*-mariadb' fetches it for this folder alone"
    if job.minor and not (in_ci or named):
        return "other versions of Python run in CI, or when named: --job '*-python*'"
    if job.minor and not find_python(job.minor):
        return f"there is no Python {job.minor} on this machine"
    return ""


# -- what they need


def _environment(minor: str) -> Environment:
    if not minor:
        return ensure("dev")
    return ensure("dev", interpreter=find_python(minor) or "", minor=minor)


def _fetch_programs(chosen: Sequence[Job], site_packages: Path) -> None:
    """Fetch before the first job what would otherwise be fetched in the middle of one."""
    engines = {job.engine for job in chosen}
    if "postgres" in engines:
        find_postgres(site_packages)
    if "mariadb" in engines:
        debian.MARIADB.find()
    if any(job.folder == BROWSER for job in chosen):
        find_browser()


def _command(
    job: Job, venv: Environment, arguments: Sequence[str], coverage: Coverage | None
) -> jobs.Command:
    # The package's own tests, each line by some of them; being measured takes its time.
    is_measured = job.folder == LIBRARY and job.slow and job.engine != "mariadb"
    measured = coverage if is_measured else None
    return jobs.Command(
        job.name,
        [
            *(venv.python, *(measured.runner if measured else ()), "-m", "pytest"),
            *("--project", job.project, "--engine", job.engine, *arguments),
        ],
        {**venv.variables(), **(measured.variables() if measured else {}), **_in_memory()},
    )


def _in_memory() -> dict[str, str]:
    """Have temporary files in memory, where there is enough: databases are made for each job."""
    try:
        there = os.statvfs(_MEMORY)
    except OSError:
        return {}
    has_room = there.f_bavail * there.f_frsize > _ENOUGH and os.access(_MEMORY, os.W_OK)
    return {"TMPDIR": _MEMORY} if has_room else {}
