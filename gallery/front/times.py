"""Times as people say them."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
#: From so many days on the date says more.
_DAYS = 7


def ago(moment: datetime) -> str:
    """How long ago it was, in one unit, and the date where that was long ago.

    ``js/times.js`` says the same as time goes by.
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


def lasting(seconds: int) -> str:
    """How long ``seconds`` are, in one unit, rounded up: who waits so long has waited enough."""
    if seconds <= _MINUTE:
        n = max(seconds, 1)
        return ngettext("%(n)s second", "%(n)s seconds", n) % {"n": n}
    if seconds <= _HOUR:
        n = -(-seconds // _MINUTE)
        return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}
    n = -(-seconds // _HOUR)
    return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}
