"""``{% load slipstream_notifications %}``"""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from slipstream.notifications.reads import unread_count
from slipstream.notifications.sentences import notification_html

register = template.Library()


@register.simple_tag
def notification_sentence(
    notification: Any, *, actor_class: str = "", target_class: str = ""
) -> SafeString:
    """Render what ``notification`` says, as `slipstream.notifications.notification_html` does.

    ``{% notification_sentence line actor_class="name" %}``. No query for a line of
    `get_notifications`.
    """
    return notification_html(notification, actor_class=actor_class, target_class=target_class)


@register.simple_tag
def unread_notifications(user: Any) -> int:
    """Return how many lines ``user`` has not read: ``{% unread_notifications user as unread %}``.

    One query by key; none for a visitor who is not signed in.
    """
    return unread_count(user)
