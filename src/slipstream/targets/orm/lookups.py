"""Conditions on an exclusive foreign key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldError
from django.db import models
from django.db.models.expressions import Col, ColPairs, Ref
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import Lookup
from django.db.models.sql import Query
from django.db.models.sql.where import AND, OR, WhereNode

from slipstream.exceptions import InvalidTarget

__all__ = ["LOOKUPS", "NOT_NULL", "ComposedLookup", "Keys", "TargetColumns", "is_query", "keys_of"]


NOT_NULL = False
"""What ``isnull`` compares with."""


class TargetColumns(ColPairs):
    """All columns of an exclusive foreign key, as the left side of a lookup.

    As a value they are refused, by Django, which has such pairs for composite
    primary keys, or by `as_sql`. Left are ``order_by()`` and ``Count()``, which
    get a text that tells each target from all others.
    """

    def of(self, column: Any) -> Any:
        """Return one of the columns."""
        return Col(self.alias, column)

    def get_source_expressions(self) -> list[Any]:
        """Return the columns."""
        return [self.of(column) for column in self.targets]

    def get_group_by_cols(self) -> Any:
        """Return the columns."""
        return self.get_source_expressions()

    def get_cols(self) -> list[Any]:
        """Return the text alone: the kind, in the order in which they are listed, and the key."""
        whens = []
        for number, column in enumerate(self.targets):
            key = Concat(models.Value(f"{number:03}:"), Cast(self.of(column), models.TextField()))
            is_set = self.of(column).get_lookup("isnull")(self.of(column), NOT_NULL)
            whens.append(models.When(is_set, then=key))
        return [models.Case(*whens, output_field=models.TextField())]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Refuse to be selected, compared or computed with."""
        names = ", ".join(column.name for column in self.targets)
        raise FieldError(
            f"{self.output_field} is kept in several columns and has no value of its own in the"
            f" database; name them: {names}."
        )


