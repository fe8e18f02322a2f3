"""Rows whose generic key points at nothing: found, counted and removed by the set.

What ``manage.py check_targets`` does. The keys are those of every
`GuardedGenericKey` and of every plain ``GenericForeignKey``.

Works in batches by primary key. Per batch, one query reads the columns of the
key, and one per model says which targets there are, by their primary key. The
keys are compared here and not in a join: an engine would have to turn the
target's whole key column into text, which no index serves, or each text into a
key, which fails on a malformed one; and targets may be on another database.
No object is loaded, and memory holds one batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import connections, models, router, transaction
from django.db.models import F

from slipstream.sql import retrying_deadlocks
from slipstream.targets.generic import KEEP, GuardedGenericKey
from slipstream.targets.generic.keys import database_of, key_value, model_of

__all__ = ["BATCH_SIZE", "Tally", "generic_keys", "label_of", "sweep"]

BATCH_SIZE = 2000

Columns = tuple[Any, Any]
"""The content type and the key of a row, as they are in the database."""


@dataclass
class Tally:
    """How many rows of one key point at one model."""

    target: str
    rows: int = 0
    dangling: int = 0
    deleted: int = 0


def generic_keys(*, using: str) -> list[GenericForeignKey]:
    """The generic keys of the tables that Django manages on the database ``using``. No query.

    An inherited key is one of the model that has its columns.
    """
    return [
        field
        for model in apps.get_models()
        if model._meta.managed
        if router.allow_migrate_model(using, model)
        for field in model._meta.private_fields
        if isinstance(field, GenericForeignKey) and not getattr(field, "mti_inherited", False)
    ]


def label_of(key: GenericForeignKey) -> str:
    """Return the name of ``key`` for people: ``trail.TaggedItem.target``."""
    return f"{key.model._meta.label}.{key.name}"


def is_kept(key: GenericForeignKey) -> bool:
    """Whether rows of ``key`` are to outlive their target."""
    return isinstance(key, GuardedGenericKey) and key.on_missing is KEEP


def sweep(
    key: GenericForeignKey,
    *,
    using: str,
    batch_size: int = BATCH_SIZE,
    delete: bool = False,
    progress: Callable[[int], None] | None = None,
) -> list[Tally]:
    """Count the rows of ``key`` that dangle, per model; with ``delete``, remove them as well.

    A row dangles if it has a key and reading its target gives None: the target,
    its model or its content type is gone, or the key is malformed. Only a
    target that a manager hides is there. Rows of a key that declares `KEEP` are
    never deleted. Calls ``progress`` with the number of rows of each batch.

    Deleting locks the rows of a batch and looks again, so that a row that was
    given another target meanwhile, or whose target came back, stays. It is
    ``QuerySet.delete()``: what refers to the rows goes as their foreign keys
    say, and signals are sent. A transaction per batch, unless the caller has one.

    Queries: one per batch, and one per model in it; when deleting, as many
    again for a batch with dangling rows, and the DELETE.
    """
    # SQLite counts the parameters of a statement.
    limit = connections[using].features.max_query_params
    batch_size = min(batch_size, limit) if limit else batch_size
    tallies: dict[Any, Tally] = {}
    for batch in _batches(key, using=using, size=batch_size):
        dangling = _dangling(batch, using=using)
        for pk, (type_id, _text) in batch.items():
            tally = tallies.get(type_id) or tallies.setdefault(
                type_id, Tally(_target_label(type_id, using=using))
            )
            tally.rows += 1
            tally.dangling += pk in dangling
        if delete and dangling and not is_kept(key):
            write = partial(_delete, key, dangling, using=using)
            for type_id in retrying_deadlocks(write, using=using):
                tallies[type_id].deleted += 1
        if progress is not None:
            progress(len(batch))
    return sorted(tallies.values(), key=lambda tally: tally.target)


def rows_of(key: GenericForeignKey, *, using: str) -> models.QuerySet[Any]:
    """The rows that say a target, with none hidden by a manager.

    A plain key says one with both columns; a guarded one that lost its content
    type still does.
    """
    rows: models.QuerySet[Any] = models.QuerySet(key.model, using=using)
    rows = rows.filter(**{f"{key.fk_field}__isnull": False})
    if not isinstance(key, GuardedGenericKey):
        rows = rows.filter(**{f"{key.ct_field}__isnull": False})
    return rows.order_by("pk")


def _batches(key: GenericForeignKey, *, using: str, size: int) -> Iterator[dict[Any, Columns]]:
    rows = rows_of(key, using=using)
    batch = _read(key, rows[:size])
    while batch:
        yield batch
        # A full one may be the last; asking costs less than counting.
        last = next(reversed(batch))
        batch = _read(key, rows.filter(pk__gt=last)[:size])


def _read(key: GenericForeignKey, rows: models.QuerySet[Any]) -> dict[Any, Columns]:
    values = rows.values_list("pk", _type_attname(key), key.fk_field)
    return {pk: (type_id, text) for pk, type_id, text in values}


def _dangling(batch: Mapping[Any, Columns], *, using: str) -> dict[Any, Columns]:
    """Those of ``batch`` whose target is not there. One query per model."""
    texts: dict[Any, set[Any]] = {}
    for type_id, text in batch.values():
        texts.setdefault(type_id, set()).add(text)
    there = {
        (type_id, text)
        for type_id, some in texts.items()
        for text in _with_target(type_id, some, using=using)
    }
    return {pk: columns for pk, columns in batch.items() if columns not in there}


def _with_target(type_id: Any, texts: Iterable[Any], *, using: str) -> set[Any]:
    """Those of ``texts`` that are the key of a row of the model that ``type_id`` stands for."""
    model = None if type_id is None else model_of(type_id, using=using)
    if model is None:
        return set()
    alias = database_of(model, beside=using)
    values = {text: key_value(model, text, using=alias) for text in texts}
    wanted = {value for value in values.values() if value is not None}
    rows: models.QuerySet[Any] = models.QuerySet(model, using=alias)
    rows = rows.filter(pk__in=wanted).order_by()
    found = {key_value(model, pk, using=alias) for pk in rows.values_list("pk", flat=True)}
    return {text for text, value in values.items() if value is not None and value in found}


def _delete(key: GenericForeignKey, seen: Mapping[Any, Columns], *, using: str) -> list[Any]:
    """Delete those of ``seen`` that still say what they said and still dangle.

    Returns the content type that each deleted row named.
    """
    rows = rows_of(key, using=using).filter(pk__in=seen)
    with transaction.atomic(using=using):
        if connections[using].features.has_select_for_update:
            now = _read(key, rows.select_for_update())
        else:
            # Writing is what takes SQLite's one lock.
            rows.order_by().update(**{key.fk_field: F(key.fk_field)})
            now = _read(key, rows)
        same = {pk: columns for pk, columns in now.items() if seen[pk] == columns}
        gone = _dangling(same, using=using)
        if gone:
            models.QuerySet(key.model, using=using).filter(pk__in=gone).delete()
    return [type_id for type_id, _text in gone.values()]


def _type_attname(key: GenericForeignKey) -> str:
    return str(key.model._meta.get_field(key.ct_field).attname)


def _target_label(type_id: Any, *, using: str) -> str:
    """Name the model that ``type_id`` stands for, if only by what is left of it."""
    if type_id is None:
        return "a removed content type"
    try:
        found = ContentType.objects.db_manager(using).get_for_id(type_id)
    except ContentType.DoesNotExist:
        return f"a removed content type ({type_id})"
    label = f"{found.app_label}.{found.model}"
    return label if model_of(type_id, using=using) else f"{label} (no such model)"
