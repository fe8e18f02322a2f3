"""What a queryset joins, said in paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models.query import ModelIterable

__all__ = ["joins_of"]


def joins_of(queryset: models.QuerySet[Any]) -> list[str] | None:
    """Return the paths that ``queryset`` joins, or None where joins cannot stand for it.

    It can be joined where it takes all rows and all columns of its model and adds nothing.
    """
    query = queryset.query
    plain = (
        type(queryset)._fetch_all is models.QuerySet._fetch_all
        and issubclass(queryset._iterable_class, ModelIterable)
        and queryset._db is None  # type: ignore[attr-defined]
        and not query.where
        and not query.combinator
        and not query.select_for_update
        and not query.distinct
        and getattr(queryset, "_fetch_mode", None) in (None, getattr(models, "FETCH_ONE", None))
        and not query.annotations
        and not query.is_sliced
        and not query.deferred_loading[0]
        and not query.extra
        and not queryset._prefetch_related_lookups  # type: ignore[attr-defined]
        and query.select_related is not True
    )
    return list(_paths(query.select_related or {})) if plain else None


def _paths(tree: Any) -> Iterator[str]:
    for name, branch in tree.items():
        yield name
        yield from (f"{name}__{path}" for path in _paths(branch))
