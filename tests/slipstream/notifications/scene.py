"""Making people and what they do, and saying by brute force what they are to be told."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from slipstream.activity import get_activity_model
from slipstream.notifications import get_notifications, unread_count
from slipstream.notifications.models import Inbox, Notification, Participant

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def did(actor: Any, verb: str, target: Any, *, at: float = 0) -> Any:
    """One activity, so many seconds after noon."""
    return get_activity_model().objects.create(
        actor=actor, verb=verb, target=target, created_at=NOON + timedelta(seconds=at)
    )


def shown(user: Any, **options: Any) -> list[tuple[str, Any, list[str], int]]:
    """What the list of ``user`` shows: verb, target, people, how many others."""
    return [
        (line.verb, line.target, [actor.get_username() for actor in line.actors], line.others)
        for line in get_notifications(user, **options).items
    ]


def wrong_counts() -> list[Any]:
    """What is stored and is not what the rows say, counted in Python."""
    people = Counter(Participant.objects.values_list("notification_id", flat=True))
    unread: Counter[Any] = Counter()
    wrong: list[Any] = []
    for line in Notification.objects.all():
        if line.actor_count != people[line.pk]:
            wrong.append((line, line.actor_count, people[line.pk]))
        if line.read_at is None and people[line.pk]:
            unread[line.inbox_id] += 1
    wrong += [
        (inbox, inbox.unread, unread[inbox.pk])
        for inbox in Inbox.objects.select_related("user")
        if not inbox.unread == unread[inbox.pk] == unread_count(inbox.user)
    ]
    return wrong
