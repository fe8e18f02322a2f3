"""What every backend of rankings keeps to, as tests.

For a backend of one's own, with pytest or ``django.test.TestCase``::

    from slipstream.testing.rankings import BackendContract

    @pytest.mark.django_db
    class TestMyBackend(BackendContract):
        def make_backend(self):
            return MyBackend()

Needs neither pytest nor anything else beyond Django.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from slipstream.rankings.backends.base import Backend, Totals, View
from slipstream.rankings.windows import COUNTED, Window, exponent, period_starts

__all__ = ["BackendContract"]

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


class BackendContract:
    """The tests. A subclass says in `make_backend` what is tested.

    Each needs a database that is empty of views, or ``kind`` to be one that was never used.
    """

    kind = "contract.thing"
    """The name of the model that objects are told by."""

    def make_backend(self) -> Backend:
        """Return the backend to test; called whenever one is needed."""
        raise NotImplementedError("Return the backend that is to be tested.")

    @property
    def backend(self) -> Backend:
        """The backend, made at first need."""
        made: Backend | None = getattr(self, "_backend", None)
        if made is None:
            made = self._backend = self.make_backend()
        return made

    def a_moment(self) -> datetime:
        """Return the present, a good while before the end of its hour, day, week and month.

        Where that is not now, the nearest time before at which it is.
        """
        now = timezone.now()
        while any(
            period_starts(window, now) != period_starts(window, other)
            for window in COUNTED
            for other in (now - 10 * _MINUTE, now + 10 * _MINUTE)
        ):
            now -= 5 * _MINUTE
        return now

    def view(self, key: str, viewer: str | None = None, **changes: Any) -> View:
        """Return a view of ``key``, each counted, at the present, unless ``changes`` say else."""
        given: dict[str, Any] = {
            "kind": self.kind,
            "at": self.a_moment(),
            "once_per": timedelta(),
            "half_life": _DAY,
        } | changes
        return View(key=key, viewer=viewer, **given)

    def see(self, times: Sequence[tuple[str, int]], **changes: Any) -> None:
        """Record so many views of each key."""
        self.backend.record(
            [self.view(key, **changes) for key, count in times for _ in range(count)]
        )

    def totals(self, key: str, window: Window = Window.ALL, **changes: Any) -> Totals:
        """Return the totals of one key."""
        at = changes.get("at") or self.a_moment()
        [found] = self.backend.totals(changes.get("kind", self.kind), [key], window, at)
        return found

    def ranked(self, window: Window = Window.ALL, **changes: Any) -> list[str]:
        """Return the keys of a ranking, from the top."""
        at = changes.pop("at", None) or self.a_moment()
        wanted: dict[str, Any] = {"start": 0, "count": 100} | changes
        kind = wanted.pop("kind", self.kind)
        return [standing.key for standing in self.backend.top(kind, window, at, **wanted)]

    # -- recording

    def test_a_view_is_counted_and_told(self) -> None:
        """The totals come back with each view."""
        assert self.backend.record([self.view("1", "x")]) == [(1, 1, True)]
        assert self.backend.record([self.view("1", "y")]) == [(2, 2, True)]
        assert self.backend.record([self.view("1", "x")]) == [(3, 2, True)]
        assert self.totals("1") == (3, 2)
        assert self.totals("2") == (0, 0)

    def test_without_a_viewer_only_the_view_counts(self) -> None:
        """Nobody in particular is counted each time, and is no viewer."""
        assert self.backend.record([self.view("1", once_per=_HOUR)]) == [(1, 0, True)]
        assert self.backend.record([self.view("1", once_per=_HOUR)]) == [(2, 0, True)]
        assert self.backend.record([self.view("1", "x", once_per=_HOUR)]) == [(3, 1, True)]

    def test_nothing_recorded_is_nothing(self) -> None:
        """Empty input is no error."""
        assert self.backend.record([]) == []
        assert self.backend.totals(self.kind, [], Window.ALL, self.a_moment()) == []
        assert self.backend.history(self.kind, [], Window.DAY, self.a_moment()) == []
        self.backend.forget(self.kind, [])
        for window in Window:
            assert self.ranked(window) == []
            assert self.place("1", window) is None

    def test_the_same_viewer_counts_once_per_so_long(self) -> None:
        """From the last time that counted, and up to it, the border excluded."""
        at, once = self.a_moment(), timedelta(seconds=90)
        soon = timedelta(milliseconds=1)

        def seen(passed: timedelta, viewer: str = "x") -> tuple[int, int, bool]:
            view = self.view("1", viewer, at=at + passed, once_per=once)
            return self.backend.record([view])[0]

        assert seen(timedelta()) == (1, 1, True)
        assert seen(timedelta()) == (1, 1, False)
        assert seen(once - soon) == (1, 1, False)
        assert seen(once - soon, "y") == (2, 2, True)
        # The refused one did not begin the time anew.
        assert seen(once) == (3, 2, True)
        assert seen(once + soon) == (3, 2, False)
        # A view told late, up to so long before.
        assert seen(soon) == (3, 2, False)

    def test_another_object_is_another_matter(self) -> None:
        """Once per so long means for each object."""
        at = self.a_moment()
        views = [self.view(key, "x", at=at, once_per=_HOUR) for key in ("1", "2", "1")]
        assert self.backend.record(views) == [(1, 1, True), (1, 1, True), (1, 1, False)]

    def test_a_batch_is_recorded_in_its_order(self) -> None:
        """Answers are in the order of views, with the totals after all of them."""
        at = self.a_moment()
        views = [
            self.view("2", "y", at=at),
            self.view("1", "x", at=at, once_per=_MINUTE),
            self.view("1", None, at=at),
            self.view("1", "x", at=at + _MINUTE / 2, once_per=_MINUTE),
            self.view("1", "x", at=at + _MINUTE, once_per=_MINUTE),
            self.view("2", "x", at=at),
        ]
        one, two = (3, 1), (2, 2)
        assert self.backend.record(views) == [
            (*two, True),
            (*one, True),
            (*one, True),
            (*one, False),
            (*one, True),
            (*two, True),
        ]

    def test_a_large_batch(self) -> None:
        """More than an engine takes in one statement."""
        at = self.a_moment()
        keys = [f"{n:05}" for n in range(1200)]
        recorded = self.backend.record([self.view(key, at=at) for key in [*keys, *keys[:7]]])
        assert recorded == [(2, 0, True)] * 7 + [(1, 0, True)] * 1193 + [(2, 0, True)] * 7
        assert self.ranked(count=8) == keys[:8]

    def test_kinds_are_kept_apart(self) -> None:
        """The same key of two kinds is two objects."""
        other = f"{self.kind}s"
        views = [self.view("1", "x"), self.view("1", "x", kind=other), self.view("2", kind=other)]
        self.backend.record([*views, self.view("1", kind=other)])
        assert (self.totals("1"), self.totals("1", kind=other)) == ((1, 1), (2, 1))
        assert (self.ranked(), self.ranked(kind=other)) == (["1"], ["1", "2"])
        self.backend.forget(other, ["1"])
        assert (self.ranked(), self.ranked(kind=other)) == (["1"], ["2"])

    def test_keys_are_any_text(self) -> None:
        """Told apart character by character, and given back as they are."""
        keys = [
            *("a", "A", "á", "a ", " a", "it's", '"a"', "%s", "{a}", "a:b:c", "#", "0", "00"),
            *("강아지", "🐕", "a\\b", "a\tb", "x" * 150, "가" * 150, "-1", "1e3", "{}", "a\u0301"),
        ]
        at = self.a_moment()
        self.backend.record([self.view(key, "x", at=at) for key in keys])
        assert self.backend.totals(self.kind, keys, Window.DAY, at) == [(1, 1)] * len(keys)
        assert self.ranked() == sorted(keys)
        assert [self.place(key) for key in sorted(keys)] == list(range(len(keys)))
        self.backend.forget(self.kind, keys[:5])
        assert self.ranked() == sorted(keys[5:])

    # -- windows

    def test_each_window_counts_its_own(self) -> None:
        """What was before a period is not in it."""
        at = self.a_moment()
        for window in COUNTED:
            before = period_starts(window, at) - _MINUTE
            if window is not Window.ALL:
                self.backend.record([self.view("1", "x", at=before)])
        self.backend.record([self.view("1", "x", at=at)])
        for window in COUNTED:
            starts = period_starts(window, at)
            times = [
                period_starts(each, at) - _MINUTE for each in COUNTED if each is not Window.ALL
            ]
            expected = 1 + sum(time >= starts for time in times)
            assert self.totals("1", window, at=at).views == expected

    def test_a_viewer_is_one_in_each_window(self) -> None:
        """Of one who comes back, each period has one; and all of them together have one."""
        day = period_starts(Window.DAY, self.a_moment() - 3 * _DAY)
        times = [day + 2 * _HOUR, day + 2 * _HOUR + _MINUTE, day + 4 * _HOUR, day + 30 * _HOUR]
        for at in times:
            self.backend.record([self.view("1", "x", at=at)])
        self.backend.record([self.view("1", "y", at=times[-1])])
        first, last = times[0], times[-1]
        assert self.totals("1") == (5, 2)
        assert self.totals("1", Window.HOUR, at=first) == (2, 1)
        assert self.totals("1", Window.DAY, at=first) == (3, 1)
        assert self.totals("1", Window.HOUR, at=last) == (2, 2)
        assert self.totals("1", Window.DAY, at=last) == (2, 2)

    def test_views_that_are_told_late(self) -> None:
        """Views are exact in whatever order; a viewer told late never counts twice."""
        at = self.a_moment()
        late = period_starts(Window.DAY, at) - 2 * _HOUR
        for time in (at, late, at, late, at):
            self.backend.record([self.view("1", "x", at=time)])
        assert self.totals("1") == (5, 1)
        assert self.totals("1", Window.DAY, at=at) == (3, 1)
        told_late = self.totals("1", Window.DAY, at=late)
        assert told_late.views == 2
        assert told_late.viewers <= 1

    def test_long_ago_and_far_apart(self) -> None:
        """Before 1970, and years between."""
        for year in (1969, 1999, 2024):
            at = datetime(year, 2, 3, 4, 5, 6, 7, tzinfo=UTC)
            self.backend.record([self.view("1", at=at)])
            assert self.totals("1", Window.HOUR, at=at) == (1, 0)
        assert self.totals("1") == (3, 0)

    def test_periods_of_the_past_are_ranked(self) -> None:
        """Yesterday has its own ranking."""
        at = self.a_moment()
        self.see([("1", 3), ("2", 1)], at=at - _DAY)
        self.see([("1", 1), ("2", 2), ("3", 4)], at=at)
        assert self.ranked(Window.DAY, at=at - _DAY) == ["1", "2"]
        assert self.ranked(Window.DAY, at=at) == ["3", "2", "1"]
        assert self.ranked(Window.DAY, at=at + _DAY) == []

    # -- rankings

    def test_the_most_seen_is_on_top(self) -> None:
        """With its number of views, in each window."""
        self.see([("1", 2), ("2", 5), ("3", 1)])
        for window in COUNTED:
            top = self.backend.top(self.kind, window, self.a_moment(), start=0, count=10)
            assert top == [("2", 5), ("1", 2), ("3", 1)]
            assert [self.place(key, window) for key in ("2", "1", "3", "4")] == [0, 1, 2, None]
        assert self.ranked(Window.TRENDING) == ["2", "1", "3"]

    def test_ties_go_by_key(self) -> None:
        """Page after page they are where they were."""
        keys = [f"{n:02}" for n in range(25)]
        self.see([(key, 1) for key in reversed(keys)])
        self.see([("12", 1)])
        expected = ["12", *(key for key in keys if key != "12")]
        pages = [self.ranked(start=start, count=10) for start in (0, 10, 20, 30)]
        assert pages == [expected[:10], expected[10:20], expected[20:], []]
        assert [self.place(key) for key in expected] == list(range(25))
        assert self.ranked(start=3, count=0) == []

    def test_places_are_told_up_to_the_most(self) -> None:
        """Beyond there is none."""
        self.see([("1", 3), ("2", 2), ("3", 1)])
        assert [self.place(key, most=2) for key in ("1", "2", "3")] == [0, 1, None]

    def place(self, key: str, window: Window = Window.ALL, *, most: int = 100) -> int | None:
        """Return the place of one key at present."""
        return self.backend.place(self.kind, key, window, self.a_moment(), most=most)

    def test_what_is_trending_is_a_sum_of_weights(self) -> None:
        """Each view weighs 2 ** (time / half-life); what is kept is the logarithm of the sum."""
        at, half_life = self.a_moment(), 6 * _HOUR
        times: dict[str, Iterable[float]] = {
            "1": (0, 1, 1, 2.5, 30),
            "2": (0, 0, 3),
            "3": (40, 39, 41),
            "4": (24.5,) * 20,
        }
        for key, all_hours in times.items():
            for hours in all_hours:
                self.see([(key, 1)], at=at - hours * _HOUR, half_life=half_life)
        worth = {key: sum(0.5 ** (h / 6) for h in hours) for key, hours in times.items()}
        top = self.backend.top(self.kind, Window.TRENDING, at, start=0, count=10)
        assert [standing.key for standing in top] == sorted(worth, key=lambda key: -worth[key])
        now = exponent(at, half_life)
        for key, score in top:
            assert math.isclose(2 ** (score - now), worth[key], rel_tol=1e-6)

    def test_what_is_trending_bears_any_time_between(self) -> None:
        """No number overflows, and order is kept, with views years apart."""
        at = self.a_moment()
        for half_life in (timedelta(seconds=1), timedelta(days=3650)):
            kind = f"{self.kind}.{half_life.days}"
            for key, days in (("1", 8000), ("2", 0), ("1", 8000), ("2", 4000), ("3", 1), ("2", 0)):
                then = at - days * _DAY
                self.backend.record([self.view(key, at=then, half_life=half_life, kind=kind)])
            found = self.backend.top(kind, Window.TRENDING, at, start=0, count=5)
            assert [key for key, _ in found] == ["2", "3", "1"]
            assert all(math.isfinite(score) for _, score in found)

    # -- history, forgetting

    def test_history_sums_what_it_is_asked_for(self) -> None:
        """The oldest first, from a period on, without those that have no view."""
        at = self.a_moment()
        days = [period_starts(Window.DAY, at - days * _DAY) for days in (0, 1, 3, 4)]
        today, yesterday, earlier, too_early = days
        self.backend.record(
            [
                *(self.view("1", viewer, at=at) for viewer in ("x", "y", "x")),
                self.view("2", "x", at=at),
                self.view("3", "x", at=at),
                self.view("1", None, at=yesterday + _HOUR),
                self.view("2", "z", at=earlier + _HOUR),
                self.view("2", "z", at=too_early + _HOUR),
            ]
        )
        found = self.backend.history(self.kind, ["1", "2", "9"], Window.DAY, earlier)
        assert found == [(earlier, (1, 1)), (yesterday, (1, 0)), (today, (4, 3))]
        assert all(time.tzinfo is not None for time, _ in found)

    def test_what_is_forgotten_is_as_if_never_seen(self) -> None:
        """In all windows; its viewers are new again. Others stay."""
        for key in ("1", "2", "3"):
            self.backend.record([self.view(key, "x", once_per=_HOUR)])
        self.backend.forget(self.kind, ["1", "3", "9"])
        for window in Window:
            assert self.ranked(window) == ["2"]
            assert self.place("1", window) is None
        assert self.totals("1") == (0, 0)
        assert self.totals("2") == (1, 1)
        assert self.backend.record([self.view("1", "x", once_per=_HOUR)]) == [(1, 1, True)]
