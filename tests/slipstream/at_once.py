"""Many connections that do something at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, connections


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Return what ``work(number)`` returns in each of ``count`` threads, let go together."""
    barrier = Barrier(count)

    def on_a_connection_of_its_own(number: int) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(on_a_connection_of_its_own, range(count)))
