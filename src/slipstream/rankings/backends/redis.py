"""Counting views in Redis: fast, and never at the price of a view.

Redis holds what is new and the rankings; the database holds what is durable. Whenever Redis
does not answer, the database counts, and Redis is told of it when it is back: see `flushing`.
"""

from __future__ import annotations

import logging
import os
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache, partial
from threading import Lock
from typing import Any, TypeVar

from django.db import OperationalError, connections, router, transaction
from django.utils import timezone

from slipstream.conf import REDIS_TIMEOUT
from slipstream.exceptions import BackendAway
from slipstream.rankings.backends import scripts
from slipstream.rankings.backends.base import Backend, Recorded, Standing, Totals, View
from slipstream.rankings.backends.calling import NotAsked, call, period_of
from slipstream.rankings.backends.database import Database
from slipstream.rankings.backends.flushing import flush, held_periods, rebuild
from slipstream.rankings.models import Doubt, Stale, Views
from slipstream.rankings.windows import Window, exponent, period_starts
from slipstream.redis_client import check_address

__all__ = ["Redis"]

Result = TypeVar("Result")

_log = logging.getLogger("slipstream.rankings")
_PERIODS = (Window.HOUR, Window.DAY, Window.WEEK, Window.MONTH)
#: Seconds for which a Redis that failed is not asked again.
_PAUSE = 1.0
#: Seconds between two looks at rankings that somebody fills.
_MOMENT = 0.01
#: Views that Redis counts in one go; others wait meanwhile.
_AT_ONCE = 100
_HOUR = 3600  # seconds
_QUARTER = 900  # no time zone is shifted by less
_MILLISECOND = timedelta(milliseconds=1)


class _Caller:
    """Numbers its calls, one after the other; given up after one that was not answered."""

    __slots__ = ("name", "number")

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex
        self.number = 0


