"""What one is told of, and what one wants to be told of."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gallery.accounts.models import User
from gallery.front.errors import bad_request
from gallery.front.requests import PAGE_WITH_FORM, status_of
from gallery.notifications import reads, services
from gallery.notifications.forms import PreferencesForm
from slipstream.exceptions import InvalidCursor
from slipstream.notifications import mark_all_read, unread_count

_PURPOSES = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_AHEAD = ("prefetch", "prerender", "preview")


@login_required
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """Show what one was told, newest first, and note that it is read; here it is still new.

    A page that a browser loads beforehand is not read yet. At most six queries, and what
    `mark_read` does where something was unread; one more where something still is.
    """
    user, cursor = cast("User", request.user), request.GET.get("cursor")
    try:
        page, lines = reads.page(user, cursor)
    except InvalidCursor:
        return bad_request(request, message=_("This link to a page is not valid."))
    if request.method == "GET" and not _is_ahead(request):
        unread = services.read(user, page.items)
    else:
        unread = unread_count(user)
    context = {
        "page": page,
        "lines": lines,
        "is_further": bool(cursor),
        "unread_notifications": unread,
    }
    return render(request, "notifications/notifications.html", context)


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Note that everything is read."""
    mark_all_read(request.user)
    return _see("notifications:notifications")


@login_required
@require_http_methods(PAGE_WITH_FORM)
def preferences(request: HttpRequest) -> HttpResponse:
    """Choose what to be told of; nothing changes before it is saved."""
    user = cast("User", request.user)
    form = PreferencesForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.set_preferences(user, form.cleaned_data)
        messages.success(request, _("Saved: you are told of what is switched on."))
        return redirect("notifications:preferences")
    return render(request, "notifications/preferences.html", {"form": form}, status=status_of(form))


def _is_ahead(request: HttpRequest) -> bool:
    """Whether the page is loaded before anybody wants it, as `slipstream.rankings` knows it."""
    purpose = " ".join(request.headers.get(name, "") for name in _PURPOSES).lower()
    return any(word in purpose for word in _AHEAD)


def _see(name: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse(name))
    response.status_code = 303
    return response
