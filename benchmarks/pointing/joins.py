"""Where prefetching begins to win against one join of all targets: for `_MOST_JOINS`."""

from __future__ import annotations

from itertools import cycle
from random import Random
from typing import Any

from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db import connection, models

from benchmarks.pointing.filling import exclusive, make_things
from benchmarks.pointing.models import thing
from benchmarks.project import Way, insert
from slipstream.targets import ExclusiveForeignKey, PointingModel, Target

SIZES = (2, 3, 5, 8, 16)
THINGS_PER_KIND, ROWS_PER_SIZE, PAGE = 2_000, 20_000, 20


def make_crowds(people: list[int]) -> dict[int, Any]:
    """Make and fill models that point at 2, 3, 5, 8 and 16 others; return them by that number."""
    crowd = [thing(f"Crowd{number}") for number in range(max(SIZES))]
    for model in crowd:
        _create(model)
        make_things(model, "thing", people, THINGS_PER_KIND)
    rows = {size: _row_model(crowd[:size]) for size in SIZES}
    for size, model in rows.items():
        _create(model)
        columns = ", ".join(f"target_{number}_id" for number in range(size))
        insert(model, f"id, {columns}", _literals(size))
    return rows


def _row_model(targets: list[Any]) -> Any:
    named = [Target(model, name=str(number)) for number, model in enumerate(targets)]
    attributes = {
        "__module__": __name__,
        "Meta": type("Meta", (), {"app_label": "pointing_benchmark"}),
        "target": ExclusiveForeignKey(*named, on_delete=models.CASCADE, related_name="+"),
    }
    return type(f"RowOf{len(targets)}", (PointingModel,), attributes)


def _create(model: Any) -> None:
    with connection.schema_editor() as editor:
        editor.create_model(model)


def _literals(size: int) -> Any:
    random = Random(size)
    for pk in range(1, ROWS_PER_SIZE + 1):
        key = random.randrange(THINGS_PER_KIND) + 1
        yield f"({pk}, {exclusive(random.randrange(size), key, size)})"


def ways(model: Any, *, owners: bool) -> dict[str, Way]:
    """Return the two ways to read a page, having checked that they show the same."""
    key = model._meta.get_field("target")
    querysets = [column.related_model.objects.all() for column in key.columns]
    if owners:
        querysets = [queryset.select_related("owner") for queryset in querysets]
    rows = model.objects.order_by("-pk")
    joined = rows.select_related(*(path for part in key.joins(querysets) for path in part or ()))
    prefetched = rows.prefetch_related(GenericPrefetch("target", querysets))
    assert _show(joined, 500, owners=owners) == _show(prefetched, 500, owners=owners)
    return {
        "joined": _way(joined, owners=owners),
        "prefetched": _way(prefetched, owners=owners),
    }


def _way(rows: Any, *, owners: bool) -> Way:
    random = Random(4)
    ends = cycle([random.randrange(PAGE + 1, ROWS_PER_SIZE) for _ in range(100)])
    return lambda: _show(rows, next(ends), owners=owners)


def _show(rows: Any, end: int, *, owners: bool) -> list[tuple[str, str]]:
    page = rows.filter(pk__lt=end)[:PAGE]
    return [(row.target.title, row.target.owner.username if owners else "") for row in page]
