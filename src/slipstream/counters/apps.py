"""The app, and when the database is given its triggers."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.core import checks
from django.db import connections
from django.db.migrations import operations
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

# Triggers stay through these, and go on counting; not on SQLite, which may rebuild the table.
_HARMLESS = (
    operations.CreateModel,
    operations.AddField,
    operations.AddIndex,
    operations.RemoveIndex,
    operations.AddConstraint,
    operations.RemoveConstraint,
    operations.AlterModelOptions,
    operations.AlterModelManagers,
    operations.RunPython,
)


class CountersConfig(AppConfig):
    """Stored counts; independent of every other capability."""

    name = "slipstream.counters"
    label = "slipstream_counters"
    verbose_name = _("Counters")

    def ready(self) -> None:
        """Register the checks, make triggers whenever migrations have run, listen to signals."""
        from slipstream.counters.checks import check_triggers
        from slipstream.counters.listening import listen

        checks.register(check_triggers, checks.Tags.database)
        pre_migrate.connect(_before_migrations, sender=self)
        post_migrate.connect(_after_migrations, sender=self)
        listen()


def _before_migrations(*, using: str, plan: Any, apps: Apps, **_kwargs: Any) -> None:
    from slipstream.counters.triggers import drop_all

    on_sqlite = connections[using].vendor == "sqlite"
    labels = {
        migration.app_label
        for migration, is_backwards in plan
        if on_sqlite
        or is_backwards
        or not all(isinstance(operation, _HARMLESS) for operation in migration.operations)
    }
    if labels:
        drop_all(labels, using=using, apps=apps)


def _after_migrations(*, using: str, **_kwargs: Any) -> None:
    from slipstream.counters.triggers import install

    install(using=using)
