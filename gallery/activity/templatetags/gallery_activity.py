"""``{% load gallery_activity %}``"""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.activity.models import Activity
from slipstream.activity import get_verb
from slipstream.exceptions import UndeclaredVerb

register = template.Library()

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
#: From so many days on the date says more.
_DAYS = 7


@register.filter
def verb_icon(activity: Activity) -> str:
    """Return the icon of what was done; of a verb that is declared no more, none."""
    try:
        return get_verb(activity.verb).icon
    except UndeclaredVerb:
        return ""


@register.filter
def ago(moment: datetime) -> str:
    """How long ago it was, in one unit, and the date where that was long ago.

    The script of the feed says the same as time goes by.
    """
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < _MINUTE:
        return _("just now")
    if seconds < _HOUR:
        n = seconds // _MINUTE
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", n) % {"n": n}
    if seconds < _DAY:
        n = seconds // _HOUR
        return ngettext("%(n)s hour ago", "%(n)s hours ago", n) % {"n": n}
    if seconds < _DAYS * _DAY:
        n = seconds // _DAY
        return ngettext("%(n)s day ago", "%(n)s days ago", n) % {"n": n}
    return date_format(timezone.localtime(moment), "DATE_FORMAT")
