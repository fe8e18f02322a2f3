"""Reading activities, and forgetting them."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from slipstream.activity import Entry, get_activity_model, log_activities, log_activity
from slipstream.activity.models import Claim
from slipstream.exceptions import InvalidCursor, InvalidLimit, InvalidTarget, UndeclaredVerb
from tests.things.models import Document, Picture

Activity = get_activity_model()
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def life(people):
    """Two people who like and look at a picture and a document, each at the same moments."""
    ann, ben = people(2)
    picture, document = Picture.objects.create(title="Moon", owner=ben), Document.objects.create()
    log_activities(
        Entry(actor, verb, target, NOON + timedelta(hours=hour))
        for hour in range(3)
        for actor in (ann, ben)
        for verb, target in [("liked", picture), ("viewed", document), ("joined", None)]
    )
    return ann, ben, picture, document


def test_by_on_and_with_verb(life):
    ann, ben, picture, document = life
    assert {a.actor for a in Activity.objects.by(ann)} == {ann}
    assert {a.target for a in Activity.objects.on(picture)} == {picture}
    assert {a.verb for a in Activity.objects.with_verb("liked", "joined")} == {"liked", "joined"}
    assert {a.verb for a in Activity.objects.in_feeds()} == {"liked", "joined"}
    assert Activity.objects.about_nothing().count() == 6
    assert Activity.objects.by(ben).on(document).with_verb("viewed").count() == 3
    assert list(ann.activities.newest()) == list(Activity.objects.by(ann).newest())
    with pytest.raises(UndeclaredVerb):
        Activity.objects.with_verb("licked")
    with pytest.raises(InvalidTarget):
        Activity.objects.on(5)


def test_newest_first_in_a_total_order_page_by_page(life):
    everything = list(Activity.objects.newest())
    assert everything == sorted(everything, key=lambda a: (a.created_at, a.pk), reverse=True)
    seen, cursor = [], None
    while True:
        page = Activity.objects.page(limit=5, cursor=cursor)
        seen += page.items
        if cursor := page.next_cursor:
            assert list(Activity.objects.before(cursor).newest()) == everything[len(seen) :]
        else:
            break
    assert seen == everything
    with pytest.raises(InvalidCursor):
        Activity.objects.before("no cursor")
    with pytest.raises(InvalidLimit):
        Activity.objects.page(limit=0)


def test_with_targets_costs_the_same_for_any_number(life, django_assert_max_num_queries):
    ann, ben, picture, _document = life
    with django_assert_max_num_queries(5):  # activities, actors on MariaDB, kinds, content types
        rows = list(Activity.objects.with_targets(Picture.objects.select_related("owner")).newest())
        for row in rows:
            str(row.actor), str(row.target)
            if row.target == picture:
                assert row.target.owner == ben
    assert len(rows) == 18


def test_a_target_that_was_left_out(life):
    rows = Activity.objects.with_targets(Picture.objects.none()).newest()
    for row in rows:
        assert row.has_lost_its_target is (row.verb == "liked")


def test_a_target_that_is_gone(life):
    _ann, _ben, picture, _document = life
    picture.delete()
    liked = Activity.objects.with_verb("liked").with_targets()
    if Activity.has_real_targets:
        assert not liked.exists()
    else:
        assert liked.count() == 6
        assert all(a.has_lost_its_target and a.target_text == "Moon" for a in liked)


def test_a_person_takes_their_activities_along(life):
    ann, _ben, _picture, _document = life
    ann.delete()
    assert Activity.objects.count() == 9


@pytest.mark.skipif("connection.vendor != 'postgresql'")
@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (lambda ann, picture: Activity.objects.by(ann), "activity_of_actor"),
        (lambda ann, picture: Activity.objects.on(picture), "target_"),
        (lambda ann, picture: Activity.objects.all(), "activity_newest"),
    ],
)
def test_each_list_is_read_from_its_index_in_order(life, rows, index):
    ann, _ben, picture, _document = life
    with connection.cursor() as cursor:
        # With so few rows, anything is as good.
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    plan = rows(ann, picture).newest()[:20].explain()
    assert index in plan
    assert "Sort" not in plan
    assert "Seq Scan" not in plan


def prune(*arguments):
    out = io.StringIO()
    call_command("prune_activities", *arguments, stdout=out)
    return out.getvalue()


def test_pruning(people, monkeypatch):
    monkeypatch.setattr("slipstream.activity.services._PRUNED_AT_ONCE", 2)
    [ann] = people(1)
    now = timezone.now()
    for days in (0, 29, 31, 40, 50, 60, 70):
        log_activity(ann, "joined", at=now - timedelta(days=days))
    log_activity(ann, "liked", at=now)
    assert prune() == "Removed 0 activities.\n"
    # Claims outlive their window by some minutes only.
    assert Claim.objects.count() == 1
    assert prune("--older-than", "30") == "Removed 5 activities.\n"
    assert Activity.objects.count() == 3
    for wrong in ("0", "-1", "99999999"):
        with pytest.raises(CommandError, match="from 1 to 36500 days"):
            prune(f"--older-than={wrong}")
