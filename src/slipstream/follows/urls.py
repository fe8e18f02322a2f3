"""``path("follow/", include("slipstream.follows.urls"))`` gives ``slipstream_follows:follow``."""

from __future__ import annotations

from django.urls import path

from slipstream.follows.views import FollowView

app_name = "slipstream_follows"

urlpatterns = [path("", FollowView.as_view(), name="follow")]
