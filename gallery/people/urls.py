from django.urls import path

from gallery.people import views

app_name = "people"

urlpatterns = [
    path("people/", views.directory, name="directory"),
    path("@<str:username>/", views.person, name="person"),
    path("@<str:username>/followers/", views.follows, {"kind": "followers"}, name="followers"),
    path("@<str:username>/following/", views.follows, {"kind": "following"}, name="following"),
]
