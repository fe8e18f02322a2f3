"""Columns: plain foreign keys to everyone, but for how they are deleted and written."""

from __future__ import annotations

from typing import Any

from django.db import models, router

__all__ = ["LinkingForeignKey", "TargetForeignKey", "TargetOneToOneField", "add_to_meta"]


def cascade(collector: Any, field: Any, sub_objs: Any, using: str) -> None:
    """Delete the rows before their target, as ``CASCADE`` does for a key that is never null.

    For a nullable key ``CASCADE`` sets it to null first where constraints
    cannot be deferred (MariaDB). Where one must be set, that would break the CHECK.
    """
    # A table cannot come before itself, and told that it must, the collector orders none.
    to_itself = field.model._meta.concrete_model is field.related_model._meta.concrete_model
    collector.collect(
        sub_objs,
        source=field.remote_field.model,
        source_attr=field.name,
        nullable=to_itself,
        fail_on_restricted=False,
    )


# The rows are not read where they can be deleted unread.
cascade.lazy_sub_objs = True  # type: ignore[attr-defined]


class _TargetColumn:
    """A foreign key that deletes by `cascade`; for migrations, Django's own."""

    internal_type: str

    def __init__(
        self, to: Any, on_delete: Any, *args: Any, may_be_empty: bool = False, **kwargs: Any
    ) -> None:
        if on_delete is models.CASCADE and not may_be_empty:
            on_delete = cascade
        super().__init__(to, on_delete, *args, **kwargs)  # type: ignore[call-arg]

    def get_internal_type(self) -> str:
        return self.internal_type

    def check(self, **kwargs: Any) -> list[Any]:
        # A model that is not there is told once, by the exclusive key, with the choices.
        return [e for e in super().check(**kwargs) if e.id != "fields.E300"]  # type: ignore[misc]

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        if kwargs["on_delete"] is cascade:
            kwargs["on_delete"] = models.CASCADE
        return name, f"django.db.models.{self.internal_type}", args, kwargs


class TargetForeignKey(_TargetColumn, models.ForeignKey):  # type: ignore[type-arg]
    """A column of an exclusive foreign key."""

    internal_type = "ForeignKey"


class TargetOneToOneField(_TargetColumn, models.OneToOneField):  # type: ignore[type-arg]
    """A column of an exclusive one-to-one."""

    internal_type = "OneToOneField"


class LinkingForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """The column of a `LinkForeignKey`, which gets its value when the row is saved."""

    linking_field: Any = None

    def get_internal_type(self) -> str:
        """Return Django's name, by which engines choose the column."""
        return "ForeignKey"

    def deconstruct(self) -> Any:
        """Return the plain foreign key, so that migrations import nothing of ours."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs

    def pre_save(self, row: Any, add: bool) -> Any:  # noqa: FBT001 - Django's signature
        """Return the key of the link, made where ``row`` was assigned a target."""
        # No field in models of migrations, which know the column alone.
        if self.linking_field is not None and add:
            using = row._state.db or router.db_for_write(type(row), instance=row)
            self.linking_field.prepare_insert(row, using=using)
        return super().pre_save(row, add)


def add_to_meta(model: Any, option: str, *items: Any) -> None:
    """Append to ``model``'s ``constraints`` or ``indexes``, so that migrations see it."""
    # A new list: the old one may belong to the Meta of an abstract parent.
    whole = [*getattr(model._meta, option), *items]
    setattr(model._meta, option, whole)
    model._meta.original_attrs[option] = whole