class Redis(Backend):
    """Views in Redis, backed by the database."""

    def __init__(self) -> None:
        check_address()
        self._database = Database()
        # Those that do not call now: as many as ever called at once, however many threads.
        self._callers: deque[_Caller] = deque()
        # Two processes with one name would take the calls of each other for their own.
        os.register_at_fork(after_in_child=self._callers.clear)
        self._away_until = 0.0
        self._probing = Lock()
        self._catching_up = Lock()
        # Kinds that were counted without Redis since it was last asked.
        self._missed: set[str] = set()

    # -- writing

    def record(self, views: Sequence[View]) -> list[Recorded]:
        """Count each view: one round trip for 100 of each kind."""
        if len(views) == 1:
            return self._record(views[0].kind, list(views))
        recorded: dict[int, Recorded] = {}
        places = defaultdict(list)
        for n, view in enumerate(views):
            places[view.kind].append(n)
        for kind, numbers in places.items():
            for some in _in_parts(numbers):
                answers = self._record(kind, [views[n] for n in some])
                recorded.update(zip(some, answers, strict=True))
            if len(numbers) > _AT_ONCE:
                # What came first has been told before the rest was counted.
                keys = [views[n].key for n in numbers]
                totals = self.totals(kind, keys, Window.ALL, views[0].at)
                for n, total in zip(numbers, totals, strict=True):
                    recorded[n] = Recorded(*total, recorded[n].counted)
        return [recorded[n] for n in range(len(views))]

    def _record(self, kind: str, views: list[View]) -> list[Recorded]:
        try:
            caller = self._callers.pop()
        except IndexError:
            caller = _Caller()
        caller.number += 1
        sent = _sent(caller.name, caller.number, views)
        try:
            state, *answer = self._ask(kind, scripts.RECORD, sent)
        except NotAsked:
            self._callers.append(caller)
            return self._record_here(kind, views)
        except BackendAway:
            return self._doubt(kind, views, caller)
        self._callers.append(caller)
        recorded = [
            Recorded(int(answer[n]), int(answer[n + 1]), bool(answer[n + 2]))
            for n in range(0, len(answer), 3)
        ]
        if state == 1:
            return recorded
        # It was emptied: what it holds is what came since. What is durable comes on top.
        keys = [view.key for view in views]
        totals = self.totals(kind, keys, Window.ALL, views[0].at)
        return [Recorded(*total, was.counted) for total, was in zip(totals, recorded, strict=True)]

    def _record_here(self, kind: str, views: list[View]) -> list[Recorded]:
        """Count in the database."""
        using = router.db_for_write(Views)
        with transaction.atomic(using=using):
            recorded = self._database.record(views)
            Stale.objects.using(using).bulk_create(
                [Stale(kind=kind, object_key=key) for key in sorted({v.key for v in views})]
            )
        self._miss(kind, using=using)
        return recorded

    def _doubt(self, kind: str, views: list[View], caller: _Caller) -> list[Recorded]:
        """Note what Redis may have counted. Whether it has, it says when it is back."""
        using = router.db_for_write(Views)
        doubts = [_as_doubt(view, caller.name, caller.number) for view in views]
        Doubt.objects.using(using).bulk_create(doubts)
        self._miss(kind, using=using)
        keys = [view.key for view in views]
        totals = self._database.totals(kind, keys, Window.ALL, views[0].at)
        return [
            Recorded(total.views + keys.count(key), total.viewers, counted=True)
            for key, total in zip(keys, totals, strict=True)
        ]

    def _miss(self, kind: str, *, using: str) -> None:
        # Not before others see what is to be told.
        transaction.on_commit(partial(self._missed.add, kind), using=using)

    def forget(self, kind: str, keys: Sequence[str]) -> None:
        """One round trip, and two statements."""
        self._database.forget(kind, keys)
        periods = held_periods()
        self._or_none(lambda: self._ask(kind, scripts.FORGET, [len(periods), *periods, *keys]))

    def flush(self, kind: str) -> int:
        """See `flushing`. Raises `BackendAway` while Redis is."""
        return flush(kind)

    def rebuild(self, kind: str) -> None:
        """Give Redis everything anew. Raises `BackendAway` while it is."""
        rebuild(kind)

    # -- reading

    def totals(self, kind: str, keys: Sequence[str], window: Window, at: datetime) -> list[Totals]:
        """One round trip."""
        answer = self._read(kind, scripts.TOTALS, [period_of(window, at), *keys], window, at)
        if answer is None:
            return self._database.totals(kind, keys, window, at)
        numbers = [int(number) for number in answer[2:]]
        return [Totals(*numbers[n : n + 2]) for n in range(0, len(numbers), 2)]

    def top(
        self, kind: str, window: Window, at: datetime, *, start: int, count: int
    ) -> list[Standing]:
        """One round trip."""
        if count < 1:
            return []
        wanted = [period_of(window, at), start, start + count - 1]
        answer = self._read(kind, scripts.TOP, wanted, window, at)
        if answer is None:
            return self._database.top(kind, window, at, start=start, count=count)
        found = answer[2]
        return [Standing(found[n].decode(), -float(found[n + 1])) for n in range(0, len(found), 2)]

    def place(self, kind: str, key: str, window: Window, at: datetime, *, most: int) -> int | None:
        """One round trip."""
        answer = self._read(kind, scripts.TOP, [period_of(window, at), key], window, at)
        if answer is None:
            return self._database.place(kind, key, window, at, most=most)
        place = answer[2] if len(answer) > 2 else None
        return int(place) if place is not None and int(place) < most else None

    def history(
        self, kind: str, keys: Sequence[str], window: Window, since: datetime
    ) -> list[tuple[datetime, Totals]]:
        """One query, and three round trips: for late views and each of the last two periods."""
        now = timezone.now()
        current = period_starts(window, now)
        self._have_late(kind)
        found = dict(self._database.history(kind, keys, window, since))
        for starts_at in {current, period_starts(window, current - _MILLISECOND)}:
            answer = self._read(
                kind, scripts.TOTALS, [period_of(window, starts_at), *keys], window, starts_at
            )
            if answer is not None and starts_at >= since:
                numbers = [int(number) for number in answer[2:]]
                totals = Totals(sum(numbers[::2]), sum(numbers[1::2]))
                if totals.views:
                    found[starts_at] = totals
        return sorted(found.items())

    def _read(
        self, kind: str, script: str, arguments: list[Any], window: Window, at: datetime
    ) -> Any:
        """Return what Redis answers; None where the database is to be asked."""
        # Redis holds a period and the one before; the database has them all.
        starts_at, current = period_starts(window, at), period_starts(window, timezone.now())
        if starts_at < period_starts(window, current - _MILLISECOND):
            self._have_late(kind)
            return None
        patience = time.monotonic() + float(REDIS_TIMEOUT.get())
        answer = self._or_none(lambda: self._ask(kind, script, arguments))
        while answer is not None and answer[0] != 1:
            if time.monotonic() > patience or not self._fill(kind, answer[0]):
                return None
            answer = self._or_none(lambda: self._ask(kind, script, arguments))
        return None if answer is None or (starts_at < current and not answer[1]) else answer

    def _have_late(self, kind: str) -> None:
        """Have the database know of views that were told more than an hour late."""
        if self._or_none(lambda: self._ask(kind, scripts.IS_LATE, [])):
            self._fill(kind, 0)

    def _or_none(self, ask: Callable[[], Result]) -> Result | None:
        try:
            return ask()
        except BackendAway:
            return None

    # -- asking

    def _ask(self, kind: str, script: str, arguments: Sequence[Any]) -> Any:
        """Return what ``script`` answers. Raises `BackendAway`, for a moment without asking."""
        if self._away_until:
            self._wait_turn()
        if kind in self._missed:
            self._catch_up(kind)
        try:
            answer = call(kind, script, arguments)
        except BackendAway as away:
            self._note_away(kind, away)
            raise
        self._away_until = 0.0
        return answer

    def _wait_turn(self) -> None:
        """After a failure, let one call through each second."""
        with self._probing:
            now = time.monotonic()
            if now < self._away_until:
                raise NotAsked("It was away a moment ago.")
            self._away_until = now + _PAUSE

    def _note_away(self, kind: str, away: BackendAway) -> None:
        self._away_until = time.monotonic() + _PAUSE
        self._missed.add(kind)
        _log.warning("Redis is away, the database counts: %s", away)

    def _catch_up(self, kind: str) -> None:
        """Tell Redis, which may be back, what was counted without it."""
        if _is_in_transaction():
            return  # it may yet be rolled back: left to the flusher
        if not self._catching_up.acquire(timeout=float(REDIS_TIMEOUT.get())):
            raise NotAsked("It is being told what it missed.")
        try:
            if kind in self._missed:
                self._missed.discard(kind)
                if not self._flush(kind):
                    self._missed.add(kind)
                    raise NotAsked("It cannot be told what it missed.")
        finally:
            self._catching_up.release()

    def _fill(self, kind: str, state: int) -> bool:
        """Have the rankings filled; return whether to look again."""
        if state < 0 or not self._catching_up.acquire(blocking=False):
            time.sleep(_MOMENT)
            return True
        try:
            return not (_is_in_transaction() and _has_told_nobody(kind)) and self._flush(kind)
        finally:
            self._catching_up.release()

    def _flush(self, kind: str) -> bool:
        """Flush by the way; return whether that was possible."""
        try:
            flush(kind)
        except BackendAway as away:
            self._note_away(kind, away)
            return False
        except OperationalError as error:  # a database that is busy
            if _is_in_transaction():
                raise
            _log.warning("The rankings in Redis are not up to date: %s", error)
            return False
        return True


