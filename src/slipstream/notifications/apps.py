"""The app."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Who is told what, of the activities of ``slipstream.activity``."""

    name = "slipstream.notifications"
    label = "slipstream_notifications"
    verbose_name = _("Notifications")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check."""
        from slipstream.notifications.checks import check_rules

        # The rules stand beside the verbs, in modules that slipstream.activity imports.
        checks.register(check_rules, checks.Tags.translation)
