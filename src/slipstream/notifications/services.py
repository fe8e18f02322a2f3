"""Telling people, and noting what they have read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import router, transaction
from django.db.models import BigIntegerField, Q
from django.dispatch import Signal
from django.utils import timezone

from slipstream.activity.reads import get_activity_model
from slipstream.exceptions import InvalidStamp
from slipstream.notifications.choices import choices_of
from slipstream.notifications.models import Inbox, Notification, Participant
from slipstream.notifications.rules import recipients_of, rule_or_none
from slipstream.notifications.signals import marked_read, notified
from slipstream.notifications.telling import Event, lines_of, tell
from slipstream.notifications.turns import begin_to_write, take_turns
from slipstream.sql import delete_rows, retrying_deadlocks
from slipstream.users import check_user

__all__ = [
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_many",
    "prune_notifications",
    "retract",
]

_STAMP = re.compile(r"([0-9]{1,19})\.([0-9]{1,19})")
_MARKED_AT_ONCE = 1_000
_PRUNED_AT_ONCE = 2_000


# -- telling


def notify(activity: Any) -> list[int]:
    """Tell those of ``activity`` whom the rule of its verb names; return the lines, by key.

    Whoever did it is not told, nor who is not active or does not want to be. Idempotent: who
    was told of it, or of something newer that the same person did to the same target, is not
    told again, even after reading. Empty where nobody is told of the verb.

    Part of the caller's transaction, and rolled back with it; outside of one, deadlocks are
    tried again. Locks the line until the transaction ends; on MariaDB the recipient's inbox.
    Five statements where the line is there and nine where it is opened, or one more, whatever
    the number of recipients; one where nobody wants to be told. Sends `notified` after
    commit if somebody was told.

    Raises `InvalidUser` where the rule names what is no user.
    """
    return notify_many([activity])


def notify_many(
    activities: Iterable[Any], *, read_at: Callable[[Any], datetime | None] | None = None
) -> list[int]:
    """Tell of several, as `notify` does of each in the order of time; return the lines, by key.

    All or nothing. ``read_at`` takes a recipient and returns until when they have read
    everything, for data that is imported or made up: what is older goes into lines that count
    as read then, one for each verb and target. Load the targets, and whatever else the rules
    look at, beforehand (``with_targets``).

    A round of `notify`'s statements for each 500 events, and one query. Locks all lines
    until the end.
    """
    events, people = _events_of(activities)
    if not events:
        return []
    using = router.db_for_write(Notification, instance=events[0].activity)
    wanted = _wanted(events, using=using)
    read = {key: at for key, user in people.items() if read_at and (at := read_at(user))}
    lines = lines_of(wanted, read_at=read)
    if not lines:
        return []

    def write() -> tuple[list[Any], list[Event]]:
        again = lines_of(wanted, read_at=read)  # afresh each time: telling takes from them
        with transaction.atomic(using=using, savepoint=False):
            news = tell(again, using=using)
        return [line.row.pk for line in again if line.events], news

    found, news = retrying_deadlocks(write, using=using)
    if news:
        told = list({event.activity.pk: event.activity for event in news}.values())
        inboxes = list(dict.fromkeys(event.inbox for event in news))
        _send_after_commit(notified, user_ids=inboxes, using=using, activities=told)
    return found


def retract(activity: Any) -> int:
    """Prepare the deletion of ``activity``; return from how many lines nobody will go for it.

    Who did the same to the same target before, since the recipient last read, stays in the
    line with that: another comment. Without it the person goes, as with any activity that is
    deleted. For verbs that one does more than once; call it in the transaction that deletes.

    One query where nobody was told, else four, and one that changes something; on MariaDB one
    more, on SQLite two. Locks the lines. Outside of a transaction, deadlocks are tried again.
    """
    using = router.db_for_write(Participant, instance=activity)
    mine = Participant.objects.using(using).filter(activity=activity.pk).order_by()
    begin_to_write(using=using)
    found = dict(mine.values_list("notification_id", "inbox_id"))
    if not found:
        return 0

    def write() -> int:
        with transaction.atomic(using=using, savepoint=False):
            take_turns(found.values(), using=using)
            lines = Notification.objects.using(using).filter(pk__in=found).order_by("pk")
            list(lines.select_for_update().values_list("pk"))
            earlier = _earlier(activity, using=using)
            if earlier is None:
                return 0
            # Of what was read in another line nobody is told here.
            told = Participant.objects.using(using).filter(activity=earlier)
            read = list(told.values_list("inbox_id", flat=True))
            return mine.exclude(inbox__in=read).update(activity=earlier)

    return retrying_deadlocks(write, using=using)


# -- reading


def mark_read(user: Any, notifications: Iterable[Notification | str]) -> int:
    """Note that ``user`` has read ``notifications`` as they were shown; return how many lines.

    They are lines of `get_notifications` or their `stamp`, as a form sends it back. A line in
    which something came since then stays unread, whoever goes from it meanwhile. Others'
    lines, and those that are gone, are passed over.

    Two statements for a thousand; on MariaDB and SQLite one more. Locks the lines until the
    transaction ends; outside of one, deadlocks are tried again. Sends `marked_read` after
    commit if anything changed. Raises `InvalidUser`, and `InvalidStamp` for anything else.
    """
    shown = dict(map(_stamped, notifications))
    rows = Q(pk__in=shown)

    def is_as_shown(pk: int, revision: int) -> bool:
        return shown[pk] == revision

    return _mark(user, rows, is_as_shown) if shown else 0


def mark_all_read(user: Any) -> int:
    """Note that ``user`` has read everything there is now; return how many lines that were.

    Costs, locks, sends and raises as `mark_read`.
    """
    return _mark(user, Q(), lambda _pk, _revision: True)


def _mark(user: Any, rows: Q, is_as_shown: Callable[[int, int], bool]) -> int:
    check_user(user)
    using = router.db_for_write(Notification, instance=user)
    mine = Notification.objects.using(using).of(user).unread().filter(rows)

    def write() -> int:
        with transaction.atomic(using=using, savepoint=False):
            take_turns([user.pk], using=using)
            # Locked in one order first, and only then written.
            locked = mine.order_by("pk").select_for_update().values_list("pk", "revision")
            keys = [pk for pk, revision in locked if is_as_shown(pk, revision)]
            for start in range(0, len(keys), _MARKED_AT_ONCE):
                part = keys[start : start + _MARKED_AT_ONCE]
                lines = Notification.objects.using(using).filter(pk__in=part)
                lines.update(read_at=timezone.now(), open_key=None)
            return len(keys)

    marked = retrying_deadlocks(write, using=using)
    inbox = Inbox._meta.get_field("user").remote_field
    if inbox.is_cached(user):
        inbox.delete_cached_value(user)
    if marked:
        _send_after_commit(marked_read, user_ids=[user.pk], using=using)
    return marked


def _stamped(notification: Any) -> tuple[int, int]:
    stamp = getattr(notification, "stamp", notification)
    found = _STAMP.fullmatch(stamp) if isinstance(stamp, str) else None
    if not found or int(found[1]) > BigIntegerField.MAX_BIGINT:
        raise InvalidStamp(f"{str(stamp)[:50]!r} is no notification, nor the stamp of one.")
    return int(found[1]), int(found[2])


# -- forgetting


def prune_notifications(*, older_than: timedelta | None = None, using: str | None = None) -> int:
    """Remove lines with nobody in them, and all ``older_than`` that; return how many went.

    Read or not. In batches, each a transaction of its own, in the order of keys: the table is
    read once. Safe while the site is live.
    """
    using = using or router.db_for_write(Notification)
    gone = Q(actor_count=0)
    if older_than is not None:
        gone |= Q(latest_at__lt=timezone.now() - older_than)
    rows = Notification.objects.using(using).filter(gone).order_by("pk")
    pruned = last = 0
    while found := list(rows.filter(pk__gt=last).values_list("pk", "inbox_id")[:_PRUNED_AT_ONCE]):
        last = found[-1][0]
        prune = partial(_prune, rows, dict(found), using=using)
        pruned += retrying_deadlocks(prune, using=using)
    return pruned


def _prune(rows: Any, found: dict[int, Any], *, using: str) -> int:
    with transaction.atomic(using=using, savepoint=False):
        take_turns(found.values(), using=using)
        # Looked at again: somebody may have come meanwhile.
        keys = list(rows.filter(pk__in=found).select_for_update().values_list("pk", flat=True))
        people = Participant.objects.using(using).filter(notification__in=keys)
        delete_rows(people, using=using)
        return delete_rows(Notification.objects.using(using).filter(pk__in=keys), using=using)


# -- what the services share


def _events_of(activities: Iterable[Any]) -> tuple[list[Event], dict[Any, Any]]:
    """Return whom to tell of what by the rules, and those users by their keys."""
    events, people = [], {}
    for activity in sorted(activities, key=lambda activity: (activity.created_at, activity.pk)):
        rule = rule_or_none(activity.verb)
        for user in recipients_of(rule, activity) if rule else ():
            check_user(user)
            if user.pk != activity.actor_id and getattr(user, "is_active", True):
                people[user.pk] = user
                events.append(Event(activity, user.pk))
    return events, people


def _wanted(events: list[Event], *, using: str) -> list[Event]:
    """Return those of ``events`` of which the recipients want to know."""
    users = {event.inbox for event in events}
    verbs = {event.activity.verb for event in events}
    chosen = choices_of(users, verbs, using=using)

    def is_wanted(event: Event) -> bool:
        verb = event.activity.verb
        rule = rule_or_none(verb)
        return chosen.get((event.inbox, verb), rule is not None and rule.on)

    return [event for event in events if is_wanted(event)]


def _earlier(activity: Any, *, using: str) -> int | None:
    """Return the key of what the same person did to the same target last before."""
    model = get_activity_model()
    rows = model._base_manager.using(using).filter(
        activity.points_at_the_same(),
        Q(created_at__lt=activity.created_at)
        | Q(created_at=activity.created_at, id__lt=activity.pk),
        actor=activity.actor_id,
        verb=activity.verb,
    )
    found: int | None = rows.order_by("-created_at", "-id").values_list("pk", flat=True).first()
    return found


def _send_after_commit(signal: Signal, *, using: str, **arguments: Any) -> None:
    if signal.has_listeners(Notification):
        # Robust: what listens must not break a request whose work is done.
        send = partial(signal.send_robust, sender=Notification, using=using, **arguments)
        transaction.on_commit(send, using=using)
