"""The app: brings the system checks, the command and the admin's filter. Has no tables."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TargetsConfig(AppConfig):
    """Targets; independent of every other capability."""

    name = "slipstream.targets"
    label = "slipstream_targets"
    verbose_name = _("Targets")
    default_auto_field = "django.db.models.BigAutoField"
