"""What is marked as read, preferences, and what is forgotten."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from slipstream.activity import log_activity
from slipstream.exceptions import InvalidStamp, InvalidUser, UndeclaredRule, UndeclaredVerb
from slipstream.notifications import (
    get_notifications,
    mark_all_read,
    mark_read,
    notify,
    preferences,
    prune_notifications,
    set_preference,
    unread_count,
    unread_counts,
)
from slipstream.notifications.models import Notification, Participant, Preference
from tests.things.models import Picture

from .scene import did, shown, wrong_counts

pytestmark = pytest.mark.django_db

FIRST = {"postgresql": 0, "sqlite": 1, "mysql": 1}[connection.vendor]


@pytest.fixture
def scene(people):
    owner, *others = people(4)
    return owner, Picture.objects.create(owner=owner, title="Sky"), others


@pytest.fixture
def lines(scene):
    """Two lines: what was said, and before it a like."""
    owner, picture, (ann, *_) = scene
    notify(did(ann, "liked", picture, at=0))
    notify(did(ann, "said", picture, at=9))
    return get_notifications(owner).items


class TestMarkRead:
    def test_as_shown(self, scene, lines, django_assert_num_queries):
        owner, *_ = scene
        with django_assert_num_queries(2 + FIRST):
            assert mark_read(owner, lines[:1]) == 1
        assert unread_count(owner) == 1
        assert [line.is_unread for line in get_notifications(owner).items] == [False, True]
        assert mark_read(owner, lines) == 1
        assert mark_read(owner, lines) == 0
        assert wrong_counts() == []

    def test_by_stamp(self, scene, lines):
        owner, *_ = scene
        assert mark_read(owner, [line.stamp for line in lines]) == 2
        assert mark_read(owner, []) == 0

    def test_news_since_it_was_shown(self, scene, lines):
        owner, picture, (ann, bea, _) = scene
        notify(did(bea, "liked", picture, at=20))
        assert mark_read(owner, lines) == 1
        assert unread_count(owner) == 1
        assert shown(owner)[0] == ("liked", picture, ["u2", "u1"], 1)

    def test_somebody_else_in_the_place_of_one_who_went(self, scene, lines):
        owner, picture, (ann, bea, _) = scene
        notify(did(bea, "liked", picture, at=-20))  # older than the latest: that stays
        Participant.objects.filter(actor=ann, notification=lines[1]).delete()
        assert mark_read(owner, lines[1:]) == 0

    def test_who_went_keeps_nothing_unread(self, scene, lines):
        owner, picture, (_, bea, _) = scene
        notify(did(bea, "liked", picture, at=20))
        found = get_notifications(owner).items
        Participant.objects.filter(actor=bea).delete()
        assert mark_read(owner, found) == 2

    def test_of_somebody_else(self, scene, lines):
        _, _, (ann, *_) = scene
        assert mark_read(ann, lines) == 0
        assert Notification.objects.unread().count() == 2

    def test_what_is_gone(self, scene, lines):
        owner, *_ = scene
        Notification.objects.all().delete()
        assert mark_read(owner, lines) == 0

    @pytest.mark.parametrize(
        "wrong",
        [
            *(
                "",
                "1",
                "1.",
                ".1",
                "-1.1",
                "1.1.1",
                "１.1",
                " 1.1",
                "1e3.1",
                None,
                3,
                1.5,
                object(),
            ),
            *("9223372036854775808.1", f"{'9' * 5000}.1", f"1.{'9' * 5000}"),
        ],
    )
    def test_what_is_none(self, scene, wrong):
        with pytest.raises(InvalidStamp, match="no notification"):
            mark_read(scene[0], [wrong])

    def test_numbers_beyond_any(self, scene):
        assert mark_read(scene[0], [f"{2**63 - 1}.{10**18}"]) == 0


class TestMarkAllRead:
    def test_everything(self, scene, lines, django_assert_num_queries):
        owner, *_ = scene
        with django_assert_num_queries(2 + FIRST):
            assert mark_all_read(owner) == 2
        assert unread_count(owner) == 0
        assert wrong_counts() == []

    def test_nothing(self, scene, django_assert_num_queries):
        with django_assert_num_queries(1 + FIRST + 4 * (connection.vendor == "mysql")):
            assert mark_all_read(scene[0]) == 0

    def test_in_parts(self, scene, lines, monkeypatch):
        monkeypatch.setattr("slipstream.notifications.services._MARKED_AT_ONCE", 1)
        assert mark_all_read(scene[0]) == 2
        assert wrong_counts() == []

    def test_nobody(self):
        with pytest.raises(InvalidUser):
            mark_all_read(None)


class TestPreferences:
    def test_in_the_order_of_declaration(self, scene, django_assert_num_queries):
        owner, _, (ann, *_) = scene
        set_preference(owner, "said", is_on=False)
        set_preference(owner, "viewed", is_on=True)
        set_preference(ann, "liked", is_on=False)
        with django_assert_num_queries(1):
            found = preferences(owner)
        assert [(rule.code, str(rule), is_on) for rule, is_on in found] == [
            ("liked", "Likes", True),
            ("said", "Comments", False),
            ("viewed", "Looks", True),
        ]

    def test_statements(self, scene, django_assert_num_queries):
        with django_assert_num_queries(2):
            set_preference(scene[0], "liked", is_on=False)
        for is_on in (False, True):
            with django_assert_num_queries(1):
                set_preference(scene[0], "liked", is_on=is_on)
        [row] = Preference.objects.all()
        assert row.is_on
        assert str(row) == f"{scene[0].pk}: liked on"

    def test_refusals(self, scene):
        with pytest.raises(UndeclaredRule, match="liked, said, viewed"):
            set_preference(scene[0], "shared", is_on=True)
        with pytest.raises(UndeclaredVerb):
            set_preference(scene[0], "lked", is_on=True)
        with pytest.raises(InvalidUser):
            set_preference(None, "liked", is_on=True)
        with pytest.raises(InvalidUser):
            preferences(None)


class TestPruning:
    def test_what_is_empty(self, scene, lines):
        owner, picture, (ann, *_) = scene
        ann_liked = lines[1].activity
        ann_liked.delete()
        assert prune_notifications() == 1
        assert [line.pk for line in get_notifications(owner).items] == [lines[0].pk]
        assert prune_notifications() == 0

    def test_what_is_old(self, scene, lines):
        owner, picture, (ann, *_) = scene
        mark_read(owner, lines[:1])
        Notification.objects.update(latest_at=timezone.now() - timedelta(days=9))
        notify(log_activity(ann, "liked", Picture.objects.create(owner=owner)))
        assert prune_notifications(older_than=timedelta(days=10)) == 0
        assert prune_notifications(older_than=timedelta(days=8)) == 2
        assert unread_count(owner) == len(shown(owner)) == 1
        assert wrong_counts() == []

    def test_in_batches(self, scene, lines, monkeypatch):
        monkeypatch.setattr("slipstream.notifications.services._PRUNED_AT_ONCE", 1)
        Notification.objects.update(latest_at=timezone.now() - timedelta(days=9))
        assert prune_notifications(older_than=timedelta(days=8)) == 2
        assert not Participant.objects.exists()
        assert unread_count(scene[0]) == 0

    def test_who_came_back_meanwhile_stays(self, scene, lines):
        from slipstream.notifications.services import _prune

        rows = Notification.objects.filter(actor_count=0)
        assert _prune(rows, {line.pk: line.inbox_id for line in lines}, using="default") == 0

    def test_the_command(self, scene, lines):
        Notification.objects.update(latest_at=timezone.now() - timedelta(days=9))
        output = StringIO()
        call_command("prune_notifications", stdout=output)
        call_command("prune_notifications", older_than=8, stdout=output)
        assert output.getvalue().splitlines() == [
            "Removed 0 notifications.",
            "Removed 2 notifications.",
        ]
        for days in (0, -1, 99_999):
            with pytest.raises(CommandError, match="from 1 to"):
                call_command("prune_notifications", older_than=days)


def test_counts_of_many(scene, lines, django_assert_num_queries):
    owner, _, (ann, *_) = scene
    with django_assert_num_queries(1):
        assert unread_counts([owner, ann]) == {owner.pk: 2, ann.pk: 0}
    assert unread_counts([]) == {}


def test_a_visitor_has_none(django_assert_num_queries):
    from django.contrib.auth.models import AnonymousUser

    with django_assert_num_queries(0):
        assert unread_count(AnonymousUser()) == 0
