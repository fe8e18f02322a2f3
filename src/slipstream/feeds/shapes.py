"""The statements that find a page of a feed: only keys and times; rows are read by key.

The only SQL by hand in this capability. Checked against PostgreSQL 15, MariaDB
10.11 and SQLite 3.40. Why it is exact is in docs/explanation/feeds.md.

A statement for a feed holds three answers, of which one comes back:

- *near*: the newest `WINDOW` activities of everyone, filtered to the audience,
  if that fills the page;
- *far*, otherwise: the newest activity of each actor in the audience; of the
  actors with the newest of these as many as the page has rows; and of those
  the newest activities;
- *discovery*: the newest of everyone, if nobody is in the audience.

Each row is: 1 if it is of discovery else 0, id, created_at.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any, NamedTuple

from django.db import models

__all__ = [
    "COUNT",
    "COUNT_OF_EVERYONE",
    "EVERYONE",
    "FEED",
    "FEW",
    "FOLLOWED",
    "IS_SOMEBODY",
    "OF_ACTORS",
    "PULL",
    "WINDOW",
    "Sql",
    "beyond",
    "fill",
    "listed",
    "names",
    "pieces",
]

#: How many of everyone's newest activities are looked through for a full page.
WINDOW = 1000
#: On SQLite, an audience of no more is asked one by one at once: no window pays.
FEW = 200


class Sql(NamedTuple):
    """A piece of SQL with its parameters."""

    text: str
    params: tuple[Any, ...] = ()


def fill(statement: str, parts: Mapping[str, Sql]) -> Sql:
    """Return ``statement`` with its ``{placeholders}`` filled, the parameters in their order."""
    texts: list[str] = []
    params: list[Any] = []
    for text, name, _, _ in Formatter().parse(statement):
        texts.append(text)
        if name is not None:
            texts.append(parts[name].text)
            params += parts[name].params
    return Sql("".join(texts), tuple(params))


def listed(*values: Any) -> Sql:
    """Return ``values`` as parameters with commas between them."""
    return Sql(", ".join(["%s"] * len(values)), values)


def names(model: type[models.Model], connection: Any) -> dict[str, Sql]:
    """Return the quoted names of ``model``, and what an engine calls things."""
    quote = connection.ops.quote_name
    meta = model._meta
    columns = {"id": "id", "created": "created_at", "actor": "actor", "verb": "verb"}
    index = next(
        (i.name for i in meta.indexes if list(i.fields[:3]) == ["actor", "created_at", "id"]), None
    )
    return {
        "table": Sql(quote(meta.db_table)),
        **{
            name: Sql(quote(meta.get_field(field).column))  # type: ignore[union-attr]
            for name, field in columns.items()
        },
        # Or MariaDB may walk the index by time.
        "by_actor": Sql(f"FORCE INDEX ({quote(index)})" if index else ""),
        "inline": Sql(_inline(connection)),
    }


def beyond(connection: Any, *, backwards: bool) -> str:
    """Return the condition that a row is older than ``{at}`` and ``{key}``; backwards: newer."""
    if connection.vendor == "mysql":
        # It uses no index for a comparison of rows.
        older = "{created} <= {at} AND ({created} < {at} OR {id} < {key})"
    else:
        older = "({created}, {id}) < ({at}, {key})"
    return older.replace("<", ">") if backwards else older


def pieces(parts: Mapping[str, Sql], vendor: str) -> dict[str, Sql]:
    """Return ``parts`` and what the statements of ``vendor`` are put together from."""
    made = dict(parts)
    if vendor == "sqlite":
        made["window"] = fill(_WINDOW_IF_MANY, made)
    for name, piece in _PIECES.items():
        made[name] = fill(piece, made)
    if vendor == "sqlite":
        made["if_nobody"] = fill(_IF_NOBODY_ON_SQLITE, made)
    return made


def _inline(connection: Any) -> str:
    """Say that a subquery used twice is not to be stored: that would read it whole.

    MariaDB never stores it, SQLite does since 3.35.
    """
    if connection.vendor == "mysql":
        return ""
    if connection.vendor == "sqlite" and connection.Database.sqlite_version_info < (3, 35):
        return ""
    return "NOT MATERIALIZED"


#: The usual audience.
FOLLOWED = "SELECT {following} FROM {follows} WHERE {follower} = {viewer}"

# {seen} is: a verb that feeds show, beyond the position. {order} is newest first, or the
# other way round for a page of newer ones, and {down} its direction. Whether there is
# anybody is asked in order, by the index: to meet one soon, PostgreSQL would walk the table.

_PIECES = {
    "with_audience": """
        WITH feed_audience(k) AS {inline} ({audience}),
        feed_others(k) AS {inline} (SELECT k FROM feed_audience WHERE k <> {viewer})
    """,
    "near": """
        SELECT id, created FROM (
            SELECT {id} AS id, {created} AS created, {actor} AS actor, {verb} AS verb
            FROM {table} WHERE {beyond} {order} LIMIT {window}
        ) newest
        WHERE verb IN ({verbs}) AND actor IN (SELECT k FROM feed_others)
        ORDER BY created {down}, id {down} LIMIT {count}
    """,
    "if_nobody": """
        SELECT 1 AS kind, {id} AS id, {created} AS created FROM {table}
        WHERE (SELECT k FROM feed_others ORDER BY k LIMIT 1) IS NULL
        AND {seen} AND {actor} <> {viewer} {order} LIMIT {count}
    """,
}

# SQLite asks a condition that never changes once per row, and a LIMIT once.

_WINDOW_IF_MANY = """
    (SELECT CASE COUNT(*) WHEN {few_and_one} THEN {window} ELSE 0 END
    FROM (SELECT 1 FROM feed_others LIMIT {few_and_one}))
