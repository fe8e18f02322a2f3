"""Pages by position instead of by number.

A page that is asked for as "what comes after this row" costs the same at any
depth and neither repeats nor skips rows while others are written, which
``OFFSET`` can promise neither of. The position is a *cursor*: the ordering
values of the last row seen, signed but not secret. See "Paging Through
Results" in Markus Winand, *SQL Performance Explained*, and
https://use-the-index-luke.com/no-offset.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from slipstream.exceptions import InvalidCursor, InvalidLimit

__all__ = [
    "AFTER",
    "BEFORE",
    "MAX_LIMIT",
    "Keyset",
    "Page",
    "check_limit",
    "keyset_page",
    "rows_beyond",
]

#: The most rows that one page may hold.
MAX_LIMIT = 200

M = TypeVar("M", bound=Model)
Rows = TypeVar("Rows", bound=QuerySet[Any])

#: Where a cursor leads: to what comes after its row, or before it.
AFTER, BEFORE = "a", "b"


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """One page of a list.

    ``items`` are in the list's order. ``next_cursor`` leads to the page after
    it and ``previous_cursor`` to the one before; None where there is none.
    """

    items: list[M]
    next_cursor: str | None
    previous_cursor: str | None


def keyset_page(
    queryset: QuerySet[M],
    *,
    order_by: Sequence[str],
    limit: int = 20,
    cursor: str | None = None,
) -> Page[M]:
    """Return the page of ``queryset`` that ``cursor`` leads to, by default the first.

    ``order_by`` names concrete, non-null fields of the model itself, each
    with an optional leading ``-``; together they must order the rows totally,
    so the last one is unique (the primary key, as a rule). An index on the
    same fields makes each page cost the same. One query; two where a cursor
    leads to rows that are all gone, which gives the first page.

    Raises `InvalidCursor` for a cursor that was tampered with or made for
    another model or order, `InvalidLimit` for a ``limit`` outside 1 to
    `MAX_LIMIT`, and ``ValueError`` for an ``order_by`` that is not such. A
    cursor says where to go on, not what may be seen: that is up to ``queryset``.
    """
    check_limit(limit)
    keyset = Keyset(queryset.model, order_by)
    direction, position = keyset.read(cursor) if cursor else (AFTER, None)
    backwards = direction == BEFORE
    rows = queryset.order_by(*keyset.ordering(backwards=backwards))
    if position is not None:
        rows = rows.filter(keyset.beyond(position, backwards=backwards))
    # One row more than asked for tells whether there is a further page.
    items = list(rows[: limit + 1])
    if cursor and not items:
        return keyset_page(queryset, order_by=order_by, limit=limit)
    more = len(items) > limit
    del items[limit:]
    if backwards:
        items.reverse()
    has_next = bool(items) and (more or backwards)
    has_previous = bool(items) and (more if backwards else cursor is not None)
    return Page(
        items=items,
        next_cursor=keyset.cursor(items[-1], AFTER) if has_next else None,
        previous_cursor=keyset.cursor(items[0], BEFORE) if has_previous else None,
    )


def rows_beyond(queryset: Rows, *, order_by: Sequence[str], cursor: str) -> Rows:
    """Return the rows of ``queryset`` that lie beyond ``cursor``, in its direction. No query.

    Raises as `keyset_page` does.
    """
    keyset = Keyset(queryset.model, order_by)
    direction, position = keyset.read(cursor)
    return queryset.filter(keyset.beyond(position, backwards=direction == BEFORE))


def check_limit(limit: int) -> None:
    """Raise `InvalidLimit` unless ``limit`` is from 1 to `MAX_LIMIT`."""
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidLimit(f"limit must be from 1 to {MAX_LIMIT}, not {limit}.")


class Keyset:
    """A total order of a model's rows, and positions in it.

    ``name`` keeps apart lists of the same model in the same order: a cursor of
    one is not valid in the other.
    """

    def __init__(self, model: type[Model], order_by: Sequence[str], *, name: str = "") -> None:
        self._keys = _keys(model, order_by)
        self._salt = f"slipstream.keyset:{name or model._meta.label}:{','.join(order_by)}"

    def ordering(self, *, backwards: bool) -> list[str]:
        """Return what ``order_by()`` takes."""
        return [key.ordering(backwards=backwards) for key in self._keys]

    def cursor(self, row: Model, direction: str) -> str:
        """Return the cursor that goes on from ``row``, `AFTER` it or `BEFORE` it."""
        return signing.dumps([direction, *(key.text(row) for key in self._keys)], salt=self._salt)

    def read(self, cursor: str) -> tuple[str, list[Any]]:
        """Return direction and values of ``cursor``; raise `InvalidCursor`."""
        try:
            direction, *texts = signing.loads(cursor, salt=self._salt)
            values = [key.value(text) for key, text in zip(self._keys, texts, strict=True)]
        except (signing.BadSignature, ValidationError, ValueError, TypeError) as error:
            raise InvalidCursor from error
        if direction not in (AFTER, BEFORE):
            raise InvalidCursor
        return direction, values

    def beyond(self, position: Sequence[Any], *, backwards: bool) -> Q:
        """Return ``(a, b, …) > position`` spelled out, since directions may differ per field."""
        beyond = Q()
        equal = Q()
        for key, value in zip(self._keys, position, strict=True):
            comparison = "lt" if key.descending != backwards else "gt"
            beyond |= equal & Q((f"{key.name}__{comparison}", value))
            equal &= Q((key.name, value))
        # Implied by the rest; it lets the index start at the position at once.
        first = self._keys[0]
        bound = "lte" if first.descending != backwards else "gte"
        return Q((f"{first.name}__{bound}", position[0])) & beyond


def _keys(model: type[Model], order_by: Sequence[str]) -> list[_Key]:
    keys = [_Key(model, name) for name in order_by]
    if not keys or not keys[-1].field.unique:
        raise ValueError("The last field of order_by must be unique.")
    if any(key.field.null for key in keys):
        raise ValueError("A field of order_by may not be null.")
    return keys


class _Key:
    """One field of the ordering."""

    def __init__(self, model: type[Model], name: str) -> None:
        self.descending = name.startswith("-")
        name = name.removeprefix("-")
        self.field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
        self.name: str = self.field.name

    def ordering(self, *, backwards: bool) -> str:
        return f"-{self.name}" if self.descending != backwards else self.name

    def text(self, row: Model) -> str:
        return str(self.field.value_to_string(row))

    def value(self, text: Any) -> Any:
        return self.field.to_python(text)
