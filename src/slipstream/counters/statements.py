"""The statements that make the triggers, for each engine.

The only SQL by hand in this capability. In what follows ``{held}`` is the table with the
count, ``{count}`` its column and ``{matched}`` the one that identifies a row; ``{rows}`` is
the table that is counted, ``{key}`` its column that says whose a row is, and ``{if_new}``,
``{if_old}`` and ``{if_row}`` are the condition for a row to be counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2s

from django.db.backends.base.base import BaseDatabaseWrapper

from slipstream.counters.counted import Counted

__all__ = ["PREFIX", "Trigger", "count_anew", "one_moved", "triggers_of"]

#: Triggers of counts begin so. What comes after it says which, and holds a digest of the
#: statement: whatever changes a trigger changes its name. First comes one of the holder's
#: table: PostgreSQL goes by the names, so whatever is written, objects of several models are
#: locked in one order, and two writers of one row each do not deadlock.
PREFIX = "slipstream_count_"


@dataclass(frozen=True)
class Trigger:
    """One trigger of one count."""

    name: str
    table: str
    statements: tuple[str, ...]


def triggers_of(counted: Counted, connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Return the triggers that keep a count on an engine. No query."""
    names = _names(counted, connection)
    tables = {"{rows}": counted.rows._meta.db_table, "{held}": counted.holder._meta.db_table}
    first = _digest(tables["{held}"], 2)
    triggers = []
    for purpose, template in _templates(counted, connection.vendor).items():
        text = template.format(**names, trigger="")
        name = f"{PREFIX}{first}_{_shortened(counted.field.column)}_{_digest(text, 6)}_{purpose}"
        quoted = connection.ops.quote_name(name)
        made = (part.format(**names, trigger=quoted) for part in template.split(_THEN))
        on = "{held}" if " ON {held}" in template else "{rows}"
        triggers.append(Trigger(name, tables[on], tuple(made)))
    return triggers


def count_anew(counted: Counted, connection: BaseDatabaseWrapper) -> str:
    """Return the statement that corrects all counts of one field; a WHERE may follow."""
    return _ANEW.format(**_names(counted, connection))


def one_moved(counted: Counted, connection: BaseDatabaseWrapper) -> str:
    """Return the statement that adds its first parameter to the count of its second."""
    return _ONE_MOVED.format(**_names(counted, connection))


def _shortened(column: str) -> str:
    """Return what of ``column`` fits into the name of a trigger, which has 63 bytes."""
    return column.encode()[:16].decode(errors="ignore")


def _digest(text: str, size: int) -> str:
    return blake2s(text.encode(), digest_size=size).hexdigest()


def _names(counted: Counted, connection: BaseDatabaseWrapper) -> dict[str, str]:
    quote = connection.ops.quote_name
    return {
        "held": quote(counted.holder._meta.db_table),
        "count": quote(counted.field.column),
        "matched": quote(counted.matched),
        "rows": quote(counted.rows._meta.db_table),
        "key": quote(counted.key.column),
        "if_new": counted.condition_sql(connection, row="NEW"),
        "if_old": counted.condition_sql(connection, row="OLD"),
        "if_row": counted.condition_sql(connection, row="counted"),
    }


def _templates(counted: Counted, vendor: str) -> dict[str, str]:
    if vendor == "sqlite" and counted.is_of_itself:
        return _SQLITE_OF_ITSELF
    return {"postgresql": _POSTGRESQL, "sqlite": _SQLITE, "mysql": _MARIADB}[vendor]


_THEN = ";;\n"
_REAL = "(SELECT COUNT(*) FROM {rows} counted WHERE counted.{key} = %s.{matched} AND {if_row})"
_ONE_MOVED = "UPDATE {held} SET {count} = {count} + %s WHERE {matched} = %s"
_ANEW = f"UPDATE {{held}} SET {{count}} = {_REAL % '{held}'}"

