"""``{% load gallery_notifications %}``"""

from typing import Any

from django import template
from django.utils.formats import number_format

from slipstream.notifications import unread_count

register = template.Library()

#: A larger number says no more, and there is no room for it.
_MOST = 99


@register.inclusion_tag("notifications/bell.html", takes_context=True)
def notification_bell(context: dict[str, Any]) -> dict[str, Any]:
    """Show the bell of the header with how much is unread.

    One query by key, none where the view has put ``unread_notifications`` into the context.
    """
    request = context["request"]
    unread = context.get("unread_notifications")
    if unread is None:
        unread = unread_count(request.user)
    return {
        "request": request,
        "unread": unread,
        "exact": number_format(unread, use_l10n=True, force_grouping=True),
        "text": f"{_MOST}+" if unread > _MOST else str(unread),
        "is_short": unread > _MOST,
    }
