"""`GuardedGenericKey`, and the queryset that finds rows by it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.signals import pre_save
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from slipstream.targets.generic.keys import KEY_LENGTH, key_text, key_value, type_id_of
from slipstream.targets.generic.reading import TargetDescriptor
from slipstream.targets.orm import add_to_meta

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

__all__ = ["DELETE", "KEEP", "GuardedGenericKey", "GuardedQuerySet", "OnMissing"]

TEXT_LENGTH = 255


class OnMissing(Enum):
    """What becomes of a row whose target is gone."""

    KEEP = "keep"
    DELETE = "delete"


KEEP = OnMissing.KEEP
"""The row is history: it outlives its target, and even its target's model."""

DELETE = OnMissing.DELETE
"""The row means nothing without its target: ``check_targets --delete`` removes it."""


class GuardedGenericKey(GenericForeignKey):
    """A key to a saved row of any model, whatever the type of its primary key.

    Declared as ``target``, it adds plain columns of Django's own kind:

    - ``target_type``, a foreign key to the content type. With `DELETE`, rows go
      with their content type; with `KEEP` they lose it and keep the rest, so the
      column is nullable then.
    - ``target_id``, the primary key as text, at most 255 characters.
    - ``target_text``, what ``str(target)`` was when it was assigned, cut to 255
      characters; not with ``snapshot=False``.
    - an index on the first two columns, followed by ``index_with``, such as
      ``["-created_at"]``; none with ``index_with=None``, for models whose own
      unique constraint begins with these two.

    ``null=True`` allows rows without a target. On an abstract model the columns
    are added to each concrete child.

    Assigning checks everything before it changes anything. It raises
    `InvalidTarget` for what is no model instance, for an unsaved one, and for
    one whose key is composite or does not fit; and calls ``str(target)``, which
    may query if that follows relations. A proxy is stored, and read, as the
    model it is a proxy of; a multi-table child as itself, not as its parent.

    Reading never raises: a target that is gone, a removed model or app and a
    malformed key are all None. One query per row, or one per model with
    ``prefetch_related("target")``, ``GenericPrefetch`` and
    ``prefetch_related_objects(page, "target")``. Content types cost one query
    per model and process: Django remembers them.
    """

    # Set on the copy that a multi-table child or a proxy inherits.
    mti_inherited = False

    def __init__(
        self,
        *,
        on_missing: OnMissing,
        null: bool = False,
        snapshot: bool = True,
        index_with: Sequence[str] | None = (),
        verbose_name: _StrOrPromise | None = None,
    ) -> None:
        if not isinstance(on_missing, OnMissing):
            raise TypeError("on_missing must be KEEP or DELETE, of slipstream.targets.generic.")
        super().__init__()
        if verbose_name is not None:
            self.verbose_name = verbose_name
        self.on_missing = on_missing
        self.snapshot = snapshot
        self.index_with = index_with
        # Made here, since fields of a model are in the order of their making.
        keep = on_missing is KEEP
        self._columns: dict[str, models.Field[Any, Any]] = {
            "type": models.ForeignKey(
                "contenttypes.ContentType",
                on_delete=models.SET_NULL if keep else models.CASCADE,
                null=null or keep,
                blank=null,
                db_index=False,  # leads the index below
                related_name="+",
            ),
            # Without a default it would be "", and a row without a target be saved.
            "id": models.CharField(max_length=KEY_LENGTH, null=null, blank=null, default=None),
        }
        if snapshot:
            self._columns["text"] = models.CharField(
                max_length=TEXT_LENGTH, blank=True, default="", editable=False
            )

    def contribute_to_class(  # type: ignore[override]
        self, cls: type[models.Model], name: str, **kwargs: Any
    ) -> None:
        """Join the private fields of ``cls``, and give it the columns unless it inherits them."""
        self.ct_field, self.fk_field, self.text_field = f"{name}_type", f"{name}_id", f"{name}_text"
        super().contribute_to_class(cls, name, **kwargs)
        setattr(cls, name, TargetDescriptor(self))
        if cls._meta.abstract:
            return
        pre_save.connect(self._before_save, sender=cls)
        if not self.mti_inherited:
            self._add_columns(cls)
            self._add_index(cls)

    @property
    def type_attname(self) -> str:
        """The attribute with the primary key of the content type."""
        return f"{self.ct_field}_id"

    def is_cached(self, instance: models.Model) -> bool:
        """Whether the target is known, forgetting one that was deleted since.

        Django would refuse to save the row, taking the target for an unsaved one.
        """
        cached = self.get_cached_value(instance, default=None)
        if cached is not None and cached.pk is None:
            self.delete_cached_value(instance)
        return super().is_cached(instance)

    def assign(self, instance: models.Model, target: Any) -> None:
        """Point ``instance`` at ``target``, or at nothing; what ``row.target = target`` does."""
        type_id = text = None
        snapshot = ""
        if target is not None:
            text = key_text(target)
            type_id = type_id_of(target, using=instance._state.db or target._state.db)
            snapshot = _cut(str(target))
        setattr(instance, self.type_attname, type_id)
        setattr(instance, self.fk_field, text)
        if self.snapshot:
            setattr(instance, self.text_field, snapshot)
        self.set_cached_value(instance, target)

    def points_at(self, instance: models.Model, target: Any, *, using: str | None) -> bool:
        """Whether the columns of ``instance`` say ``target``, by the content types of ``using``."""
        if getattr(instance, self.type_attname) != type_id_of(target, using=using):
            return False
        key, text = target.pk, getattr(instance, self.fk_field)
        return key is not None and key_value(target, key) == key_value(target, text)

    def condition(self, targets: Iterable[models.Model], *, using: str | None) -> models.Q:
        """Return the condition that a row points at one of ``targets``: a branch per model.

        Raises `InvalidTarget` as assigning does. No query, but for content
        types not yet remembered.
        """
        keys: dict[int, set[str]] = {}
        for target in targets:
            text = key_text(target)
            keys.setdefault(type_id_of(target, using=using), set()).add(text)
        condition = models.Q()
        for type_id, texts in keys.items():
            condition |= models.Q(
                (self.type_attname, type_id), (f"{self.fk_field}__in", sorted(texts))
            )
        return condition if keys else models.Q(pk__in=())

    def get_forward_related_filter(self, obj: models.Model) -> dict[str, Any]:
        """Say the key as the column does; Django would compare a text with, say, a UUID."""
        return {
            self.fk_field: key_text(obj),
            self.type_attname: type_id_of(obj, using=obj._state.db),
        }

    def _add_columns(self, cls: type[models.Model]) -> None:
        labels = {"type": _("{key} (model)"), "id": _("{key} (key)"), "text": _("{key} (text)")}
        for suffix, column in self._columns.items():
            # As Django copies the fields of an abstract model.
            column = copy.deepcopy(column)
            column.verbose_name = column._verbose_name = format_lazy(  # type: ignore[attr-defined]
                labels[suffix], key=self.verbose_name
            )
            cls.add_to_class(f"{self.name}_{suffix}", column)

    def _add_index(self, cls: type[models.Model]) -> None:
        if self.index_with is None:
            return
        index = models.Index(fields=[self.ct_field, self.fk_field, *self.index_with])
        # Django names it.
        add_to_meta(cls, "indexes", index)

    def _before_save(self, *, instance: Any, using: str, raw: bool, **_kwargs: Any) -> None:
        """Use the content type of the database that the row goes to, where that is another one."""
        target = self.get_cached_value(instance, default=None)
        if raw or target is None:
            return
        assigned_on = instance._state.db or target._state.db
        if assigned_on != using and self.points_at(instance, target, using=assigned_on):
            setattr(instance, self.type_attname, type_id_of(target, using=using))


