from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.db import IntegrityError, connection, transaction
from django.utils.functional import SimpleLazyObject

from slipstream.exceptions import CannotFollowSelf, FollowRefused, InvalidUser
from slipstream.follows import (
    FollowCount,
    follow,
    follow_counts,
    followed,
    is_following,
    unfollow,
    unfollowed,
)
from slipstream.follows.models import Follow


def test_follow_says_whether_it_changed_anything(people):
    a, b = people(2)
    assert follow(a, b) is True
    assert follow(a, b) is False
    assert is_following(a, b)
    assert not is_following(b, a)
    assert Follow.objects.count() == 1
    assert follow_counts(b) == FollowCount(followers=1, following=0)
    assert follow_counts(a) == FollowCount(followers=0, following=1)


def test_unfollow_says_whether_it_changed_anything(people):
    a, b = people(2)
    assert unfollow(a, b) is False
    follow(a, b)
    assert unfollow(a, b) is True
    assert unfollow(a, b) is False
    assert not is_following(a, b)
    assert follow_counts(a) == follow_counts(b) == (0, 0)


def test_following_again_is_newest_again(people):
    a, b, c = people(3)
    follow(a, b)
    follow(a, c)
    unfollow(a, b)
    follow(a, b)
    assert [row.following_id for row in Follow.objects.by(a)] == [b.pk, c.pk]
    assert [row.follower_id for row in Follow.objects.of(b)] == [a.pk]


def test_nobody_follows_themselves(people):
    [a] = people(1)
    with pytest.raises(CannotFollowSelf, match=r"Nobody follows themselves\.") as caught:
        follow(a, a)
    assert isinstance(caught.value, FollowRefused)
    assert Follow.objects.count() == 0
    assert unfollow(a, a) is False


def test_only_saved_users_follow_and_are_followed(people):
    [a] = people(1)
    unsaved = get_user_model()(username="new")
    for bad, message in (
        (AnonymousUser(), "got AnonymousUser"),
        (unsaved, "not saved yet"),
        (Group(pk=1), "got Group"),
        (None, "got NoneType"),
        (a.pk, "Expected a"),
    ):
        for pair in ((a, bad), (bad, a)):
            with pytest.raises(InvalidUser, match=message):
                follow(*pair)
            with pytest.raises(InvalidUser, match=message):
                unfollow(*pair)
    assert Follow.objects.count() == 0


def test_the_users_of_a_request_are_lazy(people):
    a, b = people(2)
    assert follow(SimpleLazyObject(lambda: a), SimpleLazyObject(lambda: b)) is True
    assert is_following(a, b)


@pytest.mark.django_db(transaction=True)
def test_a_user_deleted_meanwhile_leaves_nothing_behind(people):
    a, b = people(2)
    ghost = get_user_model().objects.get(pk=b.pk)
    b.delete()
    with pytest.raises(IntegrityError):
        follow(a, ghost)
    assert Follow.objects.count() == 0
    assert follow_counts(a) == (0, 0)
    assert unfollow(a, ghost) is False


@pytest.mark.django_db(transaction=True)
def test_each_is_one_statement(people, django_assert_num_queries):
    a, b = people(2)
    # BEGIN, the lock, the statement, COMMIT; and a look where nothing was written.
    mariadb = connection.vendor == "mysql"
    with django_assert_num_queries(4 if mariadb else 1):
        assert follow(a, b)
    with django_assert_num_queries(5 if mariadb else 1):
        assert not follow(a, b)
    with django_assert_num_queries(4 if mariadb else 1):
        assert unfollow(a, b)


def test_a_key_from_a_form_is_still_oneself(people):
    [a] = people(1)
    again = get_user_model().objects.get(pk=a.pk)
    again.pk = str(again.pk)
    with pytest.raises(CannotFollowSelf):
        follow(a, again)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_by_hand_is_fine(people):
    a, b = people(2)
    transaction.set_autocommit(False)
    try:
        assert follow(a, b)
        transaction.commit()
    finally:
        transaction.set_autocommit(True)
    assert is_following(a, b)


@pytest.mark.django_db(transaction=True)
class TestSignals:
    @pytest.fixture
    def heard(self):
        heard: list[tuple[str, Any, Any, bool]] = []

        def on_followed(sender, follower, following, using, **kwargs):
            assert sender is Follow
            # A receiver works outside the transaction that made the change.
            heard.append(
                ("followed", follower, following, transaction.get_connection(using).in_atomic_block)
            )

        def on_unfollowed(sender, follower, following, using, **kwargs):
            heard.append(
                (
                    "unfollowed",
                    follower,
                    following,
                    transaction.get_connection(using).in_atomic_block,
                )
            )

        followed.connect(on_followed)
        unfollowed.connect(on_unfollowed)
        yield heard
        followed.disconnect(on_followed)
        unfollowed.disconnect(on_unfollowed)

    def test_sent_once_per_change(self, people, heard):
        a, b = people(2)
        for _ in range(2):
            follow(a, b)
        for _ in range(2):
            unfollow(a, b)
        assert heard == [("followed", a, b, False), ("unfollowed", a, b, False)]

    def test_wait_for_commit(self, people, heard):
        a, b = people(2)
        with transaction.atomic():
            follow(a, b)
            assert heard == []
        assert heard == [("followed", a, b, False)]

    def test_not_sent_when_rolled_back(self, people, heard):
        a, b = people(2)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            follow(a, b)
            raise ZeroDivisionError
        assert heard == []
        assert not is_following(a, b)
        assert follow_counts(b) == (0, 0)

    def test_a_receiver_that_raises_breaks_nothing(self, people, heard, caplog):
        a, b = people(2)

        def broken(**kwargs):
            raise RuntimeError("receiver broke")

        followed.connect(broken)
        try:
            assert follow(a, b) is True
        finally:
            followed.disconnect(broken)
        assert is_following(a, b)
        assert heard == [("followed", a, b, False)]
        assert "receiver broke" in caplog.text
