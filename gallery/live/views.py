"""What open pages ask for to stay up to date."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gallery.live import state
from gallery.live.bridge import OPENING
from gallery.live.streams import Opening, Watch
from slipstream.conf import REDIS_URL

MOST_IMAGES = 50
FEEDS = ("", "following", "discovery")
_LARGEST_KEY = 2**63 - 1


@require_GET
def live(request: HttpRequest) -> HttpResponseBase:
    """Tell a script what its page shows that may have changed, once or as it happens.

    ``images`` are the keys of the pictures on the page, ``feed`` whose doings it lists. To whom
    accepts ``text/event-stream`` it is a stream, where this server can hold streams open and
    Redis says what changes; where not, 204, after which browsers do not ask again. To others
    it is JSON, with an ETag. Beyond session and user, at most three queries for JSON, none
    for a stream.
    """
    try:
        watch = _read_watch(request)
    except ValueError as error:
        return _finish(JsonResponse({"error": str(error)}, status=400))
    if "text/event-stream" in request.headers.get("Accept", ""):
        return _finish(_stream(request, watch))
    users = [] if watch.user is None else [watch.user]
    found = state.read(users, {key: [watch.user] for key in watch.images})
    seen = {key: found.image(watch.user, key) for key in sorted(watch.images)}
    unread = None if watch.user is None else found.unread[watch.user]
    now = state.State(unread, {key: counts for key, counts in seen.items() if counts})
    etag = quote_etag(state.digest(now))
    known = parse_etags(request.headers.get("If-None-Match", ""))
    # A proxy that compresses makes them weak.
    if etag in (tag.removeprefix("W/") for tag in known):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(state.encode(now), content_type="application/json")
    response["ETag"] = etag
    return _finish(response)


def _stream(request: HttpRequest, watch: Watch) -> HttpResponseBase:
    opening: Opening | None = request.META.get(OPENING)
    if opening is None or not REDIS_URL.get():
        return HttpResponse(status=204)
    opening.watch = watch
    # The hub says the rest.
    response = StreamingHttpResponse([], content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    return response


def _finish(response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ("Accept", "Cookie"))
    return response


def _read_watch(request: HttpRequest) -> Watch:
    """Return what ``request`` asks to watch; raise ``ValueError`` with words on what is wrong."""
    feed = request.GET.get("feed", "")
    if feed not in FEEDS:
        raise ValueError(_("The feed must be “following” or “discovery”."))
    images = _read_keys(request.GET.get("images", ""))
    watch: Mapping[str, Any] = {"images": images, "known": _known(request)}
    user = request.user
    if not user.is_authenticated:
        return Watch(user=None, **watch)
    session = request.session.session_key or ""
    session_hash = user.get_session_auth_hash()
    return Watch(user=user.pk, feed=feed, session=session, session_hash=session_hash, **watch)


def _known(request: HttpRequest) -> str:
    return request.headers.get("Last-Event-ID") or request.GET.get("known", "")


def _read_keys(text: str) -> frozenset[int]:
    parts = text.split(",") if text else []
    # Before anything is made of them: of a long list not even the numbers.
    if not all(len(part) < 20 and part.isascii() and part.isdecimal() for part in parts):
        raise ValueError(_("“images” must be numbers with commas between them."))
    keys = frozenset(int(part) for part in parts)
    if len(keys) > MOST_IMAGES or any(key > _LARGEST_KEY for key in keys):
        raise ValueError(_("At most %(count)d pictures can be watched.") % {"count": MOST_IMAGES})
    return keys
