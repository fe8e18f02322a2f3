"""What ``row.target`` and ``row.target_key`` do. The columns hold all; nothing is kept twice."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import models, router

from slipstream.exceptions import InvalidTarget

__all__ = ["KeyAttribute", "LinkAttribute", "PrefetchedTarget", "TargetAttribute", "TargetKey"]


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
            queryset = queryset.filter(**{f"{column.target_field.name}__in": pks})
            if hasattr(queryset, "fetch_mode"):  # since Django 6.1
                queryset = queryset.fetch_mode(instances[0]._state.fetch_mode)
            found.extend(queryset)
        # Handed over through an attribute that fills the column's own cache.
        return found, field.key_of, field.key_of_row, True, field.prefetched_name, True


class LinkAttribute:
    """``row.target`` through a link: a target waits with the row until the link is known."""

    def __init__(self, field: Any) -> None:
        self.field = field

    def __get__(self, row: Any, owner: Any = None) -> Any:
        if row is None:
            return self
        waiting = self.field.waiting_target(row)
        if waiting is not None:
            return waiting
        link = self.field.link_of(row)
        return link and link.target

    def __set__(self, row: Any, target: Any) -> None:
        if target is not None:
            self.field.column_for(target)
            _choose_database(row, target, self.field)
        setattr(row, self.field.link_column.attname, None)
        if self.field.link_column.is_cached(row):
            self.field.link_column.delete_cached_value(row)
        self.field.wait(row, target)

    def __delete__(self, row: Any) -> None:
        self.__set__(row, None)

    def is_cached(self, row: Any) -> bool:
        """Return whether reading the target costs no query."""
        if self.field.waiting_target(row) is not None:
            return True
        if getattr(row, self.field.link_column.attname) is None:
            return True
        link = self.field.link_column.get_cached_value(row, default=None)
        return link is not None and TargetAttribute(self.field.link_target).is_cached(link)

    def get_prefetch_querysets(self, instances: Any, querysets: Any = None) -> Any:
        """Return the targets of ``instances``: a query for the links, one for each model."""
        field = self.field
        models.prefetch_related_objects(instances, field.link_column.name)
        links = {link.pk: link for row in instances if (link := field.link_of(row))}
        found: Any = []
        if links:
            attribute = TargetAttribute(field.link_target)
            found, *_rest = attribute.get_prefetch_querysets(list(links.values()), querysets)
        return found, field.link_target.key_of, field.key_of_row, True, field.prefetched_name, True


def _choose_database(row: Any, target: Any, field: Any) -> None:
    """Put a new row where its target is, as Django's foreign keys do."""
    if row._state.db is None:
        row._state.db = router.db_for_write(type(row), instance=target)
    if target._state.db is None:
        return
    if not router.allow_relation(target, row):
        raise InvalidTarget(f"{field}: {target!r} is in another database than the row.")


class KeyAttribute:
    """``row.target_key``: which kind and which primary key, or None.

    No query, but where the columns themselves were deferred.
    """

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
