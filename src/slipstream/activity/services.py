"""Recording what people do, and taking it back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.db import models, router, transaction
from django.utils import timezone

from slipstream.activity import claims
from slipstream.activity.models import Claim
from slipstream.activity.reads import get_activity_model
from slipstream.activity.signals import activity_logged
from slipstream.activity.verbs import Verb, declared_verbs, get_verb
from slipstream.exceptions import InvalidActivity, InvalidTarget
from slipstream.sql import delete_rows, retrying_deadlocks
from slipstream.users import check_user

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

__all__ = [
    "MOST_DATA",
    "Entry",
    "alog_activity",
    "log_activities",
    "log_activity",
    "prune_activities",
    "take_back",
]

MOST_DATA = 2_000
"""The most bytes that an activity's ``data`` may take as JSON."""

_PRUNED_AT_ONCE = 2_000
# How long a transaction may hold a claim that it took before the others look at it again.
_SLACK = timedelta(minutes=10)


@dataclass(frozen=True)
class Entry:
    """What `log_activities` records; the fields are the arguments of `log_activity`."""

    actor: AbstractBaseUser
    verb: Verb | str
    target: models.Model | None = None
    at: datetime | None = None
    data: Mapping[str, Any] | None = None


def log_activity(
    actor: AbstractBaseUser,
    verb: Verb | str,
    target: models.Model | None = None,
    *,
    at: datetime | None = None,
    data: Mapping[str, Any] | None = None,
) -> Any:
    """Record that ``actor`` did ``verb`` to ``target``; return the activity.

    None where the same actor, verb and target were recorded less than the
    verb's window before, or after, ``at`` (now). Exact however many try at once:
    see `claims`. What was turned away does not lengthen the window. A missing
    target is a target of its own.

    Part of the caller's transaction, and rolled back with it; outside of one,
    deadlocks are tried again. One round trip on PostgreSQL, and on MariaDB outside of
    a transaction; else two statements, in a transaction. Locks the claim until the
    transaction ends. Sends `activity_logged` after commit, and no ``post_save``.

    Raises `UndeclaredVerb`, `InvalidUser`, `InvalidTarget` for a target that is not
    saved or of no model that activities are about, and `InvalidActivity` for a
    naive ``at`` or for ``data`` that is no JSON object of at most `MOST_DATA`
    bytes. Nothing is written then.
    """
    row, window = _row_of(Entry(actor, verb, target, at, data))
    using = router.db_for_write(type(row), instance=actor)
    if not retrying_deadlocks(partial(_write, row, window, using=using), using=using):
        return None
    _send_after_commit([row], using=using)
    return row


alog_activity = sync_to_async(log_activity)
"""`log_activity`, for asynchronous code: in the thread that such code has for the database."""


def log_activities(entries: Iterable[Entry]) -> list[Any]:
    """Record several at once; return those that were recorded, in the order given.

    As if `log_activity` were called for each in the order of their times; all
    or nothing. On PostgreSQL two statements for all that differ, and one more
    for each time that the most frequent one repeats.

    Raises as `log_activity` does, before anything is written.
    """
    built = [_row_of(entry) for entry in entries]
    if not built:
        return []
    using = router.db_for_write(type(built[0][0]))

    def write() -> list[Any]:
        with transaction.atomic(using=using):
            free = {id(row) for row, window in built if not window}
            for window, rows in _rounds(built):
                keys = {claims.key_of(row): row for row in rows}
                wanted = [(key, row.created_at) for key, row in keys.items()]
                taken = claims.claim_many(wanted, window, using=using)
                free |= {id(keys[key]) for key in taken}
            recorded = [row for row, _window in built if id(row) in free]
            type(built[0][0])._base_manager.using(using).bulk_create(recorded)
            return recorded

    recorded = retrying_deadlocks(write, using=using)
    _send_after_commit(recorded, using=using)
    return recorded


