"""What is looked at most."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gallery.front.errors import bad_request
from gallery.images.models import Image
from slipstream.rankings import Window, top, view_counts

PLACES = 24
WINDOWS = (Window.TRENDING, Window.DAY, Window.WEEK, Window.MONTH, Window.ALL)


@require_safe
def popular(request: HttpRequest) -> HttpResponse:
    """Show the pictures that are looked at most in ``window``, each with its place and views.

    Two queries, one more for what is trending, and one more where some of the first are
    not for the viewer to see; see `slipstream.rankings.top`.
    """
    window = request.GET.get("window", Window.TRENDING)
    if window not in WINDOWS:
        message = _("The window must be “trending”, “day”, “week”, “month” or “all”.")
        return bad_request(request, message=message)
    images = Image.objects.visible_to(request.user).with_like_state(request.user)
    places = top(images.select_related("user"), PLACES, window=window)
    if window == Window.TRENDING:
        # A weight says nothing to people.
        totals = view_counts(place.object for place in places)
        views = [totals[place.object].views for place in places]
    else:
        views = [round(place.score) for place in places]
    context = {"window": window, "places": list(zip(places, views, strict=True))}
    return render(request, "popular/popular.html", context)
