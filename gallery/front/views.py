from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery.activity.views import feed
from gallery.front.context import THEME_COOKIE, THEMES
from gallery.front.errors import bad_request
from gallery.front.requests import local_url, search_query
from gallery.images.models import Image
from slipstream.exceptions import InvalidCursor
from slipstream.keyset import keyset_page

FACES_ON_HOME = 12
IMAGES_PER_PAGE = 24
ORDERS = {"newest": ("-created_at", "-id"), "likes": ("-like_count", "-id")}
YEAR = 60 * 60 * 24 * 365


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show members their feed, and visitors the newest pictures and who is here.

    Two queries for visitors.
    """
    if not request.user.is_authenticated:
        return _pictures(request, is_home=True)
    if query := search_query(request):
        # Where the search was once.
        return redirect(f"{reverse('front:explore')}?{urlencode({'q': query})}")
    return feed(request)


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """Show all pictures, or those that match ``q``, newest or most liked first. One query."""
    return _pictures(request, is_home=False)


def _pictures(request: HttpRequest, *, is_home: bool) -> HttpResponse:
    query = search_query(request)
    order = request.GET.get("order", "newest")
    if order not in ORDERS:
        return bad_request(request, message=_("The order must be “newest” or “likes”."))
    cursor = request.GET.get("cursor")
    images = Image.objects.visible_to(request.user).with_like_state(request.user)
    try:
        page = keyset_page(
            images.matching(query).select_related("user"),
            order_by=ORDERS[order],
            limit=IMAGES_PER_PAGE,
            cursor=cursor,
        )
    except InvalidCursor:
        return bad_request(request, message=_("This link to a page is not valid."))
    context = {"query": query, "order": order, "page": page, "people": [], "is_home": is_home}
    if is_home and not (query or cursor):
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
