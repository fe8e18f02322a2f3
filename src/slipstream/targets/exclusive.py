"""`ExclusiveForeignKey`: one attribute, one real foreign key per model, exactly one of them set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from slipstream.exceptions import InvalidTarget
from slipstream.targets.attributes import TargetKey
from slipstream.targets.checks import check_field
from slipstream.targets.fields import TargetField
from slipstream.targets.names import constraint_name, index_name
from slipstream.targets.orm import (
    LOOKUPS,
    TargetColumns,
    TargetForeignKey,
    TargetOneToOneField,
    add_to_meta,
    joins_of,
)

__all__ = ["ExclusiveForeignKey", "ExclusiveOneToOneField", "Target"]

OnDelete = Callable[..., Any]
ModelReference = str | type[models.Model]


@dataclass(frozen=True)
class Target:
    """One of the models that an `ExclusiveForeignKey` may point at, with what differs for it."""

    model: ModelReference
    """The model, or its label as in ``ForeignKey``: ``"images.Image"``, ``"Image"``, ``"self"``."""
    name: str = ""
    """The end of the column's name: ``"tag"`` makes ``target_tag``. Default: the model's name."""
    on_delete: OnDelete | None = None
    """What happens to rows when their target is deleted. Default: as the field says."""
    related_name: str | None = None
    """As in ``ForeignKey``. Default: as the field says."""

    def __post_init__(self) -> None:
        if not isinstance(self.model, str | models.base.ModelBase):
            raise TypeError(f"A target is a model or the label of one, not {self.model!r}.")

    def name_on(self, model: type[models.Model]) -> str:
        """Return the name, for a field on ``model``."""
        if self.name:
            return self.name
        if self.model == "self":
            return str(model._meta.model_name)
        if isinstance(self.model, str):
            return self.model.rpartition(".")[2].lower()
        return str(self.model._meta.model_name)


class ExclusiveForeignKey(TargetField):
    """Points at a row of one of several models, through one real foreign key for each.

    ::

        class Activity(models.Model):
            target = ExclusiveForeignKey(
                "images.Image",
                settings.AUTH_USER_MODEL,
                Target("docs.Tag", on_delete=models.SET_NULL),
                on_delete=models.CASCADE,
                null=True,
                related_name="activities",
            )

    has the columns ``target_image``, ``target_user`` and ``target_tag``, each a
    nullable ``ForeignKey``, and a CHECK that at most one is set (exactly one
    without ``null=True``). ``activity.target`` reads, sets and deletes whichever
    it is; ``filter(target=…)``, ``target__in=…``, ``target__isnull=…`` and
    ``prefetch_related("target")`` work with any manager, and the columns
    themselves with everything in Django.

    ``targets`` are models, their labels, or `Target`. On an abstract model they
    may be left out: the concrete class then says ``target_models = […]``, named
    after the field.

    ``index_with`` names the columns that follow in each column's index, such as
    ``["-created_at"]`` for "newest first about this one". ``unique_with`` names
    those with which a target may occur once.

    Reading ``row.target`` costs what reading a foreign key costs: no query where
    the target is loaded, else one. ``row.target_key`` costs none.
    """

    column_class: type[Any] = TargetForeignKey

    def __init__(
        self,
        *targets: ModelReference | Target,
        on_delete: OnDelete,
        null: bool = False,
        related_name: str | None = None,
        related_query_name: str | None = None,
        index_with: Sequence[str] = (),
        unique_with: Sequence[str] = (),
        verbose_name: Any = None,
    ) -> None:
        super().__init__(verbose_name, null=null)
        self.targets = targets
        self.on_delete = on_delete
        self.related_name = related_name
        self.related_query_name = related_query_name
        self.index_with = tuple(index_with)
        self.unique_with = tuple(unique_with)
        self.columns: tuple[Any, ...] = ()
        self.declared: tuple[Target, ...] = ()
        self.constraint_name = ""

    # -- becoming part of a model

    @property
    def column_names(self) -> list[str]:
        """The foreign keys."""
        return [column.name for column in self.columns]

    def contribute_columns(self, cls: Any) -> None:
        """Give ``cls`` the columns, the constraints and the indexes."""
        declared = getattr(cls, f"{self.name}_models", None) or self.targets
        self.declared = tuple(t if isinstance(t, Target) else Target(t) for t in declared)
        # Of two with one name the first: a system check tells the rest.
        by_name = {target.name_on(cls): target for target in reversed(self.declared)}
        self.columns = tuple(
            self._contribute_column(cls, f"{self.name}_{name}", target)
            for name, target in reversed(by_name.items())
        )
        if self.columns:
            constraint = self._exclusive_constraint(cls)
            self.constraint_name = constraint.name
            add_to_meta(cls, "constraints", constraint)
        if self.unique_with:
            add_to_meta(cls, "constraints", *map(self._unique_constraint, self.columns))
        if self.index_with or not (self.unique_with or self.column_class is TargetOneToOneField):
            add_to_meta(cls, "indexes", *map(self._index, self.columns))

    def _contribute_column(self, cls: Any, name: str, target: Target) -> Any:
        column = self.column_class(
            target.model,
            target.on_delete or self.on_delete,
            null=True,
            blank=True,
            may_be_empty=self.null,
            related_name=target.related_name or self.related_name,
            related_query_name=self.related_query_name,
            # The index below begins with this column, and leaves out the empty ones.
            **({} if self.column_class is TargetOneToOneField else {"db_index": False}),
        )
        cls.add_to_class(name, column)
        return column

    def _exclusive_constraint(self, cls: Any) -> ExclusiveConstraint:
        # Sorted, so that another order of the targets is no change to migrate.
        names = sorted(column.name for column in self.columns)
        choices = [Q(**{f"{other}__isnull": other != name for other in names}) for name in names]
        if self.null:
            choices.append(Q(**{f"{name}__isnull": True for name in names}))
        condition = choices[0]
        for choice in choices[1:]:
            # Or, and no exclusive or: chained, that would accept three of three.
            condition |= choice
        kind = "at_most_one" if self.null else "exactly_one"
        name = constraint_name(cls, self.name, kind)
        return ExclusiveConstraint(condition=condition, name=name)

    def _unique_constraint(self, column: Any) -> models.UniqueConstraint:
        # For all rows, though those of other kinds never collide: MariaDB has no partial indexes.
        return models.UniqueConstraint(
            fields=[column.name, *self.unique_with], name=index_name(column, "uniq")
        )

    def _index(self, column: Any) -> models.Index:
        return models.Index(
            fields=[column.name, *self.index_with],
            condition=Q(**{f"{column.name}__isnull": False}),
            name=index_name(column, "idx"),
        )

    # -- which column

    def column_for(self, target: Any) -> Any:
        """Return the column for the object ``target``; raise `InvalidTarget` if there is none."""
        if not isinstance(target, models.Model):
            raise self.refusal(target)
        # By the class that a lazy object stands for.
        return self.column_for_model(target.__class__, target)

    def column_for_model(self, model: type[models.Model], shown: Any = None) -> Any:
        """Return the column for ``model``, or else for its nearest parent that is listed.

        Raises `InvalidTarget`, which shows ``shown``, if there is none.
        """
        for parent in model._meta.concrete_model.__mro__:  # type: ignore[union-attr]
            if parent in self._columns_by_model:
                return self._columns_by_model[parent]
        raise self.refusal(shown or model)

    @cached_property
    def _columns_by_model(self) -> dict[Any, Any]:
        return {column.related_model._meta.concrete_model: column for column in self.columns}

    def set_column(self, row: models.Model) -> Any:
        """Return the column through which ``row`` points at something, or None.

        One query where columns were deferred, none otherwise.
        """
        deferred = [c.attname for c in self.columns if c.attname not in row.__dict__]
        if deferred:
            row.refresh_from_db(fields=deferred)
        for column in self.columns:
            if getattr(row, column.attname) is not None:
                return column
        for column in self.columns:
            # A target that is not saved yet has no key.
            if column.get_cached_value(row, default=None) is not None:
                return column
        return None

    def kind_of(self, column: Any) -> str:
        """Return the name of ``column`` without that of the field: ``"image"``."""
        return str(column.name).removeprefix(f"{self.name}_")

    def key_of(self, target: models.Model) -> Any:
        """Return what tells ``target`` from all others that may be pointed at."""
        column = self.column_for(target)
        return column.name, getattr(target, column.target_field.attname)

    def key_of_row(self, row: models.Model) -> Any:
        """Return what tells the target of ``row`` from others; None if there is none."""
        column = self.set_column(row)
        return column and (column.name, getattr(row, column.attname))

    def plain_value(self, row: Any) -> TargetKey | None:
        """Return the kind and the key of what ``row`` points at."""
        column = self.set_column(row)
        return column and TargetKey(self.kind_of(column), getattr(row, column.attname))

    def set_plain_value(self, row: Any, key: TargetKey | None) -> None:
        """Set one column by its key, and clear the others."""
        columns = {self.kind_of(column): column for column in self.columns}
        kind, pk = key or (None, None)
        if kind is not None and kind not in columns:
            raise InvalidTarget(f"{self} has no kind {kind!r}; there are {', '.join(columns)}.")
        for name, column in columns.items():
            setattr(row, column.name, None)
            if name == kind:
                setattr(row, column.attname, pk)

    def cache_target(self, row: Any, target: models.Model | None) -> None:
        """Keep ``target`` in the cache of the column that is set; the column itself stays."""
        column = self.set_column(row)
        if column is not None:
            column.set_cached_value(row, target)

    def choices_text(self) -> str:
        """Return what may be pointed at, for messages: ``"images.Image or users.User"``."""
        labels = [
            model if isinstance(model, str) else model._meta.label
            for model in (column.remote_field.model for column in self.columns)
        ]
        return str(get_text_list(labels, "or"))

    def values_for(self, target: models.Model | None, *, using: str) -> dict[str, Any]:
        """Return each column's value for a row that points at ``target``. No query."""
        chosen = None if target is None else self.column_for(target)
        return {column.name: target if column is chosen else None for column in self.columns}

    def joins(self, querysets: Sequence[models.QuerySet[Any]]) -> list[list[str] | None]:
        """Return for each column the paths to join: its own, and what its queryset joins."""
        chosen = self.by_column(querysets)
        return [_joins(column, chosen.get(column)) for column in self.columns]

    def by_column(self, querysets: Sequence[models.QuerySet[Any]]) -> dict[Any, Any]:
        """Return ``querysets`` by column; raise ``ValueError`` where there are two for one."""
        found: dict[Any, Any] = {}
        for queryset in querysets:
            column = self.column_for_model(queryset.model)
            if column in found:
                raise ValueError(f"Two querysets for {column}; one can be used.")
            found[column] = queryset
        return found

    # -- filtering

    def get_col(self, alias: str, output_field: Any = None) -> Any:
        """Return the columns, for a lookup."""
        return TargetColumns(alias, self.columns, self.columns, self)

    def get_lookup(self, lookup_name: str) -> Any:
        """Return one of the three lookups there are: exact, in and isnull."""
        return LOOKUPS.get(lookup_name)

    # -- checking

    def check(self, **kwargs: Any) -> list[Any]:
        """Return what is wrong with the declaration."""
        return [*super().check(**kwargs), *check_field(self)]


