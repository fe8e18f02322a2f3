"""The statements that Django's public API has no word for.

Uses ``django.db.models.sql.InsertQuery``, ``OnConflict`` and
``QuerySet._raw_delete``, which are not public; checked against Django 5.2, 6.0
and 6.1. Nothing else in Slipstream reaches below the ORM's public names, but
for `slipstream.follows.relations`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import OperationalError, connections, models
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

__all__ = ["delete_rows", "insert_or_ignore", "retrying_deadlocks"]

Result = TypeVar("Result")

_TRIES = 12
_LONGEST_PAUSE = 0.25  # seconds
_DEADLOCK = {"40P01", 1213}  # SQLSTATE of PostgreSQL, error number of MariaDB


def insert_or_ignore(row: models.Model, *, using: str) -> bool:
    """Insert ``row`` unless a unique constraint already holds such a row.

    Returns whether a row was inserted. One statement and one round trip;
    exact under concurrency, since the database decides. ``row`` does not
    learn the primary key that the database gave it, and no ``pre_save`` or
    ``post_save`` signal is sent, as with ``bulk_create()``.

    SQLite skips a row that breaks a CHECK or NOT NULL as well, and MariaDB one
    that breaks any constraint, a foreign key included: check before, or after.
    """
    connection = connections[using]
    query = InsertQuery(type(row), on_conflict=OnConflict.IGNORE)
    fields = [f for f in row._meta.local_concrete_fields if not isinstance(f, models.AutoField)]
    query.insert_values(fields, [row])
    [(sql, params)] = query.get_compiler(using=using).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return bool(cursor.rowcount == 1)


def delete_rows(rows: models.QuerySet[Any], *, using: str) -> int:
    """Delete ``rows`` and nothing that refers to them; return how many there were.

    One statement and one round trip, where ``QuerySet.delete()`` opens a
    transaction around it. No ``pre_delete`` or ``post_delete`` signal is sent.
    """
    return int(rows._raw_delete(using) or 0)


def retrying_deadlocks(write: Callable[[], Result], *, using: str) -> Result:
    """Return what ``write`` returns, called again where the database chose it as deadlock victim.

    At most twelve times, with growing pauses, some two seconds in all. Inside a
    transaction only once: the database has rolled that back, and only who
    began it can begin again. ``write`` must be idempotent.
    """
    tries = 1 if connections[using].in_atomic_block else _TRIES
    for attempt in range(1, tries + 1):
        try:
            return write()
        except OperationalError as error:
            if attempt == tries or not _is_deadlock(error):
                raise
            pause = min(0.005 * 2**attempt, _LONGEST_PAUSE)
        time.sleep(random.uniform(0, pause))  # noqa: S311 - not a secret
    raise AssertionError("unreachable")


def _is_deadlock(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in _DEADLOCK or error.args[0] in _DEADLOCK
