"""System checks of this capability.

- ``slipstream_follows.E001``: the user model has a ``follows`` or ``followers`` of its own.
- ``slipstream_follows.W001``: a database lacks triggers that keep the counts
  (with ``check --database ALIAS`` and at each ``migrate``, which makes them, and
  which an error would keep from running).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.core import checks
from django.db.models.fields.related_descriptors import ManyToManyDescriptor

from slipstream.follows.models import Follow
from slipstream.follows.triggers import missing

__all__ = ["check_triggers", "check_user_model"]


def check_user_model(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E001: ``user.follows`` and ``user.followers`` must be ours."""
    user_model = get_user_model()
    return [
        checks.Error(
            f"{user_model._meta.label}.{name} is not the one of slipstream.follows.",
            hint=(
                f"Rename the field, method or related_name '{name}', or remove it if it"
                " meant the same: slipstream.follows gives every user model this name."
            ),
            obj=user_model,
            id="slipstream_follows.E001",
        )
        for name in ("follows", "followers")
        if not _is_ours(getattr(user_model, name, None))
    ]


def check_triggers(
    *, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[checks.CheckMessage]:
    """W001: each database with the tables has the triggers. Two queries per database."""
    return [
        checks.Warning(
            f"Database '{alias}' lacks triggers on {Follow._meta.db_table}:"
            f" {', '.join(names)}. Follower counts are not kept.",
            hint="Run 'manage.py migrate'; it makes them and counts anew.",
            id="slipstream_follows.W001",
        )
        for alias in databases or ()
        if (names := missing(using=alias))
    ]


def _is_ours(attribute: Any) -> bool:
    return isinstance(attribute, ManyToManyDescriptor) and attribute.rel.through is Follow
