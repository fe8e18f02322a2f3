"""What all keys to one of several models have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.core.exceptions import FieldError
from django.db import models

from slipstream.exceptions import InvalidTarget
from slipstream.targets.attributes import (
    KeyAttribute,
    PrefetchedTarget,
    TargetAttribute,
    TargetKey,
)
from slipstream.targets.checks import check_keys

__all__ = ["TargetField"]

# Whoever uses a key has imported this, whether or not the app is installed.
checks.register(check_keys, checks.Tags.models)


class TargetField(models.Field):  # type: ignore[type-arg]
    """A field without a column: one attribute that stands for other columns of the model."""

    attribute_class: type[Any] = TargetAttribute

    def __init__(self, verbose_name: Any = None, *, null: bool = False) -> None:
        # Not editable: forms show the columns, with all that Django has for foreign keys.
        super().__init__(verbose_name, null=null, blank=null, editable=False, serialize=False)

    # -- what each kind of key says (abstract: Django's fields have no ABC)

    @property
    def column_names(self) -> list[str]:
        """The fields that hold what this one points at."""
        raise NotImplementedError

    def contribute_columns(self, cls: Any) -> None:
        """Give ``cls``, which has a table, the columns."""
        raise NotImplementedError

    def plain_value(self, row: Any) -> TargetKey | None:
        """Return what ``row`` points at, without a query."""
        raise NotImplementedError

    def set_plain_value(self, row: Any, key: TargetKey | None) -> None:
        """Make ``row`` point at what ``key`` says."""
        raise NotImplementedError

    def cache_target(self, row: Any, target: models.Model | None) -> None:
        """Keep ``target``, which was prefetched, where reading the attribute finds it."""
        raise NotImplementedError

    def choices_text(self) -> str:
        """Return what may be pointed at, for messages: ``"images.Image or users.User"``."""
        raise NotImplementedError

    def joins(self, querysets: Sequence[models.QuerySet[Any]]) -> list[list[str] | None]:
        """Return, for each part that can be joined by itself, the paths to join.

        With what ``querysets`` join; None for a part that cannot be joined with them.
        """
        raise NotImplementedError

    def values_for(self, target: models.Model | None, *, using: str) -> dict[str, Any]:
        """Return the columns' values that make a row point at ``target``."""
        raise NotImplementedError

    def prepare_rows(self, rows: Sequence[models.Model], *, using: str) -> None:
        """Make ``rows`` ready to be written."""

    def forget(self, row: models.Model) -> None:
        """Forget what was assigned to ``row`` and is not in its columns yet."""

    # -- what all have

    @property
    def prefetched_name(self) -> str:
        """The attribute through which ``prefetch_related`` hands over what it found."""
        return f"_{self.name}_prefetched"

    def get_attname_column(self) -> Any:
        """Return the name of the plain value, and no column."""
        return f"{self.name}_key", None

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """Give ``cls`` the attributes, and the columns if it has a table."""
        if getattr(self, "mti_inherited", False):
            # A proxy, or a child with a table of its own: the columns are the parent's.
            cls._meta.add_field(self, private=True)
            return
        # Private fields are no part of migrations.
        super().contribute_to_class(cls, name, private_only=True)
        setattr(cls, name, self.attribute_class(self))
        setattr(cls, self.attname, KeyAttribute(self))
        setattr(cls, self.prefetched_name, PrefetchedTarget(self))
        if not cls._meta.abstract:
            self.contribute_columns(cls)

    def clean(self, value: Any, model_instance: Any) -> Any:
        """Return ``value``: validated by the columns and by the constraint on them."""
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Refuse ``update()`` by querysets that do not know which columns to set."""
        names = ", ".join(self.column_names)
        raise FieldError(f"Use TargetQuerySet to update {self}, or name its columns: {names}.")

    def refusal(self, value: Any) -> InvalidTarget:
        """Return the error for ``value``, which is none of the models listed."""
        return InvalidTarget(f'{self} takes {self.choices_text()}, not "{value!r}".')

    def get_transform(self, lookup_name: str) -> Any:
        """Refuse to go on to a column of the target, since that depends on its model."""
        raise FieldError(
            f"{self} can be filtered by exact, in and isnull, not by {lookup_name!r}. If that is"
            f" a field of the target, say of which: {self.column_names[0]}__{lookup_name}."
        )
