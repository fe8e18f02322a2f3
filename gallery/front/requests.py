"""What kind of request it is, and where its answer may lead."""

from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

#: The methods of a page with a form, for `require_http_methods`.
PAGE_WITH_FORM = ["GET", "HEAD", "POST"]


def is_script(request: HttpRequest) -> bool:
    """Whether a script asks, which cannot use a page; browsers that open one name ``text/html``."""
    return request.get_preferred_type(["text/html", "application/json"]) != "text/html" or not any(
        accepted.sub_type == "html" for accepted in request.accepted_types
    )


def prefers_json(request: HttpRequest) -> bool:
    """Whether JSON was asked for by name; what takes anything can do with a page."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def status_of(form: BaseForm) -> int:
    """Return the status of a page that shows ``form``: 400 where something is wrong with it."""
    return 400 if form.errors else 200


def local_url(request: HttpRequest, url: str | None) -> str:
    """Return ``url`` if it is on this site, else ``/``."""
    safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if url and safe else "/"
