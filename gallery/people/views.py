"""Finding people, and looking at one."""

from dataclasses import replace
from typing import Any, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gallery.accounts.models import User
from gallery.activity import reads
from gallery.front.errors import bad_request
from gallery.images.models import Image
from gallery.images.services import restorable
from gallery.people.reads import cards
from gallery.search.terms import read_terms
from gallery.search.views import search_url
from slipstream.exceptions import InvalidCursor
from slipstream.follows.models import Follow
from slipstream.keyset import keyset_page

PEOPLE_PER_PAGE = 24
NEWEST = 6
PREVIEW = 8
IMAGES_PER_PAGE = 24
ACTIVITIES_PER_PAGE = 20


@login_required
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """List all people, newest first; above them the very newest. Two queries."""
    if read_terms(request).text:
        return redirect(search_url("people", request))
    cursor = request.GET.get("cursor")
    people = cards(get_user_model().objects.active(), request.user)
    try:
        page = keyset_page(
            people, order_by=("-date_joined", "-id"), limit=PEOPLE_PER_PAGE, cursor=cursor
        )
    except InvalidCursor:
        return bad_request(request, message=_("This link to a page is not valid."))
    context = {"page": page, "newest": [] if cursor else people.newest()[:NEWEST]}
    return render(request, "people/directory.html", context)


@require_safe
def person(request: HttpRequest, username: str) -> HttpResponse:
    """Show one person and their pictures. Three queries; one more just after a deletion."""
    if username != username.lower():
        return redirect("people:person", username.lower(), permanent=True)
    shown = _get_person(request, username)
    images = Image.objects.visible_to(request.user).with_like_state(request.user)
    try:
        page = keyset_page(
            images.filter(user=shown.pk),
            order_by=("-created_at", "-id"),
            limit=IMAGES_PER_PAGE,
            cursor=request.GET.get("cursor"),
        )
    except InvalidCursor:
        return bad_request(request, message=_("This link to a page is not valid."))
    is_self = shown.pk == request.user.pk
    context = {
        **_profile(shown, request),
        "page": page,
        "deleted": _get_deleted(request) if is_self else None,
    }
    return render(request, "people/person.html", context)


@login_required
@require_safe
def activity(request: HttpRequest, username: str) -> HttpResponse:
    """Show one person and what they did. Five queries; on MariaDB six."""
    shown = _get_person(request, username)
    cursor = request.GET.get("cursor")
    try:
        page = reads.of_person(shown, request.user).page(limit=ACTIVITIES_PER_PAGE, cursor=cursor)
    except InvalidCursor:
        return bad_request(request, message=_("This link to a page is not valid."))
    context = {
        **_profile(shown, request),
        "page": page,
        "activities": reads.shown(page.items),
        "is_further": bool(page.previous_cursor),
    }
    return render(request, "people/activity.html", context)


@login_required
@require_safe
def follows(request: HttpRequest, username: str, kind: str) -> HttpResponse:
    """List who follows a person, or whom they follow, latest first. Three queries."""
    shown = _get_person(request, username)
    if kind == "followers":
        rows, other_end = Follow.objects.of(shown), "follower"
    else:
        rows, other_end = Follow.objects.by(shown), "following"
    try:
        page = keyset_page(
            rows.filter(**{f"{other_end}__is_active": True}),
            order_by=("-followed_at", "-id"),
            limit=PEOPLE_PER_PAGE,
            cursor=request.GET.get("cursor"),
        )
    except InvalidCursor:
        return bad_request(request, message=_("This link to a page is not valid."))
    keys = [getattr(row, f"{other_end}_id") for row in page.items]
    people = cards(get_user_model().objects.active(), request.user).in_bulk(keys)
    listed = replace(page, items=[people[key] for key in keys if key in people])
    context = {"person": shown, "kind": kind, "page": listed}
    return render(request, "people/follows.html", context)


def _profile(shown: User, request: HttpRequest) -> dict[str, Any]:
    """Return what the upper half of a person's page shows. One query."""
    newest_follows = Follow.objects.of(shown).filter(follower__is_active=True)
    preview = [f.follower for f in newest_follows.select_related("follower")[:PREVIEW]]
    is_self = shown.pk == request.user.pk
    return {"person": shown, "is_self": is_self, "followers_preview": preview}


def _get_deleted(request: HttpRequest) -> Image | None:
    """Return the picture that was just deleted, to offer it back."""
    key = request.GET.get("deleted", "")
    if not (key.isdecimal() and len(key) < 19):
        return None
    return restorable(cast("User", request.user)).filter(pk=int(key)).first()


def _get_person(request: HttpRequest, username: str) -> User:
    people = cards(get_user_model().objects.active(), request.user)
    return get_object_or_404(people, username=username)
