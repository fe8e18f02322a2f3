"""Pruning: what no ranking shows any more goes, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from slipstream.rankings import Window, maintenance, record_view, view_count
from slipstream.rankings.maintenance import KEPT, flush_views, prune_views, rebuild_rankings
from slipstream.rankings.models import Viewing, Views
from slipstream.rankings.windows import period_starts
from tests.things.models import Document

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def kept() -> Counter[str]:
    return Counter(Views.objects.values_list("period", flat=True))


def test_hours_days_and_weeks_that_are_long_past_go(django_assert_num_queries):
    document, now = Document.objects.create(), timezone.now()
    for days in (1000, 500, 100, 30, 0):
        record_view(document, "x", at=now - days * DAY)
    months = kept()["month"]
    assert prune_views() == 4 + 2 + 1
    assert kept() == {"hour": 1, "day": 3, "week": 4, "month": months, "all": 1, "trending": 1}
    assert view_count(document) == (5, 1)
    assert Viewing.objects.count() == 1
    with django_assert_num_queries(3):
        assert prune_views() == 0


@pytest.mark.parametrize("window", KEPT)
def test_the_last_one_kept_is_of_the_period_that_long_ago(window):
    document, now = Document.objects.create(), timezone.now()
    border = period_starts(window, now - KEPT[window])
    record_view(document, at=border)
    prune_views()
    assert kept()[window] == 1
    Views.objects.all().delete()
    record_view(document, at=border - timedelta(microseconds=1))
    prune_views()
    assert kept()[window] == 0
    assert kept()[Window.ALL] == 1


def test_in_batches(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(maintenance, "_BATCH", 4)
    document, now = Document.objects.create(), timezone.now()
    for n in range(10):
        record_view(document, at=now - 100 * DAY - n * timedelta(hours=1))
    # 4, 4 and 2 hours, and a look after each; the days and weeks have none.
    with django_assert_num_queries(3 + 4 + 2):
        assert prune_views() == 10


def test_viewers_who_did_not_come_back(capsys):
    document, now = Document.objects.create(), timezone.now()
    record_view(document, "long ago", at=now - 90 * DAY)
    record_view(document, "came back", at=now - 90 * DAY)
    record_view(document, "came back", at=now)
    call_command("prune_views", viewers_older_than=30)
    assert Viewing.objects.count() == 1
    assert view_count(document) == (3, 2)
    assert record_view(document, "came back").viewers == 2
    # Should they come back, they are new.
    assert record_view(document, "long ago").viewers == 3
    assert "Removed 2 rows." in capsys.readouterr().out  # an hour, and a viewer


def test_one_who_comes_back_meanwhile_stays(monkeypatch):
    document, now = Document.objects.create(), timezone.now()
    record_view(document, "x", at=now - 90 * DAY)
    delete = maintenance.delete_rows

    def coming_back(rows: Any, *, using: str) -> int:
        record_view(document, "x", at=now)
        return delete(rows, using=using)

    monkeypatch.setattr(maintenance, "delete_rows", coming_back)
    prune_views(viewers_older_than=30 * DAY)
    assert Viewing.objects.count() == 1
    assert record_view(document, "x", at=now).viewers == 1


@pytest.mark.parametrize("days", ["0", "-1", "36501", "word"])
def test_the_command_refuses_what_makes_no_sense(days):
    with pytest.raises(CommandError, match=r"is from 1 to 36500 days|invalid int"):
        call_command("prune_views", f"--viewers-older-than={days}")


def test_with_this_backend_there_is_nothing_to_flush(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert flush_views() == 0
        rebuild_rankings()
