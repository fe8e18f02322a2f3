"""The app."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class RankingsConfig(AppConfig):
    """What is seen and what is on top; independent of every other capability."""

    name = "slipstream.rankings"
    label = "slipstream_rankings"
    verbose_name = _("Rankings")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import each app's ``rankings``, and register the checks."""
        from slipstream.rankings.checks import (
            check_backend,
            check_redis,
            check_redis_before_deploying,
        )

        autodiscover_modules("rankings")
        checks.register(check_backend)
        checks.register(check_redis, checks.Tags.database)
        checks.register(check_redis_before_deploying, deploy=True)