class GuardedQuerySet(models.QuerySet[Any]):
    """Rows with a `GuardedGenericKey`, found by what they point at.

    Django has no ``filter(target=obj)`` for generic keys; these two are it. Where
    a model has several such keys, ``key`` is the name of the one that is meant.
    """

    def on(self, target: models.Model, *, key: str | None = None) -> Self:
        """The rows that point at ``target``. No query; one range of the key's index.

        Raises `InvalidTarget` as assigning ``target`` would.
        """
        return self.on_any([target], key=key)

    def on_any(self, targets: Iterable[models.Model], *, key: str | None = None) -> Self:
        """The rows that point at one of ``targets``, which may be of different models.

        No query; a branch per model, each a lookup in the key's index. Raises
        `InvalidTarget` as assigning one of them would.
        """
        field = _key_of(self.model, key)
        return self.filter(field.condition(targets, using=self.db))


def _key_of(model: type[models.Model], name: str | None) -> GuardedGenericKey:
    keys = [f for f in model._meta.private_fields if isinstance(f, GuardedGenericKey)]
    found = [key for key in keys if name in {None, key.name}]
    if len(found) != 1:
        choices = ", ".join(key.name for key in keys) or "none"
        raise FieldError(
            f"Say which key of {model._meta.label} is meant, with key=; there are: {choices}."
        )
    return found[0]


def _cut(text: str) -> str:
    # PostgreSQL has no NUL in texts.
    text = text.replace("\0", "")
    return text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - 1] + "…"
