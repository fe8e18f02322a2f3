"""A page of 20 rows with who did it, the target and the target's owner."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from random import Random
from typing import Any

from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.pointing.models import KINDS, THINGS, ExclusiveRow, GenericRow, GuardedRow, LinkRow
from benchmarks.project import Way

PAGE = 20

Page = list[tuple[str, str, str]]
Read = Callable[[Any], Page]


def readers() -> dict[str, Read]:
    """Return what reads the page that ends before a key, in each way; ours first."""
    naive = GenericRow.objects.order_by("-pk")
    ours, generic, guarded, link = (
        model.objects.select_related("actor").order_by("-pk")
        for model in (ExclusiveRow, GenericRow, GuardedRow, LinkRow)
    )
    return {
        "ours, with_target": lambda end: show(ours.with_target(*things("ours")), end),
        "ours, joined": lambda end: show(ours.select_related(*joins("target_")), end),
        "ours, prefetched": lambda end: show(ours.prefetch_related(prefetch("ours")), end),
        "generic, naive": lambda end: show(naive, end),
        "generic, the actor joined": lambda end: show(generic, end),
        "generic, GenericPrefetch": lambda end: show(
            generic.prefetch_related(prefetch("generic")), end
        ),
        "link, with_target": lambda end: show(link.with_target(*things("link")), end),
        "link, joined": lambda end: show(link.select_related(*joins("target_link__target_")), end),
        "link, prefetched": lambda end: show(link.prefetch_related(prefetch("link")), end),
        "guarded, GenericPrefetch": lambda end: show(
            guarded.prefetch_related(prefetch("guarded")), end
        ),
    }


def things(way: str) -> list[Any]:
    """Return querysets of the targets, with their owners."""
    return [model.objects.select_related("owner") for model in THINGS[way]]


def prefetch(way: str) -> GenericPrefetch:
    return GenericPrefetch("target", things(way))


def joins(prefix: str) -> list[str]:
    return [f"{prefix}{kind}__owner" for kind in KINDS]


def show(rows: Any, end: int) -> Page:
    """Return what the page would show."""
    return [
        (row.actor.username, row.target.title, row.target.owner.username)
        for row in rows.filter(pk__lt=end)[:PAGE]
    ]


def ends() -> list[int]:
    """Return where pages end: the same ones for each way."""
    last = ExclusiveRow.objects.latest("pk").pk
    random = Random(3)
    return [random.randrange(PAGE + 1, last) for _ in range(100)]


def page_queries() -> dict[str, int]:
    """Return the queries of each way, the most of some pages; all must show the same."""
    most: dict[str, int] = {}
    for end in ends()[:15]:
        shown = {name: _counted(read, end) for name, read in readers().items()}
        expected, _ = shown["ours, with_target"]
        assert len(expected) == PAGE
        for name, (page, queries) in shown.items():
            assert page == expected, name
            most[name] = max(queries, most.get(name, 0))
    return most


def _counted(read: Read, end: int) -> tuple[Page, int]:
    with CaptureQueriesContext(connection) as queries:
        page = read(end)
    return page, len(queries)


def page_ways() -> dict[str, Way]:
    """Return what to measure."""
    return {name: _way(read) for name, read in readers().items()}


def _way(read: Read) -> Way:
    pages = cycle(ends())
    return lambda: read(next(pages))
