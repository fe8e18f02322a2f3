"""The project that these benchmarks run in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from benchmarks.acting import peer
from benchmarks.project import project_on

_APPS = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "slipstream.follows",
    "slipstream.targets",
    "slipstream.activity",
    "slipstream.feeds",
)


@contextmanager
def filled(engine: str, rows: int) -> Iterator[None]:
    """Set it up on ``engine``, with the peer beside us, and ``rows`` activities in both."""
    peer.install()
    with project_on(
        engine,
        "benchmarks.acting.apps.ActingConfig",
        peer.APP,
        INSTALLED_APPS=_APPS,
        SLIPSTREAM_ACTIVITY_MODEL="acting_benchmark.Activity",
    ):
        from benchmarks.acting import filling

        start = perf_counter()
        peer.register()
        filling.fill(rows)
        ours = perf_counter()
        peer.fill()
        filling.settle()
        print(
            f"{engine}: {rows:,} activities in {ours - start:.0f} s,"
            f" for the peer in {perf_counter() - ours:.0f} s",
            flush=True,
        )
        yield
