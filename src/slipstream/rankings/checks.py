"""System checks of this capability.

- ``slipstream_rankings.E001``: ``SLIPSTREAM_RANKINGS_BACKEND`` names no backend.
- ``slipstream_rankings.E002``: ``SLIPSTREAM_REDIS_URL`` is no address of a Redis.
- ``slipstream_rankings.E003``: Redis refuses the password or the user that the address has
  (with ``check --database ALIAS``, ``check --deploy`` and at each ``migrate``).
- ``slipstream_rankings.W001``: no model has a policy, so that no view can be counted.
- ``slipstream_rankings.W002``: Redis does not answer (when E003 is looked for).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from slipstream.conf import REDIS_URL
from slipstream.rankings.backends.choice import get_backend
from slipstream.rankings.policies import ranked_models
from slipstream.redis_client import check_address, get_client, masked

__all__ = ["check_backend", "check_redis", "check_redis_before_deploying"]


def check_backend(_app_configs: Any = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """E001, E002 and W001. No query."""
    messages: list[checks.CheckMessage] = []
    try:
        if REDIS_URL.get():
            check_address()
    except ImproperlyConfigured as error:
        messages.append(checks.Error(str(error), id="slipstream_rankings.E002"))
    try:
        if not messages:
            get_backend()
    except ImproperlyConfigured as error:
        messages.append(checks.Error(str(error), id="slipstream_rankings.E001"))
    if not ranked_models():
        messages.append(
            checks.Warning(
                "No model has a policy, so record_view can count nothing.",
                hint="Register a ViewPolicy in the module 'rankings' of an installed app.",
                id="slipstream_rankings.W001",
            )
        )
    return messages


def check_redis(
    *, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[checks.CheckMessage]:
    """E003 and W002, where databases are looked at. A round trip to Redis, if there is one."""
    return [] if databases is None else _asked()


def check_redis_before_deploying(
    _app_configs: Any = None, **_kwargs: Any
) -> list[checks.CheckMessage]:
    """E003 and W002. A round trip to Redis, if there is one."""
    return _asked()


def _asked() -> list[checks.CheckMessage]:
    url = REDIS_URL.get()
    if not url:
        return []
    try:
        check_address()
    except ImproperlyConfigured:
        return []  # E002 says so
    # Not at the top: projects without Redis have no driver.
    from redis.exceptions import AuthenticationError, RedisClusterException, RedisError
    from redis.exceptions import ResponseError as RefusedError

    told = f"{REDIS_URL.name} = {masked(url)!r}"
    try:
        get_client().ping()
    except (AuthenticationError, RefusedError) as error:
        hint = "See the user and the password in the address."
        message = f"{told}: Redis refuses it: {error}."
        return [checks.Error(message, hint=hint, id="slipstream_rankings.E003")]
    except (RedisError, RedisClusterException, OSError) as error:
        hint = "Until it does, views are counted in the database."
        message = f"{told}: Redis does not answer: {error}."
        return [checks.Warning(message, hint=hint, id="slipstream_rankings.W002")]
    return []
