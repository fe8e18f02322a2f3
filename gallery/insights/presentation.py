"""Series in words and as charts, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gallery.front.numbers import exact
from gallery.insights.charts import Mark, draw
from gallery.insights.series import Series

_HOURS_PER_TICK = 12
_DAYS_PER_TICK = 7


@dataclass(frozen=True)
class Chart:
    """One chart, and the table behind it."""

    name: str
    title: str
    svg: SafeString
    has_line: bool
    when: str
    columns: tuple[str, ...]
    rows: list[tuple[datetime, str, tuple[int, ...]]]
    """Of each period when it begins, that in words, and its numbers; the latest first."""


def charts(all_series: Iterable[Series]) -> list[Chart]:
    """Return a chart of each series. No query."""
    return [_chart(series) for series in all_series]


def _chart(series: Series) -> Chart:
    title, columns, description = _words(series)
    has_line = series.columns == ("views", "viewers")
    spoken = _spoken_views if has_line else _spoken_new
    rows = [(at, _time(series, at), numbers) for at, numbers in series.rows]
    marks = [
        Mark(
            words=spoken(when, numbers),
            bar=numbers[0],
            line=numbers[1] if has_line else None,
            tick=_tick(series, at, places_from_end=len(rows) - place),
        )
        for place, (at, when, numbers) in enumerate(rows, start=1)
    ]
    return Chart(
        name=series.name,
        title=title,
        svg=draw(marks, key=f"chart-{series.name}", title=title, description=description),
        has_line=has_line,
        when=_("Hour") if series.is_of_hours else _("Day"),
        columns=columns,
        rows=rows[::-1],
    )


def _words(series: Series) -> tuple[str, tuple[str, ...], str]:
    """Return the title, the heads of the columns, and what the whole comes to."""
    n, views = exact(series.totals[0]), (_("Views"), _("Viewers"))
    table = _("The table below has every number.")
    match series.name:
        case "hours":
            total = _("%(n)s views in the last 48 hours.") % {"n": n}
            return _("Views per hour, last 48 hours"), views, f"{total} {table}"
        case "days":
            total = _("%(n)s views in the last 30 days.") % {"n": n}
            return _("Views per day, last 30 days"), views, f"{total} {table}"
        case "likes":
            total = _("%(n)s new likes in the last 30 days.") % {"n": n}
            columns = (_("New likes"), _("Likes in all"))
            return _("New likes per day, last 30 days"), columns, f"{total} {table}"
        case _other:
            total = _("%(n)s new followers in the last 30 days.") % {"n": n}
            columns = (_("New followers"), _("Followers in all"))
            return _("New followers per day, last 30 days"), columns, f"{total} {table}"


def _spoken_views(when: str, numbers: tuple[int, ...]) -> str:
    views, viewers = map(exact, numbers)
    words = _("%(when)s: views %(views)s, viewers %(viewers)s")
    return words % {"when": when, "views": views, "viewers": viewers}


def _spoken_new(when: str, numbers: tuple[int, ...]) -> str:
    new, total = map(exact, numbers)
    words = _("%(when)s: new %(new)s, in all %(total)s")
    return words % {"when": when, "new": new, "total": total}


def _time(series: Series, at: datetime) -> str:
    if series.is_of_hours:
        return date_format(at, pgettext("date format, an hour of a table", "M j, H:i"))
    return date_format(at, pgettext("date format, a day of a table", "M j"))


def _tick(series: Series, at: datetime, *, places_from_end: int) -> str:
    day = pgettext("date format, a day of an axis", "M j")
    if not series.is_of_hours:
        return "" if places_from_end % _DAYS_PER_TICK else date_format(at, day)
    if at.hour % _HOURS_PER_TICK or at.minute:
        return ""
    return date_format(at, "H:i" if at.hour else day)
