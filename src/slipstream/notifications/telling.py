"""Putting what happened into lines: the statements behind `notify` and `notify_many`.

An `Event` is one activity and one whom to tell. Those of one recipient, verb and target make
a `Line`; several lines are written by as many statements as one. A line's row is locked
before anything is decided, and whoever marks it as read locks it too: so what comes is either
in the line before it is read, or in the next.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.db import IntegrityError

from slipstream.notifications.models import Notification, Participant
from slipstream.notifications.turns import make_inboxes, take_turns

__all__ = ["Event", "Line", "key_of", "lines_of", "tell"]

# More than enough: each time somebody else has opened the line and it was read at once.
_TRIES = 50
# Activities that are told of by one round of statements.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Event:
    """One whom to tell of one activity."""

    activity: Any
    inbox: Any
    """The recipient's primary key."""

    @property
    def place(self) -> tuple[datetime, int]:
        """Where it is in the order of activities."""
        return self.activity.created_at, self.activity.pk


@dataclass(slots=True)
class Line:
    """What is to be in one line: of each actor the newest."""

    key: uuid.UUID
    inbox: Any
    verb: str
    read_at: datetime | None
    """When it was read, for what is put into a line that has been read already."""
    events: dict[Any, Event] = field(default_factory=dict)
    """By actor."""
    row: Any = None

    @property
    def latest_at(self) -> datetime:
        """The time of the newest."""
        return max(event.place for event in self.events.values())[0]


def key_of(activity: Any, inbox: Any) -> uuid.UUID:
    """Return what tells the lines for ``inbox`` that ``activity`` may be in from all others."""
    text = "\0".join([str(inbox), activity.verb, activity.target_identity])
    digest = blake2b(text.encode(), digest_size=16).digest()
    # MariaDB takes no UUID without the bits of a version.
    return uuid.UUID(bytes=digest, version=5)


def lines_of(events: Iterable[Event], *, read_at: dict[Any, datetime]) -> list[Line]:
    """Return the lines that ``events`` make, in the order of their keys.

    ``read_at`` says for inboxes when they were read: what is older is in lines of its own.
    """
    lines: dict[tuple[uuid.UUID, bool], Line] = {}
    for event in events:
        activity, at = event.activity, read_at.get(event.inbox)
        closed_at = at if at is not None and activity.created_at <= at else None
        key = key_of(activity, event.inbox)
        line = lines.setdefault(
            (key, closed_at is not None), Line(key, event.inbox, activity.verb, closed_at)
        )
        known = line.events.get(activity.actor_id)
        if known is None or known.place < event.place:
            line.events[activity.actor_id] = event
    return sorted(lines.values(), key=lambda line: (line.key, line.read_at is None))


def tell(lines: Sequence[Line], *, using: str) -> list[Event]:
    """Write ``lines``, in the caller's transaction; return what was news.

    Sets ``row`` on the lines in which anything was.
    """
    news: list[Event] = []
    for batch in _batches(lines):
        take_turns({line.inbox for line in batch}, using=using)
        unread = [line for line in batch if line.read_at is None]
        read = [line for line in batch if line.read_at is not None]
        known = _lock_or_open(unread, using=using)
        _drop_known(read, using=using)
        _insert_read([line for line in read if line.events], using=using)
        _write_people(batch, known, using=using)
        _renew([line for line in unread if line.events], using=using)
        news += (event for line in batch for event in line.events.values())
    return news


