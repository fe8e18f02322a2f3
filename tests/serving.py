"""Gallery on its real server, in a process of its own, for tests."""

from __future__ import annotations

import http.client
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from devtools.engines.base import free_port
from devtools.places import ROOT
from devtools.processes import Child
from devtools.serve import server_command
from gallery.accounts.models import User

HOST = "127.0.0.1"


@dataclass
class Site:
    """A server that runs."""

    child: Child
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def said(self) -> str:
        """Return what it printed."""
        return self.log.read_text()


@contextmanager
def serving(files: Path, *, redis: str = "", workers: int = 1) -> Iterator[Site]:
    """Serve the test database as ``./dev run`` does; end the server by its id."""
    port = free_port()
    log = files / f"server-{port}.log"
    command = server_command(sys.executable, host=HOST, port=port, workers=workers)
    variables = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings.served",
        "DATABASE_URL": _database_url(),
        "GALLERY_TEST_FILES": str(files),
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
        "PYTHONUNBUFFERED": "1",
        "SLIPSTREAM_REDIS_URL": redis,
    }
    child = Child(command, cwd=ROOT, env=variables, log=log)
    try:
        site = Site(child, port, log)
        wait_until(lambda: _answers(site), seconds=60)
        yield site
    finally:
        child.stop(patience=10)


def sign_in(user: User) -> str:
    """Return the cookie of a session of ``user``."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def wait_until(check: Callable[[], bool], *, seconds: float) -> float:
    """Wait until ``check`` holds; return how long that took."""
    started = time.monotonic()
    while not check():
        assert time.monotonic() - started < seconds, f"It did not come to hold in {seconds} s."
        time.sleep(0.02)
    return time.monotonic() - started


def _database_url() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


def _answers(site: Site) -> bool:
    assert site.child.is_alive(), site.said()
    client = http.client.HTTPConnection(HOST, site.port, timeout=10)
    try:
        client.request("GET", "/live/")
        return client.getresponse().status == 200
    except OSError:
        return False
    finally:
        client.close()
