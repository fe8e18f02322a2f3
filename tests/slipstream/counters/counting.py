"""What every count of the test models should be, found without a word of SQL in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connection, models

from tests.counting.models import (
    AWKWARD,
    Album,
    Echo,
    Fan,
    Heard,
    Label,
    Mark,
    Node,
    Odd,
    Person,
    Photo,
    Place,
    Player,
    Remark,
    Sale,
    Shop,
    Team,
    Venue,
    Visit,
    Word,
)

__all__ = ["COUNTS", "HOLDERS", "User", "execute", "stored", "table", "wrong_counts"]

User = get_user_model()
Row = dict[str, Any]


class Count(NamedTuple):
    """Rows of ``rows`` by their ``key``, which holds the ``matched`` of a ``holder``."""

    holder: Any
    name: str
    rows: Any
    key: str
    matched: str = "pk"
    keep: Callable[[Row], bool] = lambda row: True


def _is_long(visit: Row) -> bool:
    return visit["minutes"] is not None and visit["minutes"] >= 60


_labels: Any = Album.labels.through
_friends: Any = Person.friends.through
_idols: Any = Person.idols.through
_heard: Any = Heard.labels.through
_peers: Any = Heard.peers.through

COUNTS = (
    Count(Album, "photo_count", Photo, "album_id"),
    Count(
        Album,
        "shown_count",
        Photo,
        "album_id",
        keep=lambda row: not row["hidden"] and row["caption"] != "100%",
    ),
    Count(Album, "label_count", _labels, "album_id"),
    Count(Album, "fan_count", Fan, "album_id", keep=lambda row: row["user_id"] is not None),
    Count(Label, "album_count", _labels, "label_id"),
    Count(Photo, "remark_count", Remark, "photo_id"),
    Count(Person, "friend_count", _friends, "from_person_id"),
    Count(Person, "idol_count", _idols, "from_person_id"),
    Count(Person, "admirer_count", _idols, "to_person_id"),
    Count(Node, "child_count", Node, "parent_id"),
    Count(Word, "derived_count", Word, "root_id", "code"),
    Count(Shop, "sale_count", Sale, "shop_id", "code"),
    Count(Place, "long_visit_count", Visit, "place_id", keep=_is_long),
    Count(Venue, "visit_count", Visit, "place_id"),
    Count(Team, "player_count", Player, "team_id"),
    Count(Player, "captaincy_count", Team, "captain_id"),
    Count(Odd, "mark_count", Mark, "odd_id", keep=lambda row: row["text"] == AWKWARD),
    Count(Heard, "echo_count", Echo, "heard_id", keep=lambda row: row["loud"]),
    Count(Heard, "said_count", Echo, "heard_id", keep=lambda row: row["by_id"] is not None),
    Count(Heard, "label_count", _heard, "heard_id"),
    Count(Heard, "peer_count", _peers, "from_heard_id"),
)
HOLDERS = tuple(dict.fromkeys(count.holder for count in COUNTS))


def wrong_counts(*, by: str = "triggers") -> dict[str, list[tuple[Any, int, int]]]:
    """Key, stored and real count of each row where they differ, of the counts kept ``by``."""
    tables: dict[Any, list[Row]] = {}

    def rows_of(model: Any) -> list[Row]:
        if model not in tables:
            tables[model] = list(model._base_manager.values())
        return tables[model]

    wrong = {}
    for count in COUNTS:
        if count.holder._meta.get_field(count.name).maintained_by != by:
            continue
        real = Counter(row[count.key] for row in rows_of(count.rows) if count.keep(row))
        pk = count.holder._meta.pk.attname
        matched = pk if count.matched == "pk" else count.matched
        found = [
            (row[pk], row[count.name], real[row[matched]])
            for row in rows_of(count.holder)
            if row[count.name] != real[row[matched]]
        ]
        if found:
            wrong[f"{count.holder.__name__}.{count.name}"] = found
    return wrong


def stored(row: models.Model, name: str) -> int:
    """The count as the database has it now."""
    return int(type(row)._base_manager.values_list(name, flat=True).get(pk=row.pk))


def table(model: Any) -> str:
    """The quoted name of a model's table."""
    return str(connection.ops.quote_name(model._meta.db_table))


def execute(sql: str, *params: Any) -> int:
    """Execute SQL past the ORM; say how many rows it was about."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return int(cursor.rowcount)
