"""The follow button and its other end: every answer, and that a refusal changes nothing."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.template import Context, Template
from django.test import Client, RequestFactory

from slipstream.exceptions import FollowRefused
from slipstream.follows import follow, is_following, views, with_follow_state
from slipstream.follows.models import Follow

User = get_user_model()
URL = "/follow/"
SCRIPT = {"accept": "application/json"}


@pytest.fixture
def pair(people):
    return people(2)


#: What browsers send for a form.
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def client(pair):
    client = Client(headers=BROWSER)
    client.force_login(pair[0])
    return client


def test_a_script_follows_and_unfollows(client, pair):
    me, other = pair
    answer = client.post(URL, {"user_id": other.pk, "action": "follow"}, headers=SCRIPT)
    assert answer.status_code == 200
    assert answer.json() == {
        "user_id": str(other.pk),
        "is_following": True,
        "changed": True,
        "follower_count": 1,
        "viewer_id": str(me.pk),
        "viewer_following_count": 1,
    }
    again = client.post(URL, {"user_id": other.pk, "action": "follow"}, headers=SCRIPT)
    assert again.json()["changed"] is False
    assert is_following(me, other)
    undone = client.post(URL, {"user_id": other.pk, "action": "unfollow"}, headers=SCRIPT)
    assert undone.json()["is_following"] is False
    assert undone.json()["follower_count"] == 0
    assert not is_following(me, other)
    assert "no-store" in undone["Cache-Control"]


@pytest.mark.parametrize(
    ("next_url", "goes_to"),
    [
        ("/somewhere/?page=2", "/somewhere/?page=2"),
        ("", "/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_a_form_goes_back_within_the_site(client, pair, next_url, goes_to):
    answer = client.post(URL, {"user_id": pair[1].pk, "action": "follow", "next": next_url})
    assert (answer.status_code, answer["Location"]) == (303, goes_to)
    assert is_following(*pair)


@pytest.mark.parametrize("action", ["", "toggle", "FOLLOW", "unfollow "])
def test_another_action_is_refused(client, pair, action):
    follow(*pair)
    answer = client.post(URL, {"user_id": pair[1].pk, "action": action}, headers=SCRIPT)
    assert answer.status_code == 400
    assert "follow” or “unfollow" in answer.json()["error"]
    assert is_following(*pair)


@pytest.mark.parametrize("user_id", ["", "abc", "1.5", "\0", "-1", "9" * 40, "٣", "a" * 500])
@pytest.mark.parametrize("action", ["follow", "unfollow"])
def test_somebody_unknown_is_refused(client, user_id, action):
    answer = client.post(URL, {"user_id": user_id, "action": action}, headers=SCRIPT)
    # Whether "abc" could be a key at all depends on the user model.
    assert answer.status_code in (400, 404)
    if user_id in ("", "\0"):
        assert answer.status_code == 400
    assert answer.json()["error"]
    assert Follow.objects.count() == 0


def test_a_key_of_the_wrong_kind_is_a_bad_request(client):
    if User._meta.pk.get_internal_type() == "CharField":
        pytest.skip("any text may be a key")
    answer = client.post(URL, {"user_id": "abc", "action": "follow"}, headers=SCRIPT)
    assert answer.status_code == 400


def test_an_inactive_user_is_not_found(client, pair):
    other = pair[1]
    if not any(f.name == "is_active" for f in User._meta.concrete_fields):
        pytest.skip("this user model knows no inactive users")
    other.is_active = False
    other.save()
    answer = client.post(URL, {"user_id": other.pk, "action": "follow"}, headers=SCRIPT)
    assert answer.status_code == 404
    assert not is_following(*pair)


def test_oneself_is_a_conflict(client, pair):
    answer = client.post(URL, {"user_id": pair[0].pk, "action": "follow"})
    assert answer.status_code == 409
    assert answer.content.decode() == "You cannot follow yourself."
    assert Follow.objects.count() == 0


def test_a_refused_follow_is_forbidden(client, pair, monkeypatch):
    def refuse(follower, following):
        raise FollowRefused

    monkeypatch.setattr(views, "follow", refuse)
    answer = client.post(URL, {"user_id": pair[1].pk, "action": "follow"}, headers=SCRIPT)
    assert answer.status_code == 403
    assert answer.json()["error"] == "This follow is not allowed."


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("atomic", [True, False])
def test_an_account_closed_meanwhile_is_not_found(client, pair, monkeypatch, atomic):
    """Between the look-up and the write, on every engine, with ATOMIC_REQUESTS or without."""
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", atomic)
    real = views.follow

    def follow_too_late(follower, following):
        User.objects.get(pk=following.pk).delete()
        return real(follower, following)

    monkeypatch.setattr(views, "follow", follow_too_late)
    answer = client.post(URL, {"user_id": pair[1].pk, "action": "follow"}, headers=SCRIPT)
    assert answer.status_code == 404
    assert Follow.objects.count() == 0


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head"])
def test_only_post_writes(client, pair, method):
    answer = getattr(client, method)(f"{URL}?user_id={pair[1].pk}&action=follow")
    assert answer.status_code == 405
    assert "POST" in answer["Allow"]
    assert Follow.objects.count() == 0


def test_without_token_nothing_happens(pair):
    client = Client(enforce_csrf_checks=True)
    client.force_login(pair[0])
    answer = client.post(URL, {"user_id": pair[1].pk, "action": "follow"}, headers=SCRIPT)
    assert answer.status_code == 403
    assert Follow.objects.count() == 0


@pytest.mark.parametrize(
    "headers",
    [
        SCRIPT,
        {},
        {"accept": "*/*"},
        {"accept": "application/json, text/plain, */*"},
        {"accept": "application/json, text/html;q=0.1"},
        {**BROWSER, "hx-request": "true"},
        {**BROWSER, "x-requested-with": "XMLHttpRequest"},
    ],
)
def test_a_visitors_script_is_unauthorized(pair, headers):
    answer = Client().post(URL, {"user_id": pair[1].pk, "action": "follow"}, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"] == "Log in to follow people."
    assert Follow.objects.count() == 0


def test_a_visitors_form_goes_to_sign_in(pair):
    data = {"user_id": pair[1].pk, "action": "follow", "next": "/people/"}
    answer = Client(headers=BROWSER).post(URL, data)
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/people/"
    assert Follow.objects.count() == 0


class TestButton:
    def render(self, person, viewer, django_assert_num_queries=None, queries=0):
        request = RequestFactory().get("/people/?q=a&b=c")
        request.user = viewer
        template = Template("{% load slipstream_follows %}{% follow_button person %}")
        with django_assert_num_queries(queries):
            return template.render(Context({"request": request, "person": person}))

    def test_says_what_it_does(self, pair, django_assert_num_queries):
        me, other = pair
        html = self.render(other, me, django_assert_num_queries, queries=1)
        assert 'value="follow"' in html
        assert "/people/?q=a&amp;b=c" in html
        assert f'value="{other.pk}"' in html
        follow(me, other)
        html = self.render(other, me, django_assert_num_queries, queries=1)
        assert 'value="unfollow"' in html

    def test_costs_nothing_on_a_list(self, pair, django_assert_num_queries):
        me, other = pair
        follow(me, other)
        other = with_follow_state(User.objects.all(), me).get(pk=other.pk)
        html = self.render(other, me, django_assert_num_queries)
        assert 'value="unfollow"' in html

    def test_is_not_there_for_oneself(self, pair, django_assert_num_queries):
        me, _ = pair
        assert self.render(me, me, django_assert_num_queries).strip() == ""
