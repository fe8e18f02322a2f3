"""Periods of the calendar where the site is, and the arithmetic of what is trending."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipstream.exceptions import InvalidWindow
from slipstream.rankings import Window, record_view, view_count
from slipstream.rankings.windows import (
    COUNTED,
    EPOCH,
    added,
    as_window,
    decayed,
    exponent,
    period_starts,
    periods,
)
from tests.things.models import Document

BERLIN, SEOUL, SAO_PAULO = "Europe/Berlin", "Asia/Seoul", "America/Sao_Paulo"
LORD_HOWE, CHATHAM, KOLKATA = "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kolkata"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "window", "at", "start"),
    [
        # Midnight is where the site is.
        (SEOUL, "day", "2026-03-04T14:59:59.999999", "2026-03-03T15:00"),
        (SEOUL, "day", "2026-03-04T15:00", "2026-03-04T15:00"),
        (SEOUL, "month", "2026-03-31T14:59:59", "2026-02-28T15:00"),
        (SEOUL, "month", "2026-03-31T15:00", "2026-03-31T15:00"),
        (KOLKATA, "hour", "2026-03-04T12:29:59", "2026-03-04T11:30"),
        (KOLKATA, "hour", "2026-03-04T12:30", "2026-03-04T12:30"),
        # The clock is put forward at 2 o'clock, and back at 3.
        (BERLIN, "hour", "2026-03-29T00:59:59", "2026-03-29T00:00"),
        (BERLIN, "hour", "2026-03-29T01:00", "2026-03-29T01:00"),
        (BERLIN, "day", "2026-03-29T21:59:59", "2026-03-28T23:00"),
        (BERLIN, "day", "2026-03-29T22:00", "2026-03-29T22:00"),
        (BERLIN, "hour", "2026-10-25T00:30", "2026-10-25T00:00"),
        (BERLIN, "hour", "2026-10-25T01:30", "2026-10-25T01:00"),
        (BERLIN, "day", "2026-10-25T22:59:59", "2026-10-24T22:00"),
        (BERLIN, "day", "2026-10-25T23:00", "2026-10-25T23:00"),
        (BERLIN, "week", "2026-10-25T22:59:59", "2026-10-18T22:00"),
        (BERLIN, "month", "2026-10-31T22:59:59", "2026-09-30T22:00"),
        # No midnight: the day began at 1 o'clock. And a day whose last hour came twice.
        (SAO_PAULO, "day", "2018-11-04T02:59:59", "2018-11-03T03:00"),
        (SAO_PAULO, "day", "2018-11-04T03:00", "2018-11-04T03:00"),
        (SAO_PAULO, "hour", "2018-11-04T03:10", "2018-11-04T03:00"),
        (SAO_PAULO, "day", "2018-02-18T02:30", "2018-02-17T02:00"),
        (SAO_PAULO, "day", "2018-02-18T03:00", "2018-02-18T03:00"),
        # Half an hour: 2:00 to 2:30 is skipped, so 2 o'clock has thirty minutes.
        (LORD_HOWE, "hour", "2024-10-05T15:29:59", "2024-10-05T14:30"),
        (LORD_HOWE, "hour", "2024-10-05T15:45", "2024-10-05T15:30"),
        (LORD_HOWE, "hour", "2024-10-05T16:00", "2024-10-05T16:00"),
        # And 1:30 to 2:00 comes twice, so 1 o'clock has ninety.
        (LORD_HOWE, "hour", "2024-04-06T14:40", "2024-04-06T14:00"),
        (LORD_HOWE, "hour", "2024-04-06T15:10", "2024-04-06T14:00"),
        (LORD_HOWE, "hour", "2024-04-06T15:30", "2024-04-06T15:30"),
        # The ends of months, and a day that is rare.
        ("UTC", "month", "2024-02-29T23:59:59", "2024-02-01T00:00"),
        ("UTC", "day", "2024-02-29T12:00", "2024-02-29T00:00"),
        ("UTC", "month", "2024-03-01T00:00", "2024-03-01T00:00"),
        ("UTC", "month", "2023-02-28T23:59:59", "2023-02-01T00:00"),
        # Weeks are whole over a new year.
        ("UTC", "week", "2025-01-01T00:00", "2024-12-30T00:00"),
        ("UTC", "week", "2024-12-29T23:59:59", "2024-12-23T00:00"),
        ("UTC", "week", "2027-01-03T12:00", "2026-12-28T00:00"),
        ("UTC", "week", "2027-01-04T00:00", "2027-01-04T00:00"),
        ("UTC", "all", "2027-01-04T00:00", "1970-01-01T00:00"),
        ("UTC", "trending", "1950-01-04T00:00", "1970-01-01T00:00"),
    ],
)
def test_when_a_period_began(settings, zone, window, at, start):
    settings.TIME_ZONE = zone
    assert period_starts(Window(window), utc(at)) == utc(start)
    # It is in its own, in whatever zone the time is given.
    assert period_starts(Window(window), utc(start)) == utc(start)
    assert period_starts(Window(window), utc(at).astimezone(ZoneInfo(SEOUL))) == utc(start)


ZONES = [BERLIN, SEOUL, LORD_HOWE, CHATHAM, KOLKATA, "America/New_York", "Asia/Kathmandu"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("window", [Window.HOUR, Window.DAY, Window.WEEK, Window.MONTH])
def test_periods_follow_each_other(settings, zone, window):
    """Over two years: none begins after a time in it, or before the one before."""
    settings.TIME_ZONE = zone
    at, last = utc("2024-01-01T00:07"), None
    while at < utc("2026-01-01T00:00"):
        start = period_starts(window, at)
        assert start <= at
        assert period_starts(window, start) == start
        assert last is None or last <= start
        at, last = at + timedelta(minutes=95), start


@pytest.mark.parametrize("day", ["2024-04-06T12:00", "2024-10-05T12:00"])
@pytest.mark.parametrize("zone", [BERLIN, LORD_HOWE, CHATHAM])
def test_hours_follow_each_other_where_the_clock_is_changed(settings, zone, day):
    settings.TIME_ZONE = zone
    starts = [period_starts(Window.HOUR, utc(day) + timedelta(minutes=n)) for n in range(480)]
    assert starts == sorted(starts)
    assert all(start == period_starts(Window.HOUR, start) for start in starts)
    lengths = {minutes for start in set(starts[120:360]) if (minutes := starts.count(start))}
    assert lengths <= {30, 60, 90}


def test_each_window_has_its_period():
    at = utc("2026-03-04T12:34")
    assert dict(periods(at)) == {window: period_starts(window, at) for window in Window}
    assert {*COUNTED, Window.TRENDING} == set(Window)


@pytest.mark.parametrize("name", ["year", "", "ALL", None, 5, ["day"]])
def test_there_is_no_such_window(name):
    with pytest.raises(InvalidWindow, match="there are all, month, week, day, hour, trending"):
        as_window(name)


@pytest.mark.django_db
def test_a_view_at_midnight_is_of_the_new_day(settings):
    settings.TIME_ZONE = SEOUL
    document = Document.objects.create()
    midnight = utc("2026-03-31T15:00")
    before = midnight - timedelta(microseconds=1)
    for at in (before, before, midnight):
        record_view(document, "x", at=at)
    for window in ("hour", "day", "month"):
        assert view_count(document, window=window, at=before) == (2, 1)
        assert view_count(document, window=window, at=midnight) == (1, 1)
    assert view_count(document, window="week", at=midnight) == (3, 1)
    assert view_count(document) == (3, 1)


@pytest.mark.django_db
def test_the_hour_that_comes_twice_is_two(settings):
    settings.TIME_ZONE = BERLIN
    document = Document.objects.create()
    for at in (utc("2026-10-25T00:30"), utc("2026-10-25T01:30")):
        record_view(document, "x", at=at)
        assert view_count(document, window="hour", at=at) == (1, 1)
    assert view_count(document, window="day", at=at) == (2, 1)


# -- trending

YEARS = st.integers(0, 3_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
HALF_LIVES = st.timedeltas(timedelta(seconds=1), timedelta(days=3650))


@given(
    st.lists(st.floats(0, 50), min_size=1, max_size=40),
    HALF_LIVES,
    YEARS,
)
def test_the_logarithm_is_that_of_the_sum(ages, half_life, now):
    """In any order, and to the accuracy that the time has in half-lives."""
    times = [now - age * half_life for age in ages if age * half_life < timedelta(days=9000)]
    if not times:
        return
    kept = exponent(times[0], half_life)
    for at in times[1:]:
        kept = added(kept, exponent(at, half_life))
    expected = math.fsum(0.5 ** ((now - at) / half_life) for at in times)
    assert math.isclose(decayed(kept, now, half_life), expected, rel_tol=1e-5)


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))
def test_adding_never_overflows(one, other):
    both = added(one, other)
    assert max(one, other) <= both <= max(one, other) + 1
    assert both == added(other, one)


def test_what_a_weight_is_worth_at_any_time():
    second = timedelta(seconds=1)
    at = utc("2026-01-01T00:00")
    kept = exponent(at, second)
    assert decayed(kept, at, second) == 1
    assert decayed(kept, at + second, second) == 0.5
    assert decayed(kept, at + timedelta(days=3650), second) == 0
    assert math.isfinite(decayed(kept, at - timedelta(days=3650), second))
    assert exponent(EPOCH, second) == 0
