"""The app, and when the database is given its triggers."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth import get_user_model
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class FollowsConfig(AppConfig):
    """Follows; independent of every other capability."""

    name = "slipstream.follows"
    label = "slipstream_follows"
    verbose_name = _("Follows")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, and make the triggers whenever migrations have run."""
        from slipstream.follows.checks import check_triggers, check_user_model

        checks.register(check_user_model, checks.Tags.models)
        checks.register(check_triggers, checks.Tags.database)
        pre_migrate.connect(_before_migrations, sender=self)
        post_migrate.connect(_after_migrations, sender=self)


def _before_migrations(*, using: str, plan: Any, **_kwargs: Any) -> None:
    from slipstream.follows.triggers import drop_before_rebuild

    # Ours, or those of the user model, whose key is in both tables.
    involved = {FollowsConfig.label, get_user_model()._meta.app_label}
    if any(migration.app_label in involved for migration, _ in plan):
        drop_before_rebuild(using=using)


def _after_migrations(*, using: str, **_kwargs: Any) -> None:
    from slipstream.follows.triggers import install

    install(using=using)