"""

_IF_NOBODY_ON_SQLITE = """
    SELECT 1 AS kind, {id} AS id, {created} AS created FROM {table}
    WHERE {seen} AND {actor} <> {viewer} {order}
    LIMIT (SELECT CASE WHEN EXISTS (SELECT 1 FROM feed_others) THEN 0 ELSE {count} END)
"""

_POSTGRESQL = """
    {with_audience}, feed_near AS MATERIALIZED ({near}),
    feed_heads AS MATERIALIZED (
        SELECT head.* FROM (SELECT DISTINCT k FROM feed_others) a CROSS JOIN LATERAL (
            SELECT {actor} AS actor, {created} AS created, {id} AS id FROM {table}
            WHERE {actor} = a.k AND {seen} {order} LIMIT 1
        ) head
        WHERE (SELECT COUNT(*) FROM feed_near) < {count}
        ORDER BY created {down}, id {down} LIMIT {count}
    )
    SELECT 0 AS kind, id, created FROM feed_near
    WHERE (SELECT COUNT(*) FROM feed_near) = {count}
    UNION ALL SELECT 0, theirs.* FROM feed_heads CROSS JOIN LATERAL (
        SELECT {id} AS id, {created} AS created FROM {table}
        WHERE {actor} = feed_heads.actor AND {seen} {order} LIMIT {count}
    ) theirs
    UNION ALL SELECT * FROM ({if_nobody}) everyone
    ORDER BY created {down}, id {down} LIMIT {count}
"""

# SQLite leaves an actor's part of the index as soon as the page is full and the rest lies
# farther, so a plain join is enough. CROSS JOIN keeps the loops in this order.
_SQLITE = """
    {with_audience}, feed_near AS ({near})
    SELECT * FROM (
        SELECT 0 AS kind, id, created FROM feed_near
        LIMIT (SELECT CASE COUNT(*) WHEN {count} THEN {count} ELSE 0 END FROM feed_near)
    )
    UNION ALL SELECT * FROM (
        SELECT 0, {id}, {created} FROM (
            SELECT DISTINCT k FROM feed_others
            LIMIT (SELECT CASE COUNT(*) WHEN {count} THEN 0 ELSE -1 END FROM feed_near)
        ) a CROSS JOIN {table} ON {actor} = a.k
        WHERE {seen} {order} LIMIT {count}
    )
    UNION ALL SELECT * FROM ({if_nobody})
    ORDER BY created {down}, id {down} LIMIT {count}
