"""Counting views in the database: the default, and the truth wherever there is another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connections, models, router, transaction
from django.db.models import Q, Sum

from slipstream.rankings.backends.base import Backend, Recorded, Standing, Totals, View
from slipstream.rankings.backends.statements import (
    ADD,
    AT_ONCE,
    AT_ONCE_UNKNOWN,
    ROW,
    TAKE,
    TAKE_ON_MARIADB,
    TAKEN_ON_MARIADB,
    TOTALS,
)
from slipstream.rankings.models import Viewing, Views
from slipstream.rankings.windows import Window, added, exponent, period_starts, periods
from slipstream.sql import delete_rows, retrying_deadlocks

__all__ = ["Database", "Gain", "add"]

# An engine takes only so many values in one statement: SQLite, as it comes, 32,766.
_ROWS, _KEYS = 500, 10_000


class Gain(NamedTuple):
    """What is to be added to one row."""

    kind: str
    key: str
    window: Window
    starts_at: datetime
    views: int
    viewers: int
    score: float


class Database(Backend):
    """Views in tables of the project's database."""

    def record(self, views: Sequence[View]) -> list[Recorded]:
        """Count each view: on PostgreSQL one round trip for one; else as `record_views` says."""
        if not views:
            return []
        using = router.db_for_write(Views)
        if len(views) == 1 and connections[using].vendor == "postgresql":
            return [retrying_deadlocks(lambda: _record_at_once(views[0], using=using), using=using)]

        def write() -> list[bool]:
            with transaction.atomic(using=using, savepoint=False):
                return _record(views, using=using)

        counted = retrying_deadlocks(write, using=using)
        totals = {}
        for kind in {view.kind for view in views}:
            every = sorted({view.key for view in views if view.kind == kind})
            read = _totals(kind, every, Window.ALL, views[0].at, using=using)
            totals.update({(kind, key): held for key, held in zip(every, read, strict=True)})
        return [
            Recorded(*totals[view.kind, view.key], was_counted)
            for view, was_counted in zip(views, counted, strict=True)
        ]

    def totals(self, kind: str, keys: Sequence[str], window: Window, at: datetime) -> list[Totals]:
        """One query per 10,000 keys."""
        return _totals(kind, keys, window, at, using=router.db_for_read(Views))

    def top(
        self, kind: str, window: Window, at: datetime, *, start: int, count: int
    ) -> list[Standing]:
        """One query, by the index."""
        rows = _ranking(kind, window, at).order_by("-score", "object_key")
        return [Standing(*row) for row in rows.values_list("object_key", "score")[start:][:count]]

    def place(self, kind: str, key: str, window: Window, at: datetime, *, most: int) -> int | None:
        """Two queries, the second over at most ``most`` rows."""
        rows = _ranking(kind, window, at)
        scores = list(rows.filter(object_key=key).values_list("score", flat=True))
        if not scores:
            return None
        [score] = scores
        better = rows.filter(Q(score__gt=score) | Q(score=score, object_key__lt=key))
        # Implied by the rest; it lets the index end there.
        place = better.filter(score__gte=score).order_by("-score", "object_key")[:most].count()
        return place if place < most else None

    def history(
        self, kind: str, keys: Sequence[str], window: Window, since: datetime
    ) -> list[tuple[datetime, Totals]]:
        """One query per 10,000 keys."""
        rows = Views.objects.filter(kind=kind, period=window, starts_at__gte=since)
        found: dict[datetime, Totals] = {}
        for some in _in_parts(keys):
            summed = rows.filter(object_key__in=some).order_by().values("starts_at")
            for row in summed.annotate(seen=Sum("views"), by=Sum("viewers")):
                views, viewers = found.get(row["starts_at"], (0, 0))
                found[row["starts_at"]] = Totals(views + row["seen"], viewers + row["by"])
        return sorted(found.items())

    def forget(self, kind: str, keys: Sequence[str]) -> None:
        """Two statements per 10,000 keys, in a transaction; rows are locked in `record`'s order."""
        using = router.db_for_write(Views)

        def remove() -> None:
            with transaction.atomic(using=using, savepoint=False):
                for model in (Viewing, Views):
                    for some in _in_parts(sorted(keys)):
                        rows = model.objects.using(using).filter(kind=kind, object_key__in=some)
                        delete_rows(rows, using=using)

        if keys:
            retrying_deadlocks(remove, using=using)


def add(gains: Iterable[Gain], *, using: str) -> None:
    """Add ``gains`` to what there is. One statement per 500 rows, locked in one order everywhere.

    Call it in a transaction.
    """
    summed: dict[tuple[Any, ...], Gain] = {}
    for gain in gains:
        place = gain[:4]
        held = summed.get(place)
        summed[place] = gain if held is None else _sum(held, gain)
    rows = [summed[place] for place in sorted(summed)]
    connection = connections[using]
    for start in range(0, len(rows), _ROWS):
        some = rows[start : start + _ROWS]
        statement = ADD[connection.vendor].format(
            rows=", ".join([ROW] * len(some)), **_names(connection)
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [value for row in some for value in _values(row, connection)])


