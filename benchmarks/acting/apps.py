from __future__ import annotations

from django.apps import AppConfig


class ActingConfig(AppConfig):
    name = "benchmarks.acting"
    label = "acting_benchmark"
    default_auto_field = "django.db.models.BigAutoField"