"""

# No LATERAL here: of the far, this gives the actors, each with the time of its newest and of
# the one with which a page is full; `OF_ACTORS` is the second step. A subquery with a name is
# evaluated wherever it is used, so feed_near is a condition once only.
_MARIADB = """
    {with_audience}, feed_near AS ({near})
    SELECT 0 AS kind, id, created, NULL AS actor, NULL AS nth FROM feed_near
    UNION ALL SELECT 0, id, created, k, (
        SELECT {created} FROM {table}
        WHERE {actor} = head.k AND {seen} {order} LIMIT 1 OFFSET {count_less_one}
    ) FROM (
        SELECT h.k, x.{id} AS id, x.{created} AS created FROM (
            SELECT k, (
                SELECT {id} FROM {table} WHERE {actor} = a.k AND {seen} {order} LIMIT 1
            ) AS newest FROM (
                SELECT DISTINCT k FROM feed_others
                WHERE (SELECT COUNT(*) FROM feed_near) < {count}
            ) a
        ) h JOIN {table} x ON x.{id} = h.newest
        ORDER BY x.{created} {down}, x.{id} {down} LIMIT {count}
    ) head
    UNION ALL SELECT kind, id, created, NULL, NULL FROM ({if_nobody}) everyone
    ORDER BY created {down}, id {down}
"""

FEED = {"postgresql": _POSTGRESQL, "sqlite": _SQLITE, "mysql": _MARIADB}

#: MariaDB's second step, where {bound} cuts off what cannot be on the page.
OF_ACTORS = """
    SELECT 0 AS kind, {id} AS id, {created} AS created FROM {table} {by_actor}
    WHERE {actor} IN ({actors}) AND {bound} AND {seen} {order} LIMIT {count}
"""

#: Exact by itself, and slow for some audiences.
PULL = """
    {with_audience} SELECT 0 AS kind, {id} AS id, {created} AS created FROM {table}
    WHERE {actor} IN (SELECT k FROM feed_others) AND {seen} {order} LIMIT {count}
"""

EVERYONE = """
    SELECT 1 AS kind, {id} AS id, {created} AS created FROM {table}
    WHERE {seen} AND {actor} <> {viewer} {order} LIMIT {count}
"""

IS_SOMEBODY = """
    {with_audience} SELECT (SELECT k FROM feed_others ORDER BY k LIMIT 1) IS NOT NULL
"""

# As a rule so little is new that a window holds it all. Otherwise actor by actor: to meet
# enough of them soon, PostgreSQL would walk the table, which never ends if they are silent.
_COUNT_ON_POSTGRESQL = """
    {with_audience}, feed_newest AS MATERIALIZED (
        SELECT {actor} AS actor, {verb} AS verb FROM {table}
        WHERE {beyond} {order} LIMIT {window}
    )
    SELECT COUNT(*) FROM (
        SELECT * FROM (
            SELECT 1 FROM feed_newest
            WHERE (SELECT COUNT(*) FROM feed_newest) < {window}
            AND verb IN ({verbs}) AND actor IN (SELECT k FROM feed_others) LIMIT {count}
        ) near
        UNION ALL SELECT * FROM (
            SELECT 1 FROM (SELECT DISTINCT k FROM feed_others) a CROSS JOIN LATERAL (
                SELECT 1 FROM {table} WHERE {actor} = a.k AND {seen} {order} LIMIT {count}
            ) theirs
            WHERE (SELECT COUNT(*) FROM feed_newest) = {window} LIMIT {count}
        ) far
        UNION ALL SELECT kind FROM ({if_nobody}) everyone
    ) found
"""

# Without an order, so that any plan may stop when there are enough.
_COUNT = """
    {with_audience} SELECT COUNT(*) FROM (
        SELECT * FROM (
            SELECT {id} AS id FROM {table}
            WHERE {actor} IN (SELECT k FROM feed_others) AND {seen} LIMIT {count}
        ) theirs
        UNION ALL SELECT id FROM ({if_nobody}) everyone
    ) found
"""

COUNT = {"postgresql": _COUNT_ON_POSTGRESQL, "sqlite": _COUNT, "mysql": _COUNT}

COUNT_OF_EVERYONE = """
    SELECT COUNT(*) FROM (
        SELECT {id} FROM {table} WHERE {seen} AND {actor} <> {viewer} LIMIT {count}
    ) found
"""
