"""``./dev lint``: every check, one line each."""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from devtools import catalogues, requirements
from devtools.environment import Environment, ensure
from devtools.places import MADE, ROOT
from devtools.problems import Problem
from devtools.processes import captured

__all__ = ["main"]

Check = Callable[[Environment], str]
"""Returns what is wrong; nothing, if all is well."""

# Made by tools, or not ours.
_SKIPPED = {".git", ".dev", "__pycache__", ".hypothesis", ".pytest_cache", ".ruff_cache"}


def main(arguments: Sequence[str]) -> int:
    """Run the checks that are named, or all; return the exit code."""
    parser = argparse.ArgumentParser("./dev lint", allow_abbrev=False)
    parser.add_argument("--fix", action="store_true", help="repair what can be repaired, first")
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=", ".join(CHECKS))
    options = parser.parse_args(arguments)
    unknown = set(options.checks) - set(CHECKS)
    if unknown:
        parser.error(f"there is no check {', '.join(sorted(unknown))}")

    environment = ensure("dev")
    if options.fix:
        _fix(environment)
    names = options.checks or list(CHECKS)
    # Two at a time: each waits for a program of its own.
    with ThreadPoolExecutor(2) as pool:
        outcomes = [pool.submit(_outcome, name, environment) for name in names]
        passed = [_tell(*outcome.result()) for outcome in as_completed(outcomes)]
    print(f"\n{sum(passed)} checks passed, {len(passed) - sum(passed)} failed")
    return 0 if all(passed) else 1


def _outcome(name: str, environment: Environment) -> tuple[str, str, float]:
    started = time.monotonic()
    try:
        complaint = CHECKS[name](environment).strip()
    except Problem as problem:
        complaint = str(problem)
    return name, complaint, time.monotonic() - started


def _tell(name: str, complaint: str, seconds: float) -> bool:
    shown = f"\n{complaint}\n" if complaint else ""
    print(f"{'✗' if complaint else '✓'} {name:14}{seconds:5.1f} s{shown}", flush=True)
    return not complaint


def _fix(environment: Environment) -> None:
    for complaint in (
        _program("ruff", "check", "--fix", "--quiet", ".")(environment),
        _program("ruff", "format", "--quiet", ".")(environment),
        _djade(environment),
    ):
        if complaint:
            print(complaint)


# -- the checks


def _program(name: str, *arguments: str, **variables: str) -> Check:
    """Return the check that a program of the environment makes; it fails by its exit code."""

    def check(environment: Environment) -> str:
        env = environment.variables()
        # What is set for a server is not for us.
        env.pop("DATABASE_URL", None)
        env.update(variables)
        done = captured([str(environment.folder / "bin" / name), *arguments], env=env, cwd=ROOT)
        return "" if done.returncode == 0 else done.stdout or f"exit code {done.returncode}"

    return check


def _djade(environment: Environment, *options: str) -> str:
    templates = [str(file) for file in _files(".html") if "templates" in file.parts]
    if not templates:
        return "There is no template to check: has their folder moved?"
    return _program("djade", "--target-version", "5.2", *options, *templates)(environment)


def _migrations(environment: Environment) -> str:
    """Check the migrations of the site, and of the package on each user model."""
    arguments = ("python", "-m", "django", "makemigrations", "--check", "--dry-run")
    settings = [{"DJANGO_SETTINGS_MODULE": "gallery.config.settings.test"}] + [
        {"DJANGO_SETTINGS_MODULE": "tests.settings.library", "SLIPSTREAM_TEST_USERS": users}
        for users in ("stock", "uuid", "text")
    ]
    complaints = [
        _program(*arguments, DATABASE_URL="sqlite://:memory:", **choice)(environment)
        for choice in settings
    ]
    return "\n".join(filter(None, complaints))


def _machine_paths(environment: Environment) -> str:
    """Look for what is true on one machine only."""
    home = Path.home()
    names = [str(ROOT)] + ([str(home)] if home != home.parent else [])
    # Whole paths only: a folder may be called "root" without being one's home.
    pattern = re.compile(rf"(?<![\w./-])(?:{'|'.join(map(re.escape, names))})(?![\w.-])")
    found = []
    for file in _files():
        text = file.read_bytes().decode(errors="replace")
        lines = (number for number, line in enumerate(text.splitlines(), 1) if pattern.search(line))
        found += [f"{file.relative_to(ROOT)}:{number}: a path of this machine" for number in lines]
    return "\n".join(found)


def _files(suffix: str = "") -> Iterator[Path]:
    """Yield the repository's files, without what tools have made."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - _SKIPPED)
        yield from (Path(folder, name) for name in sorted(names) if name.endswith(suffix))


CHECKS: dict[str, Check] = {
    "mypy": _program("mypy"),
    "ruff": _program("ruff", "check", "."),
    "format": _program("ruff", "format", "--check", "."),
    "templates": lambda environment: _djade(environment, "--check"),
    "imports": _program("lint-imports", "--cache-dir", str(MADE / "import-linter"), "--no-logo"),
    "migrations": _migrations,
    "messages": lambda environment: "\n".join(catalogues.problems(environment)),
    "requirements": lambda environment: "\n".join(requirements.problems()),
    "paths": _machine_paths,
}
