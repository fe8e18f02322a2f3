"""What changes what somebody has read, and what they are told of."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from gallery.accounts.models import User
from gallery.notifications import reads
from slipstream.notifications import mark_read, set_preference, unread_count
from slipstream.notifications.models import Notification


def read(user: User, shown: Sequence[Notification]) -> int:
    """Note that ``user`` has read the lines ``shown``; return how many are unread then.

    A line in which something came since it was read stays unread. Where all that are left
    are none that anybody would see, they are read as well. A query, and where anything was
    unread what `mark_read` does; where something is left, one query more.
    """
    unread = [line for line in shown if line.is_unread]
    if unread:
        mark_read(user, unread)
    left = unread_count(user)
    if left and (unseen := reads.unseen(user)):
        mark_read(user, unseen)
        left = unread_count(user)
    return left


def set_preferences(user: User, chosen: Mapping[str, bool]) -> None:
    """Note for each kind in ``chosen`` whether ``user`` wants to be told of it; all or none."""
    with transaction.atomic():
        for code, is_on in chosen.items():
            set_preference(user, code, is_on=is_on)
