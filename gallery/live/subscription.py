"""Hearing from Redis what changed: one connection, and one thread, for the whole process.

A thread, and not redis-py's asyncio half, because `slipstream.redis_client` then says how to
reach Redis, be it one, behind Sentinel or a cluster.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gallery.live.complaints import complain
from gallery.live.publishing import channel
from slipstream.redis_client import get_client

logger = logging.getLogger(__name__)

_WAIT = 0.5
#: Seconds of silence after which Redis is asked whether it is there, and for which it may think.
_SILENCE, _THINKING = 10, 5
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


class Subscription:
    """Calls ``hear`` with topics, and ``turn`` with whether it can; both from its thread."""

    def __init__(self, hear: Callable[[list[str]], None], turn: Callable[[bool], None]) -> None:
        self._hear = hear
        self._turn = turn
        self._pause = _SHORTEST_PAUSE
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-redis", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, within a second."""
        self._stopping.set()
        self._thread.join(1)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except Exception as error:  # noqa: BLE001 - tried again, whatever it was
                if not self._stopping.is_set():
                    complain(logger, "Redis does not tell what changed", error)
            self._turn(False)  # noqa: FBT003 - a message
            self._stopping.wait(self._pause)
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def _listen(self) -> None:
        """Listen until Redis is lost, which raises, or we stop."""
        pubsub = get_client().pubsub()
        try:
            pubsub.subscribe(channel())
            heard, is_asked = time.monotonic(), False
            while not self._stopping.is_set():
                message = pubsub.get_message(timeout=_WAIT)
                silence = time.monotonic() - heard
                if message is not None:
                    heard, is_asked = time.monotonic(), False
                    self._take(message)
                elif silence > _SILENCE + _THINKING:
                    raise TimeoutError("no answer")
                elif silence > _SILENCE and not is_asked:
                    is_asked = True
                    pubsub.ping()
        finally:
            with suppress(Exception):
                pubsub.close()

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            # Also where redis-py came back by itself.
            self._pause = _SHORTEST_PAUSE
            self._turn(True)  # noqa: FBT003 - a message
        elif message["type"] == "message":
            with suppress(ValueError):
                self._hear([topic for topic in json.loads(message["data"]) if _is_topic(topic)])


def _is_topic(topic: Any) -> bool:
    kind, _, key = topic.partition(":") if isinstance(topic, str) else ("", "", "")
    return kind in ("user", "image", "actor") and key.isascii() and key.isdecimal()
