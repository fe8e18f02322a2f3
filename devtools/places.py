"""Where things are. Everything that is made lives under one folder, ``.dev``."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devtools.problems import Problem

__all__ = ["DATA", "MADE", "PACKAGES", "REQUIREMENTS", "ROOT", "SCREENSHOTS", "alone"]

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
MADE = ROOT / ".dev"
DATA = MADE / "data"
PACKAGES = MADE / "packages"
SCREENSHOTS = MADE / "screenshots"


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Keep every other ``./dev`` of this folder out of the same work.

    The kernel lets go of the lock when the process ends, however it ends.
    """
    try:
        MADE.mkdir(exist_ok=True)
        file = (MADE / f"{name}.lock").open("w")
    except OSError as error:
        raise Problem(f"Cannot write to {MADE}: {error.strerror}.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Waiting for another ./dev that is busy with: {name} …", file=sys.stderr)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
