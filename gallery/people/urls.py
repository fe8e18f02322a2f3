from django.urls import path, register_converter
from django.urls.converters import StringConverter

from gallery.people import views


class UsernameConverter(StringConverter):
    """What may be a username, in any case; nothing else reaches the database."""

    regex = "[A-Za-z0-9._-]{3,30}"


register_converter(UsernameConverter, "username")

app_name = "people"

urlpatterns = [
    path("people/", views.directory, name="directory"),
    path("@<username:username>/", views.person, name="person"),
    path("@<username:username>/activity/", views.activity, name="activity"),
    path("@<username:username>/followers/", views.follows, {"kind": "followers"}, name="followers"),
    path("@<username:username>/following/", views.follows, {"kind": "following"}, name="following"),
]
