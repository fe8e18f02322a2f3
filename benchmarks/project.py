"""What all benchmarks share: a project on an engine of its own, and how results are told."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from devtools.engines import MariaDB, Postgres

RESULTS = Path(__file__).parent / "results"
_ENGINES = {"postgres": Postgres, "mariadb": MariaDB}

_PATIENCE, _FEWEST_ROUNDS = 60, 5
_FEW = 7
_BATCH = 2_000

Way = Callable[[], object]


@contextmanager
def project_on(engine: str, *apps: str, **overrides: Any) -> Iterator[None]:
    """Set up the library's test project, on the stock user model, on an empty ``engine``.

    ``apps`` are added to it; those without migrations get their tables too.
    ``overrides`` are settings that are to differ.
    """
    with tempfile.TemporaryDirectory() as folder:
        if engine == "sqlite":
            with _django_on(f"sqlite:///{folder}/benchmark.sqlite3", apps, overrides):
                yield
        else:
            with _ENGINES[engine]() as server, _django_on(server.url, apps, overrides):
                yield


@contextmanager
def _django_on(url: str, apps: Sequence[str], overrides: dict[str, Any]) -> Iterator[None]:
    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings.library"}
    if url.startswith("mysql"):
        import pymysql

        pymysql.install_as_MySQLdb()
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, connections

    for name, value in overrides.items():
        setattr(settings, name, value)
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
    *,
    slow: Collection[str] = (),
    patience: float = _PATIENCE,
) -> dict[str, list[float]]:
    """Return the milliseconds of each way, round by round.

    Each is run within ``around()``, which is not measured. The order differs
    from round to round: what comes after a slow one finds the caches cold.
    After a minute there are no more rounds, unless there were fewer than five.
    Those that are ``slow`` take part in the first few rounds only, which do not
    count for that.
    """
    taken: dict[str, list[float]] = {name: [] for name in ways}
    names, random = list(ways), Random(1)
    begin = time.monotonic()
    for number in range(rounds):
        if slow and number == _FEW:
            names = [name for name in names if name not in slow]
            begin = time.monotonic()
        fewest = _FEW if slow else _FEWEST_ROUNDS
        if number >= fewest and time.monotonic() - begin > patience:
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
    median jumps from one to the other; this one does not. Rounds that one of
    them took no part in, the last ones, do not count.
    """
    return statistics.median(a / b for a, b in zip(times, others, strict=False))


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


class Requirement(NamedTuple):
    """What was to be reached, and what was."""

    required: str
    measured: str
    reached: bool | None
    """None where it is required of another engine only."""


class Requirements(list[Requirement]):
    """What the figures of ``engine`` are held against."""

    def __init__(self, engine: str) -> None:
        super().__init__()
        self.engine = engine

    def require(self, required: str, measured: str, *, of: str, reached: bool) -> None:
        """Hold a figure against what is required ``of`` some engines."""
        outcome = reached if self.engine in of.split() else None
        self.append(Requirement(required, measured, outcome))

    def table(self) -> str:
        """Return them as a table."""
        words = {True: "yes", False: "no", None: "of other engines"}
        lines = [[each.required, each.measured, words[each.reached]] for each in self]
        return table([f"{self.engine}: required", "measured", "reached"], lines, words=(0, 1, 2))


def insert(model: Any, columns: str, rows: Iterable[str]) -> None:
    """Write ``rows``, which are literals, in big statements, and set the sequence after them."""
    from django.core.management.color import no_style
    from django.db import connection, transaction

    rows = iter(rows)
    start = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES "
    with transaction.atomic(), connection.cursor() as cursor:
        while batch := list(islice(rows, _BATCH)):
            cursor.execute(start + ", ".join(batch))
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)


def analyze() -> None:
    """Have the planner know the tables."""
    from django.db import connection

    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            cursor.execute(f"ANALYZE TABLE {', '.join(tables)}")
            cursor.fetchall()
        else:
            # On PostgreSQL, what autovacuum would do some time later.
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
