"""What a command shows while it goes through many rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["show_progress"]


def show_progress(stream: Any, label: str, total: int) -> Callable[[int], None]:
    """Return a function that is told of rows done, and shows how many of ``total`` they are.

    ``stream`` is a command's ``stderr``: on a terminal one line that is written over,
    elsewhere a line each time.
    """
    done = 0

    def show(rows: int) -> None:
        nonlocal done
        done += rows
        line = f"{label}: {done:,} of {total:,} rows"
        if stream.isatty():
            stream.write(f"\r{line}", lambda text: text, ending="")
            if done >= total:
                stream.write("")
        else:
            stream.write(line, lambda text: text)

    return show
