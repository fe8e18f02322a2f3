"""System checks of this capability.

- ``slipstream_counters.E001``: what a `CountField` names cannot be counted: there is no such
  relation, it does not lead to many, it is generic, or its filter is not about its columns.
- ``slipstream_counters.E002``: MariaDB cannot count the rows of a table in that table itself.
- ``slipstream_counters.E003``: the app ``slipstream.counters`` is not installed.
- ``slipstream_counters.W001``: a database lacks triggers that keep a count (with
  ``check --database ALIAS`` and at each ``migrate``, which makes them).
- ``slipstream_counters.W002``: rows go by a cascade of MariaDB's own, which fires no triggers.
- ``slipstream_counters.I001``: a count is kept by signals, which miss some writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core import checks
from django.db import connections, router

from slipstream.counters.counted import Counted, Uncountable, resolve
from slipstream.counters.fields import CountField
from slipstream.counters.triggers import missing

__all__ = ["check_field", "check_triggers"]

_MISSED = (
    "Signals miss bulk_create(), bulk_update(), QuerySet.update(), SQL by hand, SET_NULL and the"
    " like, cascades of the database itself, and keys that change: run 'manage.py recount' after"
    ' these. Or leave out maintained_by="signals", and triggers see everything.'
)


def check_field(field: CountField) -> list[checks.CheckMessage]:
    """E001 to E003, W002 and I001: what ``field`` counts can be counted. No query."""
    if not apps.is_installed("slipstream.counters"):
        hint = "Add 'slipstream.counters' to INSTALLED_APPS, and run 'manage.py migrate'."
        message = "Nothing keeps this count."
        return [checks.Error(message, hint=hint, obj=field, id="slipstream_counters.E003")]
    try:
        counted = resolve(field)
    except Uncountable as error:
        return [checks.Error(str(error), hint=error.hint, obj=field, id="slipstream_counters.E001")]
    if field.maintained_by == "signals":
        message = "This count is kept by signals, which do not see every write."
        return [checks.Info(message, hint=_MISSED, obj=field, id="slipstream_counters.I001")]
    is_on_mariadb = any(
        connection.vendor == "mysql" and router.allow_migrate_model(connection.alias, counted.rows)
        for connection in connections.all()
    )
    return list(_check_on_mariadb(counted)) if is_on_mariadb else []


def check_triggers(
    *, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[checks.CheckMessage]:
    """W001: each database has the triggers of its tables. Some queries per database."""
    return [
        checks.Warning(
            f"Database '{alias}' lacks triggers of {counted.field.model._meta.label}."
            f"{counted.field.name}: {', '.join(names)}. The count is not kept.",
            hint="Run 'manage.py migrate'; it makes them and counts anew.",
            obj=counted.field,
            id="slipstream_counters.W001",
        )
        for alias in databases or ()
        for counted, names in missing(using=alias).items()
    ]


def _check_on_mariadb(counted: Counted) -> Iterator[checks.CheckMessage]:
    if counted.is_of_itself:
        yield checks.Error(
            f"'{counted.field.relation}' are rows of the same table, which a trigger of"
            " MariaDB's cannot write while the table is being written.",
            hint='Give the field maintained_by="signals".',
            obj=counted.field,
            id="slipstream_counters.E002",
        )
    for key in counted.rows._meta.local_concrete_fields:
        by_database = getattr(getattr(key.remote_field, "on_delete", None), "on_delete_sql", None)
        if by_database is not None:
            yield checks.Warning(
                f"{counted.rows._meta.label}.{key.name} leaves deletion to the database, and"
                f" MariaDB tells no trigger of it: '{counted.field.name}' would be too high.",
                hint="Use models.CASCADE or models.SET_NULL there.",
                obj=counted.field,
                id="slipstream_counters.W002",
            )
