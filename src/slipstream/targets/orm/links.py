"""Conditions on what is behind a link."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import Col
from django.db.models.sql.where import AND, WhereNode

from slipstream.targets.orm.lookups import NOT_NULL, ComposedLookup, is_query, keys_of

__all__ = ["LINK_LOOKUPS", "LinkColumn"]


class LinkColumn(Col):
    """The column of a `LinkForeignKey`, as the left side of a lookup on what is behind the link."""


class _LinkLookup(ComposedLookup):
    """A condition on what is behind a link, by a subquery: no join is needed."""

    @property
    def column(self) -> Any:
        return Col(self.lhs.alias, self.lhs.target)

    def links(self, *keys: tuple[Any, Any]) -> models.QuerySet[Any]:
        """Return the links to the targets that have ``keys``."""
        by_column: dict[str, list[Any]] = {}
        for column, key in keys:
            by_column.setdefault(column.name, []).append(key)
        manager = self.lhs.output_field.link_model._base_manager
        if not by_column:
            return manager.none().values("pk")  # type: ignore[no-any-return]
        some = [models.Q(**{f"{name}__in": values}) for name, values in by_column.items()]
        return manager.filter(reduce(or_, some)).values("pk")  # type: ignore[no-any-return]

    def is_set(self) -> Any:
        return self.column.get_lookup("isnull")(self.column, NOT_NULL)


class LinkExact(_LinkLookup):
    """``target=``, an object."""

    lookup_name = "exact"

    def get_prep_lookup(self) -> Any:
        field = self.lhs.output_field
        if hasattr(self.rhs, "resolve_expression"):
            name = field.link_column.name
            raise FieldError(f"{field} takes an object here; filter by {name}__target instead.")
        return None if self.rhs is None else keys_of([self.rhs], field)

    def condition(self) -> WhereNode:
        # By equality, so that an index on (link, time) gives the newest in order. The last
        # is for an object without a link, with which the first is neither true nor false.
        link = self.links(*self.rhs)
        is_it = self.column.get_lookup("exact")(self.column, models.Subquery(link))
        conditions: list[Any] = [is_it, self.is_set(), models.Exists(link)]
        return WhereNode(conditions, AND)


class LinkIn(_LinkLookup):
    """``target__in=``: objects of any of the models, or a queryset of one."""

    lookup_name = "in"

    def get_prep_lookup(self) -> Any:
        return self.rhs if is_query(self.rhs) else keys_of(self.rhs, self.lhs.output_field)

    def condition(self) -> WhereNode:
        if isinstance(self.rhs, tuple):
            links = self.links(*self.rhs)
        else:
            manager = self.lhs.output_field.link_model._base_manager
            links = manager.filter(target__in=self.rhs).values("pk")
        is_one = self.column.get_lookup("in")(self.column, links.query)
        return WhereNode([is_one, self.is_set()], AND)


class LinkIsNull(_LinkLookup):
    """``target__isnull=``: whether nothing is pointed at."""

    lookup_name = "isnull"

    def condition(self) -> WhereNode:
        return WhereNode([self.column.get_lookup("isnull")(self.column, self.rhs)])


LINK_LOOKUPS: dict[str, Any] = {
    lookup.lookup_name: lookup for lookup in (LinkExact, LinkIn, LinkIsNull)
}
