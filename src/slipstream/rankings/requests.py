"""Counting views of pages: who looks, and which requests are looks at all."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.db import DatabaseError, models
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from slipstream.exceptions import BackendAway
from slipstream.rankings.backends.base import Recorded
from slipstream.rankings.services import keyed_digest, record_view

__all__ = ["RecordsView", "is_look", "record_request", "records_view", "viewer_of"]

_log = logging.getLogger(__name__)

# What robots call themselves; those that pretend to be a browser are not told from one.
# Most tell where to read about them; "Cubot" is a telephone.
_ROBOTS = re.compile(
    r"\+https?:|(?<!cu)bot(\b|[/_-])|crawl|spider|slurp|archiver|mediapartners|preview|scrap"
    r"|fetch|monitor|headless|lighthouse|python[-/]|aiohttp|axios/|curl/|wget/|httpclient|java/"
    r"|go-http|libwww",
    re.IGNORECASE,
)
_PURPOSES = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
#: Success, and that the browser has the page already.
_SHOWN = {*range(200, 300), 304}


def is_look(request: HttpRequest) -> bool:
    """Return whether somebody looks: a GET by no robot, and none that loads a page beforehand."""
    headers = request.headers
    purpose = " ".join(headers.get(name, "") for name in _PURPOSES).lower()
    agent = headers.get("User-Agent", "")
    is_ahead = any(word in purpose for word in ("prefetch", "prerender", "preview"))
    return request.method == "GET" and not is_ahead and bool(agent) and not _ROBOTS.search(agent)


def viewer_of(request: HttpRequest) -> models.Model | str | None:
    """Return who looks: the user, or what tells one visitor from another.

    For a visitor a digest of address and browser, with the secret key of the site: no cookie
    is set, and nobody can find the address by trying. Those behind one address with one kind
    of browser are one visitor. The address is ``REMOTE_ADDR``: behind a proxy, see to it that
    it is the visitor's.
    """
    user: Any = getattr(request, "user", None)
    if user is not None and user.pk is not None:
        return user  # type: ignore[no-any-return]
    address = request.META.get("REMOTE_ADDR", "")
    return keyed_digest("\0".join((address, request.headers.get("User-Agent", ""))))


def record_request(request: HttpRequest, obj: models.Model) -> Recorded | None:
    """Count a look at ``obj``, as `record_view` does; None where ``request`` is none."""
    return record_view(obj, viewer_of(request)) if is_look(request) else None


def _record_if_possible(request: HttpRequest, obj: models.Model) -> Recorded | None:
    """Count as `record_request` does; where that fails, log it: people came for the page."""
    try:
        return record_request(request, obj)
    except (BackendAway, DatabaseError):
        _log.exception("A look at %s %s was not counted.", obj._meta.label, obj.pk)
        return None


def records_view(
    find: Callable[..., models.Model | None],
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Count a look at what ``find`` returns, when the view has answered with a page.

    ``find`` is called with what the view is called with::

        @records_view(lambda request, key: Image.objects.filter(pk=key).first())
        def image(request, key): ...

    The view is a function, an async one too; ``find`` is none. Not counted are answers that
    show nothing: errors, redirects. A look that cannot be counted is logged, and the page shown
    all the same. Besides what `record_view` costs, what ``find`` does: a view that has the
    object calls `record_request` instead.
    """

    def count(response: HttpResponseBase, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        if response.status_code in _SHOWN and is_look(request):
            obj = find(request, *args, **kwargs)
            if obj is not None:
                _record_if_possible(request, obj)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response: HttpResponseBase = view(request, *args, **kwargs)
            count(response, request, *args, **kwargs)
            return response

        @wraps(view)
        async def acounted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response: HttpResponseBase = await view(request, *args, **kwargs)
            await sync_to_async(count)(response, request, *args, **kwargs)
            return response

        return acounted if iscoroutinefunction(view) else counted

    return decorate


class RecordsView:
    """For a ``DetailView``: counts a look at its object, as the context of the page is made.

    So an object that is not found or not allowed, and a view that redirects, count nothing. The
    template has ``view.recorded``: the totals with this look, or None where it is none, or could
    not be counted, which is logged.
    """

    request: HttpRequest
    object: models.Model
    recorded: Recorded | None = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Count, and return the context."""
        self.recorded = _record_if_possible(self.request, self.object)
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context
