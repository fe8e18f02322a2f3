"""An index for "contains" on PostgreSQL, where its extension pg_trgm can be had.

Django writes ``icontains`` there as ``UPPER(column::text) LIKE UPPER(…)``. The
other engines have no such index and look at every row.
"""

from typing import Any

from django.db.migrations import RunPython


def contains_index(table: str, *columns: str) -> RunPython:
    """Return the operation that makes such an index on each of ``columns``."""

    def add(apps: Any, schema_editor: Any) -> None:
        if not _is_available(schema_editor.connection):
            return
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for column in columns:
            schema_editor.execute(
                f"CREATE INDEX {_name(table, column)} ON {table}"
                f" USING gin (UPPER({column}::text) gin_trgm_ops)"
            )

    def remove(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for column in columns:
                schema_editor.execute(f"DROP INDEX IF EXISTS {_name(table, column)}")

    return RunPython(add, remove)


def _name(table: str, column: str) -> str:
    return f"{table}_contains_{column}"


def _is_available(connection: Any) -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        return cursor.fetchone() is not None
