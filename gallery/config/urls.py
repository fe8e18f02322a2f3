"""The addresses of Gallery.

People live at ``/@name``, so that no name can ever be in the way of a page.
"""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("gallery.front.urls")),
    path("", include("gallery.activity.urls")),
    path("", include("gallery.people.urls")),
    path("", include("gallery.images.urls")),
    path("", include("gallery.comments.urls")),
    path("", include("gallery.moderation.urls")),
    path("", include("gallery.popular.urls")),
    path("", include("gallery.search.urls")),
    path("", include("gallery.insights.urls")),
    path("", include("gallery.live.urls")),
    path("", include("gallery.notifications.urls")),
    path("account/", include("gallery.accounts.urls")),
    path("follow/", include("gallery.people.follow_urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]

if settings.GALLERY_SERVE_MEDIA:
    from gallery.media.serve import serve_media

    urlpatterns.append(path("media/<path:name>", serve_media, name="media"))

handler400 = "gallery.front.errors.bad_request"
handler403 = "gallery.front.errors.permission_denied"
handler404 = "gallery.front.errors.not_found"
handler500 = "gallery.front.errors.server_error"
