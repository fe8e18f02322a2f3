from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from slipstream.follows import (
    follow,
    follow_counts,
    following_among,
    is_following,
    with_follow_counts,
    with_follow_state,
)

User = get_user_model()


def test_a_page_of_users_costs_one_query(people, django_assert_num_queries):
    viewer, *others = people(25)
    for other in others[:5]:
        follow(viewer, other)
        follow(other, others[-1])
    with django_assert_num_queries(1):
        page = list(with_follow_state(with_follow_counts(User.objects.order_by("pk")), viewer))
        found = {u.pk: (u.is_followed, u.follower_count, u.following_count) for u in page}
    assert found[viewer.pk] == (False, 0, 5)
    assert found[others[0].pk] == (True, 1, 1)
    assert found[others[7].pk] == (False, 0, 0)
    assert found[others[-1].pk] == (False, 5, 0)
    with django_assert_num_queries(1):
        assert following_among(viewer, others) == {other.pk for other in others[:5]}


def test_for_visitors_nothing_is_asked(people, django_assert_num_queries):
    [someone] = people(1)
    visitor = AnonymousUser()
    with django_assert_num_queries(0):
        assert is_following(visitor, someone) is False
        assert following_among(visitor, [someone]) == set()
        assert following_among(someone, []) == set()
    assert with_follow_state(User.objects.all(), visitor).get().is_followed is False
    assert follow_counts(someone) == (0, 0)


def test_counts_sort_and_filter(people):
    a, b, c = people(3)
    follow(a, b)
    follow(c, b)
    follow(a, c)
    popular = with_follow_counts(User.objects.all()).filter(follower_count__gt=0)
    assert list(popular.order_by("-follower_count")) == [b, c]


@pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="PostgreSQL alone explains its plan in this form"
)
def test_lists_are_read_from_an_index(people):
    from slipstream.follows.models import Follow

    a, *_ = people(2)
    with connection.cursor() as cursor:
        # A small table is sorted instead; what counts is that the index can serve.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        for rows, index in (
            (Follow.objects.by(a), "slipstream_follow_by_follower"),
            (Follow.objects.of(a), "slipstream_follow_of_following"),
        ):
            plan = rows[:20].explain()
            assert index in plan
            assert "Sort" not in plan
