"""Saying what goes wrong, once a minute and not at every turn."""

import logging
import time

_SECONDS = 60
_said: dict[str, float] = {}


def complain(logger: logging.Logger, message: str, error: Exception) -> None:
    """Log ``message`` with the reason, unless that was done within the last minute."""
    now = time.monotonic()
    if now - _said.get(message, -_SECONDS) >= _SECONDS:
        _said[message] = now
        logger.warning("%s: %s: %s", message, type(error).__name__, error)
