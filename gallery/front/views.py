from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery.front.context import THEME_COOKIE, THEMES
from gallery.front.errors import bad_request
from gallery.images.models import Image
from slipstream.exceptions import InvalidCursor
from slipstream.keyset import keyset_page

FACES_ON_HOME = 12
IMAGES_PER_PAGE = 24
QUERY_LENGTH = 100
YEAR = 60 * 60 * 24 * 365


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the pictures that match ``q``, newest first; to visitors also who is here.

    One query for members, two for visitors.
    """
    query = request.GET.get("q", "").replace("\0", "").strip()[:QUERY_LENGTH]
    cursor = request.GET.get("cursor")
    images = Image.objects.visible_to(request.user).select_related("user")
    try:
        page = keyset_page(
            images.matching(query),
            order_by=("-created_at", "-id"),
            limit=IMAGES_PER_PAGE,
            cursor=cursor,
        )
    except InvalidCursor:
        return bad_request(request, message=_("This link to a page is not valid."))
    context = {"query": query, "page": page, "people": []}
    if not (request.user.is_authenticated or query or cursor):
        # Of a bounded number, so that the page costs the same where few have a photo.
        newest = get_user_model().objects.active().newest()[: FACES_ON_HOME * 5]
        context["people"] = [person for person in newest if person.photo][:FACES_ON_HOME]
    return render(request, "front/home.html", context)


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember ``theme`` (auto, light or dark) in a cookie and go back to ``next``."""
    chosen = request.POST.get("theme")
    if chosen not in THEMES:
        return bad_request(request, message=f"theme: {', '.join(THEMES)}")
    response = HttpResponseRedirect(local_url(request, request.POST.get("next")), status=303)
    response.set_cookie(THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax")
    return response


def local_url(request: HttpRequest, url: str | None) -> str:
    """Return ``url`` if it is on this site, else ``/``."""
    safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if url and safe else "/"
