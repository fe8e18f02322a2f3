"""The address of the follow button, with Gallery's view behind it."""

from django.urls import path

from gallery.people.follow import FollowButtonView

# The name by which the button knows it.
app_name = "slipstream_follows"

urlpatterns = [path("", FollowButtonView.as_view(), name="follow")]