def take_back(
    actor: AbstractBaseUser, verb: Verb | str, target: models.Model | None = None
) -> bool:
    """Remove the activity if it was recorded within the verb's window; return whether it was.

    For what was undone at once: a like that was a slip. Doing it again then is
    recorded again. Older activities stay. Two statements; raises as `log_activity` does.
    """
    row, window = _row_of(Entry(actor, verb, target))
    using = router.db_for_write(type(row), instance=actor)
    rows = type(row).objects.using(using).by(actor).with_verb(verb)
    rows = rows.about_nothing() if target is None else rows.on(target)

    def write() -> bool:
        with transaction.atomic(using=using):
            # The claim first, as recording does, so that the two wait for each other.
            delete_rows(Claim.objects.filter(pk=claims.key_of(row)), using=using)
            return bool(rows.filter(created_at__gt=row.created_at - window).delete()[0])

    return retrying_deadlocks(write, using=using)


def prune_activities(*, older_than: timedelta | None = None, using: str | None = None) -> int:
    """Remove activities ``older_than`` that, and claims that bind nobody any more.

    Returns how many activities went. In batches, each a transaction of its own,
    the oldest first; what depends on them goes with them.
    """
    model = get_activity_model()
    using = using or router.db_for_write(model)
    now = timezone.now()
    longest = max((verb.window for verb in declared_verbs()), default=timedelta())
    unbound = Claim.objects.filter(last_at__lt=now - longest - _SLACK)
    retrying_deadlocks(partial(delete_rows, unbound, using=using), using=using)
    pruned = 0
    while older_than is not None:
        old = model._base_manager.using(using).filter(created_at__lt=now - older_than)
        keys = list(old.order_by("created_at", "id").values_list("pk", flat=True)[:_PRUNED_AT_ONCE])
        if not keys:
            break
        pruned += (
            model._base_manager.using(using)
            .filter(pk__in=keys)
            .delete()[1]
            .get(model._meta.label, 0)
        )
    return pruned


def _row_of(entry: Entry) -> tuple[Any, timedelta]:
    """Return what to insert, and the window of its verb; raise for what cannot be recorded."""
    verb = get_verb(entry.verb)
    check_user(entry.actor)
    at: Any = timezone.now() if entry.at is None else entry.at
    if not isinstance(at, datetime) or timezone.is_naive(at):
        raise InvalidActivity(f"The time of an activity has a time zone; {at!r} has none.")
    target = entry.target
    if isinstance(target, models.Model) and (target.pk is None or target._state.adding):
        raise InvalidTarget(
            f"{target!r} is not saved; save it before recording what is done to it."
        )
    data = _checked(entry.data)
    row = get_activity_model()(actor=entry.actor, verb=verb.code, created_at=at, data=data)
    row.target = target
    return row, verb.window


def _checked(data: Mapping[str, Any] | None) -> dict[str, Any]:
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise InvalidActivity(f"data is a mapping of names to values, not {type(data).__name__}.")
    try:
        text = json.dumps(dict(data), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidActivity(f"data must be JSON: {error}.") from error
    if len(text.encode()) > MOST_DATA:
        raise InvalidActivity(f"data takes {len(text.encode())} bytes; at most {MOST_DATA} may.")
    return dict(data)


def _write(row: Any, window: timedelta, *, using: str) -> bool:
    if window:
        return claims.claim_and_insert(row, window, using=using)
    type(row)._base_manager.using(using).bulk_create([row])
    return True


def _rounds(built: list[tuple[Any, timedelta]]) -> Iterator[tuple[timedelta, list[Any]]]:
    """Yield rows that may be claimed together: of one window, and no claim twice, oldest first."""
    waiting: dict[tuple[timedelta, int], list[Any]] = {}
    seen: dict[Any, int] = {}
    for row, window in sorted(built, key=lambda pair: pair[0].created_at):
        if window:
            key = claims.key_of(row)
            seen[key] = seen.get(key, 0) + 1
            waiting.setdefault((window, seen[key]), []).append(row)
    for (window, _number), rows in sorted(waiting.items(), key=lambda item: item[0]):
        yield window, rows


def _send_after_commit(rows: list[Any], *, using: str) -> None:
    if not rows or not activity_logged.has_listeners(type(rows[0])):
        return
    for row in rows:
        # Robust: what listens must not break a request whose work is done.
        send = partial(activity_logged.send_robust, sender=type(row), activity=row)
        transaction.on_commit(send, using=using)