def _sum(one: Gain, other: Gain) -> Gain:
    is_weight = one.window is Window.TRENDING
    return one._replace(
        views=one.views + other.views,
        viewers=one.viewers + other.viewers,
        score=added(one.score, other.score) if is_weight else one.score + other.score,
    )


def _record(views: Sequence[View], *, using: str) -> list[bool]:
    """Count ``views`` in the transaction of the caller; return which were counted."""
    gains: list[Gain] = []
    # In one order, so that two batches do not wait for each other.
    order = sorted(
        range(len(views)), key=lambda n: (views[n].kind, views[n].key, views[n].viewer or "")
    )
    answers = dict.fromkeys(order, True)
    for n in order:
        view = views[n]
        before = None
        if view.viewer is not None:
            answers[n], before = _take(view, using=using)
        if answers[n]:
            gains += _gains(view, before)
    add(gains, using=using)
    return [answers[n] for n in range(len(views))]


def _gains(view: View, before: datetime | None) -> Iterable[Gain]:
    """Return what ``view`` adds; the viewer is new to a period that began after ``before``."""
    for window, starts_at in periods(view.at):
        is_new = view.viewer is not None and (before is None or before < starts_at)
        score = exponent(view.at, view.half_life) if window is Window.TRENDING else 1.0
        yield Gain(view.kind, view.key, window, starts_at, 1, int(is_new), score)


def _take(view: View, *, using: str) -> tuple[bool, datetime | None]:
    """Note that the viewer was here; return whether that counts, and when they were before."""
    connection = connections[using]
    names = _names(connection)
    at = _time(view.at, connection)
    soon, late = _around(view, connection)
    with connection.cursor() as cursor:
        if connection.vendor != "mysql":
            take = TAKE[connection.vendor].format(**names)
            cursor.execute(take, [view.kind, view.key, view.viewer, at, soon, late])
            row = cursor.fetchone()
            if row is None:
                return False, None
            return True, _read_time(row[0], connection)
        cursor.execute(
            TAKE_ON_MARIADB.format(**names),
            [view.kind, view.key, view.viewer, at, soon, late, soon, late],
        )
        cursor.execute(TAKEN_ON_MARIADB.format(**names), [view.kind, view.key, view.viewer])
        is_taken, before = cursor.fetchone()
        return bool(is_taken), _read_time(before, connection)


def _record_at_once(view: View, *, using: str) -> Recorded:
    """Count one view in one round trip, on PostgreSQL."""
    connection = connections[using]
    is_known = view.viewer is not None
    gains = sorted(_gains(view, None))
    statement = (AT_ONCE if is_known else AT_ONCE_UNKNOWN).format(
        rows=", ".join(["(%s, %s::timestamptz, %s::float8)"] * len(gains)), **_names(connection)
    )
    what = [view.kind, view.key]
    who = [*what, view.viewer, view.at, *_around(view, connection)] if is_known else []
    windows = [value for gain in gains for value in (gain.window.value, gain.starts_at, gain.score)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*who, *what, is_known, *windows, *what])
        row = cursor.fetchone()
    if row is None:
        # Refused for a view that was counted while this statement waited, and does not see.
        [held] = _totals(view.kind, [view.key], Window.ALL, view.at, using=using)
        return Recorded(*held, counted=False)
    return Recorded(*row)


def _ranking(kind: str, window: Window, at: datetime) -> models.QuerySet[Views]:
    return Views.objects.filter(kind=kind, period=window, starts_at=period_starts(window, at))


def _totals(
    kind: str, keys: Sequence[str], window: Window, at: datetime, *, using: str
) -> list[Totals]:
    connection = connections[using]
    starts_at = _time(period_starts(window, at), connection)
    held: dict[str, Totals] = {}
    for some in _in_parts(keys):
        statement = TOTALS.format(keys=", ".join(["%s"] * len(some)), **_names(connection))
        with connection.cursor() as cursor:
            cursor.execute(statement, [kind, window.value, starts_at, *some])
            held.update({key: Totals(*both) for key, *both in cursor.fetchall()})
    return [held.get(key, Totals(0, 0)) for key in keys]


def _in_parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _KEYS):
        yield keys[start : start + _KEYS]


def _values(gain: Gain, connection: Any) -> list[Any]:
    kind, key, window, starts_at, views, viewers, score = gain
    return [kind, key, window.value, _time(starts_at, connection), views, viewers, score]


def _around(view: View, connection: Any) -> list[Any]:
    """Return the times between which the viewer, if counted then, is not counted again."""
    return [_time(view.at - view.once_per, connection), _time(view.at + view.once_per, connection)]


def _time(at: datetime, connection: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _read_time(value: Any, connection: Any) -> datetime | None:
    field: Any = Viewing._meta.get_field("counted_at")
    column = field.get_col(Viewing._meta.db_table)
    for convert in connection.ops.get_db_converters(column):
        value = convert(value, column, connection)
    return value  # type: ignore[no-any-return]


def _names(connection: Any) -> dict[str, str]:
    quote = connection.ops.quote_name
    return {"views": quote(Views._meta.db_table), "viewings": quote(Viewing._meta.db_table)}
