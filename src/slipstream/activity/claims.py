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
from datetime import UTC, datetime, timedelta
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
_UPSERT_AND_INSERT = """
WITH claimed AS ({upsert} RETURNING 1)
INSERT INTO {rows} ({columns}) SELECT {values} FROM claimed RETURNING {key}
"""
_INSERT = "INSERT INTO {rows} ({columns}) VALUES ({values}) RETURNING {key}"
_UPSERT_MANY = """
INSERT INTO {table} AS c (key, last_at) VALUES {values}
ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at
WHERE c.last_at <= excluded.last_at - %s OR c.last_at >= excluded.last_at + %s
RETURNING key
"""
# Locks the row, whether it was there or not. Not INSERT IGNORE: that shares the lock on
# a row that is there with all who wait for it, and then deadlocks them.
_MAKE_AND_LOCK = """
INSERT INTO {table} (`key`, last_at) VALUES (%s, %s) ON DUPLICATE KEY UPDATE last_at = last_at
"""

# A claim that nobody has recorded under yet; MariaDB makes such rows to queue at.
_NEVER = datetime(1970, 1, 2, tzinfo=UTC)


def key_of(row: Any) -> uuid.UUID:
    """Return the key of the claim for ``row``: a hash of actor, verb and target."""
    text = "\0".join([str(row.actor_id), row.verb, row.target_identity])
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    # MariaDB takes no UUID without the bits of a version.
    return uuid.UUID(bytes=digest, version=5)


def claim(key: uuid.UUID, at: datetime, window: timedelta, *, using: str) -> bool:
    """Take the claim ``key`` at ``at``; return whether it was free.

    In the caller's transaction. One statement; on MariaDB two or three.
    """
    connection = connections[using]
    if connection.vendor == "mysql":
        return _claim_in_turn(key, at, window, using=using)
    with connection.cursor() as cursor:
        cursor.execute(
            _UPSERT.format(table=_table(connection)), _parameters(connection, key, at, window)
        )
        return bool(cursor.rowcount == 1)


def claim_and_insert(row: Any, window: timedelta, *, using: str) -> bool:
    """Insert ``row`` if its claim is free; return whether it was.

    ``row`` learns its primary key. One statement on PostgreSQL, else that of the
    claim and the ``INSERT``, in a transaction.
    """
    connection = connections[using]
    fields = [field for field in row._meta.local_concrete_fields if not field.primary_key]
    # What is empty is left to the statement: fewer values are fewer to convert and to send.
    filled = [f for f in fields if not _is_empty(f, getattr(row, f.attname))]
    sql = _statement(cast("Hashable", type(row)), tuple(f.attname for f in filled), using)
    values = [f.get_db_prep_save(f.pre_save(row, add=True), connection) for f in filled]
    key = key_of(row)
    if connection.vendor == "postgresql":
        claimed = _parameters(connection, key, row.created_at, window)
        inserted = _first(connection, sql, [*claimed, *values])
    else:
        with transaction.atomic(using=using, savepoint=False):
            free = claim(key, row.created_at, window, using=using)
            inserted = _first(connection, sql, values) if free else None
    if inserted:
        row.pk = inserted[0]
        row._state.adding, row._state.db = False, using
    return bool(inserted)


def _is_empty(field: Any, value: Any) -> bool:
    return bool((value is None and field.null) or (field.name == "data" and value == {}))


@lru_cache(maxsize=256)
def _statement(model: Hashable, filled: tuple[str, ...], using: str) -> str:
    """Return the statement that inserts a row of which the columns ``filled`` have a value."""
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
    if connection.vendor == "postgresql":
        return _UPSERT_AND_INSERT.format(upsert=_UPSERT.format(table=_table(connection)), **parts)
    return _INSERT.format(**parts)


def _first(connection: Any, sql: str, parameters: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()


def claim_many(
    wanted: Sequence[tuple[uuid.UUID, datetime]], window: timedelta, *, using: str
) -> set[uuid.UUID]:
    """Take several claims, no key twice; return the keys of those that were free.

    In key order, so that two who take several wait for each other and do not
    deadlock. One statement on PostgreSQL, else one or more for each.
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
    """Return what `_upsert` takes; the bounds are computed here, as each engine's clock differs."""
    times = Claim._meta.get_field("last_at")
    return [
        Claim._meta.pk.get_db_prep_save(key, connection),
        *(times.get_db_prep_save(t, connection) for t in (at, at - window, at + window)),
    ]


def _claim_in_turn(key: uuid.UUID, at: datetime, window: timedelta, *, using: str) -> bool:
    """Take a claim on MariaDB, whose upsert has no condition: make it, lock it, look, set it."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(
            _MAKE_AND_LOCK.format(table=_table(connection)),
            _parameters(connection, key, _NEVER, timedelta())[:2],
        )
    claims = Claim.objects.using(using).filter(pk=key)
    last_at = claims.select_for_update().values_list("last_at", flat=True).get()
    if abs(at - last_at) < window:
        return False
    claims.update(last_at=at)
    return True
