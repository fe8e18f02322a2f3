"""The app."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class FeedsConfig(AppConfig):
    """Feeds: no table of their own; they read those of ``slipstream.activity``."""

    name = "slipstream.feeds"
    label = "slipstream_feeds"
    verbose_name = _("Feeds")

    def ready(self) -> None:
        """Register the check."""
        from slipstream.feeds.checks import check_audience

        checks.register(check_audience, checks.Tags.models)
