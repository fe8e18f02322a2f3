"""Pointing through a link table: one column on each row that points, however many models there are.

A project makes one concrete `TargetLink`, a narrow table with one row for each
thing that is pointed at. Any number of models then point with a `LinkForeignKey`,
whose attribute behaves like that of an `ExclusiveForeignKey`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, router
from django.db.models.signals import pre_save

from slipstream.exceptions import InvalidTarget
from slipstream.sql import retrying_deadlocks
from slipstream.targets.attributes import LinkAttribute, TargetKey
from slipstream.targets.checks import check_link
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

    One query where all are there, else three statements, however many targets
    (on SQLite one for each few hundred). Exact under concurrency: of two that
    make the same link at once, UNIQUE lets one win, and both get its link. Made
    in key order, so that two who make several do not deadlock; outside of a
    transaction, deadlocks are tried again.

    Raises `InvalidTarget` for an object of another model or one that is not
    saved, and on MariaDB for one that was deleted meanwhile, which the other
    engines tell as an ``IntegrityError`` when the transaction is committed.
    """
    targets = list(targets)
    using = using or router.db_for_write(link_model)
    field = _target_of(link_model)
    keys = [_saved_key(field, target) for target in targets]
    found = _find(link_model, targets, using=using)
    missing = {key: target for key, target in zip(keys, targets, strict=True) if key not in found}
    if missing:
        rows = [link_model(target=missing[key]) for key in sorted(missing)]
        write = partial(
            link_model._base_manager.using(using).bulk_create, rows, ignore_conflicts=True
        )
        retrying_deadlocks(write, using=using)
        found |= _find(link_model, list(missing.values()), using=using)
    for key, target in missing.items():
        if key not in found:
            raise InvalidTarget(f"{target!r} is not in the database; nothing can point at it.")
    return [found[key] for key in keys]


def _target_of(link_model: Any) -> ExclusiveForeignKey:
    return link_model._meta.get_field("target")  # type: ignore[no-any-return]


def _saved_key(field: ExclusiveForeignKey, target: models.Model) -> Any:
    key = field.key_of(target)
    if target.pk is None or target._state.adding:
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
    ``prefetch_related("about")`` work with any manager. ``image.link.comments``
    leads back; ``image.link`` raises where nothing has pointed at it yet.

    Reading ``row.about`` costs up to two queries, prefetching one more than the
    kinds. A target that was assigned waits with the row, whose ``about_link`` is
    empty until it is saved. Saving makes the link where there is none: one query
    where it is there, three statements otherwise. Links stay when the last row that points goes.

    Forms and the admin do not show the link; a form of one's own sets ``about``.

    ``index_with`` names the columns that follow in the link column's index.
    """

    attribute_class = LinkAttribute

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

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """Give ``cls`` the attributes, and the columns if it has a table."""
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract:
            pre_save.connect(self._before_save, sender=cls)

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
        link = None if target is None else links_for(self.link_model, [target], using=using)[0]
        return {self.link_column.name: link}

    def joins(self, querysets: Sequence[models.QuerySet[Any]]) -> list[list[str] | None]:
        """Return the link, the targets, and what ``querysets`` join, as one part."""
        name = self.link_column.name
        paths = [name]
        for part in self.link_target.joins(querysets):
            if part is None:
                return [None]
            paths += [f"{name}__{path}" for path in part]
        return [paths]

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
        key = getattr(row, self.link_column.attname)
        if key is not None:
            return TargetKey("link", key)
        waiting = self.waiting_target(row)
        if waiting is None:
            return None
        return TargetKey(self.link_target.kind_of(self.column_for(waiting)), waiting.pk)

    def set_plain_value(self, row: Any, key: TargetKey | None) -> None:
        """Set the link by its key."""
        if key is not None and key[0] != "link":
            raise InvalidTarget(f"{self} has no kind {key[0]!r}; there is 'link'.")
        self.wait(row, None)
        setattr(row, self.link_column.attname, key and key[1])

    # -- a target that waits for its link

    def wait(self, row: Any, target: models.Model | None, link: Any = None) -> None:
        """Keep ``target`` with ``row``, with the key of its link once that is known."""
        if target is None:
            row._state.fields_cache.pop(self.name, None)
        else:
            row._state.fields_cache[self.name] = (target, link)

    def forget(self, row: models.Model) -> None:
        """Forget a target that waits."""
        self.wait(row, None)

    def waiting_target(self, row: Any) -> Any:
        """Return the target that was assigned, unless the link was set or read anew since."""
        target, link = row._state.fields_cache.get(self.name, (None, None))
        return target if getattr(row, self.link_column.attname) == link else None

    def prepare_rows(self, rows: Iterable[models.Model], *, using: str) -> None:
        """Give each of ``rows`` that was assigned a target its link; three statements for all."""
        waiting = [row for row in rows if getattr(row, self.link_column.attname) is None]
        self._find_links([row for row in waiting if self.waiting_target(row)], using=using)

    def prepare_insert(self, row: models.Model, *, using: str) -> None:
        """Give ``row``, about to be inserted, its link.

        Anew where it was inserted before: that was rolled back, and perhaps the link with it.
        """
        is_there = getattr(row, self.link_column.attname) is not None and row._state.adding
        if not is_there and self.waiting_target(row) is not None:
            self._find_links([row], using=using)

    def _find_links(self, rows: Sequence[Any], *, using: str) -> None:
        if not rows:
            return
        targets = [self.waiting_target(row) for row in rows]
        links = links_for(self.link_model, targets, using=using)
        for row, target, link in zip(rows, targets, links, strict=True):
            link.target = target
            setattr(row, self.link_column.name, link)
            self.wait(row, target, link.pk)

    def _before_save(self, *, instance: Any, using: str, raw: bool, **_kwargs: Any) -> None:
        # Here and not later: an error now leaves the caller's transaction usable.
        if not raw:
            self.prepare_rows([instance], using=using)

    def clean(self, value: Any, model_instance: Any) -> Any:
        """Raise ``ValidationError`` where nothing is pointed at and something must be.

        Unique constraints on the link are not validated for a target that was just
        assigned, whose link is not known before saving; the database holds them.
        """
        if value is None and not self.null:
            raise ValidationError(self.error_messages["null"], code="null")
        return value

    # -- filtering

    def get_col(self, alias: str, output_field: Any = None) -> Any:
        """Return the link column, for a lookup."""
        return LinkColumn(alias, (self.link_column,), (self.link_column,), self)

    def get_lookup(self, lookup_name: str) -> Any:
        """Return one of the three lookups there are: exact, in and isnull."""
        return LINK_LOOKUPS.get(lookup_name)

    # -- checking

    def check(self, **kwargs: Any) -> list[Any]:
        """Return what is wrong with the declaration."""
        return [*super().check(**kwargs), *check_link(self)]
