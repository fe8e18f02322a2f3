"""An app for ``./dev bench counters``: the same pictures and likes, counted in each way."""

from __future__ import annotations

from django.apps import AppConfig


class CountingConfig(AppConfig):
    name = "benchmarks.counting"
    label = "counting_benchmark"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receiver of the tutorial."""
        from django.db.models.signals import m2m_changed

        from benchmarks.counting.models import TaughtPicture, count_again

        m2m_changed.connect(count_again, sender=TaughtPicture.users_like.through)
