"""What all benchmarks share: a project on an engine of its own, and how results are told."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devtools.engines import MariaDB, Postgres

RESULTS = Path(__file__).parent / "results"
_ENGINES = {"postgres": Postgres, "mariadb": MariaDB}


@contextmanager
def project_on(engine: str) -> Iterator[None]:
    """Set up the library's test project, on the stock user model, on an empty ``engine``."""
    with tempfile.TemporaryDirectory() as folder:
        if engine == "sqlite":
            with _django_on(f"sqlite:///{folder}/benchmark.sqlite3"):
                yield
        else:
            with _ENGINES[engine]() as server, _django_on(server.url):
                yield


@contextmanager
def _django_on(url: str) -> Iterator[None]:
    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings.library"}
    if url.startswith("mysql"):
        import pymysql

        pymysql.install_as_MySQLdb()
    import django
    from django.core.management import call_command
    from django.db import connection, connections

    django.setup()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # as Gallery and any serious project have it
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")
    call_command("migrate", verbosity=0)
    yield
    connections.close_all()


def report(name: str, engine: str, rows: list[tuple[str, dict[str, float]]]) -> None:
    """Print ``rows`` (what, milliseconds per way) as a table, and keep it in ``results/``."""
    ways = list(rows[0][1])
    lines = [f"| {engine} | " + " | ".join(f"{way}, ms" for way in ways) + " | ratios to ours |"]
    lines.append("|---|" + "--:|" * len(ways) + "---|")
    for what, times in rows:
        ratios = ", ".join(f"{way} {times[way] / times[ways[0]]:.2f}" for way in ways[1:])
        cells = " | ".join(f"{times[way]:.2f}" for way in ways)
        lines.append(f"| {what} | {cells} | {ratios} |")
    table = "\n".join(lines) + "\n"
    print(table)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}-{engine}.md").write_text(table)
