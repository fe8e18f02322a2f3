"""The way to Redis: one client per address and process, quick to give up.

redis-py waits five seconds and tries ten times unless told otherwise. A command that is tried
again may be carried out twice, and a dead Redis would hang every page. Here a command is sent
once and has a fifth of a second.

Needs the extra ``redis``: ``pip install django-slipstream[redis]``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from slipstream.conf import REDIS_TIMEOUT, REDIS_URL

__all__ = ["check_address", "get_client", "masked"]

_SCHEMES = "redis://, rediss://, unix://, redis+sentinel://, redis+cluster://"
_PORTS = {"redis+sentinel": 26379, "redis+cluster": 6379}


def get_client() -> Any:
    """Return the client for ``SLIPSTREAM_REDIS_URL``; no round trip, but to a cluster at first.

    The address is one of ``redis://:password@host:6379/0``, ``rediss://…``,
    ``unix:///path?db=0``, ``redis+sentinel://host:26379,host/service/0`` and
    ``redis+cluster://host:6379,host:6380``. Raises ``ImproperlyConfigured``, with the
    password masked, where it is none of these or redis-py is not installed, and redis-py's
    ``RedisClusterException`` where no node of a cluster answers.
    """
    return _made(REDIS_URL.get() or "", float(REDIS_TIMEOUT.get()))


def check_address() -> None:
    """Raise ``ImproperlyConfigured`` where `get_client` would. No round trip."""
    _read(REDIS_URL.get() or "")


def masked(url: str) -> str:
    """Return ``url`` without its password."""
    url = re.sub(r"([?&]password=)[^&]*", r"\1***", url)
    head, at, tail = url.rpartition("@")
    if not at:
        return url
    scheme, slashes, user = head.rpartition("://")
    return f"{scheme}{slashes}{user.partition(':')[0]}:***@{tail}"


@lru_cache(maxsize=8)
def _made(url: str, timeout: float) -> Any:
    redis, scheme, read = _read(url)
    options: dict[str, Any] = {
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "retry": redis.retry.Retry(redis.backoff.NoBackoff(), 0),
    }
    if scheme == "redis+sentinel":
        hosts, service, database, signed_in = read
        known = redis.sentinel.Sentinel(hosts, sentinel_kwargs=dict(options), **options)
        return known.master_for(service, db=database, **signed_in, **options)
    if scheme == "redis+cluster":
        hosts, signed_in = read
        nodes = [redis.cluster.ClusterNode(host, port) for host, port in hosts]
        # Whether some slots are missing is found when one of them is asked for.
        return redis.RedisCluster(
            startup_nodes=nodes, require_full_coverage=False, **signed_in, **options
        )
    return redis.Redis.from_url(url, **options)


def _read(url: str) -> tuple[Any, str, Any]:
    """Return redis-py, the scheme of ``url``, and what it says, as that scheme needs it."""
    try:
        import redis
    except ImportError as error:
        raise ImproperlyConfigured(
            "Redis needs its driver: pip install django-slipstream[redis]."
        ) from error
    scheme = url.partition("://")[0]
    try:
        if scheme in ("redis", "rediss", "unix"):
            return redis, scheme, redis.connection.parse_url(url)  # type: ignore[no-untyped-call]
        if scheme == "redis+sentinel":
            return redis, scheme, _sentinel(url)
        if scheme == "redis+cluster":
            parts = urlsplit(url)
            return redis, scheme, (_hosts(parts), _credentials(parts))
    except ValueError as error:
        # What follows may be a piece of the password: where that has a slash, it ends the host.
        reason = str(error).partition(" as ")[0]
        raise ImproperlyConfigured(f"{REDIS_URL.name} = {masked(url)!r}: {reason}.") from None
    raise ImproperlyConfigured(
        f"{REDIS_URL.name} = {masked(url)!r} is no address of a Redis; they begin with {_SCHEMES}."
    )


def _sentinel(url: str) -> tuple[list[tuple[str, int]], str, int, dict[str, str]]:
    parts = urlsplit(url)
    service, _, database = parts.path.strip("/").partition("/")
    if not service:
        raise ValueError("the name of the service is missing after the hosts")
    if not (database or "0").isdecimal():
        raise ValueError("the database after the service is no number")
    return _hosts(parts), service, int(database or 0), _credentials(parts)


def _hosts(parts: Any) -> list[tuple[str, int]]:
    hosts = []
    for host in parts.netloc.rpartition("@")[2].split(","):
        name, _, port = host.rpartition(":") if ":" in host else (host, "", "")
        if not (port or "0").isdecimal():
            raise ValueError("a port is no number")
        hosts.append((name or "localhost", int(port or _PORTS[parts.scheme])))
    return hosts


def _credentials(parts: Any) -> dict[str, str]:
    head, at, _ = parts.netloc.rpartition("@")
    user, _, password = head.partition(":")
    found = {"username": unquote(user), "password": unquote(password)} if at else {}
    return {name: value for name, value in found.items() if value}
