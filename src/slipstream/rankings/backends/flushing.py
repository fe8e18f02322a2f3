"""Moving views from Redis to the database, each exactly once, and telling Redis what it missed.

One flusher at a time for each kind: whoever flushes locks a row. In that transaction

1. views in doubt are settled: Redis says whether it has carried them out, and will not do so
   any more if it has not; then they are counted here;
2. what is pending in Redis is cut off under an id, added to the tables, and the id noted in the
   row that is locked. Only after the commit Redis drops what was cut off. Killed before the
   commit, nothing has happened, and the next finds the same batch; killed after it, the next
   finds a batch whose id is noted, and drops it;
3. Redis is given anew what it missed: what was counted here while it was away, or everything
   if it was emptied. It is given what the database has, and adds what is pending. No batch can
   be added meanwhile, so the two together are all there is.

Redis keeps the id of the last batch too. Where it differs from the one noted, Redis was started
from an older copy of itself, or belongs to another database. What is pending there may have
been added long ago, so it is dropped, as if Redis had been emptied.
"""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from django.db import connections, router, transaction
from django.utils import timezone

from slipstream.exceptions import BackendAway
from slipstream.rankings.backends import scripts
from slipstream.rankings.backends.base import View
from slipstream.rankings.backends.calling import call, period_of
from slipstream.rankings.backends.database import Database, Gain, add
from slipstream.rankings.models import Doubt, Flush, Stale, Views
from slipstream.rankings.windows import EPOCH, Window, period_starts, periods
from slipstream.sql import retrying_deadlocks

__all__ = ["flush", "held_periods", "rebuild"]

_log = logging.getLogger("slipstream.rankings")
_BATCH = 500
# From the beginning of each period into the next one.
_INTO_NEXT = {
    Window.HOUR: timedelta(minutes=90),
    Window.DAY: timedelta(hours=30),
    Window.WEEK: timedelta(days=8),
    Window.MONTH: timedelta(days=32),
}


class _Flusher(NamedTuple):
    """Who flushes what, and where to."""

    kind: str
    using: str
    token: str

    def call(self, script: str, *arguments: Any) -> Any:
        """Return what Redis answers, unless another flusher has begun."""
        return call(self.kind, script, [self.token, *arguments])


def flush(kind: str) -> int:
    """Bring the database and Redis up to date with each other; return how many views moved.

    Part of the caller's transaction, if there is one; then once in it, and what comes after
    that waits for the next. Raises `BackendAway`.
    """
    return _flush(kind, is_anew=False)


def rebuild(kind: str) -> None:
    """Flush, and give Redis all rankings anew. Raises `BackendAway`."""
    _flush(kind, is_anew=True)


def _flush(kind: str, *, is_anew: bool) -> int:
    using = router.db_for_write(Views)
    flushes = Flush.objects.using(using)
    flushes.get_or_create(kind=kind, defaults={"batch": uuid.uuid4().hex})
    flusher = _Flusher(kind, using, uuid.uuid4().hex)

    def write() -> tuple[int, bool]:
        with transaction.atomic(using=using):
            # The lock: until the commit, others wait here.
            flushes.filter(kind=kind).update(flushed_at=timezone.now())
            batch = flushes.get(kind=kind).batch
            is_ready = _begin(flusher, batch, is_anew=is_anew)
            _settle(flusher)
            moved, now = _take_over(flusher, batch)
            _tell(flusher, now, is_ready=is_ready)
            # One that another had cut off, and did not live to write, is not all there is.
            return moved, now not in (batch, flusher.token)

    moved, is_more = retrying_deadlocks(write, using=using)
    return moved + _flush(kind, is_anew=False) if is_more else moved


def _begin(flusher: _Flusher, batch: str, *, is_anew: bool) -> bool:
    """Return whether Redis has the rankings."""
    is_waiting = _waits_for_commit(flusher, batch)
    state, last = flusher.call(scripts.BEGIN, "" if is_waiting else batch)
    is_astray = not is_waiting and last.decode() != batch
    if is_astray:
        _log.warning(
            "Redis was started from an older copy, or belonged to another database: what it had"
            " of %s since the last flush is dropped.",
            flusher.kind,
        )
    if not is_astray and not is_anew:
        return bool(state == 1)
    flusher.call(scripts.CLEAR, batch if is_astray else "", *held_periods())
    return False


def _waits_for_commit(flusher: _Flusher, batch: str) -> bool:
    """Whether ``batch`` was taken over in the transaction that is going on."""
    waiting = connections[flusher.using].run_on_commit
    return any(getattr(do, "args", None) == (flusher.kind, batch) for _, do, *_ in waiting)


# -- 1. doubts


