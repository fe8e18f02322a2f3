"""What ``./dev run`` was asked for: read from arguments and environment, checked for form."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from devtools.problems import UsageProblem, masked

__all__ = ["Wish", "checked_url", "read_wish"]

_POSTGRES = ("postgres", "postgresql", "pgsql")
_DATABASE = (*_POSTGRES, "mysql", "sqlite")
_REDIS = ("redis", "rediss", "unix")
_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


@dataclass(frozen=True)
class Wish:
    """Where to listen, and which servers to use instead of our own."""

    host: str = "127.0.0.1"
    port: int = 8000
    database: str | None = None
    redis: str | None = None
    own_redis: bool = True

    @property
    def reachable_host(self) -> str:
        """An address of this machine at which the server answers."""
        return _EVERY_ADDRESS.get(self.host, self.host)

    @property
    def url(self) -> str:
        """What to open in a browser."""
        host = f"[{self.reachable_host}]" if ":" in self.host else self.reachable_host
        return f"http://{host}:{self.port}/"


def read_wish(arguments: Sequence[str], variables: Mapping[str, str]) -> Wish:
    """Return what ``arguments`` say, and where they say nothing, ``variables``."""
    parser = argparse.ArgumentParser("./dev run", description="Serve Gallery.", allow_abbrev=False)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", help="port to listen on ($PORT, else 8000)")
    parser.add_argument("--postgres", metavar="URL", help="instead of SQLite ($DATABASE_URL)")
    parser.add_argument(
        "--redis", metavar="URL", help="instead of the embedded one ($SLIPSTREAM_REDIS_URL)"
    )
    parser.add_argument("--no-redis", action="store_true", help="run without Redis")
    options = parser.parse_args(arguments)
    if options.redis is not None and options.no_redis:
        raise UsageProblem("--redis and --no-redis exclude each other.")

    redis = options.redis
    if redis is not None:
        redis = checked_url(redis, schemes=_REDIS, origin="--redis")
    elif variables.get("SLIPSTREAM_REDIS_URL") and not options.no_redis:
        name = "SLIPSTREAM_REDIS_URL"
        redis = checked_url(variables[name], schemes=_REDIS, origin=name)

    database = options.postgres
    if database is not None:
        database = checked_url(database, schemes=_POSTGRES, origin="--postgres")
    elif variables.get("DATABASE_URL"):
        name = "DATABASE_URL"
        database = checked_url(variables[name], schemes=_DATABASE, origin=name)

    port = 8000
    if options.port is not None:
        port = _checked_port(options.port, "--port")
    elif variables.get("PORT"):
        port = _checked_port(variables["PORT"], "PORT")
    return Wish(
        host=options.host.strip("[]"),
        port=port,
        database=database,
        redis=redis,
        own_redis=not options.no_redis,
    )


def checked_url(url: str, *, schemes: tuple[str, ...], origin: str) -> str:
    """Return ``url`` if it can be one of ``schemes``; name its ``origin`` if it cannot."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageProblem(f"{origin}: {masked(url)} is no URL: {error}.") from None
    if parts.scheme not in schemes or "://" not in url:
        kinds = " or ".join(f"{scheme}://" for scheme in schemes)
        raise UsageProblem(f"{origin}: {masked(url)} does not start with {kinds}.")
    needs_server = parts.scheme not in ("unix", "sqlite") and "host=" not in parts.query
    if port == 0 or (needs_server and not parts.hostname):
        raise UsageProblem(f"{origin}: {masked(url)} names no server.")
    return url


def _checked_port(text: str, origin: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise UsageProblem(f"{origin}: {text} is no port; give a number from 1 to 65535.")
    return int(text)
