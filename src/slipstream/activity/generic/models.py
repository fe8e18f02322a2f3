"""The ready-made model."""

from __future__ import annotations

from typing import Any

from django.db import models

from slipstream.activity.models import BaseActivity
from slipstream.targets.generic import KEEP, GuardedGenericKey

__all__ = ["Activity"]


class Activity(BaseActivity):
    """An activity about a row of any model.

    Its price: nothing guards the target. Where that is deleted, the activity
    stays, reads as having none, and shows what the target was called.
    """

    target = GuardedGenericKey(on_missing=KEEP, null=True, index_with=["created_at", "id"])

    class Meta(BaseActivity.Meta):
        abstract = False

    @classmethod
    def points_at(cls, target: models.Model | None, *, using: str) -> models.Q:
        """Return the condition that an activity is about ``target``."""
        if target is None:
            return models.Q(target_id=None)
        key: Any = cls._meta.get_field("target")
        return models.Q(key.condition([target], using=using))

    def points_at_the_same(self) -> models.Q:
        """Return the condition that an activity is about the target of this one. No query."""
        row: Any = self  # the columns come with the key
        return models.Q(target_type=row.target_type_id, target_id=row.target_id)

    @property
    def target_identity(self) -> str:
        """A text that tells the target from all others; empty without one. No query."""
        row: Any = self  # the columns come with the key
        return f"{row.target_type_id}:{row.target_id}" if row.target_id else ""

    @property
    def has_lost_its_target(self) -> bool:
        """Whether its target is gone, or was left out by the querysets of `with_targets`."""
        row: Any = self
        return bool(row.target_id) and row.target is None
