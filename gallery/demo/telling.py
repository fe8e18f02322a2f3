"""What the demo's people were told of in the weeks before, and what of it they have not read."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from gallery.accounts.models import User
from gallery.activity.models import Activity
from slipstream.notifications import notify_many
from slipstream.notifications.rules import recipients_of, rule_or_none

#: How much is unread, at most, by each who was told as much.
_UNREAD = 16


def tell_all(activities: Sequence[Activity]) -> None:
    """Tell of ``activities``, saved and in the order of time, with their targets at hand.

    Each has last looked when there was room for `_UNREAD` lines since; lines that are older
    are read. Some statements for every five hundred.
    """
    looks = _last_looks(activities)
    notify_many(activities, read_at=lambda person: looks.get(person.pk))


def _last_looks(activities: Sequence[Activity]) -> dict[int, datetime]:
    """Return when each who was told of more than is left unread has looked last."""
    since: dict[int, set[tuple[str, str]]] = {}
    looks: dict[int, datetime] = {}
    for activity in reversed(activities):
        for person in _told(activity):
            if person.pk in looks:
                continue
            lines = since.setdefault(person.pk, set())
            lines.add((activity.verb, activity.target_identity))
            if len(lines) > _UNREAD:
                looks[person.pk] = activity.created_at
    return looks


def _told(activity: Activity) -> Iterable[User]:
    rule = rule_or_none(activity.verb)
    named = recipients_of(rule, activity) if rule else ()
    return [person for person in named if person.pk != activity.actor_id]
