"""What programs ask of a site: browsers that install it, and robots that look for pages."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from gallery.accounts.models import User
from gallery.images.models import Image

PAPER = "#fbfbfa"
#: Of each kind so many of the latest are in the site map; the pages lead to the others.
MAPPED = 5000
_DAY = 60 * 60 * 24
_ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-192.png", "192x192", "maskable"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)
# What is somebody's own, or an answer to a form.
_NOT_FOR_ROBOTS = ("/account/", "/admin/", "/follow/", "/language/", "/theme/", "/feed/")


@require_safe
@cache_control(public=True, max_age=_DAY)
def manifest(request: HttpRequest, language: str) -> HttpResponse:
    """Describe the site in ``language`` to a browser that installs it.

    In the address, since browsers ask for it without cookies. No query.
    """
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        described = {
            "id": "/",
            "name": "Gallery",
            "short_name": "Gallery",
            "description": _("A quiet place for pictures, and for the people behind them."),
            "lang": language,
            "dir": "ltr",
            "start_url": reverse("front:home"),
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": [
                {"src": static(f"gallery/icons/{name}"), "sizes": sizes, "type": "image/png"}
                | {"purpose": purpose}
                for name, sizes, purpose in _ICONS
            ],
            "shortcuts": [
                {"name": _("Explore"), "url": reverse("front:explore")},
                {"name": _("Popular"), "url": reverse("popular:popular")},
                {"name": _("Share"), "url": reverse("images:share")},
            ],
        }
    return JsonResponse(described, content_type="application/manifest+json")


@require_safe
@cache_control(public=True, max_age=_DAY)
def robots(request: HttpRequest) -> HttpResponse:
    """Tell robots what is not for them, and where the map is. No query."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS), ""]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('front:sitemap'))}")
    text = "\n".join(lines) + "\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=_DAY)
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the latest public pictures, and the people who joined last. Two queries."""
    pages = [reverse("front:home"), reverse("front:explore"), reverse("popular:popular")]
    public = Image.objects.visible_to(AnonymousUser()).newest()
    pictures = public.values_list("pk", "created_at")[:MAPPED]
    people = User.objects.active().newest().values_list("username", flat=True)[:MAPPED]
    entries: list[tuple[str, datetime | None]] = [(page, None) for page in pages]
    entries += [(reverse("images:image", args=[key]), shared) for key, shared in pictures]
    entries += [(reverse("people:person", args=[name]), None) for name in people]
    root = request.build_absolute_uri("/")[:-1]
    context = {"root": root, "entries": entries}
    return render(request, "front/sitemap.xml", context, content_type="application/xml")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead to the icon whoever looks for it where it has always been."""
    return redirect(static("gallery/icons/favicon.ico"))
