"""What all benchmarks share: a project on an engine of its own, and how results are told."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from random import Random

from devtools.engines import MariaDB, Postgres

RESULTS = Path(__file__).parent / "results"
_ENGINES = {"postgres": Postgres, "mariadb": MariaDB}

_PATIENCE, _FEWEST_ROUNDS = 60, 5

Way = Callable[[], object]


@contextmanager
def project_on(engine: str, *apps: str) -> Iterator[None]:
    """Set up the library's test project, on the stock user model, on an empty ``engine``.

    ``apps`` are added to it; those without migrations get their tables too.
    """
    with tempfile.TemporaryDirectory() as folder:
        if engine == "sqlite":
            with _django_on(f"sqlite:///{folder}/benchmark.sqlite3", apps):
                yield
        else:
            with _ENGINES[engine]() as server, _django_on(server.url, apps):
                yield


@contextmanager
def _django_on(url: str, apps: Sequence[str]) -> Iterator[None]:
    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings.library"}
    if url.startswith("mysql"):
        import pymysql

        pymysql.install_as_MySQLdb()
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, connections

    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, *apps]
    django.setup()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # as Gallery and any serious project have it
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")
    call_command("migrate", verbosity=0)
    if apps:  # in turn: tables without migrations come first, and refer to those with
        call_command("migrate", run_syncdb=True, verbosity=0)
    yield
    connections.close_all()


def measure(ways: dict[str, Way], rounds: int) -> dict[str, float]:
    """Return the median milliseconds of each way, taken in turns."""
    return {name: statistics.median(times) for name, times in take(ways, rounds).items()}


def take(
    ways: dict[str, Way],
    rounds: int,
    around: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> dict[str, list[float]]:
    """Return the milliseconds of each way, round by round.

    Each is run within ``around()``, which is not measured. The order differs
    from round to round: what comes after a slow one finds the caches cold.
    After a minute there are no more rounds, unless there were fewer than five.
    """
    taken: dict[str, list[float]] = {name: [] for name in ways}
    names, random = list(ways), Random(1)
    begin = time.monotonic()
    for number in range(rounds):
        if number >= _FEWEST_ROUNDS and time.monotonic() - begin > _PATIENCE:
            break
        random.shuffle(names)
        for name in names:
            with around():
                start = time.perf_counter()
                ways[name]()
                taken[name].append((time.perf_counter() - start) * 1000)
    return taken


def ratio(times: Sequence[float], others: Sequence[float]) -> float:
    """Return the median of the ratios of each round.

    On a busy machine times are fast or slow with nothing between, and their
    median jumps from one to the other; this one does not.
    """
    return statistics.median(a / b for a, b in zip(times, others, strict=True))


def report(name: str, engine: str, rows: list[tuple[str, dict[str, float]]]) -> None:
    """Print ``rows`` (what, milliseconds per way) as a table, and keep it in ``results/``."""
    ways = list(rows[0][1])
    heads = [engine, *(f"{way}, ms" for way in ways)]
    lines = []
    for what, times in rows:
        ratios = ", ".join(f"{way} {times[way] / times[ways[0]]:.2f}" for way in ways[1:])
        lines.append([what, *(f"{times[way]:.2f}" for way in ways), ratios])
    # The ratios are words, and so to the left.
    keep(name, engine, table([*heads, "ratios to ours"], lines, words=(0, len(heads))))


def table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, words: Sequence[int] = (0,)
) -> str:
    """Return a Markdown table; columns are aligned to the right, but those of ``words``."""
    rule = "|".join("---" if i in words else "--:" for i in range(len(heads)))
    lines = [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{rule}|", *lines, ""])


def keep(name: str, engine: str, *tables: str) -> None:
    """Print ``tables``, and keep them in ``results/``."""
    text = "\n".join(tables)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}-{engine}.md").write_text(text)