class ComposedLookup(Lookup):
    """A condition said in Django's own conditions on columns.

    It is never unknown (NULL), so that its negation finds all the other rows.
    """

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Compile the condition."""
        sql, params = compiler.compile(self.condition())
        return f"({sql})", params

    def condition(self) -> WhereNode:
        """Return what the database is asked."""
        raise NotImplementedError


class _TargetLookup(ComposedLookup):
    """A condition on an exclusive foreign key."""

    def points_at(self, column: Any, value: Any, lookup: str = "exact") -> WhereNode:
        left = self.lhs.of(column)
        # Without these, `NOT (NULL = 5)` would lose the rows of other kinds.
        known: list[Any] = [side for side in (left, value) if isinstance(side, Col)]
        is_known = [side.get_lookup("isnull")(side, NOT_NULL) for side in known]
        return WhereNode([left.get_lookup(lookup)(left, value), *is_known], AND)

    def column_of(self, value: Any) -> Any:
        """Return the column that ``value``, a query or an expression, belongs to."""
        field = self.lhs.output_field
        if is_query(value) and value.combinator:
            raise FieldError(f"{field} takes a queryset, but no union, intersection or difference.")
        if is_query(value) and not value.has_select_fields:
            return field.column_for_model(value.model)
        by_model = {c.related_model._meta.concrete_model: c for c in field.columns}
        columns = [by_model[model] for model in _models_of(value) if model in by_model]
        if len(columns) == 1:
            return columns[0]
        raise FieldError(
            f"Cannot tell which model the value for {field} is of; it takes {field.choices_text()}."
            f" Filter by the column instead: {' or '.join(field.column_names)}."
        )


class TargetExact(_TargetLookup):
    """``target=``: an object, ``OuterRef``, ``F`` or a subquery of one row."""

    lookup_name = "exact"

    def get_prep_lookup(self) -> Any:
        if self.rhs is None or isinstance(self.rhs, Keys):
            return self.rhs
        if hasattr(self.rhs, "resolve_expression"):
            if is_query(self.rhs):
                self.column_of(self.rhs)
            return self.rhs
        return keys_of([self.rhs], self.lhs.output_field)

    def condition(self) -> WhereNode:
        if isinstance(self.rhs, TargetColumns):
            return any_of(self.same_columns(self.rhs))
        if isinstance(self.rhs, Keys):
            return any_of(self.points_at(column, key) for column, key in self.rhs)
        return self.points_at(self.column_of(self.rhs), self.rhs)

    def same_columns(self, other: Any) -> Iterator[WhereNode]:
        theirs = {column.related_model._meta.concrete_model: column for column in other.targets}
        for column in self.lhs.targets:
            match = theirs.get(column.related_model._meta.concrete_model)
            if match:
                yield self.points_at(column, other.of(match))


class TargetIn(_TargetLookup):
    """``target__in=``: objects of any of the models, or a queryset of one."""

    lookup_name = "in"

    def get_prep_lookup(self) -> Any:
        if is_query(self.rhs):
            self.column_of(self.rhs)
        if isinstance(self.rhs, Keys) or hasattr(self.rhs, "resolve_expression"):
            return self.rhs
        return keys_of(self.rhs, self.lhs.output_field)

    def condition(self) -> WhereNode:
        if not isinstance(self.rhs, Keys):
            return self.points_at(self.column_of(self.rhs), self.rhs, "in")
        by_column: dict[Any, list[Any]] = {}
        for column, key in self.rhs:
            by_column.setdefault(column, []).append(key)
        return any_of(self.points_at(column, keys, "in") for column, keys in by_column.items())


class TargetIsNull(_TargetLookup):
    """``target__isnull=``: whether nothing is pointed at."""

    lookup_name = "isnull"

    def get_prep_lookup(self) -> bool:
        if not isinstance(self.rhs, bool):
            # As Django's own lookup has it.
            raise ValueError("The value for isnull must be True or False.")  # noqa: TRY004
        return self.rhs

    def condition(self) -> WhereNode:
        columns = [self.lhs.of(column) for column in self.lhs.targets]
        tests = [column.get_lookup("isnull")(column, self.rhs) for column in columns]
        return WhereNode(tests, AND if self.rhs else OR)


LOOKUPS: dict[str, Any] = {
    lookup.lookup_name: lookup for lookup in (TargetExact, TargetIn, TargetIsNull)
}


def any_of(conditions: Iterable[WhereNode]) -> WhereNode:
    """Return that one of ``conditions`` holds; without any, none does."""
    some: list[Any] = list(conditions)
    if not some:
        raise EmptyResultSet
    return WhereNode(some, OR)


class Keys(tuple[tuple[Any, Any], ...]):
    """Column and key of each object that a lookup was given."""

    __slots__ = ()


def keys_of(values: Any, field: Any) -> Keys:
    """Return column and key for each object among ``values``.

    Keys, not the objects: a query stays what it was when they change.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise field.refusal(values)
    keys = []
    for item in values:
        if item is None:
            continue
        column = field.column_for(item)
        key = getattr(item, column.target_field.attname)
        if key is None:
            raise InvalidTarget(f"{item!r} is not saved; nothing points at it.")
        keys.append((column, key))
    return Keys(keys)


def is_query(value: Any) -> Any:
    """Return whether ``value`` is a queryset, as lookups get to see it."""
    return isinstance(value, Query)


def _models_of(value: Any) -> list[Any]:
    """Return the concrete models whose primary key ``value`` may be."""
    if isinstance(value, models.Subquery):
        value = value.query
    if is_query(value):
        selected: list[Any] = [*value.select, *value.annotation_select.values()]
        value = selected[0] if len(selected) == 1 else None
    if isinstance(value, Ref):
        value = value.get_source_expressions()[0]
    if not isinstance(value, Col):
        return []
    field: Any = value.target
    found = [field.model._meta.concrete_model] if field.primary_key else []
    # A child's link to its parent is the child's own key first of all.
    if (
        field.remote_field
        and field.target_field.primary_key
        and not (field.primary_key and field.remote_field.parent_link)
    ):
        found.append(field.remote_field.model._meta.concrete_model)
    return found
