"""How a `GuardedGenericKey` is read: one target, or those of many rows at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.query import prefetch_related_objects

from slipstream.targets.generic.keys import database_of, key_value, model_of, plain_value

if TYPE_CHECKING:
    from slipstream.targets.generic import GuardedGenericKey

__all__ = ["TargetDescriptor"]


class TargetDescriptor:
    """``row.target``; also what Django's prefetching asks, hence the names of the methods."""

    def __init__(self, field: GuardedGenericKey) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        """Return the target, None if there is none (any more). At most one query."""
        key = self.field
        if instance is None:
            return self
        if key.is_cached(instance):
            target = key.get_cached_value(instance)
            if target is None or key.points_at(instance, target, using=instance._state.db):
                return target
            key.delete_cached_value(instance)
        if self._columns_of(instance) is None:
            return None
        mode = getattr(instance._state, "fetch_mode", None)
        if mode is None:  # before Django 6.1
            self.fetch_one(instance)
        else:
            mode.fetch(self, instance)
        return key.get_cached_value(instance)

    def __set__(self, instance: models.Model, value: Any) -> None:
        self.field.assign(instance, value)

    def is_cached(self, instance: models.Model) -> bool:
        """Whether the target of ``instance`` is known."""
        return self.field.is_cached(instance)

    def fetch_one(self, instance: models.Model) -> None:
        """Read the target of one row, as that of many is read."""
        found, key_of_target, key_of_row, *_ = self.get_prefetch_querysets([instance])
        wanted = key_of_row(instance)
        self.field.set_cached_value(
            instance, next((each for each in found if key_of_target(each) == wanted), None)
        )

    def fetch_many(self, instances: Iterable[models.Model]) -> None:
        """Read the targets of rows that were read together."""
        prefetch_related_objects(list(instances), self.field.name)

    def get_prefetch_querysets(
        self,
        instances: Sequence[models.Model],
        querysets: Sequence[models.QuerySet[Any]] | None = None,
    ) -> tuple[list[Any], Callable[[Any], Hashable], Callable[[Any], Hashable], bool, str, bool]:
        """Read the targets of ``instances``: one query per model, with its queryset if given.

        Raises ValueError if two of ``querysets`` are of one model.
        """
        custom = _by_model(querysets or ())
        using = instances[0]._state.db
        # A content type that is not there any more is asked for once, not once per row.
        found_models: dict[Any, type[models.Model] | None] = {}

        def key_of_row(row: models.Model) -> tuple[type[models.Model], Any] | None:
            columns = self._columns_of(row)
            if columns is None:
                return None
            type_id, text = columns
            if type_id not in found_models:
                found_models[type_id] = model_of(type_id, using=using)
            model = found_models[type_id]
            if model is None:
                return None
            value = key_value(model, text, using=database_of(model, beside=using))
            return None if value is None else (model, value)

        wanted: dict[type[models.Model], set[Any]] = {}
        for row in instances:
            key = key_of_row(row)
            if key is not None:
                wanted.setdefault(key[0], set()).add(key[1])
        found: list[Any] = []
        for model, values in wanted.items():
            rows = custom.get(model)
            if rows is None:
                rows = model._base_manager.using(database_of(model, beside=using))
            rows = rows.filter(pk__in=values)
            if hasattr(rows, "fetch_mode"):  # since Django 6.1
                rows = rows.fetch_mode(instances[0]._state.fetch_mode)
            found.extend(rows)
        return found, _key_of_target, key_of_row, True, self.field.cache_name, False

    def _columns_of(self, row: models.Model) -> tuple[Any, Any] | None:
        type_id = getattr(row, self.field.type_attname)
        text = getattr(row, self.field.fk_field)
        return None if type_id is None or text is None else (type_id, text)


def _key_of_target(target: models.Model) -> Hashable:
    return target._meta.concrete_model, plain_value(target)


def _by_model(
    querysets: Iterable[models.QuerySet[Any]],
) -> dict[type[models.Model] | None, models.QuerySet[Any]]:
    custom: dict[type[models.Model] | None, models.QuerySet[Any]] = {}
    for queryset in querysets:
        model = queryset.model._meta.concrete_model
        if model in custom:
            raise ValueError("Only one queryset is allowed for each content type.")
        custom[model] = queryset
    return custom
