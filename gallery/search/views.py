"""Finding pictures and people: one page with both, and one for each."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gallery.front.errors import bad_request
from gallery.images.models import Image
from gallery.search.finding import Found, find_people, find_pictures
from gallery.search.terms import LONGEST, read_terms
from slipstream.exceptions import InvalidCursor
from slipstream.rankings import Window, top

FIRST_PICTURES = 12
FIRST_PEOPLE = 6
PER_PAGE = 24
INSTEAD = 12


def search_url(page: str, request: HttpRequest) -> str:
    """Return the address of the ``page`` of search that finds what ``request`` asks for."""
    return f"{reverse(f'search:{page}')}?{urlencode({'q': read_terms(request).text})}"


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the first pictures and people that match ``q``; visitors find pictures alone.

    At most three queries for either, and three more where there is nothing to show.
    """
    terms = read_terms(request)
    pictures = find_pictures(terms, request.user, limit=FIRST_PICTURES)
    people = Found([])
    if request.user.is_authenticated:
        people = find_people(terms, request.user, limit=FIRST_PEOPLE)
    return _render(request, "all", pictures=pictures, people=people)


@require_safe
def pictures(request: HttpRequest) -> HttpResponse:
    """Show all pictures that match ``q``, by the page. Queries as `find_pictures`."""
    return _page(request, "pictures")


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Show all people who match ``q``, by the page. Queries as `find_people`."""
    return _page(request, "people")


def _page(request: HttpRequest, tab: str) -> HttpResponse:
    find = find_pictures if tab == "pictures" else find_people
    cursor = request.GET.get("cursor")
    try:
        page = find(read_terms(request), request.user, limit=PER_PAGE, cursor=cursor)
    except InvalidCursor:
        return bad_request(request, message=_("This link to a page is not valid."))
    return _render(request, tab, page=page, is_further=bool(cursor), **{tab: page})


def _render(request: HttpRequest, tab: str, **found: object) -> HttpResponse:
    sought = [f for f in (found.get("pictures"), found.get("people")) if isinstance(f, Found)]
    is_nothing = not any(f.items and not f.is_alike for f in sought)
    context = {
        "tab": tab,
        "query": read_terms(request).text,
        "longest": LONGEST,
        "is_nothing": is_nothing,
        # Something to look at all the same.
        "instead": _trending(request) if not any(f.items for f in sought) else [],
        **found,
    }
    return render(request, "search/search.html", context)


def _trending(request: HttpRequest) -> list[Image]:
    images = Image.objects.visible_to(request.user).with_like_state(request.user)
    places = top(images.select_related("user"), INSTEAD, window=Window.TRENDING)
    return [place.object for place in places]
