"""What kind of request it is, and where its answer may lead."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_script(request: HttpRequest) -> bool:
    """Whether a script asks, which cannot use a page; browsers that open one name ``text/html``."""
    return request.get_preferred_type(["text/html", "application/json"]) != "text/html" or not any(
        accepted.sub_type == "html" for accepted in request.accepted_types
    )


def local_url(request: HttpRequest, url: str | None) -> str:
    """Return ``url`` if it is on this site, else ``/``."""
    safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if url and safe else "/"


def search_query(request: HttpRequest, *, longest: int = 100) -> str:
    """Return what is searched for by ``q``, without what no database takes."""
    return request.GET.get("q", "").replace("\0", "").strip()[:longest]
