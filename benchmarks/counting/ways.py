"""The ways to keep a count, and the tables of each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection, transaction

from benchmarks.counting import models

OURS = "ours"
"""A `CountField`; the code is that of ``BARE``."""
RAW = "ours, SQL by hand"
HAND = "SQL by hand"
"""An UPDATE beside each write, in one transaction: the limit."""
SERVICE = "F() in a service"
LOOP = "tutorial"
"""A receiver that counts again and saves; ``add()`` once per like."""
AT_ONCE = "tutorial, one add() per picture"
BARE = "nothing counted"

MODELS: dict[str, tuple[Any, Any]] = {
    OURS: (models.KeptPicture, models.KeptLike),
    HAND: (models.HandPicture, models.HandLike),
    SERVICE: (models.ServedPicture, models.ServedLike),
    LOOP: (models.TaughtPicture, models.TaughtLike),
    BARE: (models.BarePicture, models.BareLike),
}


class Sql(NamedTuple):
    """The statements of one way by hand."""

    insert: str
    """Of one like, unless it is there."""
    insert_many: str
    """To be followed by the values."""
    delete: str
    move: str


def sql(way: str) -> Sql:
    """Return the statements on the tables of ``way``."""
    pictures, likes = (model._meta.db_table for model in MODELS[way])
    ignore, suffix = (
        ("IGNORE ", "") if connection.vendor == "mysql" else ("", " ON CONFLICT DO NOTHING")
    )
    columns = "(picture_id, user_id, liked_at)"
    return Sql(
        f"INSERT {ignore}INTO {likes} {columns} VALUES (%s, %s, %s){suffix}",
        f"INSERT INTO {likes} {columns} VALUES ",
        f"DELETE FROM {likes} WHERE picture_id = %s AND user_id = %s",
        f"UPDATE {pictures} SET like_count = like_count + %s WHERE id = %s",
    )


@contextmanager
def undone() -> Iterator[None]:
    """Take back what is done within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def settle() -> None:
    """Check foreign keys that PostgreSQL would check at the commit, which never comes."""
    if connection.vendor == "postgresql":
        connection.check_constraints()
