"""An index for "contains" on PostgreSQL, where its extension pg_trgm can be had.

Serves `UserQuerySet.matching`: Django writes ``icontains`` there as
``UPPER(column::text) LIKE UPPER(…)``. The other engines have no such index.
"""

from typing import Any

from django.db import migrations

_COLUMNS = ("username", "name")


def add_indexes(apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if cursor.fetchone() is None:
            return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for column in _COLUMNS:
        schema_editor.execute(
            f"CREATE INDEX accounts_search_{column} ON accounts_user"
            f" USING gin (UPPER({column}::text) gin_trgm_ops)"
        )


def remove_indexes(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for column in _COLUMNS:
            schema_editor.execute(f"DROP INDEX IF EXISTS accounts_search_{column}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(add_indexes, remove_indexes, elidable=False)]
