"""Pointing through a link table: one column on each row that points, however many models there are.

A project makes one concrete `TargetLink`, a narrow table with one row for each
thing that is pointed at. Any number of models then point with a `LinkForeignKey`,
whose attribute behaves like that of an `ExclusiveForeignKey`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db import models, router
from django.db.models import prefetch_related_objects

from slipstream.exceptions import InvalidTarget
from slipstream.targets.attributes import TargetAttribute, TargetKey
from slipstream.targets.exclusive import ExclusiveForeignKey, ExclusiveOneToOneField
from slipstream.targets.fields import TargetField
from slipstream.targets.names import index_name
from slipstream.targets.orm import LINK_LOOKUPS, LinkColumn, LinkingForeignKey, add_to_meta

__all__ = ["LinkForeignKey", "TargetLink", "links_for"]


class TargetLink(models.Model):
    """One row for each thing pointed at, with one nullable one-to-one for each model.

    Abstract: ``class Link(TargetLink): target_models = ["images.Image", …]``.
    Exactly one is set, by CHECK, and nothing has two links, by UNIQUE. A link
    goes with its target, and the rows that point at it as their
    `LinkForeignKey` says.
    """

    target = ExclusiveOneToOneField(on_delete=models.CASCADE)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.target)


def links_for(
    link_model: type[TargetLink], targets: Iterable[models.Model], *, using: str | None = None
) -> list[TargetLink]:
    """Return the links to ``targets``, in their order, made where there were none.

    One query where all are there, else three statements, however many targets.
    Exact under concurrency: of two that make the same link at once, UNIQUE lets
    one win, and both get its link.

    Raises `InvalidTarget` for an object of another model, one that is not
    saved, or one that was deleted meanwhile.
    """
    targets = list(targets)
    using = using or router.db_for_write(link_model)
    field = _target_of(link_model)
    keys = [_saved_key(field, target) for target in targets]
    found = _find(link_model, targets, using=using)
    missing = {key: target for key, target in zip(keys, targets, strict=True) if key not in found}
    if missing:
        link_model._base_manager.using(using).bulk_create(
            [link_model(target=target) for target in missing.values()], ignore_conflicts=True
        )
        found |= _find(link_model, list(missing.values()), using=using)
    for key, target in missing.items():
        if key not in found:
            raise InvalidTarget(f"{target!r} is not in the database; nothing can point at it.")
    return [found[key] for key in keys]


def _target_of(link_model: Any) -> ExclusiveForeignKey:
    return link_model._meta.get_field("target")  # type: ignore[no-any-return]


def _saved_key(field: ExclusiveForeignKey, target: models.Model) -> Any:
    key = field.key_of(target)
    if target.pk is None:
        raise InvalidTarget(f"{target!r} is not saved; save it before pointing at it.")
    return key


def _find(link_model: Any, targets: list[Any], *, using: str) -> dict[Any, Any]:
    field = _target_of(link_model)
    links = link_model._base_manager.using(using).filter(target__in=targets)
    return {field.key_of_row(link): link for link in links}


class LinkForeignKey(TargetField):
    """Points at a row of one of several models through one foreign key to a link table.

    ::

        class Link(TargetLink):
            target_models = ["images.Image", settings.AUTH_USER_MODEL, …]

        class Comment(models.Model):
            about = LinkForeignKey(Link, on_delete=models.CASCADE, related_name="comments")

    has the one column ``about_link``. ``comment.about`` reads, sets and deletes;
    ``filter(about=…)``, ``about__in=…``, ``about__isnull=…`` and
    ``prefetch_related("about")`` work with any manager. What is not an object, a
    list or a queryset filters by the link: ``about_link__target=OuterRef("pk")``.
    ``image.link.comments`` leads back.

    Reading ``row.about`` costs up to two queries, prefetching one more than the
    kinds. Saving makes the link where there is none: one query where it is
    there, three statements otherwise.

    ``index_with`` names the columns that follow in the link column's index.
    """

    def __init__(
        self,
        to: str | type[TargetLink],
        *,
        on_delete: Callable[..., Any],
        null: bool = False,
        related_name: str | None = None,
        index_with: Sequence[str] = (),
        verbose_name: Any = None,
    ) -> None:
        super().__init__(verbose_name, null=null)
        self.attribute_class = LinkAttribute
        self.to = to
        self.on_delete = on_delete
        self.related_name = related_name
        self.index_with = tuple(index_with)
        self.link_column: Any = None

    # -- becoming part of a model

    @property
    def column_names(self) -> list[str]:
        """The one foreign key."""
        return [self.link_column.name]

    def contribute_columns(self, cls: Any) -> None:
        """Give ``cls`` the foreign key to the link table."""
        self.link_column = LinkingForeignKey(
            self.to,
            self.on_delete,
            null=self.null,
            editable=False,
            related_name=self.related_name,
            db_index=not self.index_with,
        )
        self.link_column.linking_field = self
        cls.add_to_class(f"{self.name}_link", self.link_column)
        if self.index_with:
            fields = [self.link_column.name, *self.index_with]
            name = index_name(self.link_column, "idx")
            add_to_meta(cls, "indexes", models.Index(fields=fields, name=name))

    # -- the link's own key

    @property
    def link_model(self) -> Any:
        """The concrete `TargetLink`."""
        return self.link_column.related_model

    @property
    def link_target(self) -> ExclusiveForeignKey:
        """The key on the link model."""
        return _target_of(self.link_model)

    def column_for(self, target: Any) -> Any:
        """Return the link's column for ``target``; `InvalidTarget` if there is none."""
        try:
            return self.link_target.column_for(target)
        except InvalidTarget:
            raise self.refusal(target) from None

    def choices_text(self) -> str:
        """Return what may be pointed at, for messages."""
        return self.link_target.choices_text()

    def values_for(self, target: models.Model | None, *, using: str) -> dict[str, Any]:
        """Return the link to ``target``, made if there is none."""
        link = target and links_for(self.link_model, [target], using=using)[0]
        return {self.link_column.name: link}

    def paths_of(self, querysets: Sequence[models.QuerySet[Any]]) -> list[str] | None:
        """Return what to join: the link, the targets, and what ``querysets`` join."""
        paths = self.link_target.paths_of(querysets)
        name = self.link_column.name
        return None if paths is None else [name, *(f"{name}__{path}" for path in paths)]

    def link_of(self, row: Any) -> Any:
        """Return the link of ``row``, or None; one query where it is not loaded."""
        return getattr(row, self.link_column.name)

    def key_of_row(self, row: Any) -> Any:
        """Return what tells the target of ``row`` from others."""
        link = self.link_of(row)
        return link and self.link_target.key_of_row(link)

    def cache_target(self, row: Any, target: Any) -> None:
        """Keep what was prefetched with the link."""
        if link := self.link_of(row):
            self.link_target.cache_target(link, target)

    def plain_value(self, row: Any) -> TargetKey | None:
        """Return the key of a target that waits to be saved, else that of the link."""
        waiting = row._state.fields_cache.get(self.name)
        if waiting is not None:
            kind = self.link_target.kind_of(self.column_for(waiting))
            return TargetKey(kind, waiting.pk)
        key = getattr(row, self.link_column.attname)
        return None if key is None else TargetKey("link", key)

    def set_plain_value(self, row: Any, key: TargetKey | None) -> None:
        """Set the link by its key."""
        if key is not None and key[0] != "link":
            raise InvalidTarget(f"{self} has no kind {key[0]!r}; there is 'link'.")
        row._state.fields_cache.pop(self.name, None)
        setattr(row, self.link_column.attname, key and key[1])

    # -- writing

    def prepare_rows(self, rows: Iterable[models.Model], *, using: str) -> None:
        """Give each of ``rows`` that was assigned a target its link; three statements for all."""
        waiting = [row for row in rows if self.name in row._state.fields_cache]
        if not waiting:
            return
        targets = [row._state.fields_cache[self.name] for row in waiting]
        for row, link in zip(
            waiting, links_for(self.link_model, targets, using=using), strict=True
        ):
            target = row._state.fields_cache.pop(self.name)
            link.target = target
            setattr(row, self.link_column.name, link)

    def clean(self, value: Any, model_instance: Any) -> Any:
        """Raise ``ValidationError`` where nothing is pointed at and something must be."""
        if value is None and not self.null:
            raise ValidationError(self.error_messages["null"], code="null")
        return value

    # -- filtering

    def get_col(self, alias: str, output_field: Any = None) -> LinkColumn:
        """Return the link column, for a lookup."""
        return LinkColumn(alias, self.link_column, self)

    def get_lookup(self, lookup_name: str) -> Any:
        """Return one of the three lookups there are: exact, in and isnull."""
        return LINK_LOOKUPS.get(lookup_name)

    def select_format(self, compiler: Any, sql: str, params: Any) -> Any:
        """Refuse to be selected: the column holds a link, and no target."""
        raise FieldError(f"{self} cannot be selected; name its column: {self.link_column.name}.")