class ExclusiveOneToOneField(ExclusiveForeignKey):
    """An `ExclusiveForeignKey` to each target of which at most one row points, by UNIQUE."""

    column_class = TargetOneToOneField


class ExclusiveConstraint(models.CheckConstraint):
    """Exactly one, or at most one, of the columns is set. For migrations, a plain CHECK."""

    def deconstruct(self) -> Any:
        """Return the plain constraint, so that migrations import nothing of ours."""
        _path, args, kwargs = super().deconstruct()
        return "django.db.models.CheckConstraint", args, kwargs

    def validate(
        self, model: Any, instance: Any, exclude: Any = None, using: str = "default"
    ) -> None:
        """Raise ``ValidationError`` if ``instance`` breaks it. No query, unlike a plain CHECK."""
        field: Any = next(
            (
                f
                for f in model._meta.private_fields
                if getattr(f, "constraint_name", "") == self.name
            ),
            None,
        )
        if field is None:  # a model of a migration, which knows the columns alone
            super().validate(model, instance, exclude, using)
            return
        shown = [column for column in field.columns if column.name not in (exclude or ())]
        count = sum(
            getattr(instance, column.attname) is not None
            or column.get_cached_value(instance, default=None) is not None
            for column in field.columns
        )
        # A column that the form does not show may be set after it.
        is_complete = len(shown) == len(field.columns)
        if not shown or count == 1 or (count == 0 and (field.null or not is_complete)):
            return
        names = get_text_list([str(column.verbose_name) for column in field.columns], _("or"))
        message = _("Choose at most one: %s.") if field.null else _("Choose exactly one: %s.")
        raise ValidationError(message % names, code="exclusive")


def _joins(column: Any, queryset: models.QuerySet[Any] | None) -> list[str] | None:
    if queryset is None:
        return [column.name]
    paths = joins_of(queryset)
    if paths is None or queryset.model is not column.related_model:
        return None
    return [column.name, *(f"{column.name}__{path}" for path in paths)]
