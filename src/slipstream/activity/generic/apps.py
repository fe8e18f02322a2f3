"""The app with the ready-made model."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GenericActivityConfig(AppConfig):
    """Activities about anything."""

    name = "slipstream.activity.generic"
    label = "slipstream_activity_generic"
    verbose_name = _("Activity")
    default_auto_field = "django.db.models.BigAutoField"
