"""What runs beside the server while there is a Redis: it brings views to the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from devtools.environment import Environment
from devtools.gallery import manage
from devtools.places import ROOT
from devtools.problems import Problem
from devtools.processes import Child

__all__ = ["flushing"]

_EVERY_SECONDS = 10


@contextmanager
def flushing(venv: Environment, variables: Mapping[str, str]) -> Iterator[Child | None]:
    """Flush views every few seconds, and once more at the end; give the program that does it.

    None where there is no Redis: the database counts by itself. At the end, since the
    embedded Redis keeps nothing on disk: leave this after the server, and before Redis ends.
    """
    if "SLIPSTREAM_REDIS_URL" not in variables:
        yield None
        return
    command = [venv.python, "gallery/manage.py", "flush_views", "--every", str(_EVERY_SECONDS)]
    flusher = Child(command, cwd=ROOT, env=variables)
    try:
        yield flusher
    finally:
        flusher.stop(patience=2)
        try:
            manage(venv, dict(variables), "flush_views")
        except Problem as reason:
            print(f"Views of the last seconds stay in Redis: {reason}", flush=True)
