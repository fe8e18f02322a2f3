"""``{% load gallery_activity %}``"""

from django import template

from gallery.activity.models import Activity
from slipstream.activity import get_verb
from slipstream.exceptions import UndeclaredVerb

register = template.Library()


@register.filter
def verb_icon(activity: Activity) -> str:
    """Return the icon of what was done; of a verb that is declared no more, none."""
    try:
        return get_verb(activity.verb).icon
    except UndeclaredVerb:
        return ""