def _batches(lines: Sequence[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    size = 0
    for line in lines:
        if batch and size + len(line.events) > _AT_ONCE:
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line.events)
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _Known:
    """Where somebody is in a line already."""

    pk: int
    notification: int
    key: uuid.UUID
    actor: Any
    at: datetime
    activity: int


def _lock_or_open(lines: Sequence[Line], *, using: str) -> dict[tuple[int, Any], _Known]:
    """Lock the open lines, opening those that are missing; drop what is no news from ``lines``.

    Returns who is in them, by line and actor, with something older.
    """
    for _ in range(_TRIES):
        _lock(lines, using=using)
        # After the lock: nobody comes or moves on until the transaction ends.
        known = _drop_known(lines, using=using)
        missing = [line for line in lines if line.events and line.row is None]
        if not missing:
            return known
        make_inboxes({line.inbox for line in missing}, using=using)
        _open(missing, using=using)
    raise IntegrityError("A line cannot be opened: one of the users is not there any more.")


def _lock(lines: Sequence[Line], *, using: str) -> None:
    keys = {line.key: line for line in lines if line.events}
    rows = Notification.objects.using(using).filter(open_key__in=keys)
    fields = ("id", "key", "latest_at", "revision")
    for line in lines:
        line.row = None
    # In one order, so that two who lock several wait for each other.
    for row in rows.only(*fields).order_by("pk").select_for_update():
        keys[row.key].row = row


def _open(lines: Sequence[Line], *, using: str) -> None:
    rows = [
        Notification(
            inbox_id=line.inbox,
            verb=line.verb,
            key=line.key,
            open_key=line.key,
            latest_at=line.latest_at,
        )
        for line in lines
    ]
    Notification.objects.using(using).bulk_create(rows, ignore_conflicts=True)


def _insert_read(lines: Sequence[Line], *, using: str) -> None:
    for line in lines:
        line.row = Notification(
            inbox_id=line.inbox,
            verb=line.verb,
            key=line.key,
            latest_at=line.latest_at,
            read_at=line.read_at,
            revision=len(line.events),
        )
    Notification.objects.using(using).bulk_create([line.row for line in lines])


def _drop_known(lines: Sequence[Line], *, using: str) -> dict[tuple[int, Any], _Known]:
    """Drop from ``lines`` the events that are told of, or older than what was told of.

    Returns who is in the lines' rows, by line and actor. One query.
    """
    events = [event for line in lines for event in line.events.values()]
    if not events:
        return {}
    actors = {event.activity.actor_id for event in events}
    people = Participant.objects.using(using).filter(actor__in=actors).order_by()
    # What the same people did since is little, by the index of what one person did ...
    since = people.filter(
        inbox__in={event.inbox for event in events},
        activity__actor__in=actors,
        activity__created_at__gte=min(event.activity.created_at for event in events),
    )
    # ... and where they are in these lines is one row each.
    here = people.filter(notification__in=[line.row.pk for line in lines if line.row])
    columns = (
        *("pk", "notification_id", "notification__key"),
        *("actor_id", "activity__created_at", "activity_id"),
    )
    rows = since.values_list(*columns).union(here.values_list(*columns))
    known = [_Known(*row) for row in rows]
    newest: dict[tuple[uuid.UUID, Any], tuple[datetime, int]] = {}
    for one in known:
        who, place = (one.key, one.actor), (one.at, one.activity)
        newest[who] = max(newest.get(who, place), place)
    for line in lines:
        line.events = {
            actor: event
            for actor, event in line.events.items()
            if (line.key, actor) not in newest or newest[line.key, actor] < event.place
        }
    return {(one.notification, one.actor): one for one in known}


def _write_people(
    lines: Sequence[Line], known: dict[tuple[int, Any], _Known], *, using: str
) -> None:
    coming: list[Participant] = []
    moving: list[Participant] = []
    for line in lines:
        for actor, event in line.events.items():
            person = Participant(
                notification_id=line.row.pk,
                inbox_id=line.inbox,
                actor_id=actor,
                activity_id=event.activity.pk,
            )
            one = known.get((line.row.pk, actor))
            person.pk = one.pk if one else None
            (moving if one else coming).append(person)
    people = Participant.objects.using(using)
    people.bulk_create(coming)
    people.bulk_update(moving, ["activity"], batch_size=_AT_ONCE)


def _renew(lines: Sequence[Line], *, using: str) -> None:
    """Say of open lines when they were last news. They are locked."""
    for line in lines:
        line.row.latest_at = max(line.row.latest_at, line.latest_at)
        line.row.revision += len(line.events)
    Notification.objects.using(using).bulk_update(
        [line.row for line in lines], ["latest_at", "revision"], batch_size=_AT_ONCE
    )