def _settle(flusher: _Flusher) -> None:
    kind, using = flusher.kind, flusher.using
    calls = defaultdict(list)
    for doubt in Doubt.objects.using(using).filter(kind=kind).order_by("id"):
        calls[doubt.client, doubt.number].append(doubt)
    for (client, number), doubts in calls.items():
        if not call(kind, scripts.SETTLE, [client, number]):
            Database().record([_view(doubt) for doubt in doubts])
            Stale.objects.using(using).bulk_create(
                [Stale(kind=kind, object_key=doubt.object_key) for doubt in doubts]
            )
        Doubt.objects.using(using).filter(pk__in=[doubt.pk for doubt in doubts]).delete()


def _view(doubt: Doubt) -> View:
    return View(
        doubt.kind, doubt.object_key, doubt.viewer, doubt.at, doubt.once_per, doubt.half_life
    )


# -- 2. what is pending


def _take_over(flusher: _Flusher, batch: str) -> tuple[int, str]:
    """Return how many views were pending, and the batch that the database has now."""
    kind, using = flusher.kind, flusher.using
    if _waits_for_commit(flusher, batch):
        return 0, batch
    texts = [value.decode() for value in flusher.call(scripts.CUT) or ()]
    fields = dict(zip(texts[::2], texts[1::2], strict=True))
    fields.pop(scripts.LATE, None)
    name = fields.pop("#", "")
    if not name:
        return 0, batch
    gains = list(_gains(kind, fields))
    for some in _in_batches(sorted(gains)):
        add(some, using=using)
    Flush.objects.using(using).filter(kind=kind).update(batch=name)
    transaction.on_commit(partial(_drop, kind, name), using=using)
    return sum(gain.views for gain in gains if gain.window is Window.ALL), name


def _drop(kind: str, name: str) -> None:
    # Where it fails, the next flush knows by the name that all of it is here.
    with suppress(BackendAway):
        call(kind, scripts.DROP, [name])


def _gains(kind: str, fields: dict[str, str]) -> Iterator[Gain]:
    """Return what is to be added for the ``fields`` of a batch."""
    views: dict[tuple[str, Window, datetime], int] = defaultdict(int)
    viewers: dict[tuple[str, Window, datetime], int] = defaultdict(int)
    weights = {}
    for field, value in fields.items():
        what, _, rest = field.partition(":")
        if what == "v":
            hour, _, key = rest.partition(":")
            for window, starts_at in periods(_time(hour)):
                views[key, window, starts_at] += int(value)
        elif what == "f":
            hour, _, key = rest.partition(":")
            for window, starts_at in periods(_time(hour)):
                viewers[key, window, starts_at] += int(value)
        elif what == "u":
            name, start, key = rest.split(":", 2)
            viewers[key, Window(name), _time(start)] += int(value)
            if name == Window.ALL:
                viewers[key, Window.TRENDING, EPOCH] += int(value)
        else:
            weights[rest] = float(value)
    for place in views.keys() | viewers.keys():
        key, window, starts_at = place
        number = views.get(place, 0)
        score = weights[key] if window is Window.TRENDING else float(number)
        yield Gain(kind, key, window, starts_at, number, viewers.get(place, 0), score)


def _time(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


# -- 3. what Redis missed


def _tell(flusher: _Flusher, batch: str, *, is_ready: bool) -> None:
    kind, using = flusher.kind, flusher.using
    # Read before the rows: who counts meanwhile is told of the next time.
    stale = dict(Stale.objects.using(using).filter(kind=kind).values_list("pk", "object_key"))
    rows = Views.objects.using(using).filter(kind=kind)
    if is_ready:
        for keys in _in_batches(sorted(set(stale.values()))):
            _restore(flusher, batch, rows.filter(object_key__in=keys))
    else:
        _restore(flusher, batch, rows)
        flusher.call(scripts.READY)
    for pks in _in_batches(list(stale)):
        Stale.objects.using(using).filter(pk__in=pks).delete()


def _restore(flusher: _Flusher, batch: str, rows: Any) -> None:
    """Give Redis what ``rows`` have for the periods that it holds."""
    for window, starts_at in _held():
        first, beyond, kept = int(starts_at.timestamp()), 10**15, 0
        if window in _INTO_NEXT:
            following = period_starts(window, starts_at + _INTO_NEXT[window])
            beyond, kept = int(following.timestamp()), scripts.KEPT[window]
        held = rows.filter(period=window, starts_at=starts_at)
        values = held.values_list("object_key", "views", "viewers", "score")
        for some in _in_batches(values.iterator(chunk_size=_BATCH)):
            flat = [repr(v) if isinstance(v, float) else v for row in some for v in row]
            flusher.call(scripts.RESTORE, batch, window.value, first, beyond, kept, *flat)


def held_periods() -> list[str]:
    """Return by what names the scripts know the periods that Redis answers for."""
    return [period_of(window, at) for window, at in _held()]


def _held() -> Iterator[tuple[Window, datetime]]:
    """Return the periods that Redis answers for: those of now, and those before them."""
    for window, starts_at in periods(timezone.now()):
        yield window, starts_at
        if window in _INTO_NEXT:
            yield window, period_starts(window, starts_at - timedelta(seconds=1))


def _in_batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    waiting = iter(rows)
    while some := list(islice(waiting, _BATCH)):
        yield some
