"""Comparing stored counts with the rows, and repairing them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

from slipstream.counters.counted import Counted, resolve
from slipstream.counters.fields import CountField
from slipstream.counters.statements import count_anew
from slipstream.sql import retrying_deadlocks

__all__ = ["BATCH_SIZE", "Tally", "recount"]

#: Rows compared by one query.
BATCH_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Tally:
    """What was found: how many rows there are, how many counts were wrong and were repaired."""

    rows: int
    wrong: int
    repaired: int


def recount(
    model: type[models.Model],
    name: str,
    *,
    using: str = DEFAULT_DB_ALIAS,
    only_check: bool = False,
    batch_size: int = BATCH_SIZE,
    progress: Callable[[int], None] | None = None,
) -> Tally:
    """Compare the count ``name`` of each ``model`` with the rows, and repair what is wrong.

    Safe while others write: what is compared was read at one moment, and a wrong
    count is made anew with its row locked, so that each write comes wholly before
    or after. In batches, each a transaction of its own (the caller's, where there
    is one). ``progress`` is told of the rows of each batch. ``only_check`` repairs nothing.

    One query per batch, and two where something is wrong. Raises ``ValueError``
    where ``name`` is no `CountField` of ``model``.
    """
    field = next((f for f in model._meta.concrete_fields if f.name == name), None)
    if not isinstance(field, CountField):
        raise ValueError(f"{model._meta.label} has no CountField '{name}'.")  # noqa: TRY004
    counted = resolve(field)
    rows = wrong = repaired = 0
    last = None
    while batch := _batch(counted, last, using=using, size=batch_size):
        drifted = [key for key, stored, real in batch if stored != real]
        if drifted and not only_check:
            repaired += _repair(counted, drifted, using=using)
        rows, wrong, last = rows + len(batch), wrong + len(drifted), batch[-1][0]
        if progress:
            progress(len(batch))
    return Tally(rows, wrong, repaired)


def _batch(counted: Counted, last: Any, *, using: str, size: int) -> list[tuple[Any, int, int]]:
    """Return key, stored and real count of the rows that follow the key ``last``."""
    rows = counted.holder._base_manager.using(using).order_by("pk")
    if last is not None:
        rows = rows.filter(pk__gt=last)
    found = rows.annotate(slipstream_real=counted.counting())
    return list(found.values_list("pk", counted.field.attname, "slipstream_real")[:size])


def _repair(counted: Counted, keys: Sequence[Any], *, using: str) -> int:
    connection = connections[using]
    pk: Any = counted.holder._meta.pk
    column = connection.ops.quote_name(pk.column)
    params = [pk.get_db_prep_value(key, connection) for key in keys]
    marks = ", ".join(["%s"] * len(params))
    # Written into the statement: whatever is in the condition must not be taken for a parameter.
    anew = count_anew(counted, connection).replace("%", "%%")
    locking = counted.holder._base_manager.using(using).filter(pk__in=keys).order_by("pk")

    def repair() -> int:
        with transaction.atomic(using=using), connection.cursor() as cursor:
            if connection.features.has_select_for_update:
                # What is counted must be read after the lock: in another statement.
                list(locking.select_for_update().values_list("pk"))
            cursor.execute(f"{anew} WHERE {column} IN ({marks})", params)
            return int(cursor.rowcount)

    return retrying_deadlocks(repair, using=using)
