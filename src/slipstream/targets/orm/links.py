"""Conditions on what is behind a link."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import Col, ColPairs
from django.db.models.sql.where import AND, WhereNode

from slipstream.targets.orm.lookups import (
    NOT_NULL,
    ComposedLookup,
    Keys,
    TargetExact,
    TargetIn,
    is_query,
    keys_of,
)

__all__ = ["LINK_LOOKUPS", "LinkColumn"]

# Not the table's own name: a value may refer to that table further out.
_ALIAS = "link_behind"


class LinkColumn(ColPairs):
    """The column of a `LinkForeignKey`, as the left side of a lookup on what is behind the link.

    As a value it is refused, as `TargetColumns` are: it is the key of a link,
    and not of a target. ``order_by()`` and ``Count()`` may have it.
    """

    def get_group_by_cols(self) -> Any:
        """Return the column."""
        return self.get_cols()

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Refuse to be selected, compared or computed with."""
        [column] = self.targets
        raise FieldError(
            f"{self.output_field} has no value of its own in the database; name its column:"
            f" {column.name}."
        )


class _LinkLookup(ComposedLookup):
    """A condition on what is behind a link, by a subquery: no join is needed."""

    @property
    def column(self) -> Any:
        return Col(self.lhs.alias, self.lhs.targets[0])

    def links(self, lookup: type[Any]) -> Any:
        """Return the query for the keys of the links of which ``lookup`` is true."""
        query = self.lhs.output_field.link_model._base_manager.all().query.chain()
        query.change_aliases({query.get_initial_alias(): _ALIAS})
        target = self.lhs.output_field.link_target
        query.where.add(lookup(target.get_col(_ALIAS), self.rhs), AND)
        query.set_values(["pk"])
        query.subquery = True
        return query

    def is_set(self) -> Any:
        return self.column.get_lookup("isnull")(self.column, NOT_NULL)


class LinkExact(_LinkLookup):
    """``target=``: an object, ``OuterRef``, ``F`` or a subquery of one row."""

    lookup_name = "exact"

    def get_prep_lookup(self) -> Any:
        if self.rhs is None or hasattr(self.rhs, "resolve_expression"):
            return self.rhs
        return keys_of([self.rhs], self.lhs.output_field)

    def condition(self) -> WhereNode:
        links = self.links(TargetExact)
        if not isinstance(self.rhs, Keys):
            return WhereNode([self.column.get_lookup("in")(self.column, links), self.is_set()], AND)
        # By equality, so that an index on (link, time) gives the newest in order. The last
        # is for an object without a link, with which the first is neither true nor false.
        is_it = self.column.get_lookup("exact")(self.column, models.Subquery(links))
        conditions: list[Any] = [is_it, self.is_set(), models.Exists(links)]
        return WhereNode(conditions, AND)


class LinkIn(_LinkLookup):
    """``target__in=``: objects of any of the models, or a queryset of one."""

    lookup_name = "in"

    def get_prep_lookup(self) -> Any:
        field = self.lhs.output_field
        if is_query(self.rhs) and self.rhs.combinator:
            raise FieldError(f"{field} takes a queryset, but no union, intersection or difference.")
        if hasattr(self.rhs, "resolve_expression"):
            return self.rhs
        return keys_of(self.rhs, field)

    def condition(self) -> WhereNode:
        links = self.links(TargetIn)
        return WhereNode([self.column.get_lookup("in")(self.column, links), self.is_set()], AND)


class LinkIsNull(_LinkLookup):
    """``target__isnull=``: whether nothing is pointed at."""

    lookup_name = "isnull"

    def condition(self) -> WhereNode:
        return WhereNode([self.column.get_lookup("isnull")(self.column, self.rhs)])


LINK_LOOKUPS: dict[str, Any] = {
    lookup.lookup_name: lookup for lookup in (LinkExact, LinkIn, LinkIsNull)
}
