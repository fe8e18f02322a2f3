"""Reporting a picture, a comment or a person to the moderators."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gallery.accounts.models import User
from gallery.accounts.throttle import wait_to_report
from gallery.comments.models import Comment
from gallery.front.errors import bad_request, too_many
from gallery.front.requests import PAGE_WITH_FORM, status_of
from gallery.images.models import Image
from gallery.moderation import services
from gallery.moderation.forms import ReportForm
from gallery.moderation.models import may_report
from gallery.moderation.reads import reportable

# What may be reported: its model, and by what the address names it.
_KINDS: dict[str, tuple[type[Any], str]] = {
    "image": (Image, "pk"),
    "comment": (Comment, "pk"),
    "person": (User, "username"),
}
_OWNERS = {"image": ("user",), "comment": ("user", "image"), "person": ()}
_LONGEST_KEY = 18  # digits, beyond which no database looks


@login_required
@require_http_methods(PAGE_WITH_FORM)
def report(request: HttpRequest) -> HttpResponse:
    """Ask what is wrong with ``?image=3``, ``?comment=5`` or ``?person=mina``; by POST report it.

    One query to ask.
    """
    named = _named(request)
    if named is None:
        return bad_request(request, message=_("Say what you would like to report."))
    kind, key = named
    target = _find(request, kind, key)
    if target is None:
        raise Http404
    if not may_report(request.user, target):
        return bad_request(request, message=_("This is yours. You can change or delete it."))
    form = ReportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "kind": kind, "target": target}
        return render(request, "moderation/report.html", context, status=status_of(form))
    return _send(request, form, target, f"?{urlencode({kind: key})}")


@login_required
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """Thank somebody for a report, and say what happens now. At most one query."""
    named = _named(request)
    target = _find(request, *named) if named else None
    return render(request, "moderation/thanks.html", {"target": target})


def _send(request: HttpRequest, form: ReportForm, target: Any, query: str) -> HttpResponse:
    user = cast("User", request.user)
    if seconds := wait_to_report(user):
        return too_many(request, seconds)
    try:
        services.report(user, target, **form.cleaned_data)
    except ObjectDoesNotExist as error:  # it was hidden or deleted meanwhile
        raise Http404 from error
    # 303: the browser must come back with GET.
    return HttpResponseRedirect(reverse("moderation:thanks") + query, status=303)


def _named(request: HttpRequest) -> tuple[str, str] | None:
    """Return the kind and the key of what is to be reported, if the address names one thing."""
    named = [(kind, request.GET[kind]) for kind in _KINDS if kind in request.GET]
    if len(named) != 1:
        return None
    kind, key = named[0]
    is_number = key.isascii() and key.isdecimal() and len(key) <= _LONGEST_KEY
    is_fit = is_number if _KINDS[kind][1] == "pk" else "\0" not in key
    return (kind, key) if is_fit else None


def _find(request: HttpRequest, kind: str, key: str) -> Any:
    """Return what that is, if the visitor may see it. One query."""
    model, name = _KINDS[kind]
    rows = reportable(request.user, model).filter(**{name: key})
    if _OWNERS[kind]:
        rows = rows.select_related(*_OWNERS[kind])
    return rows.first()
