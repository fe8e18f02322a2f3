"""Counting views."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.encoding import force_bytes

from slipstream.exceptions import InvalidTarget
from slipstream.rankings.backends.base import Recorded, Totals, View
from slipstream.rankings.backends.choice import get_backend
from slipstream.rankings.models import VIEWER_LENGTH
from slipstream.rankings.policies import kind_of, policy_of
from slipstream.rankings.reads import key_of, view_counts

__all__ = ["forget_views", "keyed_digest", "record_view", "record_views", "viewer_digest"]


def record_view(
    obj: models.Model, viewer: models.Model | str | None = None, *, at: datetime | None = None
) -> Recorded:
    """Count that ``viewer`` looked at ``obj``; return all its views and viewers.

    ``viewer`` is a user, or any text that tells one visitor from others, such as the key of a
    session; it is kept as a digest only. Without one, or with an anonymous user or an empty
    text, the view counts, and no viewer does.
    ``counted`` is false where the policy of the model leaves this view out: the same viewer
    within ``once_per``, or the owner. ``at`` is an aware time, by default now.

    With the database backend exact with any number of writers, and part of the caller's
    transaction, if there is one: one round trip on PostgreSQL; five statements on SQLite and six
    on MariaDB, with those that begin and end a transaction. With Redis one round trip, and no
    part of a transaction. Raises `NotRanked` for a model
    without a policy, `InvalidTarget` for an object or a viewer that is not saved, and
    ``ValueError`` for a time without a zone.
    """
    now = _now(at)
    view = _view(obj, viewer, now)
    if view is None:
        return Recorded(*_totals_of([obj], now)[obj], counted=False)
    [recorded] = get_backend().record([view])
    return recorded


def record_views(
    views: Iterable[tuple[models.Model, models.Model | str | None]], *, at: datetime | None = None
) -> list[Recorded]:
    """Count each of ``views``, pairs of an object and a viewer; return what `record_view` does.

    In their order, and with the totals after all of them; all or nothing. Statements grow with
    the number of views that have a viewer: one each, on MariaDB two; and by one per 83 objects.
    """
    now = _now(at)
    pairs = list(views)
    counted = [_view(obj, viewer, now) for obj, viewer in pairs]
    recorded = iter(get_backend().record([view for view in counted if view is not None]))
    left_out = [obj for (obj, _), view in zip(pairs, counted, strict=True) if view is None]
    totals = _totals_of(left_out, now)
    return [
        Recorded(*totals[obj], counted=False) if view is None else next(recorded)
        for (obj, _), view in zip(pairs, counted, strict=True)
    ]


def forget_views(model: type[models.Model], keys: Iterable[Any]) -> None:
    """Forget the views of the objects of ``model`` with the primary keys ``keys``.

    Totals, places in rankings, and digests of who saw them: for objects that are gone for good.
    Rankings leave those out by themselves, and forget one when they come across it.

    With the database backend part of the caller's transaction, two statements per 10,000 keys.
    With Redis those and one round trip, and no part of a transaction: call it after the commit.
    While Redis is away, it keeps what it has until a ranking comes across it.
    Raises `NotRanked` for a model without a policy.
    """
    policy_of(model)
    field: Any = model._meta.pk
    told = [str(field.value_to_string(model(**{field.attname: key}))) for key in keys]
    if told:
        get_backend().forget(kind_of(model), told)


def viewer_digest(viewer: Any) -> str | None:
    """Return what a viewer is told from others by: the same for the same one, and no name.

    Made with the site's secret key, so that nobody else finds out who it was by trying all
    users; with another key everybody is new.
    Raises `InvalidTarget` for what is neither a saved user nor a text. No query.
    """
    if viewer is None or viewer == "":
        return None
    if isinstance(viewer, models.Model):
        # A key alone does not tell: one that Python makes is there before the row.
        if viewer.pk is None or viewer._state.adding:
            raise InvalidTarget("A viewer has to be saved, or to be told by a text.")
        text = f"{kind_of(viewer.__class__)}\0{viewer.pk}"
    elif isinstance(viewer, str):
        text = f"\0{viewer}"
    elif getattr(viewer, "is_anonymous", False):
        return None
    else:
        raise InvalidTarget(f"A viewer is a saved user, a text or None, not {viewer!r}.")
    return keyed_digest(text)


def keyed_digest(text: str) -> str:
    """Return a digest of ``text`` that only who has the site's secret key can make."""
    secret = _digested(settings.SECRET_KEY)
    return hashlib.blake2b(text.encode(), key=secret, digest_size=VIEWER_LENGTH // 2).hexdigest()


@lru_cache(maxsize=1)
def _digested(secret: str | bytes) -> bytes:
    return hashlib.blake2b(force_bytes(secret)).digest()


def _now(at: datetime | None) -> datetime:
    """Return ``at``, or the present."""
    if at is None:
        return timezone.now()
    if timezone.is_naive(at):
        raise ValueError("The time of a view has to be aware, with a time zone.")
    return at


def _totals_of(objs: Iterable[models.Model], at: datetime) -> dict[models.Model, Totals]:
    """Return all totals of ``objs``, of any models. One round trip for each model."""
    by_kind: dict[str, list[models.Model]] = {}
    for obj in objs:
        by_kind.setdefault(kind_of(obj.__class__), []).append(obj)
    totals: dict[models.Model, Totals] = {}
    for of_one_model in by_kind.values():
        totals.update(view_counts(of_one_model, at=at))
    return totals


def _view(obj: models.Model, viewer: models.Model | str | None, at: datetime) -> View | None:
    """Return the view to count; None where the policy does not want it."""
    # Not type(): what is lazy, as request.user, says here what it stands for.
    model = obj.__class__
    policy, key, digest = policy_of(model), key_of(obj), viewer_digest(viewer)
    if policy.owner and not policy.count_owner and _owns(viewer, obj, policy.owner):
        return None
    return View(kind_of(model), key, digest, at, policy.once_per, policy.half_life)


def _owns(viewer: models.Model | str | None, obj: models.Model, name: str) -> bool:
    owner: Any = obj._meta.get_field(name)
    if not isinstance(viewer, owner.related_model._meta.concrete_model):
        return False
    return bool(getattr(obj, owner.attname) == getattr(viewer, owner.target_field.attname))
