"""What moderators see of notifications."""

from __future__ import annotations

import pytest
from django.test import Client

from slipstream.notifications import set_preference
from slipstream.notifications.models import Notification, Preference

from .telling import client_of, make_lines, queries_of

LINES = "/admin/slipstream_notifications/notification/"
CHOICES = "/admin/slipstream_notifications/preference/"


@pytest.fixture
def boss(make_person) -> Client:
    return client_of(make_person("boss", is_staff=True, is_superuser=True))


@pytest.mark.parametrize("path", [LINES, CHOICES])
def test_is_there_to_be_read_only(boss, mina, path):
    make_lines(mina, 3)
    set_preference(mina, "liked", is_on=False)
    assert boss.get(path).status_code == 200
    model = Notification if path == LINES else Preference
    one = f"{path}{model.objects.first().pk}/"
    assert boss.get(f"{one}change/").status_code == 200
    assert boss.post(f"{one}change/", {}).status_code == 403
    assert boss.post(f"{one}delete/", {"post": "yes"}).status_code == 403
    assert boss.get(f"{path}add/").status_code == 403


def test_costs_the_same(boss, mina, haru, minjun):
    make_lines(mina, 3)
    few = queries_of(boss, LINES)
    make_lines(haru, 30)
    assert queries_of(boss, LINES) == few


def test_finds_who_was_told(boss, mina, haru):
    make_lines(mina, 3)
    make_lines(haru, 3)
    answer = boss.get(LINES, {"q": "haru"})
    assert {row.inbox.user for row in answer.context["cl"].result_list} == {haru}
    assert "Likes of your pictures" in answer.content.decode()
