"""``{% load gallery_front %}``"""

from datetime import datetime
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gallery.front import numbers, times

register = template.Library()

register.filter("short", numbers.short)
register.filter("exact", numbers.exact)
register.filter("ago", times.ago)
register.filter("lasting", times.lasting)

_COUNT = '<b data-{}-count="{}" data-number="{}"{}>{}</b>'


@register.simple_tag
def count_mark(kind: str, number: int, key: Any = "") -> SafeString:
    """Return ``number`` as short as can be, marked so that scripts find and change it.

    ``kind`` is what it counts (``like``, ``follower``, …), and ``key`` of what. The exact
    number is in its title where it says less.
    """
    text, full = numbers.short(number), numbers.exact(number)
    title = format_html(' title="{}"', full) if text != full else ""
    return format_html(_COUNT, kind, key, number, title, text)


@register.inclusion_tag("includes/ago.html")
def time_ago(moment: datetime) -> dict[str, Any]:
    """Say how long ago ``moment`` was; its exact time is in the title."""
    return {"moment": moment}


@register.filter
def unfollowed(message: Message) -> str:
    """Return the key of whom ``message`` says that they are followed no more, or nothing.

    As `gallery.people.views.FollowButtonView` has put it there, so that one can follow them
    again.
    """
    kind, _, key = (message.extra_tags or "").partition(":")
    return key if kind == "unfollowed" else ""