def _is_in_transaction() -> bool:
    return connections[router.db_for_write(Views)].in_atomic_block


def _has_told_nobody(kind: str) -> bool:
    """Whether something was counted here of which Redis is not told; perhaps not committed."""
    rows = (model.objects.using(router.db_for_write(Views)) for model in (Stale, Doubt))
    return any(found.filter(kind=kind).exists() for found in rows)


def _sent(name: str, number: int, views: list[View]) -> list[Any]:
    """Return what `scripts.RECORD` takes."""
    zone, late_before = timezone.get_default_timezone(), time.time() - _HOUR
    sent: list[Any] = [name, number, 0]
    for view in views:
        seconds = view.at.timestamp()
        if seconds < late_before:
            sent[2] = 1
        once_per, weight = view.once_per // _MILLISECOND, exponent(view.at, view.half_life)
        starts = _starts(int(seconds // _QUARTER), zone)
        sent += (view.key, view.viewer or "", once_per, int(seconds * 1000), weight, starts)
    return sent


def _in_parts(numbers: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(numbers), _AT_ONCE):
        yield numbers[first : first + _AT_ONCE]


@lru_cache(maxsize=64)
def _starts(quarter: int, _zone: tzinfo) -> str:
    """Return when the periods began that a quarter of an hour is in. It is in one of each."""
    at = datetime.fromtimestamp(quarter * _QUARTER, UTC)
    return ";".join(str(int(period_starts(window, at).timestamp())) for window in _PERIODS)


def _as_doubt(view: View, client: str, number: int) -> Doubt:
    return Doubt(
        client=client,
        number=number,
        kind=view.kind,
        object_key=view.key,
        viewer=view.viewer,
        at=view.at,
        once_per=view.once_per,
        half_life=view.half_life,
    )
