"""``./dev run``: Gallery on a production server, with what it needs beside it."""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from devtools import environment
from devtools.engines import Engine, Redis
from devtools.environment import Environment
from devtools.flushing import flushing
from devtools.gallery import DEMO_NAME, manage, site_variables
from devtools.keep import announce, serving, withdraw
from devtools.places import DATA, REQUIREMENTS, ROOT
from devtools.problems import Problem
from devtools.processes import Child, Terminated
from devtools.wish import Wish

__all__ = ["run", "server_command"]

_START_SECONDS = 60
_CONNECT = """\
from django.db import connection
connection.settings_dict.get("OPTIONS", {}).pop("pool", None)
connection.ensure_connection()
"""


def run(wish: Wish) -> int:
    """Serve Gallery until a signal; return the exit code."""
    check_port(wish.host, wish.port)
    try:
        with serving():
            venv = environment.ensure("run")
            with _redis(wish, venv) as redis:
                return _serve(wish, venv, redis)
    except (KeyboardInterrupt, Terminated):
        print("\nStopped.")
        return 0


def check_port(host: str, port: int) -> None:
    """Raise a Problem if nothing can listen there."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise Problem(f"--host {host}: {error.strerror}.") from error
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: a connection that lingers from the last run is no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                reason = "is taken by another program. Stop that, or choose another with --port"
            else:
                reason = f"cannot be used: {error.strerror}"
            raise Problem(f"Port {port} on {host} {reason}.") from error


# -- Redis


@contextmanager
def _redis(wish: Wish, venv: Environment) -> Iterator[Engine | None]:
    """Give the embedded Redis, or None and say why."""
    if wish.redis or not wish.own_redis:
        yield None
        return
    server = Redis(site_packages=venv.site_packages)
    try:
        server.start()
    except Problem as reason:
        print(f"Running without Redis: {reason}")
        yield None
        return
    try:
        yield server
    finally:
        server.stop()


# -- Gallery


def _serve(wish: Wish, venv: Environment, redis: Engine | None) -> int:
    variables = site_variables(
        venv,
        database=wish.database,
        redis=redis.url if redis else wish.redis,
        host=wish.host,
    )
    _prepare(venv, variables)
    with flushing(venv, variables) as flusher:
        return _serve_until_it_ends(wish, venv, variables, redis, flusher)


def _serve_until_it_ends(
    wish: Wish,
    venv: Environment,
    variables: dict[str, str],
    redis: Engine | None,
    flusher: Child | None,
) -> int:
    # A worker per core up to four, with a few threads each: see gallery.config.asgi.
    workers = min(os.cpu_count() or 1, 4)
    command = server_command(venv.python, host=wish.host, port=wish.port, workers=workers)
    server = Child(command, cwd=ROOT, env=variables)
    try:
        _wait_until_it_answers(wish, server)
        announce(
            {
                "pid": os.getpid(),
                "url": wish.url,
                "redis": variables.get("SLIPSTREAM_REDIS_URL", ""),
            }
        )
        _print_banner(wish, variables)
        return _watch(server, redis, flusher)
    finally:
        _stop(server)
        withdraw()


def _stop(server: Child) -> None:
    # A worker that is still starting misses what the server tells it.
    for _ in range(3):
        server.ask_group()
        if server.wait(1):
            break
    server.stop(patience=10)


def _prepare(venv: Environment, variables: dict[str, str]) -> None:
    """Bring database, static files and demo community up to date."""
    if "DATABASE_URL" in variables:
        # Without a pool, which would hide the reason behind a long wait.
        manage(venv, variables, "shell", "--no-imports", "--command", _CONNECT)
    print("Preparing the database …", flush=True)
    manage(venv, variables, "migrate", "--no-input")
    stamp, sources = DATA / "static.stamp", _static_fingerprint()
    if not stamp.exists() or stamp.read_text() != sources:
        print("Collecting static files …", flush=True)
        manage(venv, variables, "collectstatic", "--no-input")
        stamp.write_text(sources)
    print("Looking after the demo community …", flush=True)
    manage(venv, variables, "demo")


def _static_fingerprint() -> str:
    """Return what changes whenever ``collectstatic`` would collect something else."""
    folders = [*(ROOT / "gallery").rglob("static"), *(ROOT / "src").rglob("static")]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    files += [REQUIREMENTS / "run.txt", *(ROOT / "gallery" / "config" / "settings").glob("*.py")]
    digest = hashlib.sha256()
    for file in sorted(set(files)):
        digest.update(f"{file}\0{file.stat().st_size}\0{file.stat().st_mtime_ns}\n".encode())
    return digest.hexdigest()


def server_command(python: str, *, host: str, port: int, workers: int) -> list[str]:
    """Return the command of the server, run by ``python``."""
    return [
        *(python, "-m", "granian", "gallery.config.asgi:application", "--interface", "asgi"),
        *("--host", host, "--port", str(port), "--workers", str(workers)),
        # How many answers may be under way in one worker: an open page is one all the time.
        *("--backpressure", "4096"),
        # Lets a page finish; event streams end by themselves.
        *("--workers-kill-timeout", "5", "--no-ws", "--no-access-log"),
        *("--log-level", "warning", "--respawn-failed-workers"),
    ]


def _wait_until_it_answers(wish: Wish, server: Child) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if not server.is_alive():
            raise Problem(f"The server ended at its start, with code {server.exit_code()}.")
        status = _status(wish)
        if status is not None:
            if status >= 500:
                raise Problem(f"The first page answers with status {status}; see above.")
            return
        time.sleep(0.05)
    raise Problem(f"The server has not answered within {_START_SECONDS} seconds.")


def _status(wish: Wish) -> int | None:
    connection = http.client.HTTPConnection(wish.reachable_host, wish.port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": f"localhost:{wish.port}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _print_banner(wish: Wish, variables: dict[str, str]) -> None:
    print()
    print(f"  Gallery   {wish.url}")
    print(f"  Sign in   {DEMO_NAME} / {variables['GALLERY_DEMO_PASSWORD']}")
    print("  Stop      Ctrl-C")
    print(flush=True)


def _watch(server: Child, redis: Engine | None, flusher: Child | None) -> int:
    """Return when the server ends by itself; signals raise from in here."""
    while not server.wait(0.5):
        if redis and not redis.is_alive():
            print("Redis has ended by itself; Gallery carries on without it.", flush=True)
            redis = None
            if flusher:
                flusher.stop()
                flusher = None
        if flusher and not flusher.is_alive():
            print("“flush_views” has ended by itself; views stay in Redis.", flush=True)
            flusher = None
    raise Problem(f"The server has ended by itself, with code {server.exit_code()}.")
