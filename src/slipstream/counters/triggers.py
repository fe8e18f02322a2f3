"""Making the triggers that keep the counts, and removing those that keep none any more.

What there has to be follows from the models, as far as their columns are there. A trigger's
name has a digest of what it does. So what is missing, out of date or left over is found by
names alone: a field that goes, a table or column that is renamed, another filter, a newer
version of this package.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.db import connections, transaction

from slipstream import triggers
from slipstream.counters.counted import Counted, counts
from slipstream.counters.statements import PREFIX, Trigger, count_anew, triggers_of

__all__ = ["drop_all", "install", "missing"]


def install(*, using: str) -> None:
    """Make what triggers are missing on the database ``using``, and drop what is left over.

    A count that lacked one is made anew in the same breath, all rows in one statement; on
    PostgreSQL and SQLite nobody writes meanwhile. Some queries for each model that holds
    counts where there is nothing to do. Raises ``ImproperlyConfigured``, with a hint, where
    the database does not let this account make triggers.
    """
    connection = connections[using]
    if connection.vendor not in triggers.ENGINES:
        return
    wanted = _wanted(using=using)
    present = _present(using=using)
    kept = {trigger.name for made in wanted.values() for trigger in made}
    _drop({name: table for name, table in present.items() if name not in kept}, using=using)
    for counted, made in wanted.items():
        lacking = [trigger for trigger in made if trigger.name not in present]
        if lacking:
            with transaction.atomic(using=using), connection.cursor() as cursor:
                _make(lacking, using=using)
                cursor.execute(count_anew(counted, connection))


def missing(*, using: str) -> dict[Counted, list[str]]:
    """Return the names of triggers that the database ``using`` lacks, for each count.

    Nothing for tables and columns that are not there. Queries as `install`.
    """
    if connections[using].vendor not in triggers.ENGINES:
        return {}
    present = _present(using=using)
    lacking = {
        counted: [trigger.name for trigger in made if trigger.name not in present]
        for counted, made in _wanted(using=using).items()
    }
    return {counted: names for counted, names in lacking.items() if names}


def drop_all(labels: Iterable[str], *, using: str, apps: Apps) -> None:
    """Drop the triggers of all counts that have to do with the apps ``labels``.

    Called before migrations that may change a table under them; `install` follows. ``apps``
    has the models as they are in the database until then, under their old names.
    """
    if connections[using].vendor not in triggers.ENGINES:
        return
    labels = set(labels)
    tables = {
        model._meta.db_table
        # Relations that models are given by other apps are not in migrations.
        for counted in (*counts(apps), *counts(installed_apps))
        if labels & {counted.holder._meta.app_label, counted.rows._meta.app_label}
        for model in (counted.holder, counted.rows)
    }
    _drop(_ours(tables, using=using), using=using)


def _wanted(*, using: str) -> dict[Counted, list[Trigger]]:
    """Return the triggers of each count whose columns are there, in a fixed order."""
    connection = connections[using]
    columns: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))

        def has(table: str, *names: str) -> bool:
            if table not in columns:
                columns[table] = set()
                if table in tables:
                    # Not by Django's introspection, which on SQLite stumbles over "IN (0, 1)".
                    name = connection.ops.quote_name(table)
                    cursor.execute(f"SELECT * FROM {name} WHERE 1 = 0")  # noqa: S608 - a table
                    columns[table] = {column[0] for column in cursor.description}
            return columns[table].issuperset(names)

        wanted = [
            counted
            for counted in counts(installed_apps)
            if counted.field.maintained_by == "triggers"
            and not (connection.vendor == "mysql" and counted.is_of_itself)
            and has(counted.holder._meta.db_table, counted.field.column, counted.matched)
            and has(counted.rows._meta.db_table, *counted.columns())
        ]
    # The order in which MariaDB's triggers on one table take their locks.
    wanted.sort(key=lambda counted: (counted.holder._meta.db_table, counted.field.column))
    return {counted: triggers_of(counted, connection) for counted in wanted}


def _present(*, using: str) -> dict[str, str]:
    models = installed_apps.get_models(include_auto_created=True)
    return _ours((model._meta.db_table for model in models), using=using)


def _ours(tables: Iterable[str], *, using: str) -> dict[str, str]:
    found = triggers.triggers_on(tables, using=using)
    return {name: table for name, table in found.items() if name.startswith(PREFIX)}


def _make(made: Sequence[Trigger], *, using: str) -> None:
    statements = (statement for trigger in made for statement in trigger.statements)
    triggers.make(statements, using=using, purpose="counts")


def _drop(found: dict[str, str], *, using: str) -> None:
    connection = connections[using]
    with transaction.atomic(using=using):
        for name, table in found.items():
            triggers.drop(name, table, using=using)
        if connection.vendor == "postgresql":
            # Also those whose table went, and their triggers with it.
            with connection.cursor() as cursor:
                cursor.execute(_UNUSED_FUNCTIONS, [f"{PREFIX}%"])
                for (name,) in cursor.fetchall():
                    cursor.execute(f"DROP FUNCTION IF EXISTS {connection.ops.quote_name(name)}()")


_UNUSED_FUNCTIONS = r"""
SELECT proname FROM pg_proc
WHERE proname LIKE %s AND pronamespace = to_regnamespace(current_schema())
AND NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgfoid = pg_proc.oid)
"""
