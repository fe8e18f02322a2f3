"""The statements of the database backend, for each engine.

By hand, since no ORM has an upsert that adds. Checked against PostgreSQL 15, SQLite 3.40 and
MariaDB 10.11.
"""

from __future__ import annotations

__all__ = [
    "ADD",
    "AT_ONCE",
    "AT_ONCE_UNKNOWN",
    "ROW",
    "TAKE",
    "TAKEN_ON_MARIADB",
    "TAKE_ON_MARIADB",
    "TOTALS",
]

ROW = "(%s, %s, %s, %s, %s, %s, %s)"
_COLUMNS = "kind, object_key, period, starts_at, views, viewers, score"

# The logarithm of a sum of two weights given by theirs: `windows.added`.
_ON_CONFLICT = """
ON CONFLICT (kind, object_key, period, starts_at) DO UPDATE SET
    views = v.views + excluded.views, viewers = v.viewers + excluded.viewers,
    score = CASE WHEN v.period <> 'trending' THEN v.score + excluded.score ELSE
        {greatest}(v.score, excluded.score)
        + LN(1 + POWER(2, -{least}(ABS(v.score - excluded.score), 60))) / LN(2) END
"""
_ON_CONFLICT_OF = {
    "postgresql": _ON_CONFLICT.format(greatest="GREATEST", least="LEAST"),
    "sqlite": _ON_CONFLICT.format(greatest="MAX", least="MIN"),
}
ADD = {
    vendor: f"INSERT INTO {{views}} AS v ({_COLUMNS}) VALUES {{rows}} {on_conflict}"
    for vendor, on_conflict in _ON_CONFLICT_OF.items()
}
ADD["mysql"] = f"""
INSERT INTO {{views}} ({_COLUMNS}) VALUES {{rows}}
ON DUPLICATE KEY UPDATE
    views = views + VALUES(views), viewers = viewers + VALUES(viewers),
    score = IF(period <> 'trending', score + VALUES(score),
        GREATEST(score, VALUES(score))
        + LN(1 + POWER(2, -LEAST(ABS(score - VALUES(score)), 60))) / LN(2))
"""

# The latest time stays: a view that is told late must not make its viewer new to the present.
_TAKE = """
INSERT INTO {{viewings}} AS t (kind, object_key, viewer, counted_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (kind, object_key, viewer) DO UPDATE
SET before_at = t.counted_at, counted_at = {greatest}(t.counted_at, excluded.counted_at)
WHERE t.counted_at <= %s OR t.counted_at >= %s
RETURNING before_at
"""
TAKE = {
    "postgresql": _TAKE.format(greatest="GREATEST"),
    "sqlite": _TAKE.format(greatest="MAX"),
}
# No condition here, and a row that stays as it is counts like one that is new. So it says by
# the number that is kept for the session: the row's own, or 0 for one that is refused.
TAKE_ON_MARIADB = """
INSERT INTO {viewings} (kind, object_key, viewer, counted_at) VALUES (%s, %s, %s, %s)
ON DUPLICATE KEY UPDATE
    before_at = IF(counted_at <= %s OR counted_at >= %s, counted_at, before_at),
    counted_at = IF(
        LAST_INSERT_ID(IF(counted_at <= %s OR counted_at >= %s, id, 0)) <> 0,
        GREATEST(counted_at, VALUES(counted_at)), counted_at)
"""
TAKEN_ON_MARIADB = """
SELECT LAST_INSERT_ID(), before_at FROM {viewings}
WHERE kind = %s AND object_key = %s AND viewer = %s
"""

# No other statement is run as often, and to compile it would take longer than to run it.
TOTALS = """
SELECT object_key, views, viewers FROM {views}
WHERE kind = %s AND period = %s AND starts_at = %s AND object_key IN ({keys})
"""

_COUNT_AND_TELL = f"""
held AS (
    INSERT INTO {{views}} AS v ({_COLUMNS})
    SELECT %s, %s, w.period, w.starts_at, 1,
        CASE WHEN %s AND (taken.before_at IS NULL OR taken.before_at < w.starts_at)
            THEN 1 ELSE 0 END, w.score
    FROM taken CROSS JOIN (VALUES {{rows}}) w(period, starts_at, score) ORDER BY w.period
    {_ON_CONFLICT_OF["postgresql"]} RETURNING period, views, viewers
)
SELECT views, viewers, TRUE FROM held WHERE period = 'all'
UNION ALL SELECT views, viewers, FALSE FROM {{views}}
WHERE kind = %s AND object_key = %s AND period = 'all' AND NOT EXISTS (SELECT 1 FROM taken)
"""
AT_ONCE = f"WITH taken AS ({TAKE['postgresql']}), {_COUNT_AND_TELL}"
AT_ONCE_UNKNOWN = f"WITH taken AS (SELECT NULL::timestamptz AS before_at), {_COUNT_AND_TELL}"
