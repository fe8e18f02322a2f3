"""How the database keeps `FollowCounts` equal to the rows of `Follow`.

Triggers see every write (`slipstream.triggers`). They run in the transaction that
writes, so the counts commit and roll back with it. When they had been missing, the
counts are made anew in the same breath.

Deadlocks: PostgreSQL counts once per statement and locks count rows in key
order, so a bulk insert costs one update per user and does not deadlock with
another. MariaDB has row triggers, which order the two rows of one follow only;
bulk writers there may deadlock, as bulk writers do. SQLite has one writer.

A deleted follow updates count rows but never makes one: while a user is being
deleted, theirs may be gone already.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from slipstream.follows.models import Follow, FollowCounts
from slipstream.triggers import drop, make, triggers_on

__all__ = ["drop_before_rebuild", "install", "missing", "recount"]

_NAMES = (
    "slipstream_follows_count_insert",
    "slipstream_follows_count_update",
    "slipstream_follows_count_delete",
)


def install(*, using: str) -> bool:
    """Make the triggers on the database ``using`` where missing; return whether any was.

    Does nothing on a database without the tables, or on an engine that there
    are no triggers for. Counts anew if a trigger was missing. Two queries where
    there is nothing to do. Raises ``ImproperlyConfigured``, with a hint, where
    the database does not let this account make triggers.
    """
    connection = connections[using]
    if connection.vendor not in _STATEMENTS or not missing(using=using):
        return False
    with transaction.atomic(using=using):
        make(_statements(connection), using=using, purpose="follower counts")
        recount(using=using)
    return True


def missing(*, using: str) -> list[str]:
    """Return the names of triggers that the database ``using`` lacks; none without the tables.

    All of them on an engine that there are no triggers for. Two queries.
    """
    connection = connections[using]
    tables = _tables()
    with connection.cursor() as cursor:
        if not set(tables.values()) <= set(connection.introspection.table_names(cursor)):
            return []
        if connection.vendor not in _STATEMENTS:
            return list(_NAMES)
    present = triggers_on([tables["follow"]], using=using)
    return [name for name in _NAMES if name not in present]


def recount(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Make every count anew from the follows, in two set-based statements.

    PostgreSQL and SQLite keep writers out meanwhile; on MariaDB, see to it that
    there are none.
    """
    connection = connections[using]
    names = {k: connection.ops.quote_name(v) for k, v in _tables().items()}
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE {follow} IN SHARE ROW EXCLUSIVE MODE".format(**names))
        cursor.execute(_FORGET.format(**names))
        cursor.execute(_RECOUNT.format(**names))


def drop_before_rebuild(*, using: str) -> None:
    """Drop the triggers on SQLite, which cannot rename a table that a trigger names.

    Called before migrations that may rebuild one of the tables; `install`
    follows them, or follows the next that succeed.
    """
    if connections[using].vendor == "sqlite":
        for name in _NAMES:
            drop(name, Follow._meta.db_table, using=using)


def _tables() -> dict[str, str]:
    return {"follow": Follow._meta.db_table, "counts": FollowCounts._meta.db_table}


def _statements(connection: BaseDatabaseWrapper) -> list[str]:
    quote = connection.ops.quote_name
    names: dict[str, Any] = {key: quote(table) for key, table in _tables().items()}
    names |= {"insert": quote(_NAMES[0]), "update": quote(_NAMES[1]), "delete": quote(_NAMES[2])}
    return [statement.format(**names) for statement in _STATEMENTS[connection.vendor]]


_FORGET = "DELETE FROM {counts}"
_RECOUNT = """
INSERT INTO {counts} (user_id, follower_count, following_count)
SELECT user_id, SUM(followers), SUM(followings) FROM (
    SELECT following_id AS user_id, 1 AS followers, 0 AS followings FROM {follow}
    UNION ALL SELECT follower_id, 0, 1 FROM {follow}
) ends GROUP BY user_id
"""

# -- PostgreSQL: one function, once per statement -----------------------------

