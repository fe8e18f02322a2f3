"""What a `CountField` counts: rows of a table, by a column that says whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from django.apps.registry import Apps
from django.core.exceptions import (
    EmptyResultSet,
    FieldDoesNotExist,
    FieldError,
    FullResultSet,
    ValidationError,
)
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Col
from django.db.models.functions import Coalesce
from django.db.models.sql import Query

from slipstream.counters.fields import CountField

__all__ = ["Counted", "Uncountable", "counts", "resolve"]


# What stands for a row in a condition, until it is said which. No column is called so.
_ROW = "slipstream_row"


class Uncountable(Exception):
    """A relation or filter that no database can count; says why, and what is possible."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Counted:
    """The rows of ``rows`` whose column ``key`` has what ``holder`` has in ``matched``."""

    field: CountField
    holder: type[models.Model]
    """The model with the field."""
    matched: str
    """The column of ``holder`` that ``key`` refers to."""
    rows: type[models.Model]
    """The model that is counted: the related one, or the one in between."""
    key: models.ForeignKey[Any, Any]
    condition: models.Q | None

    @property
    def is_of_itself(self) -> bool:
        """Whether the holder's table is the one that is counted, as with answers to comments."""
        return self.holder._meta.db_table == self.rows._meta.db_table

    def columns(self) -> set[str]:
        """Return the columns of ``rows`` that decide what is counted."""
        where: Any = Query(self.rows).build_where(self.condition or models.Q())
        parts = (part for leaf in where.leaves() for part in _parts(leaf))
        used: set[Any] = {part.target.column for part in parts if isinstance(part, Col)}
        return {self.key.column, *used}

    def counting(self) -> Any:
        """Return an expression for the real count of each row of ``holder``."""
        rows = self.rows._base_manager.order_by().filter(**{self.key.attname: self._outer()})
        if self.condition is not None:
            rows = rows.filter(self.condition)
        counted = rows.values(self.key.attname).annotate(n=models.Count("*")).values("n")
        return Coalesce(models.Subquery(counted, output_field=models.IntegerField()), 0)

    def _outer(self) -> models.OuterRef:
        return models.OuterRef(
            next(f.attname for f in self.holder._meta.local_fields if f.column == self.matched)
        )

    def condition_sql(self, connection: BaseDatabaseWrapper, *, row: str) -> str:
        """Return the SQL that says whether ``row``, an alias of a row, is counted.

        Values are written into it, as into a CHECK constraint.
        """
        if self.condition is None:
            return "1 = 1"
        query = Query(self.rows)
        where = query.build_where(self.condition)
        where = where.relabeled_clone({self.rows._meta.db_table: _ROW})
        try:
            sql, params = query.get_compiler(connection=connection).compile(where)
        except FullResultSet:
            return "1 = 1"
        except EmptyResultSet:
            return "1 = 0"
        # NEW and OLD are no names that can be quoted. Values come in only afterwards.
        sql = sql.replace(f"{connection.ops.quote_name(_ROW)}.", f"{row}.")
        quoted = connection.schema_editor(collect_sql=True).quote_value
        return f"({sql % tuple(quoted(value) for value in params)})"


def counts(apps: Apps) -> Iterator[Counted]:
    """Return what each `CountField` of the models in ``apps`` counts, without the uncountable."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, CountField) and not (model._meta.proxy or model._meta.swapped):
                try:
                    yield resolve(field)
                except Uncountable:
                    continue  # a check says so


def resolve(field: CountField) -> Counted:
    """Return what ``field`` counts. Raises `Uncountable`."""
    holder: Any = field.model._meta.concrete_model
    relations = dict(_relations(holder))
    if field.relation not in relations:
        raise Uncountable(
            f"There is nothing to count by the name '{field.relation}'{_why(holder, field)}.",
            f"{holder._meta.label} has: {', '.join(sorted(relations)) or 'no such relation'}.",
        )
    key, other = relations[field.relation]
    rows: Any = key.model._meta.concrete_model
    conditions = [field.filter] if field.filter else []
    if other is not None and other.null:
        # With nobody at the other end there is no related object.
        conditions.append(models.Q(**{f"{other.name}__isnull": False}))
    condition = reduce(and_, conditions) if conditions else None
    counted = Counted(field, holder, _matched(holder, key), rows, key, condition)
    if field.filter:
        _check_filter(counted, field.filter)
    return counted


def _relations(holder: Any) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Return each relation to many by name: the key to ``holder``, and that to the other end."""
    for relation in holder._meta.get_fields(include_hidden=True):
        ends = _ends(relation)
        if ends:
            names = {relation.name, getattr(relation, "get_accessor_name", lambda: None)()}
            for name in names:
                if name and not name.endswith("+"):
                    yield name, ends


def _ends(relation: Any) -> tuple[Any, Any] | None:
    if isinstance(relation, models.ManyToManyField):
        through: Any = relation.remote_field.through
        names = relation.m2m_field_name(), relation.m2m_reverse_field_name()
    elif isinstance(relation, models.ManyToManyRel):
        through, field = relation.through, relation.field
        names = field.m2m_reverse_field_name(), field.m2m_field_name()
    elif type(relation) is models.ManyToOneRel and isinstance(relation.field, models.ForeignKey):
        return relation.field, None
    else:
        return None
    near, far = names
    return through._meta.get_field(near), through._meta.get_field(far)


def _why(holder: Any, field: CountField) -> str:
    """Say what the name is instead, where it is something."""
    try:
        found = holder._meta.get_field(field.relation)
    except FieldDoesNotExist:
        return ""
    if getattr(found, "content_type_field_name", None):
        return ": it is a generic relation, and what it counts the database cannot see"
    return ": it does not lead to many objects"


def _matched(holder: Any, key: models.ForeignKey[Any, Any]) -> str:
    target = key.target_field
    if target.model._meta.concrete_model is holder:
        return str(target.column)
    if target.primary_key:
        return str(holder._meta.pk.column)  # the key of a parent is that of the child
    raise Uncountable(
        f"'{key.model._meta.label}.{key.name}' refers to '{target.name}', which"
        f" {holder._meta.label} has from another table.",
        "Let it refer to the primary key.",
    )


def _check_filter(counted: Counted, condition: models.Q) -> None:
    problem = ""
    try:
        where: Any = Query(counted.rows).build_where(condition)
    except ValidationError as error:
        problem = " ".join(error.messages).rstrip(".")
    except (FieldError, TypeError, ValueError) as error:
        problem = str(error).rstrip(".")  # a field, a lookup or a value that there cannot be
    else:
        if any(_is_query(part) for leaf in where.leaves() for part in _parts(leaf)):
            problem = "it asks another query"
    if problem:
        columns = ", ".join(f.name for f in counted.rows._meta.local_concrete_fields)
        raise Uncountable(
            f"The filter cannot be used: {problem}.",
            f"It can have conditions on the columns of {counted.rows._meta.label}: {columns}.",
        )


def _parts(expression: Any) -> Iterator[Any]:
    yield expression
    for part in expression.get_source_expressions():
        if part is not None:
            yield from _parts(part)


def _is_query(expression: Any) -> bool:
    return isinstance(expression, Query) or getattr(expression, "subquery", False)
