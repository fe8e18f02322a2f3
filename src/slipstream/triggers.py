"""Triggers as each engine has them: which there are, making them, removing them.

Triggers see every write: services, the admin, bulk writes, cascades, raw SQL. They are made
after every ``migrate`` (and ``flush`` and test database), because a migration alone would lose
them: SQLite drops a table's triggers whenever Django rebuilds the table, and a project may
run its tests without migrations. Checked against PostgreSQL 15, MariaDB 10.11 and SQLite 3.40.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections

__all__ = ["ENGINES", "drop", "make", "triggers_on"]

#: The vendors of engines that we make triggers for.
ENGINES = frozenset({"postgresql", "mysql", "sqlite"})


def triggers_on(tables: Iterable[str], *, using: str) -> dict[str, str]:
    """Return the table of each trigger on ``tables``, by its name. One query."""
    wanted = set(tables)
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT[connection.vendor])
        return {name: table for name, table in cursor.fetchall() if table in wanted}


def make(statements: Iterable[str], *, using: str, purpose: str) -> None:
    """Execute ``statements``, which make triggers that keep ``purpose``.

    Raises ``ImproperlyConfigured``, with a hint, where the database does not let this
    account make triggers.
    """
    try:
        with connections[using].cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    except DatabaseError as error:
        if error.args[0] not in _NOT_ALLOWED:
            raise
        raise ImproperlyConfigured(_HINT.format(using=using, purpose=purpose)) from error


def drop(name: str, table: str, *, using: str) -> None:
    """Drop a trigger where it is there. One statement."""
    connection = connections[using]
    quote = connection.ops.quote_name
    on = f" ON {quote(table)}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS {quote(name)}{on}")


# MariaDB: needs SUPER while the binary log is on; needs TRIGGER.
_NOT_ALLOWED = {1419, 1142}
_HINT = (
    "Database '{using}' does not let this account make the triggers that keep {purpose}."
    " Give it the privilege TRIGGER and, where the binary log is on, set"
    " log_bin_trust_function_creators=1; then run 'manage.py migrate' again."
)

# Of tables that are found without naming a schema, as Django finds them.
_PRESENT = {
    "postgresql": "SELECT tgname, relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
    " WHERE NOT tgisinternal AND pg_table_is_visible(c.oid)",
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "mysql": "SELECT trigger_name, event_object_table FROM information_schema.triggers"
    " WHERE trigger_schema = DATABASE()",
}