_POSTGRESQL = (
    """
CREATE OR REPLACE FUNCTION slipstream_follows_count() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- Most updates move no follow to other people.
        IF NOT EXISTS (
            SELECT follower_id, following_id FROM added
            EXCEPT ALL SELECT follower_id, following_id FROM removed
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO {counts} AS held (user_id, follower_count, following_count)
        SELECT user_id, SUM(followers), SUM(followings) FROM (
            SELECT following_id AS user_id, 1 AS followers, 0 AS followings FROM added
            UNION ALL SELECT follower_id, 0, 1 FROM added
        ) ends GROUP BY user_id ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET
            follower_count = held.follower_count + excluded.follower_count,
            following_count = held.following_count + excluded.following_count;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM 1 FROM {counts} WHERE user_id IN (
            SELECT following_id FROM removed UNION SELECT follower_id FROM removed
        ) ORDER BY user_id FOR NO KEY UPDATE;
        UPDATE {counts} AS held SET
            follower_count = held.follower_count - lost.followers,
            following_count = held.following_count - lost.followings
        FROM (
            SELECT user_id, SUM(followers) AS followers, SUM(followings) AS followings FROM (
                SELECT following_id AS user_id, 1 AS followers, 0 AS followings FROM removed
                UNION ALL SELECT follower_id, 0, 1 FROM removed
            ) ends GROUP BY user_id
        ) lost WHERE held.user_id = lost.user_id;
    END IF;
    RETURN NULL;
END $$""",
    "DROP TRIGGER IF EXISTS {insert} ON {follow}",
    "DROP TRIGGER IF EXISTS {update} ON {follow}",
    "DROP TRIGGER IF EXISTS {delete} ON {follow}",
    """
CREATE TRIGGER {insert} AFTER INSERT ON {follow} REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION slipstream_follows_count()""",
    """
CREATE TRIGGER {update} AFTER UPDATE ON {follow}
REFERENCING NEW TABLE AS added OLD TABLE AS removed
FOR EACH STATEMENT EXECUTE FUNCTION slipstream_follows_count()""",
    """
CREATE TRIGGER {delete} AFTER DELETE ON {follow} REFERENCING OLD TABLE AS removed
FOR EACH STATEMENT EXECUTE FUNCTION slipstream_follows_count()""",
)

# -- SQLite: one writer at a time, so the order does not matter ---------------
# No INSERT OR IGNORE inside: the conflict policy of the outer statement would
# replace it.

_SQLITE_ADD = """
    INSERT INTO {counts} (user_id, follower_count, following_count)
    SELECT NEW.following_id, 0, 0
    WHERE NOT EXISTS (SELECT 1 FROM {counts} WHERE user_id = NEW.following_id);
    INSERT INTO {counts} (user_id, follower_count, following_count)
    SELECT NEW.follower_id, 0, 0
    WHERE NOT EXISTS (SELECT 1 FROM {counts} WHERE user_id = NEW.follower_id);
    UPDATE {counts} SET follower_count = follower_count + 1 WHERE user_id = NEW.following_id;
    UPDATE {counts} SET following_count = following_count + 1 WHERE user_id = NEW.follower_id;"""
_SQLITE_REMOVE = """
    UPDATE {counts} SET follower_count = follower_count - 1 WHERE user_id = OLD.following_id;
    UPDATE {counts} SET following_count = following_count - 1 WHERE user_id = OLD.follower_id;"""
_SQLITE = (
    "DROP TRIGGER IF EXISTS {insert}",
    "DROP TRIGGER IF EXISTS {update}",
    "DROP TRIGGER IF EXISTS {delete}",
    f"CREATE TRIGGER {{insert}} AFTER INSERT ON {{follow}} BEGIN {_SQLITE_ADD} END",
    (
        f"CREATE TRIGGER {{update}} AFTER UPDATE OF follower_id, following_id ON {{follow}}"
        f" BEGIN {_SQLITE_REMOVE} {_SQLITE_ADD} END"
    ),
    f"CREATE TRIGGER {{delete}} AFTER DELETE ON {{follow}} BEGIN {_SQLITE_REMOVE} END",
)

# -- MariaDB: row triggers, both count rows in one statement, in key order ----

_MYSQL_ADD = """
    INSERT INTO {counts} (user_id, follower_count, following_count) VALUES
        (LEAST(NEW.follower_id, NEW.following_id),
         NEW.following_id < NEW.follower_id, NEW.follower_id < NEW.following_id),
        (GREATEST(NEW.follower_id, NEW.following_id),
         NEW.following_id > NEW.follower_id, NEW.follower_id > NEW.following_id)
    ON DUPLICATE KEY UPDATE
        follower_count = follower_count + VALUES(follower_count),
        following_count = following_count + VALUES(following_count)"""
_MYSQL_REMOVE = """
    UPDATE {counts} SET
        follower_count = follower_count - (user_id = OLD.following_id),
        following_count = following_count - (user_id = OLD.follower_id)
    WHERE user_id IN (OLD.follower_id, OLD.following_id) ORDER BY user_id"""
_MYSQL = (
    "DROP TRIGGER IF EXISTS {insert}",
    "DROP TRIGGER IF EXISTS {update}",
    "DROP TRIGGER IF EXISTS {delete}",
    f"CREATE TRIGGER {{insert}} AFTER INSERT ON {{follow}} FOR EACH ROW {_MYSQL_ADD}",
    (
        f"CREATE TRIGGER {{update}} AFTER UPDATE ON {{follow}} FOR EACH ROW"
        f" BEGIN {_MYSQL_REMOVE}; {_MYSQL_ADD}; END"
    ),
    f"CREATE TRIGGER {{delete}} AFTER DELETE ON {{follow}} FOR EACH ROW {_MYSQL_REMOVE}",
)

_STATEMENTS = {"postgresql": _POSTGRESQL, "sqlite": _SQLITE, "mysql": _MYSQL}
