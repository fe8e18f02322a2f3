"""Who may record: one of all who do the same within a verb's window.

A `Claim` is the row for one actor, verb and target, and holds when that was last
recorded. To record, one takes it, which the database grants to one at a time: whoever
comes second waits for the first to commit, sees the new time, and is turned away; if the
first rolls back, the second gets it. So the window slides exactly, with any number of
writers, and a claim goes with the transaction that took it.

The statements are by hand, since no ORM has an upsert with a condition. Checked against
PostgreSQL 15, SQLite 3.40 and MariaDB 10.11, with Django 5.2 and 6.1.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from django.db import connections, transaction

from slipstream.activity.models import Claim

__all__ = ["claim", "claim_and_insert", "claim_many", "key_of"]

_UPSERT = """
INSERT INTO {table} AS c (key, last_at) VALUES (%s, %s)
ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at
WHERE c.last_at <= %s OR c.last_at >= %s
"""
# No condition here, and a row that stays as it is counts like one that is new. So it says by
# the number that is kept for the session: 1 for a claim that was free, 2 for one that was not.
# Not INSERT IGNORE: that shares the lock on a row that is there with all who wait for it, and
# then deadlocks them.
_UPSERT_ON_MARIADB = """
INSERT INTO {table} (`key`, last_at) VALUES (%s, %s)
ON DUPLICATE KEY UPDATE last_at =
IF(LAST_INSERT_ID(IF(last_at <= %s OR last_at >= %s, 1, 2)) = 1, VALUES(last_at), last_at)
"""
_INSERT = "INSERT INTO {rows} ({columns}) VALUES ({values}) RETURNING {key}"
_UPSERT_AND_INSERT = """
WITH claimed AS ({upsert} RETURNING 1)
INSERT INTO {rows} ({columns}) SELECT {values} FROM claimed RETURNING {key}
"""
# A transaction in one round trip, where it would take five.
_UPSERT_AND_INSERT_ON_MARIADB = """
BEGIN NOT ATOMIC
    DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
    START TRANSACTION;
    DO LAST_INSERT_ID(1);
    {upsert};
    IF LAST_INSERT_ID() = 1 THEN {insert}; END IF;
    COMMIT;
END
"""
_UPSERT_MANY = """
INSERT INTO {table} AS c (key, last_at) VALUES {values}
ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at
WHERE c.last_at <= excluded.last_at - %s OR c.last_at >= excluded.last_at + %s
RETURNING key
"""


def key_of(row: Any) -> uuid.UUID:
    """Return the key of the claim for ``row``: a hash of actor, verb and target."""
    text = "\0".join([str(row.actor_id), row.verb, row.target_identity])
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    # MariaDB takes no UUID without the bits of a version.
    return uuid.UUID(bytes=digest, version=5)


def claim(key: uuid.UUID, at: datetime, window: timedelta, *, using: str) -> bool:
    """Take the claim ``key`` at ``at``; return whether it was free.

    In the caller's transaction. One statement.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        return _take(cursor, _parameters(connection, key, at, window))


def claim_and_insert(row: Any, window: timedelta, *, using: str) -> bool:
    """Insert ``row`` if its claim is free; return whether it was.

    ``row`` learns its primary key. One round trip on PostgreSQL, and on MariaDB outside of
    a transaction; else the statement of the claim and the ``INSERT``, in a transaction.
    """
    connection = connections[using]
    # What is empty is left to the statement: fewer values are fewer to convert and to send.
    filled = [f for f in row._meta.local_concrete_fields if not _is_empty(f, row)]
    columns = tuple(f.attname for f in filled)
    values = [f.get_db_prep_save(f.pre_save(row, add=True), connection) for f in filled]
    # All is ready before the first statement: from there on others wait.
    claimed = _parameters(connection, key_of(row), row.created_at, window)
    at_once = connection.vendor == "postgresql" or (
        connection.vendor == "mysql" and connection.get_autocommit()
    )
    sql = _statement(cast("Hashable", type(row)), columns, using, at_once=at_once)
    if at_once:
        with connection.cursor() as cursor:
            inserted = _first(cursor, sql, [*claimed, *values])
    else:
        with transaction.atomic(using=using, savepoint=False), connection.cursor() as cursor:
            inserted = _first(cursor, sql, values) if _take(cursor, claimed) else None
    if inserted:
        row.pk = inserted[0]
        row._state.adding, row._state.db = False, using
    return bool(inserted)


