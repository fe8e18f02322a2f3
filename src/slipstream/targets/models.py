"""Abstract models; no table of their own."""

from __future__ import annotations

from typing import Any

from django.db import models

from slipstream.targets.fields import TargetField
from slipstream.targets.querysets import TargetQuerySet, columns_of

__all__ = ["PointingModel"]


class PointingModel(models.Model):
    """A model with an `ExclusiveForeignKey` or a `LinkForeignKey`, and every comfort.

    Any model can have such a key. This one has `TargetQuerySet` as ``objects``,
    and takes the key's name in ``save(update_fields=…)`` and
    ``refresh_from_db(fields=…)`` too.
    """

    objects = TargetQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's, and takes the name of a key to several models in ``update_fields``."""
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = columns_of(type(self), kwargs["update_fields"])
        super().save(*args, **kwargs)

    save.alters_data = True  # type: ignore[attr-defined]

    def refresh_from_db(
        self, using: str | None = None, fields: Any = None, from_queryset: Any = None
    ) -> None:
        """As Django's, and takes the name of a key to several models in ``fields``."""
        for key in self._meta.private_fields:
            if isinstance(key, TargetField) and (fields is None or key.name in fields):
                key.forget(self)
        fields = fields and columns_of(type(self), fields)
        super().refresh_from_db(using, fields, from_queryset)
