"""Handing out uploaded files where no web server stands before Gallery."""

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve


@require_safe
def serve_media(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve ``name`` from MEDIA_ROOT. Names are never used twice, so browsers may keep it.

    But for pictures, which `gallery.images.views.public_file` hands out: it knows
    which of them were deleted.
    """
    if name.startswith("images/"):
        raise Http404
    response = serve(request, name, document_root=str(settings.MEDIA_ROOT))
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
