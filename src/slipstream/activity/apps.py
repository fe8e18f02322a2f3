"""The app."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ActivityConfig(AppConfig):
    """Who did what to what; independent of every other capability."""

    name = "slipstream.activity"
    label = "slipstream_activity"
    verbose_name = _("Activity")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import each app's ``verbs``, and register the checks."""
        from slipstream.activity.checks import check_model, check_verbs

        autodiscover_modules("verbs")
        checks.register(check_model, checks.Tags.models)
        checks.register(check_verbs, checks.Tags.translation)
