from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from slipstream.follows import follow, follow_counts
from slipstream.follows.models import Follow

LIST = "/admin/slipstream_follows/follow/"


@pytest.fixture
def boss(db):
    client = Client()
    manager = get_user_model().objects
    client.force_login(manager.create_superuser(username="boss", password="x"))
    return client


def test_the_list_costs_the_same_for_any_number(boss, people, django_assert_max_num_queries):
    star, *fans = people(40)
    for fan in fans:
        follow(fan, star)
    with django_assert_max_num_queries(6):
        page = boss.get(LIST)
    assert page.status_code == 200
    assert page.content.decode().count("u0</a>") + page.content.decode().count("u0</td>") >= 39
    assert boss.get(LIST, {"q": "u7"}).context["cl"].result_count == 1


def test_follows_are_made_and_removed_there_but_not_changed(boss, people):
    a, b = people(2)
    added = boss.post(f"{LIST}add/", {"follower": a.pk, "following": b.pk})
    assert added.status_code == 302
    row = Follow.objects.get()
    assert follow_counts(b) == (1, 0)
    assert (
        boss.post(f"{LIST}{row.pk}/change/", {"follower": b.pk, "following": a.pk}).status_code
        == 403
    )
    oneself = boss.post(f"{LIST}add/", {"follower": a.pk, "following": a.pk})
    assert oneself.status_code == 200
    assert oneself.context["errors"]
    removed = boss.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})
    assert removed.status_code == 302
    assert follow_counts(b) == (0, 0)
