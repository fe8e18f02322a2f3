"""The statements that Django's public API has no word for.

Uses ``django.db.models.sql.InsertQuery`` and ``OnConflict``, which are not
public; checked against Django 5.2, 6.0 and 6.1. Nothing else in Slipstream
reaches below the ORM's public names, but for `slipstream.follows.relations`.
"""

from __future__ import annotations

from django.db import connections, models
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

__all__ = ["insert_or_ignore"]


def insert_or_ignore(row: models.Model, *, using: str) -> bool:
    """Insert ``row`` unless a unique constraint already holds such a row.

    Returns whether a row was inserted. One statement and one round trip;
    exact under concurrency, since the database decides. ``row`` does not
    learn the primary key that the database gave it, and no ``pre_save`` or
    ``post_save`` signal is sent, as with ``bulk_create()``.

    MariaDB's ``INSERT IGNORE`` skips a row for *any* broken constraint, a
    foreign key included; the other engines skip only duplicates.
    """
    connection = connections[using]
    query = InsertQuery(type(row), on_conflict=OnConflict.IGNORE)
    fields = [f for f in row._meta.local_concrete_fields if not isinstance(f, models.AutoField)]
    query.insert_values(fields, [row])
    [(sql, params)] = query.get_compiler(using=using).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return bool(cursor.rowcount == 1)
