"""Who is told of what, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from slipstream.activity import get_activity_model, log_activity, take_back
from slipstream.exceptions import InvalidUser
from slipstream.notifications import (
    Rule,
    declare,
    get_notifications,
    mark_all_read,
    notify,
    notify_many,
    retract,
    set_preference,
    unread_count,
    unread_counts,
)
from slipstream.notifications.models import Inbox, Notification, Participant
from slipstream.notifications.signals import marked_read, notified
from tests.things.models import Picture

from .scene import NOON, did, shown, wrong_counts

pytestmark = pytest.mark.django_db

# Statements that begin and end a transaction are not counted: the tests are in one.
SQLITE = connection.vendor == "sqlite"
FIRST = {"postgresql": 0, "sqlite": 1, "mysql": 1}[connection.vendor]


@pytest.fixture
def scene(people):
    """Somebody with a picture, and three others."""
    owner, *others = people(4)
    return owner, Picture.objects.create(owner=owner, title="Sky"), others


@pytest.fixture
def told():
    """What the signals said."""
    heard = []

    def hear(**arguments):
        heard.append(arguments)

    notified.connect(hear)
    marked_read.connect(hear)
    yield heard
    notified.disconnect(hear)
    marked_read.disconnect(hear)


def test_all_who_did_the_same_are_one_line(scene):
    owner, picture, others = scene
    for person in others:
        notify(log_activity(person, "liked", picture))
    assert shown(owner) == [("liked", picture, ["u3", "u2", "u1"], 2)]
    assert unread_count(owner) == 1
    notify(log_activity(others[0], "said", picture))
    assert [line[0] for line in shown(owner)] == ["said", "liked"]
    assert unread_count(owner) == 2
    assert wrong_counts() == []


def test_each_target_is_a_line_of_its_own(scene):
    owner, picture, (ann, *_) = scene
    other = Picture.objects.create(owner=owner)
    notify(log_activity(ann, "liked", picture))
    notify(log_activity(ann, "liked", other))
    assert [line[1] for line in shown(owner)] == [other, picture]


def test_it_returns_the_lines(scene):
    owner, picture, (ann, bea, _) = scene
    [line] = notify(log_activity(ann, "liked", picture))
    assert notify(log_activity(bea, "liked", picture)) == [line]
    assert [found.pk for found in get_notifications(owner).items] == [line]


def test_telling_again_is_no_news(scene):
    owner, picture, (ann, *_) = scene
    activity = log_activity(ann, "liked", picture)
    assert notify(activity)
    assert notify(activity) == []
    mark_all_read(owner)
    assert notify(activity) == []
    assert notify_many([activity, activity]) == []
    assert Participant.objects.count() == Notification.objects.count() == 1
    assert unread_count(owner) == 0


def test_the_newest_of_one_person_counts(scene):
    owner, picture, (ann, *_) = scene
    first, second, third = (did(ann, "said", picture, at=at) for at in (1, 2, 3))
    notify(second)
    assert notify(first) == []  # older than what was told
    notify(third)
    [line] = get_notifications(owner).items
    assert (line.activity, line.actor_count, line.revision) == (third, 1, 2)
    mark_all_read(owner)
    # What was told of before the person moved on is no news either.
    assert notify(second) == notify(first) == notify(third) == []


def test_after_reading_there_is_a_new_line(scene):
    owner, picture, (ann, bea, _) = scene
    notify(did(ann, "said", picture, at=1))
    mark_all_read(owner)
    notify(did(bea, "said", picture, at=2))
    notify(did(ann, "said", picture, at=3))
    assert [line[2:] for line in shown(owner)] == [(["u1", "u2"], 1), (["u1"], 0)]
    assert unread_count(owner) == 1


def test_times_that_come_out_of_order_do_not_take_a_line_back(scene):
    owner, picture, (ann, bea, _) = scene
    notify(did(ann, "liked", picture, at=60))
    notify(did(bea, "liked", picture, at=0))
    [line] = get_notifications(owner).items
    assert line.latest_at == NOON + timedelta(seconds=60)
    assert (line.actor_count, line.revision) == (2, 2)


def test_nobody_is_told_of_what_they_did_themselves(scene):
    owner, picture, _ = scene
    assert notify(log_activity(owner, "liked", picture)) == []
    assert not Inbox.objects.exists()


def test_nobody_is_told_of_what_has_no_rule(scene):
    _, picture, (ann, *_) = scene
    assert notify(log_activity(ann, "shared", picture)) == []


def test_nobody_is_told_where_the_rule_names_nobody(scene):
    _, _, (ann, *_) = scene
    assert notify(log_activity(ann, "liked", Picture.objects.create())) == []
    assert not Notification.objects.exists()


def test_who_is_not_active_is_not_told(scene, monkeypatch):
    owner, picture, (ann, *_) = scene
    # Whether or not the user model has a column for it.
    monkeypatch.setattr(owner, "is_active", False, raising=False)
    assert notify(log_activity(ann, "liked", picture)) == []


class TestSeveralRecipients:
    @pytest.fixture(autouse=True)
    def rule(self, monkeypatch):
        monkeypatch.setattr("slipstream.notifications.rules._declared", {})
        self.named = []
        declare(Rule("shared", recipients=lambda activity: self.named, label="Shares"))

    def test_each_has_a_line(self, scene):
        owner, picture, (ann, bea, cid) = scene
        self.named = iter([owner, bea, bea, ann])
        activity = log_activity(ann, "shared", picture)
        assert len(notify(activity)) == 2
        assert unread_counts([owner, bea, ann.pk, cid]) == {
            owner.pk: 1,
            bea.pk: 1,
            ann.pk: 0,
            cid.pk: 0,
        }

    def test_statements_do_not_grow_with_them(self, people):
        ann, *many = people(31)
        picture = Picture.objects.create()
        self.named = many[:1]
        with CaptureQueriesContext(connection) as queries:
            notify(log_activity(ann, "shared", picture))
        one = len(queries)
        self.named = many
        picture = Picture.objects.create()
        with CaptureQueriesContext(connection) as queries:
            assert len(notify(log_activity(ann, "shared", picture))) == 30
        # MariaDB makes missing inboxes one by one.
        assert len(queries) == one + (28 * 4 if connection.vendor == "mysql" else 0)

    def test_what_is_no_user(self, scene):
        _, picture, (ann, *_) = scene
        self.named = [picture]
        with pytest.raises(InvalidUser):
            notify(log_activity(ann, "shared", picture))
        assert not Notification.objects.exists()


def test_statements(scene, django_assert_num_queries):
    _, picture, (ann, bea, _) = scene
    first, second = log_activity(ann, "liked", picture), log_activity(bea, "liked", picture)
    inbox = {"postgresql": 2, "sqlite": 1, "mysql": 5}[connection.vendor]
    with django_assert_num_queries(8 + inbox):
        notify(first)
    with django_assert_num_queries(5 + FIRST):
        notify(second)
    with django_assert_num_queries(3 + FIRST):
        notify(second)


class TestPreferences:
    def test_who_does_not_want_to_is_not_told(self, scene, django_assert_num_queries):
        owner, picture, (ann, bea, _) = scene
        set_preference(owner, "liked", is_on=False)
        activity = log_activity(ann, "liked", picture)
        with django_assert_num_queries(1):
            assert notify(activity) == []
        set_preference(owner, "liked", is_on=True)
        assert notify(log_activity(bea, "liked", picture))

    def test_what_is_off_unless_it_is_wanted(self, scene):
        owner, picture, (ann, *_) = scene
        activity = log_activity(ann, "viewed", picture)
        assert notify(activity) == []
        set_preference(owner, "viewed", is_on=True)
        assert notify(activity)


class TestTransactions:
    def test_what_is_rolled_back_was_never_told(self, scene):
        owner, picture, (ann, *_) = scene
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            notify(log_activity(ann, "liked", picture))
            _ = 1 / 0
        assert unread_count(owner) == 0
        assert not Notification.objects.exists()

    def test_the_signal_waits_for_the_commit(self, scene, told, django_capture_on_commit_callbacks):
        owner, picture, (ann, *_) = scene
        activity = log_activity(ann, "liked", picture)
        with django_capture_on_commit_callbacks(execute=True):
            notify(activity)
            assert told == []
        [heard] = told
        assert heard["sender"] is Notification
        assert heard["activities"] == [activity]
        assert heard["user_ids"] == [owner.pk]
        assert heard["using"] == "default"
        with django_capture_on_commit_callbacks(execute=True):
            notify(activity)
        assert len(told) == 1
        with django_capture_on_commit_callbacks(execute=True):
            mark_all_read(owner)
        assert told[1]["signal"] is marked_read
        assert told[1]["user_ids"] == [owner.pk]


class TestGoing:
    def test_what_is_taken_back_takes_its_person_along(self, scene):
        owner, picture, (ann, bea, _) = scene
        notify(log_activity(ann, "liked", picture))
        notify(log_activity(bea, "liked", picture))
        assert take_back(bea, "liked", picture)
        assert shown(owner) == [("liked", picture, ["u1"], 0)]
        assert take_back(ann, "liked", picture)
        assert shown(owner) == []
        assert unread_count(owner) == 0
        # The line is still there, and is used again.
        notify(log_activity(bea, "liked", picture))
        assert Notification.objects.count() == unread_count(owner) == 1
        assert wrong_counts() == []

    def test_a_person(self, scene):
        owner, picture, (ann, bea, _) = scene
        notify(log_activity(ann, "liked", picture))
        notify(log_activity(bea, "liked", picture))
        bea.delete()
        assert shown(owner) == [("liked", picture, ["u1"], 0)]
        get_user_model().objects.filter(pk=ann.pk).delete()
        assert unread_count(owner) == 0
        assert wrong_counts() == []

    def test_a_target(self, scene):
        owner, picture, (ann, *_) = scene
        notify(log_activity(ann, "liked", picture))
        picture.delete()
        kept = not get_activity_model().has_real_targets
        assert unread_count(owner) == len(shown(owner)) == kept
        assert wrong_counts() == []

    def test_a_recipient(self, scene):
        owner, picture, (ann, *_) = scene
        notify(log_activity(ann, "liked", picture))
        Picture.objects.update(owner=None)
        owner.delete()
        for model in (Inbox, Notification, Participant):
            assert not model.objects.exists()
        assert get_activity_model().objects.count() == 1


class TestRetract:
    def test_who_did_it_before_stays(self, scene):
        owner, picture, (ann, *_) = scene
        first, second = did(ann, "said", picture, at=1), did(ann, "said", picture, at=2)
        notify(first)
        notify(second)
        assert retract(second) == 1
        second.delete()
        [line] = get_notifications(owner).items
        assert line.activity == first
        assert retract(first) == 0
        first.delete()
        assert unread_count(owner) == 0
        assert wrong_counts() == []

    def test_not_with_what_was_read_before(self, scene):
        owner, picture, (ann, *_) = scene
        first, second = did(ann, "said", picture, at=1), did(ann, "said", picture, at=2)
        notify(first)
        mark_all_read(owner)
        notify(second)
        assert retract(second) == 0
        second.delete()
        assert unread_count(owner) == 0

    def test_not_with_what_is_something_else(self, scene):
        owner, picture, (ann, bea, _) = scene
        other = Picture.objects.create(owner=owner)
        did(ann, "said", other, at=1)
        did(ann, "liked", picture, at=1)
        did(bea, "said", picture, at=1)
        activity = did(ann, "said", picture, at=2)
        did(ann, "said", picture, at=3)
        notify(activity)
        assert retract(activity) == 0

    def test_of_whom_nobody_was_told(self, scene, django_assert_num_queries):
        _, picture, (ann, *_) = scene
        activity = did(ann, "said", picture)
        with django_assert_num_queries(1 + SQLITE):
            assert retract(activity) == 0

    def test_statements(self, scene, django_assert_num_queries):
        _, picture, (ann, *_) = scene
        first, second = did(ann, "said", picture, at=1), did(ann, "said", picture, at=2)
        notify(first)
        notify(second)
        with django_assert_num_queries(5 + FIRST + SQLITE):
            retract(second)


class TestNotifyMany:
    def test_as_one_by_one(self, scene):
        owner, picture, (ann, bea, cid) = scene
        other = Picture.objects.create(owner=cid)
        rows = [
            did(person, verb, target, at=at)
            for at, (person, verb, target) in enumerate(
                [(p, v, t) for p in (ann, bea, cid, ann) for v in ("liked", "said", "viewed")
                 for t in (picture, other)]
            )
        ]  # fmt: skip
        for row in rows:
            notify(row)
        expected = [shown(person) for person in (owner, cid)]
        Inbox.objects.all().delete()
        assert len(notify_many(reversed(rows))) == 4
        assert [shown(person) for person in (owner, cid)] == expected
        assert notify_many(rows) == []
        assert wrong_counts() == []

    def test_what_was_read(self, scene):
        owner, picture, (ann, bea, _) = scene
        rows = [did(ann, "said", picture, at=1), did(bea, "said", picture, at=2)]
        rows += [did(ann, "said", picture, at=3)]
        read_at = NOON + timedelta(seconds=2)
        assert len(notify_many(rows, read_at=lambda user: read_at if user == owner else None)) == 2
        new, old = get_notifications(owner).items
        assert (new.is_unread, new.actors, old.is_unread, old.actors) == (
            *(True, [ann]),
            *(False, [bea, ann]),
        )
        assert old.read_at == read_at
        assert unread_count(owner) == 1
        assert notify_many(rows, read_at=lambda user: read_at) == []
        assert wrong_counts() == []

    def test_nothing(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert notify_many([]) == []

    def test_in_batches(self, scene, monkeypatch):
        monkeypatch.setattr("slipstream.notifications.telling._AT_ONCE", 2)
        owner, picture, people = scene
        pictures = [Picture.objects.create(owner=owner) for _ in range(4)]
        rows = [did(person, "liked", one) for one in pictures for person in people]
        assert len(notify_many(rows)) == 4
        assert unread_count(owner) == 4
        assert [line[3] for line in shown(owner)] == [2] * 4
        assert wrong_counts() == []


class TestTheDatabase:
    def test_one_unread_line_for_each(self, scene):
        _, picture, (ann, *_) = scene
        notify(log_activity(ann, "liked", picture))
        line = Notification.objects.get()
        line.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            line.save()

    @pytest.mark.parametrize("wrong", [{"open_key": None}, {"read_at": NOON}, {"key": "0" * 32}])
    def test_a_line_is_open_or_read(self, scene, wrong):
        _, picture, (ann, *_) = scene
        notify(log_activity(ann, "liked", picture))
        with pytest.raises(IntegrityError), transaction.atomic():
            Notification.objects.update(**wrong)

    def test_nobody_is_told_twice(self, scene):
        _, picture, (ann, bea, _) = scene
        notify(log_activity(ann, "liked", picture))
        for changes in ({"actor_id": bea.pk}, {}):
            person = Participant.objects.get()
            person.pk = None
            for name, value in changes.items():
                setattr(person, name, value)
            with pytest.raises(IntegrityError), transaction.atomic():
                person.save()


def test_a_user_who_is_not_there_any_more(scene):
    owner, picture, (ann, *_) = scene
    activity = log_activity(ann, "liked", picture)
    assert activity.target.owner is owner  # as it was loaded
    Picture.objects.update(owner=None)
    key = owner.pk
    get_user_model().objects.filter(pk=key).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        notify(activity)
        connection.check_constraints()
