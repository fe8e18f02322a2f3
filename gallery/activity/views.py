"""The feed, and what happened to one picture."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gallery.accounts.models import User
from gallery.activity import reads
from gallery.front.errors import bad_request
from gallery.images.models import Image
from slipstream.exceptions import InvalidCursor
from slipstream.feeds import count_new, get_activity_feed

PER_PAGE = 20


@login_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Show what those whom one follows do, or, where one follows nobody, everyone.

    At most five queries; on MariaDB six.
    """
    user, cursor = cast("User", request.user), request.GET.get("cursor")
    try:
        page = get_activity_feed(user, limit=PER_PAGE, cursor=cursor, targets=reads.targets(user))
    except InvalidCursor:
        return bad_request(request, message=_("This link to a page is not valid."))
    activities = reads.shown(page.items)
    context = {
        "page": page,
        "activities": activities,
        "is_further": bool(cursor),
        "suggestions": [] if cursor else reads.people_to_follow(user, activities),
    }
    return render(request, "activity/feed.html", context)


@never_cache
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """Tell a script how much has come since the top of the feed that it shows.

    One or two queries where nothing has, which is nearly always; otherwise those of the feed.
    """
    user = request.user
    if not user.is_authenticated:
        return JsonResponse({"error": _("Log in to continue.")}, status=401)
    cursor = request.GET.get("cursor") or None
    try:
        count = count_new(user, cursor)
        if 0 < count <= PER_PAGE:
            # Not all of it may be for them to see.
            newer = get_activity_feed(
                user, limit=PER_PAGE, cursor=cursor, targets=reads.targets(user)
            )
            count = len(reads.shown(newer.items))
    except InvalidCursor:
        return JsonResponse({"error": _("This link to a page is not valid.")}, status=400)
    number = f"{PER_PAGE}+" if count > PER_PAGE else str(count)
    text = ngettext("%(number)s new", "%(number)s new", count) % {"number": number}
    return JsonResponse({"count": count, "text": text})


@login_required
@require_safe
def on_image(request: HttpRequest, key: int) -> HttpResponse:
    """List what happened to a picture. Three queries."""
    pictures = Image.objects.visible_to(request.user).select_related("user")
    image = get_object_or_404(pictures, pk=key)
    try:
        page = reads.on_image(image).page(limit=PER_PAGE, cursor=request.GET.get("cursor"))
    except InvalidCursor:
        return bad_request(request, message=_("This link to a page is not valid."))
    context = {
        "image": image,
        "page": page,
        "activities": reads.shown_on(image, page.items),
        "is_further": bool(page.previous_cursor),
    }
    return render(request, "activity/image.html", context)
