"""Says what a test run is about, before Django reads its settings.

Loaded by ``-p tests.plugin`` in pyproject.toml. Which folder belongs to which
kind of project is said here, once; which runs there are is in devtools/matrix.py.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pymysql
import pytest

from devtools.engines import Engine, MariaDB, Postgres
from devtools.places import ROOT
from devtools.problems import Problem

TESTS = ROOT / "tests"

LIBRARY = ("stock", "uuid", "text")
"""Projects that differ in the user model: Django's own, one with UUID keys, one with text keys."""

FOLDERS = {
    TESTS / "slipstream": LIBRARY,
    TESTS / "gallery": ("gallery",),
    TESTS / "browser": ("gallery",),
    TESTS / "project": (*LIBRARY, "gallery"),
}
"""The projects in which the tests of a folder run."""

ENGINES: dict[str, type[Engine]] = {"postgres": Postgres, "mariadb": MariaDB}

_running: list[Any] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("slipstream")
    group.addoption(
        "--engine",
        choices=("sqlite", *ENGINES),
        default="sqlite",
        help="database to test on; started for this run alone",
    )
    group.addoption(
        "--project",
        choices=(*LIBRARY, "gallery"),
        help="project to test in (default: the first one that the given paths run in)",
    )


# A wrapper, since those run before pytest-django, which reads the settings in its own.
@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, args: list[str]
) -> Generator[None, Any, Any]:
    # Django knows MySQL's driver by another name.
    pymysql.install_as_MySQLdb()
    # Workers of xdist inherit what their controller has set.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        options = early_config.known_args_namespace
        _choose_settings(_project_of(options.file_or_dir, wanted=options.project))
        # Tests that need Redis start their own.
        os.environ.pop("SLIPSTREAM_REDIS_URL", None)
        try:
            os.environ["DATABASE_URL"] = _start(options.engine)
        except Problem as problem:
            raise pytest.UsageError(str(problem)) from None
    return (yield)


def pytest_unconfigure() -> None:
    while _running:
        _running.pop().__exit__(None, None, None)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the folders that do not run in this project."""
    projects = FOLDERS.get(collection_path)
    return True if projects and os.environ["SLIPSTREAM_TEST_PROJECT"] not in projects else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(TESTS / "browser"):
            item.add_marker("browser")
        elif item.path.is_relative_to(TESTS / "slipstream" / "rankings"):
            item.add_marker("any_user")
    once = set()
    if os.environ.get("SLIPSTREAM_TEST_USERS", LIBRARY[0]) != LIBRARY[0]:
        once.add("any_user")
    if config.getoption("engine") != "sqlite":
        once.add("any_engine")
    elsewhere = {item for item in items if once & {mark.name for mark in item.iter_markers()}}
    config.hook.pytest_deselected(items=list(elsewhere))
    items[:] = [item for item in items if item not in elsewhere]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Leave the counts for ./dev test, which adds those of all jobs."""
    file = os.environ.get("SLIPSTREAM_TEST_COUNTS")
    if file:
        kinds = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
        counts = {kind: len(terminalreporter.getreports(kind)) for kind in kinds}
        Path(file).write_text(json.dumps(counts))


def _project_of(paths: Iterable[str], *, wanted: str | None) -> str:
    """Return ``wanted``, or else the first project, in which all of ``paths`` run."""
    choices = [wanted] if wanted else [*LIBRARY, "gallery"]
    for text in paths:
        path = Path(text.partition("::")[0]).resolve()
        for folder, projects in FOLDERS.items():
            if path.is_relative_to(folder):
                choices = [choice for choice in choices if choice in projects]
    if not choices:
        raise pytest.UsageError("No one project runs all of these tests: see tests/plugin.py.")
    return choices[0]


def _choose_settings(project: str) -> None:
    os.environ["SLIPSTREAM_TEST_PROJECT"] = project
    if project == "gallery":
        os.environ["DJANGO_SETTINGS_MODULE"] = "gallery.config.settings.test"
    else:
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings.library"
        os.environ["SLIPSTREAM_TEST_USERS"] = project


def _start(engine: str) -> str:
    """Start ``engine`` and return its URL."""
    if engine == "sqlite":
        folder = tempfile.TemporaryDirectory(prefix="slipstream-")
        _running.append(folder)
        # A file, so that several processes can open the test database.
        return f"sqlite:///{folder.name}/database.sqlite3"
    # Being terminated must end the server too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = ENGINES[engine]()
    _running.append(server)
    return server.start().url
