from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery.activity.views import feed
from gallery.front.context import THEME_COOKIE, THEMES
from gallery.front.errors import bad_request
from gallery.front.landing import landing
from gallery.front.requests import local_url
from gallery.images.models import Image
from gallery.search.terms import read_terms
from gallery.search.views import search_url
from slipstream.exceptions import InvalidCursor
from slipstream.keyset import keyset_page

IMAGES_PER_PAGE = 24
ORDERS = {"newest": ("-created_at", "-id"), "likes": ("-like_count", "-id")}
YEAR = 60 * 60 * 24 * 365


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show members their feed, and visitors what there is. For visitors at most seven queries."""
    if read_terms(request).text:
        # Where the search was once.
        return redirect(search_url("search", request))
    if request.user.is_authenticated:
        return feed(request)
    return render(request, "front/landing.html", landing())


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """Show all pictures, newest or most liked first. One query."""
    if read_terms(request).text:
        return redirect(search_url("pictures", request))
    order = request.GET.get("order", "newest")
    if order not in ORDERS:
        return bad_request(request, message=_("The order must be “newest” or “likes”."))
    images = Image.objects.visible_to(request.user).with_like_state(request.user)
    try:
        page = keyset_page(
            images.select_related("user"),
            order_by=ORDERS[order],
            limit=IMAGES_PER_PAGE,
            cursor=request.GET.get("cursor"),
        )
    except InvalidCursor:
        return bad_request(request, message=_("This link to a page is not valid."))
    return render(request, "front/explore.html", {"order": order, "page": page})


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember ``theme`` (auto, light or dark) in a cookie and go back to ``next``."""
    chosen = request.POST.get("theme")
    if chosen not in THEMES:
        return bad_request(request, message=f"theme: {', '.join(THEMES)}")
    response = HttpResponseRedirect(local_url(request, request.POST.get("next")), status=303)
    response.set_cookie(THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax")
    return response
