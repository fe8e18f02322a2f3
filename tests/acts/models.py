"""A project's own model of activities."""

from __future__ import annotations

from django.conf import settings

from slipstream.activity.models import AbstractActivity


class Activity(AbstractActivity):
    target_models = ["things.Picture", "things.Document", settings.AUTH_USER_MODEL]
