from django.urls import path

from gallery.front import views

app_name = "front"

urlpatterns = [
    path("", views.home, name="home"),
    path("explore/", views.explore, name="explore"),
    path("theme/", views.set_theme, name="theme"),
]
