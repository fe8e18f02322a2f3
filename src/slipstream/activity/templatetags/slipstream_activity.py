"""``{% load slipstream_activity %}``"""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from slipstream.activity.sentences import sentence_html

register = template.Library()


@register.simple_tag
def sentence(activity: Any, *, actor_class: str = "", target_class: str = "") -> SafeString:
    """Render what ``activity`` says, as `slipstream.activity.sentence_html` does.

    ``{% sentence activity actor_class="name" %}``; ``{{ activity }}`` is the same as
    plain text. No query if the activity was read ``with_targets``.
    """
    return sentence_html(activity, actor_class=actor_class, target_class=target_class)
