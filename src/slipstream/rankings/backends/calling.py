"""One call to Redis."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from slipstream.conf import REDIS_PREFIX
from slipstream.exceptions import BackendAway
from slipstream.rankings.windows import Window, period_starts
from slipstream.redis_client import get_client

__all__ = ["NotAsked", "call", "period_of"]


class NotAsked(BackendAway):
    """Redis is away, and what was to be asked has not been sent."""


def call(kind: str, script: str, arguments: Sequence[Any]) -> Any:
    """Return what ``script`` answers for the keys of ``kind``. One round trip.

    Raises `NotAsked`, or `BackendAway`: then the script may have been carried out all the same.
    """
    try:
        client = get_client()
    except _errors().RedisClusterException as error:
        raise NotAsked(str(error)) from error
    base = f"{{{REDIS_PREFIX.get()}:{kind}}}"
    try:
        try:
            return _sent(client, "EVALSHA", _digest(script), 1, base, *arguments)
        except _errors().NoScriptError:  # the first time
            return _sent(client, "EVAL", script, 1, base, *arguments)
    except (_errors().RedisError, _errors().RedisClusterException, OSError) as error:
        away = NotAsked if _is_unsent(error) else BackendAway
        raise away(f"{type(error).__name__}: {error}") from error


def _sent(client: Any, *command: Any) -> Any:
    """Return what Redis answers to ``command``."""
    pool = getattr(client, "connection_pool", None)
    if pool is None:  # a cluster: the client knows which of its nodes to ask
        return client.execute_command(*command)
    # What else the client does for a command takes longer than Redis does: hooks, and trying
    # again, which is not wanted. A connection on which something failed is closed by itself.
    connection = pool.get_connection()
    try:
        connection.send_command(*command)
        return connection.read_response()
    finally:
        pool.release(connection)


def _errors() -> Any:
    """Return redis-py's errors. Not at the top: projects without Redis have no driver."""
    from redis import exceptions

    return exceptions


def _is_unsent(error: Exception) -> bool:
    """Whether there was nobody to send anything to, or who would take it."""
    refused = (ConnectionRefusedError, FileNotFoundError)
    if isinstance(error, _errors().AuthenticationError) or isinstance(error.__context__, refused):
        return True
    # Its memory is full: see `scripts`. Redis 7 says so in its own words, 6 as part of others.
    if isinstance(error, _errors().OutOfMemoryError):
        return True
    return isinstance(error, _errors().ResponseError) and "OOM command" in str(error)


def period_of(window: Window, at: datetime) -> str:
    """Return by what name the scripts know the period of ``window`` that ``at`` is in."""
    return f"{window.value}:{int(period_starts(window, at).timestamp())}"


@lru_cache
def _digest(script: str) -> str:
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()
