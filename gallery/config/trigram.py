"""Indexes for "contains" on PostgreSQL, where its extension pg_trgm can be had.

Django writes ``icontains`` there as ``UPPER(column::text) LIKE UPPER(…)``. The
other engines have no such index and look at every row.
"""

from collections.abc import Callable
from typing import Any

from django.db.migrations import RunPython


def search_index(table: str, *columns: str) -> RunPython:
    """Return the operation that makes an index on the letters of each of ``columns``.

    Hangul syllables are taken apart in it, so that words of two syllables have trigrams: see
    `gallery.search.matching`. That needs a database whose LC_CTYPE knows Hangul, as C.UTF-8
    and all of UTF-8 do, and C does not.
    """
    made = {f"{table}_search_{c}": f"UPPER(NORMALIZE({c}, NFKD)::text)" for c in columns}
    return RunPython(_add(table, made), _remove(made))


def contains_index(table: str, *columns: str, drop: bool = False) -> RunPython:
    """Return the operation that makes, or drops, such an index on ``columns`` as they are."""
    made = {f"{table}_contains_{column}": f"UPPER({column}::text)" for column in columns}
    add, remove = _add(table, made), _remove(made)
    return RunPython(remove, add) if drop else RunPython(add, remove)


def _add(table: str, indexes: dict[str, str]) -> Callable[[Any, Any], None]:
    def add(apps: Any, schema_editor: Any) -> None:
        if not _is_available(schema_editor.connection):
            return
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for name, expression in indexes.items():
            schema_editor.execute(
                f"CREATE INDEX {name} ON {table} USING gin ({expression} gin_trgm_ops)"
            )

    return add


def _remove(indexes: dict[str, str]) -> Callable[[Any, Any], None]:
    def remove(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for name in indexes:
                schema_editor.execute(f"DROP INDEX IF EXISTS {name}")

    return remove


def _is_available(connection: Any) -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        return cursor.fetchone() is not None
