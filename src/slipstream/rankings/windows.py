"""The times that a count of views covers.

Periods of the calendar in the site's time zone: an hour of the clock, a day from midnight,
a week from Monday, a month from the first. What begins when is worked out on the wall clock,
so a day has 23 or 25 hours where the clock is changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from slipstream.exceptions import InvalidWindow

__all__ = [
    "COUNTED",
    "EPOCH",
    "Window",
    "added",
    "as_window",
    "decayed",
    "exponent",
    "period_starts",
    "periods",
]

#: When what has no beginning begins.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Window(StrEnum):
    """What a count or ranking covers."""

    ALL = "all"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    HOUR = "hour"
    TRENDING = "trending"


#: Windows that hold numbers of views; `Window.TRENDING` holds a weight.
COUNTED = tuple(window for window in Window if window is not Window.TRENDING)


def as_window(name: str) -> Window:
    """Return the window of that name; raise `InvalidWindow` if there is none."""
    try:
        return Window(name)
    except ValueError:
        choices = ", ".join(Window)
        raise InvalidWindow(f"There is no window {name!r}; there are {choices}.") from None


def period_starts(window: Window, at: datetime) -> datetime:
    """Return when the period of ``window`` that ``at`` is in begins, in UTC."""
    if window in (Window.ALL, Window.TRENDING):
        return EPOCH
    local = timezone.localtime(at, timezone.get_default_timezone())
    if window is Window.HOUR:
        # Not through the wall clock, which has one hour twice in autumn.
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        began = at.astimezone(UTC) - past
        if began.astimezone(local.tzinfo).minute == 0:
            return began
        # The clock was changed meanwhile, by less than an hour: Lord Howe Island.
        return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if window is Window.WEEK:
        day -= timedelta(days=day.weekday())
    elif window is Window.MONTH:
        day = day.replace(day=1)
    return day.astimezone(UTC)


# -- trending
#
# A view weighs half as much after each half-life. Instead of making all weights smaller as
# time goes, later views weigh more: 2 ** (t / half-life) of what one weighed at the epoch.
# The order of sums is the same at every moment, so nothing is ever rescored: "forward decay",
# Cormode, Shkapenyuk, Srivastava and Xu, "Forward Decay: A Practical Time Decay Model for
# Streaming Systems", ICDE 2009. Such sums outgrow any number soon, so what is kept is their
# binary logarithm; to add is log2(2**a + 2**b) = max + log2(1 + 2**-|a-b|).

#: Beyond so many half-lives apart the smaller adds nothing that a float would show.
FURTHEST = 60


def exponent(at: datetime, half_life: timedelta) -> float:
    """Return the binary logarithm of what a view at ``at`` weighs."""
    return (at - EPOCH) / half_life


def added(one: float, other: float) -> float:
    """Return the logarithm of the sum of two weights given by theirs."""
    apart = min(abs(one - other), FURTHEST)
    return max(one, other) + math.log2(1 + 2.0**-apart)


def decayed(kept: float, now: datetime, half_life: timedelta) -> float:
    """Return how many views of just now a weight is worth at ``now``."""
    return float(2.0 ** min(kept - exponent(now, half_life), FURTHEST))


def periods(at: datetime) -> Iterator[tuple[Window, datetime]]:
    """Return each window with the beginning of its period that ``at`` is in."""
    for window in Window:
        yield window, period_starts(window, at)
