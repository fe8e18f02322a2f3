"""The same rows for each way, written past the ORM: that would take minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType

from benchmarks.pointing.models import KINDS, ROWS, THINGS, Link
from benchmarks.project import insert

PEOPLE, THINGS_PER_KIND = 10_000, 20_000
POPULAR, QUIET = THINGS_PER_KIND, THINGS_PER_KIND - 1
"""The images with exactly 1,000 and 10 rows."""
ROWS_OF_POPULAR, ROWS_OF_QUIET = 1_000, 10
_START = datetime(2024, 1, 1)  # noqa: DTZ001 - written as text


class Point(NamedTuple):
    """One row, however it is stored."""

    pk: int
    kind: int
    key: int
    actor: int
    created_at: str


def fill(count: int) -> None:
    """Write people, things and ``count`` rows, the same in each way."""
    people = make_people()
    points = make_points(count, people)
    for way, models in THINGS.items():
        for kind, model in zip(KINDS, models, strict=True):
            make_things(model, kind, people, THINGS_PER_KIND)
        if way == "link":
            make_links()
        columns, literal = _FORMS[way]()
        insert(ROWS[way], columns, map(literal, points))


def make_people() -> list[int]:
    """Return the keys of new users."""
    model = get_user_model()
    model.objects.bulk_create([model(username=f"u{i}") for i in range(PEOPLE)], batch_size=1000)
    return list(model.objects.order_by("pk").values_list("pk", flat=True))


def make_things(model: Any, kind: str, people: list[int], count: int) -> None:
    """Write things with the keys 1 to ``count``, owned by anybody."""
    random = Random(kind)
    keys = range(1, count + 1)
    rows = (f"({key}, '{kind} {key}', {random.choice(people)})" for key in keys)
    insert(model, "id, title, owner_id", rows)


def make_points(count: int, people: list[int]) -> list[Point]:
    """Return the rows: targets with a heavy tail, the popular and the quiet image in between."""
    random = Random(2)
    # The two images are left out of the tail: they have rows of their own.
    targets = [
        (random.randrange(len(KINDS)), 1 + int((THINGS_PER_KIND - 2) * random.random() ** 4))
        for _ in range(count - ROWS_OF_POPULAR - ROWS_OF_QUIET)
    ]
    targets += [(0, POPULAR)] * ROWS_OF_POPULAR + [(0, QUIET)] * ROWS_OF_QUIET
    random.shuffle(targets)
    return [
        Point(pk, kind, key, random.choice(people), str(_START + timedelta(minutes=pk)))
        for pk, (kind, key) in enumerate(targets, 1)
    ]


# -- how each way writes a row

Form = tuple[str, Callable[[Point], str]]


def make_links() -> None:
    """Write a link for each thing."""
    insert(Link, "id, target_image_id, target_album_id, target_note_id", _links())


def _links() -> Iterator[str]:
    for kind in range(len(KINDS)):
        for key in range(1, THINGS_PER_KIND + 1):
            yield f"({_link(kind, key)}, {exclusive(kind, key, len(KINDS))})"


def _link(kind: int, key: int) -> int:
    return kind * THINGS_PER_KIND + key


def exclusive(kind: int, key: int, kinds: int) -> str:
    """Return the columns of an exclusive key, of which one is set."""
    return ", ".join(str(key) if kind == each else "NULL" for each in range(kinds))


def _ours() -> Form:
    def literal(row: Point) -> str:
        target = exclusive(row.kind, row.key, len(KINDS))
        return f"({row.pk}, {row.actor}, '{row.created_at}', {target})"

    return "id, actor_id, created_at, target_image_id, target_album_id, target_note_id", literal


def _generic() -> Form:
    types = [ContentType.objects.get_for_model(model).pk for model in THINGS["generic"]]

    def literal(row: Point) -> str:
        return f"({row.pk}, {row.actor}, '{row.created_at}', {types[row.kind]}, {row.key})"

    return "id, actor_id, created_at, content_type_id, object_id", literal


def _linked() -> Form:
    def literal(row: Point) -> str:
        return f"({row.pk}, {row.actor}, '{row.created_at}', {_link(row.kind, row.key)})"

    return "id, actor_id, created_at, target_link_id", literal


def _guarded() -> Form:
    types = [ContentType.objects.get_for_model(model).pk for model in THINGS["guarded"]]

    def literal(row: Point) -> str:
        text = f"{KINDS[row.kind]} {row.key}"
        target = f"{types[row.kind]}, '{row.key}', '{text}'"
        return f"({row.pk}, {row.actor}, '{row.created_at}', {target})"

    return "id, actor_id, created_at, target_type_id, target_id, target_text", literal


_FORMS: dict[str, Callable[[], Form]] = {
    "ours": _ours,
    "generic": _generic,
    "link": _linked,
    "guarded": _guarded,
}
