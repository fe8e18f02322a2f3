"""What concerns every page."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from gallery.front.errors import Throttled, method_not_allowed, too_large, too_many
from gallery.front.requests import is_script

_MINUTE = 60
_TEXTS = {"text/html", "text/csv", "application/json", "application/manifest+json"}
GetResponse = Callable[[HttpRequest], HttpResponse]


class VisitorAddressMiddleware:
    """Make ``REMOTE_ADDR`` the visitor's where our own proxies stand in between.

    It is what the outermost of ``GALLERY_PROXIES`` saw; what comes before that in
    ``X-Forwarded-For`` anybody can claim.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        proxies = settings.GALLERY_PROXIES
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if proxies and len(hops) >= proxies and hops[-proxies].strip():
            request.META["REMOTE_ADDR"] = hops[-proxies].strip()
        return self.get_response(request)


class CompressionMiddleware(GZipMiddleware):
    """Send pages and answers to scripts compressed, to whoever takes that.

    A page is mostly markup: a sixth is left of it. Pictures and archives would become no
    smaller, and event streams are not to wait. Django adds a random length, so that nobody
    learns a secret of the page by what it compresses to.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        """Compress ``response`` if it is text and whole."""
        kind = response.get("Content-Type", "").partition(";")[0]
        if response.streaming or kind not in _TEXTS:
            return response
        return super().process_response(request, response)


class BodyLimitMiddleware:
    """Turn away a body larger than ``GALLERY_MAX_BODY`` with 413, before anything reads it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdecimal() and int(length) > settings.GALLERY_MAX_BODY:
            return too_large(request, settings.GALLERY_MAX_BODY // (1024 * 1024))
        return self.get_response(request)


class ErrorPagesMiddleware:
    """Give bare answers a page: 405 and 429 without content, and what was `Throttled`.

    A 429 says for how long to wait by its ``Retry-After``, in seconds; without, a minute.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in (405, 429) or response.streaming or response.content:
            return response
        if response.status_code == 405:
            return method_not_allowed(request, response.get("Allow", ""))
        seconds = response.get("Retry-After", "")
        known = seconds.isascii() and seconds.isdecimal()
        return too_many(request, int(seconds) if known else _MINUTE)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer what was done too often; leave everything else to Django."""
        return too_many(request, exception.seconds) if isinstance(exception, Throttled) else None


class ClosedMeanwhileMiddleware:
    """Treat as signed out who closed their account, in another window, during this request.

    What is theirs could not be written then, since they are not there. No query
    unless something failed.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer where the account is gone; leave everything else to Django."""
        if not isinstance(exception, (IntegrityError, ObjectDoesNotExist)):
            return None
        user = request.user
        if not user.is_authenticated or _is_active(user):
            return None
        logout(request)
        if is_script(request):
            return JsonResponse({"error": _("Log in to continue.")}, status=401)
        return redirect("front:home")


def _is_active(user: AbstractBaseUser) -> bool:
    return get_user_model().objects.active().filter(pk=user.pk).exists()