def _is_empty(field: Any, row: Any) -> bool:
    value = getattr(row, field.attname)
    if value is None:
        return bool(field.null or field.primary_key)
    return bool(field.name == "data" and value == {})


@lru_cache(maxsize=256)
def _statement(model: Hashable, filled: tuple[str, ...], using: str, *, at_once: bool) -> str:
    """Return the statement that inserts a row of which the columns ``filled`` have a value.

    With the one that takes its claim, if both are done ``at_once``.
    """
    meta = cast("Any", model)._meta
    connection = connections[using]
    quote = connection.ops.quote_name
    columns, values = [], []
    for field in meta.local_concrete_fields:
        if field.attname in filled:
            columns.append(quote(field.column))
            values.append("%s")
        elif field.name == "data":
            columns.append(quote(field.column))
            values.append("'{}'")
    parts = {
        "rows": quote(meta.db_table),
        "columns": ", ".join(columns),
        "values": ", ".join(values),
        "key": quote(meta.pk.column),
    }
    insert = _INSERT.format(**parts)
    if not at_once:
        return insert
    if connection.vendor == "mysql":
        return _UPSERT_AND_INSERT_ON_MARIADB.format(upsert=_upsert(using), insert=insert)
    return _UPSERT_AND_INSERT.format(upsert=_upsert(using), **parts)


@lru_cache
def _upsert(using: str) -> str:
    """Return the statement that takes a claim."""
    connection = connections[using]
    statement = _UPSERT_ON_MARIADB if connection.vendor == "mysql" else _UPSERT
    return statement.format(table=_table(connection))


def _take(cursor: Any, parameters: list[Any]) -> bool:
    """Take a claim; return whether it was free."""
    cursor.execute(_upsert(cursor.db.alias), parameters)
    return bool(cursor.lastrowid != 2 if cursor.db.vendor == "mysql" else cursor.rowcount == 1)


def _first(cursor: Any, sql: str, parameters: list[Any]) -> Any:
    """Return the first row that ``sql`` gives, or None."""
    cursor.execute(sql, parameters)
    row = cursor.fetchone() if cursor.description else None
    if cursor.db.vendor == "mysql":
        cursor.nextset()  # the end of a block: an error of its COMMIT comes here, or nowhere
    return row


def claim_many(
    wanted: Sequence[tuple[uuid.UUID, datetime]], window: timedelta, *, using: str
) -> set[uuid.UUID]:
    """Take several claims, no key twice; return the keys of those that were free.

    In key order, so that two who take several wait for each other and do not
    deadlock. One statement on PostgreSQL, else one for each.
    """
    connection = connections[using]
    ordered = sorted(wanted)
    if connection.vendor != "postgresql":
        return {key for key, at in ordered if claim(key, at, window, using=using)}
    sql = _UPSERT_MANY.format(
        table=_table(connection), values=", ".join(["(%s, %s)"] * len(ordered))
    )
    with connection.cursor() as cursor:
        parameters: list[Any] = [value for pair in ordered for value in pair]
        parameters += [window, window]
        cursor.execute(sql, parameters)
        return {key for (key,) in cursor.fetchall()}


def _table(connection: Any) -> str:
    return str(connection.ops.quote_name(Claim._meta.db_table))


def _parameters(connection: Any, key: uuid.UUID, at: datetime, window: timedelta) -> list[Any]:
    """Return what `_UPSERT` takes; the bounds are computed here, as each engine's clock differs."""
    adapt = connection.ops.adapt_datetimefield_value
    return [
        Claim._meta.pk.get_db_prep_save(key, connection),
        *map(adapt, (at, at - window, at + window)),
    ]
