"""``./dev`` as a person calls it, in a copy of this repository with data of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from devtools.engines.base import free_port
from devtools.keep import kept_secret
from devtools.places import MADE, ROOT
from tests.project.test_engines import is_running, wait_until_gone

Dev = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    for name in ("devtools", "gallery", "requirements", "src"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"), symlinks=True
        )
    shutil.copy2(ROOT / "dev", folder / "dev")
    (folder / ".dev").mkdir()
    for venv in MADE.glob("venv-*"):
        (folder / ".dev" / venv.name).symlink_to(venv)
    return folder


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name in ("PORT", "DATABASE_URL", "SLIPSTREAM_REDIS_URL", "DJANGO_SETTINGS_MODULE"):
        monkeypatch.delenv(name, raising=False)
    return {**os.environ, "PYTHON": sys.executable}


@pytest.fixture
def dev(copy: Path, variables: dict[str, str], tmp_path: Path) -> Dev:
    def call(*arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(copy / "dev"), *arguments],
            # From anywhere.
            cwd=tmp_path,
            env={**variables, **extra},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return call


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_alone_it_lists_its_commands(dev: Dev) -> None:
    done = dev()
    assert done.returncode == 0
    for command in ("run", "test", "lint", "docs", "messages", "manage", "wheel", "lock", "reset"):
        assert f"\n  {command} " in done.stdout


def test_an_unknown_command_is_refused(dev: Dev) -> None:
    done = dev("rnu")
    assert done.returncode == 2
    assert "there is no command “rnu”" in done.stderr


def test_a_python_that_is_too_old_is_named(dev: Dev) -> None:
    done = dev(PYTHON="/bin/false")
    assert done.returncode == 1
    assert "PYTHON=/bin/false" in done.stderr


def test_no_python_at_all_is_said(copy: Path, tmp_path: Path) -> None:
    for name in ("sh", "dirname"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    done = subprocess.run(
        [str(copy / "dev")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no Python 3.11 or newer" in done.stderr


def test_a_taken_port_is_said_before_anything_else(dev: Dev, copy: Path, taken_port: int) -> None:
    done = dev("run", PORT=str(taken_port))
    assert done.returncode == 1
    assert f"Port {taken_port} on 127.0.0.1 is taken" in done.stderr
    assert done.stdout == ""
    assert not (copy / ".dev" / "data").exists()


def test_what_makes_no_sense_is_refused(dev: Dev) -> None:
    done = dev("run", "--port", "x")
    assert (done.returncode, done.stderr) == (
        2,
        "./dev run: --port: x is no port; give a number from 1 to 65535.\n",
    )


def test_a_database_that_is_not_there_is_named_without_its_password(dev: Dev) -> None:
    url = f"postgres://ann:geheim@127.0.0.1:{free_port()}/x"
    done = dev("run", "--port", str(free_port()), "--no-redis", "--postgres", url)
    assert done.returncode == 1
    assert "OperationalError" in done.stderr.splitlines()[-1]
    assert "Connection refused" in done.stderr.splitlines()[-1]
    assert "geheim" not in done.stderr + done.stdout


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_serves_and_ends_everything_it_started(
    copy: Path, dev: Dev, variables: dict[str, str], signum: int
) -> None:
    port = free_port()
    command = [str(copy / "dev"), "run", "--port", str(port)]
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        output = ""
        while "Ctrl-C" not in output:
            line = server.stdout.readline()
            assert line, f"it ended early:\n{output}"
            output += line
        family = descendants(server.pid)
        try:
            password = (copy / ".dev/data/demo-password").read_text()
            assert f"http://127.0.0.1:{port}/" in output
            assert f"mina / {password}" in output
            assert len(family) >= 3
            flushers = [arguments_of(pid) for pid in family if "flush_views" in arguments_of(pid)]
            has_redis = "Running without Redis" not in output
            assert [words[-2:] for words in flushers] == [["--every", "10"]] * has_redis
            seen = views_in(copy)
            look_at_a_picture(port, copy)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
                assert answer.status == 200
            refused = dev("reset")
            assert refused.returncode == 1
            assert "still running" in refused.stderr
        finally:
            server.send_signal(signum)
        assert server.wait(30) == 0
    # Redis kept nothing; who looked just before the end is in the database.
    assert views_in(copy) == seen + 1
    for pid in family:
        wait_until_gone(pid)
    assert oct((copy / ".dev/data/secret-key").stat().st_mode).endswith("600")


def test_reset_removes_the_data_and_nothing_else(dev: Dev, copy: Path) -> None:
    (copy / ".dev" / "data").mkdir(exist_ok=True)
    (copy / ".dev" / "data" / "gallery.sqlite3").touch()
    assert dev("reset").returncode == 0
    assert not (copy / ".dev" / "data").exists()
    assert any((copy / ".dev").glob("venv-*"))


def test_a_secret_is_made_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("devtools.keep.DATA", tmp_path / "data")
    first = kept_secret("key")
    assert len(first) > 50
    assert kept_secret("key") == first
    assert kept_secret("password", readable=True) != first
    assert {file.name for file in (tmp_path / "data").iterdir()} == {"key", "password"}


def look_at_a_picture(port: int, copy: Path) -> None:
    """Look at one of the demo's public pictures, as a browser does."""
    [[key]] = asked(copy, "SELECT MIN(id) FROM images_image WHERE visibility = 0")
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/pictures/{key}/", headers={"User-Agent": "Mozilla/5.0 Firefox"}
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


def views_in(copy: Path) -> int:
    """Return how many views the database of the copy has."""
    table = "slipstream_rankings_views"
    [[views]] = asked(copy, f"SELECT SUM(views) FROM {table} WHERE period = 'all'")
    return int(views)


def asked(copy: Path, query: str) -> list[tuple[int]]:
    with closing(sqlite3.connect(copy / ".dev/data/gallery.sqlite3")) as database:
        return database.execute(query).fetchall()


def arguments_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")


def descendants(pid: int) -> list[int]:
    """Return the processes that ``pid`` started, and theirs."""
    children = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found, waiting = [], [pid]
    while waiting:
        kids = children.get(waiting.pop(), [])
        found += kids
        waiting += kids
    assert all(is_running(kid) for kid in found)
    return found
