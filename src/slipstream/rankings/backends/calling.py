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
    # Not at the top: projects without Redis have no driver.
    from redis.exceptions import NoScriptError, RedisClusterException, RedisError

    base = f"{{{REDIS_PREFIX.get()}:{kind}}}"
    try:
        client = get_client()
    except RedisClusterException as error:
        raise NotAsked(str(error)) from error
    try:
        try:
            return client.evalsha(_digest(script), 1, base, *arguments)
        except NoScriptError:  # the first time
            return client.eval(script, 1, base, *arguments)
    except (RedisError, RedisClusterException, OSError) as error:
        away = NotAsked if _is_unsent(error) else BackendAway
        raise away(f"{type(error).__name__}: {error}") from error


def _is_unsent(error: Exception) -> bool:
    """Whether there was nobody to send anything to, or who would take it."""
    from redis.exceptions import AuthenticationError

    refused = (ConnectionRefusedError, FileNotFoundError)
    return isinstance(error, AuthenticationError) or isinstance(error.__context__, refused)


def period_of(window: Window, at: datetime) -> str:
    """Return by what name the scripts know the period of ``window`` that ``at`` is in."""
    return f"{window.value}:{int(period_starts(window, at).timestamp())}"


@lru_cache
def _digest(script: str) -> str:
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()
