"""Who is told what: one line for all who did the same since the recipient last looked.

Declare who is told of a verb (`Rule`, `declare`), tell with `notify` where the activity is
recorded, show `unread_count` and the lines of `get_notifications`, and `mark_read` what was seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipstream.lazy import lazily

if TYPE_CHECKING:
    from slipstream.notifications.choices import preferences, set_preference
    from slipstream.notifications.reads import get_notifications, unread_count, unread_counts
    from slipstream.notifications.rules import Rule, declare, declared_rules, get_rule
    from slipstream.notifications.sentences import notification_html, notification_text
    from slipstream.notifications.services import (
        mark_all_read,
        mark_read,
        notify,
        notify_many,
        prune_notifications,
        retract,
    )
    from slipstream.notifications.signals import marked_read, notified

__all__ = [
    "Rule",
    "declare",
    "declared_rules",
    "get_notifications",
    "get_rule",
    "mark_all_read",
    "mark_read",
    "marked_read",
    "notification_html",
    "notification_text",
    "notified",
    "notify",
    "notify_many",
    "preferences",
    "prune_notifications",
    "retract",
    "set_preference",
    "unread_count",
    "unread_counts",
]


__getattr__ = lazily(
    __name__, __all__, ("rules", "signals", "choices", "reads", "sentences", "services")
)
