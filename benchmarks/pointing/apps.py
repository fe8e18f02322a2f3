from __future__ import annotations

from django.apps import AppConfig


class PointingConfig(AppConfig):
    name = "benchmarks.pointing"
    label = "pointing_benchmark"
    default_auto_field = "django.db.models.BigAutoField"
