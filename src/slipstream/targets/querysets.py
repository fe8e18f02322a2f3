"""Reading rows with what they point at, and naming a target where Django takes names of fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Self

from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.core.exceptions import FieldDoesNotExist
from django.db import connections, models
from django.db.models.constants import LOOKUP_SEP

from slipstream.targets.fields import TargetField

__all__ = ["TargetQuerySet", "columns_of"]

_MOST_JOINS = {"sqlite": 8, "postgresql": 4}
"""Above these, planning one big join costs more than a query for each kind.

Measured by ``./dev bench targets``. SQLite has no round trip to save and plans
fast. MariaDB, once one more table is joined, may begin with that one, and sort
the whole table: there it never joins.
"""


class TargetQuerySet(models.QuerySet[Any]):
    """Rows with an `ExclusiveForeignKey` or a `LinkForeignKey`.

    Filters and ``prefetch_related`` need no special queryset; this one adds
    `with_target`, and takes the key's name in ``select_related``, ``only``,
    ``defer``, ``update``, ``bulk_create`` and ``bulk_update``.
    """

    def with_target(
        self,
        *querysets: models.QuerySet[Any],
        field: str | None = None,
        most_joins: int | None = None,
    ) -> Self:
        """Return the rows with their targets loaded, in whichever way is faster here.

        ``querysets``, at most one per model, say what to load of the targets:
        ``with_target(Image.objects.select_related("owner"))``. ``field`` names
        the key where the model has several. ``most_joins`` is how many tables may
        be joined in all, by default what was measured to be best for the engine;
        more are right where rows are found by their primary keys.

        Targets are joined, those that need the fewest tables first, as long as
        there is room and their queryset does nothing but join. The others cost
        one query for each kind that occurs on the page. Say ``select_for_update()``
        before, not after: nothing is joined then.

        Raises ``FieldDoesNotExist`` without such a key, `InvalidTarget` for a
        queryset of a model that is not listed, and ``ValueError`` for two of one.
        """
        if self._fields is not None:  # type: ignore[attr-defined]
            raise TypeError("Cannot call with_target() after .values() or .values_list().")
        key = _target_field(self.model, field)
        rows = self._with_columns(key.column_names)
        room = rows._room_for_joins(most_joins)
        parts = key.joins(querysets)
        joined: list[list[str]] = []
        for part in sorted(filter(None, parts), key=len):
            if len(part) <= room:
                room -= len(part)
                joined.append(part)
        if joined:
            rows = rows.select_related(*(path for part in joined for path in part))
        if len(joined) == len(parts):
            return rows
        return rows.prefetch_related(
            GenericPrefetch(key.name, list(querysets)) if querysets else key.name
        )

    def _room_for_joins(self, most: int | None) -> int:
        if self.query.select_for_update:
            return 0  # PostgreSQL locks no row that may be missing
        if most is None:
            most = _MOST_JOINS.get(connections[self.db].vendor, 0)
        joined = self.query.select_related
        return 0 if joined is True else most - len(joined or ())

    def _with_columns(self, names: Iterable[str]) -> Self:
        """Return the rows with ``names`` loaded, whatever ``only()`` and ``defer()`` said."""
        fields, is_defer = self.query.deferred_loading
        if is_defer:
            return super().defer(None).defer(*(set(fields) - set(names))) if fields else self
        return super().only(*fields, *names)

    def select_related(self, *fields: Any) -> Self:
        """As Django's, and takes the name of a key to several models."""
        return super().select_related(*columns_of(self.model, fields, joined=True))

    def only(self, *fields: Any) -> Self:
        """As Django's, and takes the name of a key to several models."""
        return super().only(*columns_of(self.model, fields))

    def defer(self, *fields: Any) -> Self:
        """As Django's, and takes the name of a key to several models."""
        return super().defer(*columns_of(self.model, fields))

    def update(self, **values: Any) -> int:
        """As Django's, and takes ``target=``: an object, or None."""
        self._for_write = True  # links are made where the rows are written
        for name in list(values):
            key = _field_or_none(self.model, name)
            if isinstance(key, TargetField):
                values |= key.values_for(values.pop(name), using=self.db)
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """As Django's; links that are missing are made in three statements for all."""
        rows = list(objs)
        self._for_write = True
        for key in self.model._meta.private_fields:
            if isinstance(key, TargetField):
                key.prepare_rows(rows, using=self.db)
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = columns_of(self.model, kwargs["update_fields"])
        return super().bulk_create(rows, *args, **kwargs)

    bulk_create.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(
        self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        """As Django's, and takes the name of a key to several models."""
        rows = list(objs)
        self._for_write = True
        names = list(fields)
        for name in names:
            key = _field_or_none(self.model, name)
            if isinstance(key, TargetField):
                key.prepare_rows(rows, using=self.db)
        return super().bulk_update(rows, columns_of(self.model, names), batch_size)

    bulk_update.alters_data = True  # type: ignore[attr-defined]


def columns_of(model: Any, names: Iterable[Any], *, joined: bool = False) -> list[Any]:
    """Return ``names`` with each key to several models replaced by its columns.

    By all that leads to its targets, if they are to be ``joined``.
    """
    return [name for path in names for name in _columns_of(model, path, joined=joined)]


def _columns_of(model: Any, path: Any, *, joined: bool) -> Iterator[Any]:
    if not isinstance(path, str):
        yield path
        return
    *way, last = path.split(LOOKUP_SEP)
    for name in way:
        model = getattr(_field_or_none(model, name), "related_model", None)
    key = _field_or_none(model, last)
    if isinstance(key, TargetField):
        for name in _all_paths(key) if joined else key.column_names:
            yield LOOKUP_SEP.join([*way, name])
    else:
        yield path


def _all_paths(key: TargetField) -> list[str]:
    return [path for part in key.joins(()) for path in part or ()]


def _field_or_none(model: Any, name: str) -> Any:
    try:
        return model and model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _target_field(model: Any, name: str | None) -> TargetField:
    keys = {f.name: f for f in model._meta.private_fields if isinstance(f, TargetField)}
    if name is None and len(keys) == 1:
        return next(iter(keys.values()))
    if name is None or name not in keys:
        raise FieldDoesNotExist(
            f"{model._meta.label} has the keys to several models {sorted(keys)};"
            f" say which with field=, not {name!r}."
        )
    return keys[name]