# -- PostgreSQL: once per statement -------------------------------------------
# A bulk insert costs one UPDATE per object, and objects are locked in the order of their keys,
# so that two such statements do not deadlock. The plan is kept for the session, and must do
# for one row and for many: by the index, whatever was counted first.
# A new object may have rows before it is there itself (deferred constraints, fixtures), and so
# may one whose key changes. It is given those before it is written, as they were when the
# statement began (STABLE): what the same statement writes is counted at its end, in whatever
# order its parts come (WITH … INSERT … INSERT, a tree in one INSERT, all keys in one UPDATE).


def _function(body: str, *, when: str, on: str, each: str, volatility: str = "VOLATILE") -> str:
    return f"""
CREATE OR REPLACE FUNCTION {{trigger}}() RETURNS trigger LANGUAGE plpgsql {volatility}
SET search_path FROM CURRENT
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $slipstream$
BEGIN {body} END $slipstream${_THEN}
DROP TRIGGER IF EXISTS {{trigger}} ON {on}{_THEN}
CREATE TRIGGER {{trigger}} {when} ON {on} {each} EXECUTE FUNCTION {{trigger}}()"""


_MOVE = """
    PERFORM 1 FROM {held} WHERE {matched} IN (SELECT k FROM (%(moved)s) moved)
    ORDER BY {matched} FOR NO KEY UPDATE;
    IF FOUND THEN
        UPDATE {held} AS held SET {count} = held.{count} + moved.n
        FROM (%(moved)s) moved WHERE held.{matched} = moved.k;
    END IF;
    RETURN NULL;"""
_GONE_OR_COME = """
    SELECT counted.{key} AS k, %sCOUNT(*) AS n FROM %s counted
    WHERE counted.{key} IS NOT NULL AND {if_row} GROUP BY counted.{key}"""
_COME = _GONE_OR_COME % ("", "added")
_GONE = _GONE_OR_COME % ("-", "removed")
_CHANGED = (
    f"SELECT k, SUM(n) AS n FROM ({_COME} UNION ALL {_GONE}) both_ GROUP BY k HAVING SUM(n) <> 0"
)
_ADDED = "REFERENCING NEW TABLE AS added FOR EACH STATEMENT"
_REMOVED = "REFERENCING OLD TABLE AS removed FOR EACH STATEMENT"
_BOTH = "REFERENCING NEW TABLE AS added OLD TABLE AS removed FOR EACH STATEMENT"
_GIVEN = f"NEW.{{count}} := {_REAL % 'NEW'}; RETURN NEW;"
_POSTGRESQL = {
    "insert": _function(_MOVE % {"moved": _COME}, when="AFTER INSERT", on="{rows}", each=_ADDED),
    "update": _function(_MOVE % {"moved": _CHANGED}, when="AFTER UPDATE", on="{rows}", each=_BOTH),
    "delete": _function(_MOVE % {"moved": _GONE}, when="AFTER DELETE", on="{rows}", each=_REMOVED),
    "truncate": _function(
        "UPDATE {held} SET {count} = 0 WHERE {count} <> 0; RETURN NULL;",
        when="AFTER TRUNCATE",
        on="{rows}",
        each="FOR EACH STATEMENT",
    ),
    "new": _function(
        _GIVEN, when="BEFORE INSERT", on="{held}", each="FOR EACH ROW", volatility="STABLE"
    ),
    "rename": _function(
        _GIVEN,
        when="BEFORE UPDATE OF {matched}",
        on="{held}",
        each="FOR EACH ROW WHEN (OLD.{matched} IS DISTINCT FROM NEW.{matched})",
        volatility="STABLE",
    ),
}

# -- SQLite: once per row; one writer at a time, so the order does not matter ---------------

