"""Names of constraints and indexes: readable, within the engines' bounds, the same everywhere."""

from __future__ import annotations

from typing import Any

from django.db.backends.utils import names_digest

__all__ = ["constraint_name", "index_name"]

_LONGEST_INDEX = 30  # Django's own bound
_LONGEST_CONSTRAINT = 60  # PostgreSQL cuts at 63


def constraint_name(model: Any, field: str, rule: str) -> str:
    """Return the name of a CHECK of ``field``: ``images_activity_target_exactly_one``."""
    name = f"{model._meta.db_table}_{field}_{rule}".replace('"', "").replace(".", "_")
    if len(name) <= _LONGEST_CONSTRAINT:
        return name
    return f"{name[: _LONGEST_CONSTRAINT - 9]}_{names_digest(name, length=8)}"


def index_name(column: Any, suffix: str) -> str:
    """Return the name of an index or a unique constraint that begins with ``column``."""
    digest = names_digest(column.model._meta.db_table, column.name, suffix, length=6)
    words = f"{column.model._meta.model_name[:8]}_{column.name}"
    return f"{words[: _LONGEST_INDEX - len(suffix) - 8]}_{digest}_{suffix}"
