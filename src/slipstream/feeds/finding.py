"""Where the activities of a page are: running the statements of `shapes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connections, models

from slipstream.feeds import shapes
from slipstream.feeds.audiences import Subquery
from slipstream.feeds.shapes import FEW, WINDOW, Sql, fill, listed

__all__ = ["Found", "Position", "Wanted", "count", "find"]


class Position(NamedTuple):
    """A place in the order of activities; its parts are named as the fields are."""

    created_at: Any
    id: int


@dataclass(frozen=True)
class Wanted:
    """Which activities to look for."""

    model: type[models.Model]
    using: str
    viewer: Any
    """The primary key of who looks: never their own."""
    verbs: Sequence[str]
    """At least one."""
    audience: Subquery | None
    """None: everyone."""
    position: Position | None
    """Only what lies beyond it."""
    backwards: bool
    """Whether beyond it means newer, not older."""
    window: int = WINDOW
    few: int = FEW


class Found(NamedTuple):
    """Where the activities are, the nearest first, and whether they are everyone's."""

    positions: list[Position]
    is_discovery: bool


def find(wanted: Wanted, *, count: int) -> Found:
    """Return the nearest ``count`` activities ``wanted``.

    One statement; a second where nothing is found, to say why, and on MariaDB
    where few are near. Grows with the page, and where the audience's are not
    dense among everyone's, with the number of actors in it.
    """
    parts = _parts(wanted, count=count)
    if wanted.audience is None:
        return Found(_positions(wanted, _run(wanted, shapes.EVERYONE, parts)), is_discovery=True)
    rows = _run(wanted, shapes.FEED[_vendor(wanted)], parts)
    if not rows:
        [[somebody]] = _run(wanted, shapes.IS_SOMEBODY, parts)
        return Found([], is_discovery=not somebody)
    is_discovery = bool(rows[0][0])
    if _vendor(wanted) == "mysql":
        heads = [row for row in rows if row[3] is not None]
        rows = _of_heads(wanted, parts, heads, count=count) if heads else rows
    return Found(_positions(wanted, rows), is_discovery=is_discovery)


def count(wanted: Wanted, *, most: int) -> int:
    """Return how many activities are ``wanted``, at most ``most``. One statement."""
    everyone = wanted.audience is None
    statement = shapes.COUNT_OF_EVERYONE if everyone else shapes.COUNT[_vendor(wanted)]
    [[number]] = _run(wanted, statement, _parts(wanted, count=most))
    return int(number)


def _of_heads(
    wanted: Wanted, parts: Mapping[str, Sql], heads: Sequence[Any], *, count: int
) -> list[Any]:
    """Return the nearest of the actors in ``heads``, MariaDB's second step."""
    nearest, farthest = (min, max) if wanted.backwards else (max, min)
    # Up to each of these times there is a whole page.
    bounds = [nth for *_, nth in heads if nth is not None]
    if len(heads) == count:
        bounds.append(farthest(created for _, _, created, *_ in heads))
    bound = Sql("1 = 1")
    if bounds:
        sign = "<=" if wanted.backwards else ">="
        bound = fill(f"{{created}} {sign} {{at}}", {**parts, "at": listed(nearest(bounds))})
    actors = listed(*(actor for _, _, _, actor, _ in heads))
    rows = _run(wanted, shapes.OF_ACTORS, {**parts, "actors": actors, "bound": bound})
    if bounds and len(rows) < count:
        # Between the two steps some were deleted: the bound, and the actors, are out of date.
        rows = _run(wanted, shapes.PULL, parts)
    return rows


def _run(wanted: Wanted, statement: str, parts: Mapping[str, Sql]) -> list[Any]:
    sql = fill(statement, parts)
    with connections[wanted.using].cursor() as cursor:
        cursor.execute(sql.text, sql.params)
        return list(cursor.fetchall())


def _parts(wanted: Wanted, *, count: int) -> dict[str, Sql]:
    """Return what the statements are filled with: names quoted, values as parameters."""
    connection = connections[wanted.using]
    actor: Any = wanted.model._meta.get_field("actor")
    parts = {
        **shapes.names(wanted.model, connection),
        **{
            name: Sql(f"{number:d}")
            for name, number in {
                "count": count,
                "count_less_one": count - 1,
                "window": wanted.window,
                "few_and_one": wanted.few + 1,
            }.items()
        },
        "audience": Sql(*(wanted.audience or ("",))),
        "down": Sql("ASC" if wanted.backwards else "DESC"),
        "verbs": listed(*wanted.verbs),
        "viewer": listed(actor.get_db_prep_value(wanted.viewer, connection)),
    }
    parts["order"] = fill("ORDER BY {created} {down}, {id} {down}", parts)
    parts["beyond"] = _beyond(wanted, parts)
    parts["seen"] = fill("{verb} IN ({verbs}) AND {beyond}", parts)
    return shapes.pieces(parts, connection.vendor)


def _beyond(wanted: Wanted, parts: Mapping[str, Sql]) -> Sql:
    if wanted.position is None:
        return Sql("1 = 1")
    connection = connections[wanted.using]
    created: Any = wanted.model._meta.get_field("created_at")
    at = created.get_db_prep_value(wanted.position.created_at, connection)
    place = {"at": listed(at), "key": listed(wanted.position.id)}
    return fill(shapes.beyond(connection, backwards=wanted.backwards), {**parts, **place})


def _positions(wanted: Wanted, rows: Sequence[Sequence[Any]]) -> list[Position]:
    """Return the columns id and created_at as Django would have read them."""
    connection = connections[wanted.using]
    field: Any = wanted.model._meta.get_field("created_at")
    column = field.get_col(wanted.model._meta.db_table)
    converters = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
    positions = []
    for _, key, created, *_ in rows:
        for convert in converters:
            created = convert(created, column, connection)
        positions.append(Position(created, key))
    return positions


def _vendor(wanted: Wanted) -> str:
    return connections[wanted.using].vendor
