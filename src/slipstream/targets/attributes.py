"""What ``row.target`` and ``row.target_key`` do. The columns hold all; nothing is kept twice."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import models

__all__ = ["KeyAttribute", "PrefetchedTarget", "TargetAttribute", "TargetKey"]


class TargetKey(NamedTuple):
    """What a row points at, without loading it."""

    kind: str
    """The end of the column's name: ``"image"`` for ``target_image``."""
    pk: Any
    """Its primary key; None for a target that is not saved."""


class TargetAttribute:
    """``row.target``: get, set and delete; and what ``prefetch_related`` asks for."""

    def __init__(self, field: Any) -> None:
        self.field = field

    def __get__(self, row: Any, owner: Any = None) -> Any:
        if row is None:
            return self
        column = self.field.set_column(row)
        return None if column is None else getattr(row, column.name)

    def __set__(self, row: Any, target: Any) -> None:
        chosen = None if target is None else self.field.column_for(target)
        for column in self.field.columns:
            if column is not chosen:
                setattr(row, column.name, None)
        if chosen is not None:
            setattr(row, chosen.name, target)

    def __delete__(self, row: Any) -> None:
        self.__set__(row, None)

    def is_cached(self, row: Any) -> bool:
        """Return whether reading the target costs no query."""
        column = self.field.set_column(row)
        return column is None or bool(column.is_cached(row))

    def get_prefetch_querysets(self, instances: Any, querysets: Any = None) -> Any:
        """Return the targets of ``instances``: one query for each model that occurs."""
        field = self.field
        chosen = field.by_column(querysets or ())
        keys: dict[Any, set[Any]] = {}
        for row in instances:
            column = field.set_column(row)
            if column is not None:
                keys.setdefault(column, set()).add(getattr(row, column.attname))
        found: list[Any] = []
        for column, pks in keys.items():
            queryset = chosen.get(column)
            if queryset is None:
                queryset = column.related_model._base_manager.all()
            queryset._add_hints(instance=instances[0])
            queryset = queryset.using(queryset._db or instances[0]._state.db)
            found.extend(queryset.filter(**{f"{column.target_field.name}__in": pks}))
        # Handed over through an attribute that fills the column's own cache.
        return found, field.key_of, field.key_of_row, True, field.prefetched_name, True


class KeyAttribute:
    """``row.target_key``: which kind and which primary key, or None. Never a query."""

    def __init__(self, field: Any) -> None:
        self.field = field

    def __get__(self, row: Any, owner: Any = None) -> Any:
        return self if row is None else self.field.plain_value(row)

    def __set__(self, row: Any, key: TargetKey | None) -> None:
        # Setting what is there leaves alone a target that is not saved yet.
        if key != self.field.plain_value(row):
            self.field.set_plain_value(row, key)


class PrefetchedTarget:
    """Where ``prefetch_related`` puts a target, or the None of one that was filtered out."""

    def __init__(self, field: Any) -> None:
        self.field = field

    def __set__(self, row: Any, target: models.Model | None) -> None:
        self.field.cache_target(row, target)
