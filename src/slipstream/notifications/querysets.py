"""Reading notifications as rows."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import OuterRef, QuerySet, Subquery

__all__ = ["NEWEST_FIRST", "SHOWN", "NotificationQuerySet"]

NEWEST_FIRST = ("-latest_at", "-id")
#: How many people of a line are loaded.
SHOWN = 3


class NotificationQuerySet(QuerySet[Any]):
    """Notifications, newest first unless ordered otherwise."""

    def of(self, user: Any) -> Self:
        """Those of ``user`` with somebody in them."""
        return self.filter(inbox=user.pk, actor_count__gt=0)

    def unread(self) -> Self:
        """Those not read."""
        return self.filter(read_at=None)

    def with_newest(self) -> Self:
        """Return them with the keys of their newest activities, of people who are active.

        As ``newest_0`` and so on: no further query, and for each row one look into an index.
        """
        from slipstream.notifications.models import Participant

        rows = Participant.objects.filter(notification=OuterRef("pk"))
        if _can_be_inactive():
            rows = rows.filter(actor__is_active=True)
        keys = rows.order_by("-activity_id").values("activity_id")
        return self.annotate(**{f"newest_{i}": Subquery(keys[i : i + 1]) for i in range(SHOWN)})


def _can_be_inactive() -> bool:
    try:
        get_user_model()._meta.get_field("is_active")
    except FieldDoesNotExist:
        return False
    return True
