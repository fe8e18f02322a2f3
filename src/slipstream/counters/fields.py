"""The field that holds a count.

Uses ``DeferredAttribute``, which is not public; checked against Django 5.2, 6.0 and 6.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from django.core import checks
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.db.models.sql.compiler import SQLInsertCompiler

from slipstream.exceptions import CountNotWritable

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["CountField", "StoredCount"]

MaintainedBy = Literal["triggers", "signals"]


class StoredCount(int):
    """A count as the database gave it: the only thing that an instance takes for one."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        # Caches and queues need not know of this class.
        return int, (int(self),)


class _CountAttribute(DeferredAttribute):
    """The attribute of an instance: it can be read, and set only to what was read."""

    field: CountField

    def __set__(self, instance: models.Model, value: Any) -> None:
        if not isinstance(value, StoredCount):
            raise CountNotWritable(self.field._message("assigning does not change it"))
        instance.__dict__[self.field.attname] = value


class CountField(models.IntegerField):  # type: ignore[type-arg]
    """How many objects a relation has, kept by the database::

        class Image(models.Model):
            users_like = models.ManyToManyField(User, through="Like")
            like_count = CountField("users_like")
            comment_count = CountField("comments", filter=Q(hidden=False))

    ``relation`` is a many-to-many relation of this model, or the reverse of a
    foreign key to it: the name of the field, or that by which an instance has the
    objects. ``filter`` says which are counted: conditions on columns of the counted
    model, that is the related one, or for a many-to-many relation the one in
    between. To everyone who reads it, it is an integer column, with an index
    unless ``db_index`` is false.

    Nothing but the database writes it. ``save()`` leaves it as it is; assigning
    anything, and ``update()``, raise `CountNotWritable`. An instance knows the
    count that was read with it, until it is read again.

    ``maintained_by="signals"`` is for databases where there may be no triggers. It
    misses what Django's signals miss; see the documentation.

    Triggers cost an UPDATE of the one row for each row counted, on PostgreSQL one
    per object and statement, in the transaction that writes. Reading costs nothing.
    """

    descriptor_class = _CountAttribute
    column: str
    db_index: bool
    model: type[models.Model]
    non_db_attrs = (*models.Field.non_db_attrs, "relation", "filter", "maintained_by")

    def __init__(
        self,
        relation: str,
        *,
        filter: models.Q | None = None,  # noqa: A002 - as in Django's aggregates
        maintained_by: MaintainedBy = "triggers",
        db_index: bool = True,
        verbose_name: Any = None,
        **options: Any,
    ) -> None:
        self.relation = relation
        self.filter = filter
        self.maintained_by = maintained_by
        if refused := sorted(set(options) - _OPTIONS):
            raise TypeError(
                f"CountField takes no {', '.join(refused)}: the database alone writes it. It takes"
                f" filter, maintained_by, db_index, verbose_name, {', '.join(sorted(_OPTIONS))}."
            )
        super().__init__(verbose_name, db_index=db_index, **options, **_FIXED)

    def deconstruct(self) -> Any:
        """Return what a migration needs to make this field again."""
        name, path, _args, keywords = super().deconstruct()
        path = path.replace("slipstream.counters.fields", "slipstream.counters")
        for fixed in _FIXED:
            keywords.pop(fixed, None)
        keywords.pop("db_index", None)
        if not self.db_index:
            keywords["db_index"] = False
        if self.filter is not None:
            keywords["filter"] = self.filter
        if self.maintained_by != "triggers":
            keywords["maintained_by"] = self.maintained_by
        return name, path, [self.relation], keywords

    def check(self, **options: Any) -> list[checks.CheckMessage]:
        """Check what Django does, and that the relation can be counted."""
        from slipstream.counters.checks import check_field

        return [*super().check(**options), *check_field(self)]

    # -- reading

    def get_default(self) -> StoredCount:
        """Return 0: a new object has nothing yet."""
        return StoredCount(0)

    def from_db_value(self, value: Any, *_args: Any) -> StoredCount | None:
        """Mark what was read."""
        return None if value is None else StoredCount(value)

    def to_python(self, value: Any) -> Any:
        """Return ``value`` as a count: what a fixture says, which is never written."""
        number = super().to_python(value)
        return number if number is None else StoredCount(number)

    # -- writing: the column stays as it is, whoever saves the row

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's
        """Return what stands for "as it is", or 0 in a form that bulk inserts are fast with."""
        return _ZERO if add else StoredCount(0)

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Return what leaves the column as it is; raise `CountNotWritable` for other values."""
        if value is _ZERO:
            return 0
        if isinstance(value, StoredCount):
            return _AsItIs(self.column)
        if value is None:
            # MariaDB's schema editor asks so for a default; in a row the column refuses it.
            return None
        raise CountNotWritable(self._message("update() does not set it"))

    def _message(self, what: str) -> str:
        return (
            f"{self.model._meta.label}.{self.name} counts '{self.relation}' and is kept by the"
            f" database; {what}. Change '{self.relation}' and the count follows; if it is"
            f" wrong, run 'manage.py recount {self.model._meta.label}.{self.name}'."
        )


class _AsItIs:
    """In an UPDATE the column itself, in an INSERT 0: what is saved changes no count."""

    def __init__(self, column: str) -> None:
        self.column = column

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[()]]:
        if isinstance(compiler, SQLInsertCompiler):
            return "0", ()
        return connection.ops.quote_name(self.column), ()


# An object of its own: to be told from a 0 that somebody assigned.
_ZERO = StoredCount(0)
# db_default: rows that SQL by hand inserts. serialize: a fixture's count would be an old one.
_FIXED: dict[str, Any] = {"db_default": 0, "editable": False, "serialize": False}
_OPTIONS = {"db_column", "db_comment", "db_tablespace", "help_text", "name"}