_ONE_MORE = "UPDATE {held} SET {count} = {count} + 1 WHERE {matched} = NEW.{key} AND {if_new};"
_ONE_LESS = "UPDATE {held} SET {count} = {count} - 1 WHERE {matched} = OLD.{key} AND {if_old};"
_AS_ONE = "(CASE WHEN {if_new} THEN 1 ELSE 0 END) <> (CASE WHEN {if_old} THEN 1 ELSE 0 END)"
_SET_NEW = f"UPDATE {{held}} SET {{count}} = {_REAL % 'NEW'} WHERE {{matched}} = NEW.{{matched}};"
_SQLITE = {
    "insert": f"CREATE TRIGGER {{trigger}} AFTER INSERT ON {{rows}} BEGIN {_ONE_MORE} END",
    "update": f"""
CREATE TRIGGER {{trigger}} AFTER UPDATE ON {{rows}}
WHEN OLD.{{key}} IS NOT NEW.{{key}} OR {_AS_ONE}
BEGIN {_ONE_LESS} {_ONE_MORE} END""",
    "delete": f"CREATE TRIGGER {{trigger}} AFTER DELETE ON {{rows}} BEGIN {_ONE_LESS} END",
    "new": f"""
CREATE TRIGGER {{trigger}} AFTER INSERT ON {{held}} WHEN NEW.{{count}} <> {_REAL % "NEW"}
BEGIN {_SET_NEW} END""",
    "rename": f"""
CREATE TRIGGER {{trigger}} AFTER UPDATE OF {{matched}} ON {{held}}
WHEN OLD.{{matched}} IS NOT NEW.{{matched}} BEGIN {_SET_NEW} END""",
}
# Two triggers on one table would come in any order.
_RENAMED = "OLD.{matched} IS NOT NEW.{matched}"
_SQLITE_OF_ITSELF = {
    "insert": f"""
CREATE TRIGGER {{trigger}} AFTER INSERT ON {{rows}} BEGIN {_ONE_MORE} {_SET_NEW} END""",
    "update": f"""
CREATE TRIGGER {{trigger}} AFTER UPDATE ON {{rows}}
WHEN OLD.{{key}} IS NOT NEW.{{key}} OR {_AS_ONE} OR {_RENAMED}
BEGIN {_ONE_LESS} {_ONE_MORE} {_SET_NEW[:-1]} AND {_RENAMED}; END""",
    "delete": _SQLITE["delete"],
}

# -- MariaDB: once per row -----------------------------------------------------
# The object is locked before the row is written: the foreign key's check locks it for reading,
# and two that both hold that and both want to count would deadlock. It is counted afterwards:
# INSERT IGNORE fires BEFORE triggers also for a row that it then leaves out.

_LOCK = """
DECLARE slipstream_held BIGINT;
SELECT MAX({count}) INTO slipstream_held FROM {held} WHERE {matched} %s FOR UPDATE;"""
_MOVED = f"NOT (OLD.{{key}} <=> NEW.{{key}}) OR {_AS_ONE}"
_MARIADB = {
    "lock": f"""
CREATE TRIGGER {{trigger}} BEFORE INSERT ON {{rows}} FOR EACH ROW
BEGIN {_LOCK % "= NEW.{key}"} END""",
    "insert": f"""
CREATE TRIGGER {{trigger}} AFTER INSERT ON {{rows}} FOR EACH ROW BEGIN {_ONE_MORE} END""",
    "lockboth": f"""
CREATE TRIGGER {{trigger}} BEFORE UPDATE ON {{rows}} FOR EACH ROW
IF {_MOVED} THEN BEGIN {_LOCK % "IN (OLD.{key}, NEW.{key})"} END; END IF""",
    "update": f"""
CREATE TRIGGER {{trigger}} AFTER UPDATE ON {{rows}} FOR EACH ROW
IF {_MOVED} THEN {_ONE_LESS} {_ONE_MORE} END IF""",
    "delete": f"""
CREATE TRIGGER {{trigger}} AFTER DELETE ON {{rows}} FOR EACH ROW BEGIN {_ONE_LESS} END""",
    "new": f"""
CREATE TRIGGER {{trigger}} BEFORE INSERT ON {{held}} FOR EACH ROW
SET NEW.{{count}} = {_REAL % "NEW"}""",
    "rename": f"""
CREATE TRIGGER {{trigger}} BEFORE UPDATE ON {{held}} FOR EACH ROW
IF NOT (OLD.{{matched}} <=> NEW.{{matched}}) THEN SET NEW.{{count}} = {_REAL % "NEW"}; END IF""",
}
