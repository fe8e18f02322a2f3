"""Every count of the test models, as it is stored and as counting finds it."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from slipstream.counters.counted import Counted, counts

__all__ = ["declared", "wrong_counts"]


def declared() -> list[Counted]:
    """The counts of the test models."""
    return [c for c in counts(apps) if c.holder._meta.app_label == "counting"]


def wrong_counts() -> dict[str, list[tuple[Any, int, int]]]:
    """Key, stored and real count of each row where they differ. Counted row by row, in Python."""
    wrong = {}
    for counted in declared():
        held = counted.holder._base_manager.values_list("pk", counted.field.name)
        real = {}
        for row in counted.holder._base_manager.all():
            objects = getattr(row, counted.field.relation)
            if counted.field.filter is not None:
                objects = objects.filter(counted.field.filter)
            real[row.pk] = len(list(objects.all()))
        found = [(key, stored, real[key]) for key, stored in held if stored != real[key]]
        if found:
            wrong[f"{counted.holder.__name__}.{counted.field.name}"] = found
    return wrong
