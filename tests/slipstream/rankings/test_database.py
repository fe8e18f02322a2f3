"""The database backend keeps to the contract; on three engines, by the jobs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from slipstream.rankings.backends.database import Database, Gain, add
from slipstream.rankings.models import Viewing, Views
from slipstream.rankings.windows import EPOCH, Window
from slipstream.testing.rankings import BackendContract


@pytest.mark.django_db
class TestDatabase(BackendContract):
    def make_backend(self) -> Database:
        return Database()


@pytest.mark.django_db
def test_who_looked_is_kept_once_per_object_and_viewer():
    contract = TestDatabase()
    for _ in range(3):
        contract.backend.record([contract.view("1", "x"), contract.view("1", None)])
    assert Viewing.objects.count() == 1
    assert Views.objects.count() == len(Window)


@pytest.mark.django_db
def test_gains_of_one_row_are_summed_before_they_are_written(django_assert_num_queries: Any):
    gains = [
        Gain("k", key, window, EPOCH, 1, 1, 3.0)
        for key in ("1", "2")
        for window in (Window.ALL, Window.TRENDING)
        for _ in range(2)
    ]
    with django_assert_num_queries(1):
        add(gains, using="default")
    rows = Views.objects.values_list("object_key", "period", "views", "viewers", "score")
    assert sorted(rows) == [
        *(("1", "all", 2, 2, 6.0), ("1", "trending", 2, 2, 4.0)),
        *(("2", "all", 2, 2, 6.0), ("2", "trending", 2, 2, 4.0)),
    ]
    with django_assert_num_queries(0):
        add([], using="default")


@pytest.mark.django_db
def test_the_database_holds_that_a_period_is_known():
    with pytest.raises(IntegrityError):
        Views.objects.create(kind="k", object_key="1", period="year", starts_at=EPOCH)


@pytest.mark.django_db
def test_a_viewer_refused_before_anything_is_seen_has_totals():
    """As one who waits for the same viewer's first view, which their statement does not see."""
    contract = TestDatabase()
    contract.backend.record([contract.view("1", "x")])
    Views.objects.all().delete()
    view = contract.view("1", "x", once_per=timedelta(hours=1))
    assert contract.backend.record([view]) == [(0, 0, False)]