class LinkAttribute:
    """``row.target`` through a link: a target waits in the row's cache until it is saved."""

    def __init__(self, field: LinkForeignKey) -> None:
        self.field = field

    def __get__(self, row: Any, owner: Any = None) -> Any:
        if row is None:
            return self
        if self.field.name in row._state.fields_cache:
            return row._state.fields_cache[self.field.name]
        link = self.field.link_of(row)
        return link and link.target

    def __set__(self, row: Any, target: Any) -> None:
        if target is not None:
            self.field.column_for(target)
        self.__delete__(row)
        if target is not None:
            row._state.fields_cache[self.field.name] = target

    def __delete__(self, row: Any) -> None:
        row._state.fields_cache.pop(self.field.name, None)
        setattr(row, self.field.link_column.attname, None)
        if self.field.link_column.is_cached(row):
            self.field.link_column.delete_cached_value(row)

    # -- for prefetch_related

    def is_cached(self, row: Any) -> bool:
        """Return whether reading the target costs no query."""
        if self.field.name in row._state.fields_cache:
            return True
        if getattr(row, self.field.link_column.attname) is None:
            return True
        link = self.field.link_column.get_cached_value(row, default=None)
        return link is not None and TargetAttribute(self.field.link_target).is_cached(link)

    def get_prefetch_querysets(self, instances: Any, querysets: Any = None) -> Any:
        """Return the targets of ``instances``: a query for the links, one for each model."""
        prefetch_related_objects(instances, self.field.link_column.name)
        links = {link.pk: link for row in instances if (link := self.field.link_of(row))}
        found: Any = []
        if links:
            attribute = TargetAttribute(self.field.link_target)
            found, *_rest = attribute.get_prefetch_querysets(list(links.values()), querysets)
        field = self.field
        return found, field.link_target.key_of, field.key_of_row, True, field.prefetched_name, True
