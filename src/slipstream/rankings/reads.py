"""How often things were seen, and what is on top."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import models, router
from django.utils import timezone

from slipstream.exceptions import InvalidTarget, InvalidWindow
from slipstream.keyset import check_limit
from slipstream.rankings.backends.base import Totals
from slipstream.rankings.backends.choice import get_backend
from slipstream.rankings.models import KEY_LENGTH
from slipstream.rankings.policies import kind_of, policy_of
from slipstream.rankings.windows import COUNTED, Window, as_window, decayed, period_starts

__all__ = [
    "MOST_AT_ONCE",
    "MOST_PLACES",
    "Ranked",
    "history",
    "key_of",
    "rank_of",
    "top",
    "view_count",
    "view_counts",
]

M = TypeVar("M", bound=models.Model)

#: The last place that `rank_of` tells.
MOST_PLACES = 1000

#: The most places that `top` looks at at once.
MOST_AT_ONCE = 10_000


class Ranked(NamedTuple, Generic[M]):
    """An object in its place."""

    object: M
    position: int
    """From 1 on; those that are not in the queryset have none."""
    score: float
    """How many views it had; for `Window.TRENDING`, how many of just now they are worth."""


def view_count(
    obj: models.Model, *, window: str = Window.ALL, at: datetime | None = None
) -> Totals:
    """Return how often ``obj`` was seen and by how many, in all or in a period. One round trip.

    ``at`` says which period: the one that it is in, by default the present. Raises
    `NotRanked`, `InvalidTarget` for an object not saved, `InvalidWindow` for a window that
    there is not, ``"trending"`` included, and ``ValueError`` for a time without a zone.
    """
    return view_counts([obj], window=window, at=at)[obj]


def view_counts(
    objs: Iterable[M], *, window: str = Window.ALL, at: datetime | None = None
) -> dict[M, Totals]:
    """Return for each of ``objs``, of one model, what `view_count` does. One round trip."""
    wanted = list(objs)
    counted, now = _counted(window), _now(at)
    if not wanted:
        return {}
    kind, keys = _told(wanted)
    totals = get_backend().totals(kind, keys, counted, now)
    return dict(zip(wanted, totals, strict=True))


def top(
    queryset: models.QuerySet[M],
    n: int = 10,
    *,
    window: str = Window.ALL,
    at: datetime | None = None,
) -> list[Ranked[M]]:
    """Return the ``n`` most seen of ``queryset``, the most first; fewer where fewer were seen.

    Only what is in ``queryset``: others are passed over, and the next ones move up. Those that
    are gone for good are removed from the ranking when it meets them. Ties go by primary key,
    as text.

    One look into the ranking, at half as many again as are wanted, and one query; one query
    more where some of those are not in ``queryset``, to find which are gone. Where these do not
    suffice, again, each time twice as many, up to `MOST_AT_ONCE`. Raises `InvalidLimit` for
    ``n`` outside 1 to 200, `InvalidWindow`, and `NotRanked`.
    """
    check_limit(n)
    model = queryset.model
    policy, kind, ranked_by, now = policy_of(model), kind_of(model), as_window(window), _now(at)
    backend = get_backend()
    found: dict[Any, Ranked[M]] = {}
    start, size = 0, n + n // 2 + 5
    while len(found) < n:
        standings = backend.top(kind, ranked_by, now, start=start, count=size)
        pks = {standing.key: model._meta.pk.to_python(standing.key) for standing in standings}
        objects = {obj.pk: obj for obj in queryset.filter(pk__in=list(pks.values()))}
        for key, score in standings:
            # One that was seen meanwhile may have moved others down, to be met again.
            if (pk := pks[key]) in objects and pk not in found:
                if ranked_by is Window.TRENDING:
                    score = decayed(score, now, policy.half_life)
                found[pk] = Ranked(objects[pk], len(found) + 1, score)
        others = {key: pk for key, pk in pks.items() if pk not in objects}
        gone = _forget_gone(model, others, using=queryset.db)
        if len(standings) < size:
            break
        start, size = start + size - gone, min(size * 2, MOST_AT_ONCE)
    return list(found.values())[:n]


def rank_of(
    obj: models.Model, *, window: str = Window.ALL, at: datetime | None = None
) -> int | None:
    """Return the place of ``obj`` among all of its model that were seen, 1 being the first.

    None where it was not seen in that period, or `MOST_PLACES` are before it. Those that are
    gone have a place until `top` meets them. At most two round trips. Raises `InvalidWindow`,
    `NotRanked`, and `InvalidTarget` for an object not saved.
    """
    kind, [key] = _told([obj])
    place = get_backend().place(kind, key, as_window(window), _now(at), most=MOST_PLACES)
    return None if place is None else place + 1


def history(
    objs: Iterable[models.Model], *, window: str, since: datetime
) -> list[tuple[datetime, Totals]]:
    """Return the totals of ``objs``, of one model, together for each period since ``since``.

    The oldest first, and the period that ``since`` is in; periods without a view are left out.
    Who saw two of the objects is two viewers. One round trip. Raises as `view_counts` does.
    """
    wanted = list(objs)
    counted, begin = _counted(window), _now(since)
    if not wanted:
        return []
    kind, keys = _told(wanted)
    return get_backend().history(kind, keys, counted, period_starts(counted, begin))


def key_of(obj: models.Model) -> str:
    """Return the primary key of ``obj`` as text.

    Raises `InvalidTarget` where it is not saved, or its key is longer than can be kept.
    """
    if obj.pk is None or obj._state.adding:
        raise InvalidTarget(f"This {obj._meta.label} is not saved yet.")
    key = str(obj._meta.pk.value_to_string(obj))
    if len(key) > KEY_LENGTH:
        raise InvalidTarget(f"A key has at most {KEY_LENGTH} characters, not {len(key)}.")
    return key


def _told(objs: Sequence[models.Model]) -> tuple[str, list[str]]:
    """Return the kind and the keys of ``objs``; raise `InvalidTarget` where models differ."""
    models_of = {kind_of(obj.__class__): obj.__class__ for obj in objs}
    if len(models_of) > 1:
        names = ", ".join(sorted(models_of))
        raise InvalidTarget(f"Objects of one model are needed, not of {names}.")
    [(kind, model)] = models_of.items()
    policy_of(model)
    return kind, [key_of(obj) for obj in objs]


def _counted(window: str) -> Window:
    found = as_window(window)
    if found not in COUNTED:
        raise InvalidWindow(f"In {window!r} views are weighed, not counted: {', '.join(COUNTED)}.")
    return found


def _now(at: datetime | None) -> datetime:
    now = timezone.now() if at is None else at
    if timezone.is_naive(now):
        raise ValueError("A time has to be aware, with a time zone.")
    return now


def _forget_gone(model: type[models.Model], others: Mapping[str, Any], *, using: str) -> int:
    """Remove from the rankings those of ``others`` that exist no more; return how many."""
    if not others:
        return 0
    there: set[Any] = set()
    # A replica may not have yet what the database has, and no manager may hide a thing.
    everything: models.QuerySet[Any] = models.QuerySet(model)
    for alias in {using, router.db_for_write(model)}:
        rows = everything.using(alias).filter(pk__in=list(others.values()))
        there.update(rows.values_list("pk", flat=True))
    gone = [key for key, pk in others.items() if pk not in there]
    if gone:
        get_backend().forget(kind_of(model), gone)
    return len(gone)
