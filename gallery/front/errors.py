"""Error pages in the visitor's language and theme; Django's own know neither. Scripts get JSON."""

import logging
import math
from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gallery.front.context import theme
from gallery.front.requests import is_script, prefers_json
from gallery.front.times import lasting

_log = logging.getLogger(__name__)

# What is said where not even the page that says it can be made.
_BARE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>500 · Gallery</title>
<h1>Something fell off the wall</h1>
<p>It is our fault. Please try again in a moment.</p>
<div lang="ko"><h2>문제가 생겼어요</h2><p>저희 쪽 문제예요. 잠시 후 다시 시도해 주세요.</p></div>
<p><a href="/">Gallery</a></p>
</html>
"""


class Throttled(Exception):
    """Somebody has done something too often; raised by a view, it is answered with 429.

    ``seconds`` says for how long they have to wait.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many requests; again in {seconds} s.")
        self.seconds = seconds


def bad_request(
    request: HttpRequest, exception: Exception | None = None, message: str = ""
) -> HttpResponse:
    """400, with ``message`` where there is one; an attack is told nothing."""
    if exception and not isinstance(exception, SuspiciousOperation):
        message = str(exception)
    said = message or _("The address or the form held something that makes no sense here.")
    return _answer(request, HTTPStatus.BAD_REQUEST, said, {"message": message})


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _answer(request, HTTPStatus.FORBIDDEN, _("This page is not open to you"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, for a form that may not come from whom it says it does."""
    said = _("We could not be sure that this came from you. Reload the page and try again.")
    return _answer(request, HTTPStatus.FORBIDDEN, said, template="403_csrf.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _answer(request, HTTPStatus.NOT_FOUND, _("There is nothing at this address."))


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """405; ``allowed`` are the methods that the address does answer."""
    said = _("This address does not answer that kind of request.")
    response = _answer(request, HTTPStatus.METHOD_NOT_ALLOWED, said)
    response["Allow"] = allowed
    return response


def too_large(request: HttpRequest, megabytes: int) -> HttpResponse:
    """413; ``megabytes`` is how much can be sent at once."""
    said = _("Up to %(megabytes)s MB can be sent at once.") % {"megabytes": megabytes}
    context = {"megabytes": megabytes}
    return _answer(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said, context)


def too_many(request: HttpRequest, seconds: float) -> HttpResponse:
    """429; ``seconds`` is for how long to wait, which ``Retry-After`` says as well."""
    whole = max(math.ceil(seconds), 1)
    said = _("That was often enough for now. Please try again in %(time)s.")
    context = {"seconds": whole}
    status = HTTPStatus.TOO_MANY_REQUESTS
    response = _answer(request, status, said % {"time": lasting(whole)}, context)
    response["Retry-After"] = str(whole)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500. Neither database nor session nor what else may have failed is asked for anything."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    try:
        if prefers_json(request):
            said = _("That did not work, and it is our fault. Please try again in a moment.")
            return JsonResponse({"error": said}, status=status)
        context = {
            **theme(request),
            "language": get_language() or "en",
            # What was sent by a form is not sent again by a link.
            "can_reload": request.method in ("GET", "HEAD"),
        }
        return HttpResponse(render_to_string("500.html", context), status=status)
    except Exception:  # noqa: BLE001 - whatever it is, something has to be said
        _log.exception("The page for errors failed as well.")
        return HttpResponse(_BARE, status=status)


def refuse(request: HttpRequest, status: int, message: str) -> HttpResponse:
    """Answer what a form or a script asked for in vain: a script gets ``message`` as JSON."""
    if is_script(request):
        return JsonResponse({"error": message}, status=status)
    return not_found(request) if status == 404 else bad_request(request, message=message)


def _answer(
    request: HttpRequest,
    status: HTTPStatus,
    said: str,
    context: dict[str, Any] | None = None,
    template: str = "",
) -> HttpResponse:
    """Return the page for ``status``, or what it says, ``said``, as JSON."""
    if prefers_json(request):
        return JsonResponse({"error": said}, status=status)
    return render(request, template or f"{status:d}.html", context, status=status)
