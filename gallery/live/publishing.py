"""Telling the open pages of all processes that something changed."""

import json
import logging
import time
from functools import partial
from typing import Any

from django.db import transaction

from gallery.live.complaints import complain
from slipstream.conf import REDIS_PREFIX, REDIS_URL
from slipstream.redis_client import get_client

logger = logging.getLogger(__name__)

#: Seconds for which a Redis that did not answer is not asked again, so that it costs one page
#: its time and not all of them.
PAUSE = 1.0


def channel() -> str:
    """Return where Redis passes it on."""
    return f"{REDIS_PREFIX.get()}:live"


def publish(*topics: str) -> None:
    """Say after the commit that ``topics`` changed: ``user:1``, ``image:2``, ``actor:3``.

    One command to Redis, where there is one; nothing otherwise. A Redis that does not take it
    is logged and changes nothing else: hubs ask the database again when it is back.
    """
    if REDIS_URL.get():
        transaction.on_commit(partial(_send, topics), robust=True)


class _Way:
    """The way to Redis, as it was last found."""

    closed_until = 0.0


def _send(topics: tuple[str, ...]) -> None:
    if time.monotonic() < _Way.closed_until:
        return
    from redis.exceptions import RedisClusterException, RedisError

    try:
        _publish(channel(), json.dumps(topics))
    except (RedisError, RedisClusterException, OSError) as error:
        _Way.closed_until = time.monotonic() + PAUSE
        complain(logger, "Redis does not take what open pages should hear", error)


def _publish(name: str, message: str) -> Any:
    from redis.exceptions import ConnectionError as Lost

    try:
        return get_client().publish(name, message)
    except Lost:
        # A connection of before Redis was started again. Said twice does no harm.
        return get_client().publish(name, message)
