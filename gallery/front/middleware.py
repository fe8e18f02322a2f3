"""What concerns every page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

GetResponse = Callable[[HttpRequest], HttpResponse]


class BodyLimitMiddleware:
    """Turn away a body larger than ``GALLERY_MAX_BODY`` with 413, before anything reads it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdecimal() and int(length) > settings.GALLERY_MAX_BODY:
            context = {"megabytes": settings.GALLERY_MAX_BODY // (1024 * 1024)}
            return render(request, "413.html", context, status=413)
        return self.get_response(request)


class MethodNotAllowedMiddleware:
    """Give the bare 405 that Django's views answer with a page of its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content and request.accepts("text/html"):
            page = render(request, "405.html", status=405)
            page["Allow"] = response.get("Allow", "")
            return page
        return response
