"""Hearing that the server is to stop."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def on_stop(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` in the event loop when the process is asked to end.

    Whoever listens already still hears of it: asyncio's handlers do by the file that the
    signal wakes, whatever handler is set; others are called by ours.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before: dict[int, Any] = {}

    def hear(signum: int, frame: FrameType | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop)
        if callable(before[signum]):
            before[signum](signum, frame)

    for signum in _SIGNALS:
        before[signum] = signal.getsignal(signum)
        if before[signum] is not None:
            signal.signal(signum, hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None and signal.getsignal(number) is hear:
                signal.signal(number, handler)
