from django.urls import path

from gallery.front import about, views

app_name = "front"

urlpatterns = [
    path("", views.home, name="home"),
    path("explore/", views.explore, name="explore"),
    path("theme/", views.set_theme, name="theme"),
    path("manifest.<slug:language>.webmanifest", about.manifest, name="manifest"),
    path("robots.txt", about.robots, name="robots"),
    path("sitemap.xml", about.sitemap, name="sitemap"),
    path("favicon.ico", about.favicon, name="favicon"),
]
