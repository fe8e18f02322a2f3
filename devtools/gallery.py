"""Gallery as ``./dev`` runs it: its settings from the outside, its commands."""

from __future__ import annotations

import os
import re
import socket
from typing import NoReturn
from urllib.parse import urlsplit

from devtools.environment import Environment, ensure
from devtools.keep import kept_secret, running
from devtools.places import DATA, ROOT
from devtools.problems import Problem, masked
from devtools.processes import captured
from devtools.wish import Wish

__all__ = ["DEMO_NAME", "allowed_hosts", "hand_over", "manage", "site_variables"]

DEMO_NAME = "mina"

# How Python ends a traceback: a dotted name, and what went wrong.
_EXCEPTION = re.compile(r"(\w+\.)*\w+: \S")


def site_variables(
    environment: Environment,
    *,
    database: str | None = None,
    redis: str | None = None,
    host: str = "127.0.0.1",
) -> dict[str, str]:
    """Return the environment variables that Gallery's settings read."""
    variables = {
        **environment.variables(),
        "DJANGO_SETTINGS_MODULE": "gallery.config.settings.development",
        "GALLERY_DATA": str(DATA),
        "GALLERY_SECRET_KEY": kept_secret("secret-key"),
        "GALLERY_DEMO_PASSWORD": kept_secret("demo-password", readable=True),
        "GALLERY_ALLOWED_HOSTS": ",".join(allowed_hosts(host)),
        "PYTHONUNBUFFERED": "1",
    }
    variables.pop("DATABASE_URL", None)
    variables.pop("SLIPSTREAM_REDIS_URL", None)
    if database:
        variables["DATABASE_URL"] = database
    if redis:
        variables["SLIPSTREAM_REDIS_URL"] = redis
    return variables


def allowed_hosts(host: str) -> list[str]:
    """Return the names by which a browser reaches a server that listens on ``host``."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        names += _names_of_this_machine()
    else:
        names.append(f"[{host}]" if ":" in host else host)
    names += os.environ.get("GALLERY_ALLOWED_HOSTS", "").split(",")
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))


def manage(environment: Environment, variables: dict[str, str], *arguments: str) -> str:
    """Run one of Gallery's commands and return what it prints; say why if it fails."""
    done = captured([environment.python, "gallery/manage.py", *arguments], env=variables, cwd=ROOT)
    if done.returncode:
        lines = _hidden(done.stdout, variables).splitlines()
        tail = "\n".join(f"  {line}" for line in lines[-15:])
        raise Problem(f"{tail}\nGallery's command “{arguments[0]}” failed: {_reason(lines)}")
    return done.stdout


def _reason(lines: list[str]) -> str:
    """Return the line that says most: the last exception, else the last line of all."""
    raised = [line for line in lines if _EXCEPTION.match(line)]
    spoken = [line.strip() for line in lines if line.strip()]
    return (raised or spoken or ["it says nothing"])[-1]


def hand_over(wish: Wish, arguments: list[str]) -> NoReturn:
    """Become ``manage.py`` with ``arguments``, on the data of ``./dev run``."""
    environment = ensure("run")
    server = running()
    redis = wish.redis or (server["redis"] if server else None)
    variables = site_variables(environment, database=wish.database, redis=redis)
    program = [environment.python, "gallery/manage.py", *arguments]
    os.execve(program[0], program, variables)  # noqa: S606


def _hidden(text: str, variables: dict[str, str]) -> str:
    urls = (variables.get(name, "") for name in ("DATABASE_URL", "SLIPSTREAM_REDIS_URL"))
    passwords = [urlsplit(url).password or "" for url in urls]
    return masked(text, *passwords, variables["GALLERY_SECRET_KEY"])


def _names_of_this_machine() -> list[str]:
    name = socket.gethostname()
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        found = []
    names = [name] + [str(address[0]) for *_, address in found]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Sends nothing: only asks which address the way out starts from.
            probe.connect(("192.0.2.1", 9))
            names.append(probe.getsockname()[0])
        except OSError:
            pass
    return [f"[{name}]" if ":" in name else name for name in names]
