"""Numbers over time: how many there were in each hour or day, none left out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from gallery.images.models import Image
from slipstream.rankings import Window, history
from slipstream.rankings.windows import period_starts

HOURS = 48
DAYS = 30
#: What spreadsheets take for the beginning of a formula; where one writes wide, these too.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Series:
    """How many of each of ``columns`` there were in each period, the earliest first."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[datetime, tuple[int, ...]], ...]
    """When each period begins, in the site's time zone, and its numbers."""

    @property
    def is_of_hours(self) -> bool:
        return self.name == "hours"

    @cached_property
    def totals(self) -> tuple[int, ...]:
        """The sum of each column."""
        return tuple(map(sum, zip(*(numbers for _, numbers in self.rows), strict=True)))

    def as_table(self) -> list[list[Any]]:
        """Return it with a head, and with times that programs read."""
        head = ["hour" if self.is_of_hours else "day", *self.columns]
        return [head, *([self._iso(at), *numbers] for at, numbers in self.rows)]

    def _iso(self, at: datetime) -> str:
        return at.isoformat() if self.is_of_hours else at.date().isoformat()


def looks(pictures: Iterable[Image], window: Window, now: datetime) -> Series:
    """Return the views and viewers of ``pictures`` together. One round trip.

    Who saw two of them is two viewers.
    """
    is_of_hours = window is Window.HOUR
    starts = hours(now) if is_of_hours else days(now)
    found = dict(history(pictures, window=window, since=starts[0]))
    rows = tuple((at, tuple(found.get(at, (0, 0)))) for at in starts)
    return Series("hours" if is_of_hours else "days", ("views", "viewers"), rows)


def gained(
    name: str, rows: models.QuerySet[Any], field: str, *, total: int, now: datetime
) -> Series:
    """Return how many of ``rows`` are of each day by ``field``, and how many there then were.

    ``total`` is how many there are now. One query. What was taken back since is in no day.
    """
    starts = days(now)
    new = _per_day(rows, field, starts)
    before = total - sum(new)
    totals = list(accumulate(new, initial=before))[1:]
    numbers = zip(new, totals, strict=True)
    return Series(name, ("new", "total"), tuple(zip(starts, numbers, strict=True)))


def hours(now: datetime) -> list[datetime]:
    """Return when each of the last `HOURS` hours of the clock began, the present one last."""
    zone = timezone.get_default_timezone()
    # Not on the wall clock, which leaves hours out or has them twice.
    utc = now.astimezone(UTC)
    found = [period_starts(Window.HOUR, utc - timedelta(hours=n)) for n in range(HOURS)]
    return [at.astimezone(zone) for at in sorted(set(found))]


def days(now: datetime) -> list[datetime]:
    """Return when each of the last `DAYS` days began, today last: 23 to 25 hours apart."""
    zone = timezone.get_default_timezone()
    today = now.astimezone(zone).date()
    return [_midnight(today - timedelta(days=n)) for n in reversed(range(DAYS))]


def to_csv(table: Iterable[Sequence[Any]]) -> bytes:
    """Return ``table`` as spreadsheets open it: in UTF-8, and with nothing to be carried out."""
    out = io.StringIO()
    csv.writer(out).writerows([_cell(value) for value in row] for row in table)
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    # Also behind spaces, tabs and line breaks, which some skip.
    is_formula = isinstance(value, str) and value.lstrip().startswith(_FORMULA)
    return f"'{value}" if is_formula else value


def _midnight(day: date) -> datetime:
    """Return when ``day`` began; where the clock was changed at midnight, that is not 0:00."""
    noon = datetime.combine(day, time(12), timezone.get_default_timezone())
    return period_starts(Window.DAY, noon).astimezone(noon.tzinfo)


def _per_day(rows: models.QuerySet[Any], field: str, starts: Sequence[datetime]) -> list[int]:
    # By limits from here: what a day is in a time zone not every database knows.
    number = models.Case(
        *(models.When(**{f"{field}__lt": end}, then=n) for n, end in enumerate(starts[1:])),
        default=len(starts) - 1,
        output_field=models.IntegerField(),
    )
    counted = rows.filter(**{f"{field}__gte": starts[0]}).order_by().annotate(day_number=number)
    found = dict(counted.values_list("day_number").annotate(n=models.Count("pk")))
    return [found.get(n, 0) for n in range(len(starts))]
