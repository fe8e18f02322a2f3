"""The page by hand: SQL for the tables as they are, through the driver's own cursor.

The literal names, no models, no compiling: what somebody writes who knows this one
project. `window` is exact only where it fills the page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connection

from benchmarks.acting.models import Activity, Comment, Image
from benchmarks.acting.verbs import SHOWN
from slipstream.follows.models import Follow

PAGE, _WINDOW = 20, 1_000
BY_HAND = ("SQL, window", "SQL, two-stage")

_TABLE, _FOLLOWS = Activity._meta.db_table, Follow._meta.db_table
_PEOPLE = get_user_model()._meta.db_table
_VISIBLE = f"verb IN ({', '.join(repr(code) for code in SHOWN)})"
_NEWEST = "ORDER BY created_at DESC, id DESC LIMIT"
_FOLLOWED = f"SELECT following_id FROM {_FOLLOWS} WHERE follower_id = %s"

Row = tuple[int, str, str, str]
"""What a page shows: the key, who, did what, to what."""
Read = Callable[[], list[Row]]


class Place(NamedTuple):
    """Whose page, and after which row; None for the first."""

    reader: int
    at: Any
    key: int | None

    @property
    def older(self) -> str:
        if self.key is None:
            return ""
        if connection.vendor == "mysql":  # which uses no index for a comparison of rows
            return " AND created_at <= %s AND (created_at < %s OR id < %s)"
        return " AND (created_at, id) < (%s, %s)"

    @property
    def params(self) -> list[Any]:
        if self.key is None:
            return []
        at = Activity._meta.get_field("created_at").get_db_prep_value(self.at, connection)
        return [at, at, self.key] if connection.vendor == "mysql" else [at, self.key]


def by_hand(place: Place) -> dict[str, Read]:
    """Return each way to read the page at ``place``."""
    two_stage = {"postgresql": _lateral, "sqlite": _crossed, "mysql": _unions}[connection.vendor]
    return {
        BY_HAND[0]: lambda: _page(*_window(place)),
        BY_HAND[1]: lambda: _page(*two_stage(place)),
    }


def by_hand_of_everyone(place: Place) -> dict[str, Read]:
    """Return how to read the page of somebody who follows nobody, having made sure of that."""
    ids = (
        f"SELECT id, created_at FROM {_TABLE} WHERE {_VISIBLE} AND actor_id <> %s{place.older}"
        f" AND NOT EXISTS ({_FOLLOWED}) {_NEWEST} {PAGE}"
    )
    params = [place.reader, *place.params, place.reader]
    return {BY_HAND[0]: lambda: _page(ids, params)}


def _page(ids: str, params: list[Any]) -> list[Row]:
    if not ids:
        return []
    sql = f"""
        SELECT a.id, p.username, a.verb, a.created_at, a.data, p.id, i.id, i.title, u.id,
            u.username, c.id, c.body
        FROM ({ids}) page JOIN {_TABLE} a ON a.id = page.id JOIN {_PEOPLE} p ON p.id = a.actor_id
        LEFT JOIN {Image._meta.db_table} i ON i.id = a.target_image_id
        LEFT JOIN {_PEOPLE} u ON u.id = a.target_user_id
        LEFT JOIN {Comment._meta.db_table} c ON c.id = a.target_comment_id
        ORDER BY a.created_at DESC, a.id DESC"""
    return [(r[0], r[1], r[2], r[7] or r[9] or r[11] or "") for r in _fetched(sql, params)]


def _fetched(sql: str, params: list[Any]) -> list[Any]:
    if connection.vendor == "sqlite":
        sql = sql.replace("%s", "?")
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
    finally:
        cursor.close()


# -- where the rows are


def _window(place: Place) -> tuple[str, list[Any]]:
    """The newest of everyone, filtered."""
    newest = (
        f"SELECT id, created_at, actor_id, verb FROM {_TABLE} WHERE 1 = 1{place.older}"
        f" {_NEWEST} {_WINDOW}"
    )
    sql = (
        f"SELECT id, created_at FROM ({newest}) newest"
        f" WHERE {_VISIBLE} AND actor_id IN ({_FOLLOWED}) {_NEWEST} {PAGE}"
    )
    return sql, [*place.params, place.reader]


def _lateral(place: Place) -> tuple[str, list[Any]]:
    """The newest one of each, the best of these, and the newest of those."""
    theirs = f"{_VISIBLE}{place.older} {_NEWEST}"
    sql = f"""
        WITH heads AS MATERIALIZED (
            SELECT h.* FROM ({_FOLLOWED}) f CROSS JOIN LATERAL (
                SELECT actor_id, created_at, id FROM {_TABLE}
                WHERE actor_id = f.following_id AND {theirs} 1) h
            {_NEWEST} {PAGE})
        SELECT x.id, x.created_at FROM heads CROSS JOIN LATERAL (
            SELECT created_at, id FROM {_TABLE}
            WHERE actor_id = heads.actor_id AND {theirs} {PAGE}) x
        {_NEWEST} {PAGE}"""
    return sql, [place.reader, *place.params, *place.params]


def _crossed(place: Place) -> tuple[str, list[Any]]:
    """SQLite leaves each one's rows as soon as they are too old."""
    sql = (
        f"SELECT id, created_at FROM ({_FOLLOWED}) f CROSS JOIN {_TABLE} ON actor_id = following_id"
        f" WHERE {_VISIBLE}{place.older} {_NEWEST} {PAGE}"
    )
    return sql, [place.reader, *place.params]


def _unions(place: Place) -> tuple[str, list[Any]]:
    """MariaDB has no LATERAL: the best are asked for first, and named in the next statement."""
    theirs = f"{_VISIBLE}{place.older} {_NEWEST}"
    heads = f"""
        SELECT x.actor_id FROM (
            SELECT (SELECT id FROM {_TABLE} WHERE actor_id = f.following_id AND {theirs} 1) AS head
            FROM ({_FOLLOWED}) f) h
        JOIN {_TABLE} x ON x.id = h.head ORDER BY x.created_at DESC, x.id DESC LIMIT {PAGE}"""
    actors = [row[0] for row in _fetched(heads, [*place.params, place.reader])]
    branch = f"(SELECT id, created_at FROM {_TABLE} WHERE actor_id = %s AND {theirs} {PAGE})"
    if not actors:
        return "", []
    sql = f"SELECT * FROM ({' UNION ALL '.join([branch] * len(actors))}) u {_NEWEST} {PAGE}"
    return sql, [value for actor in actors for value in (actor, *place.params)]
