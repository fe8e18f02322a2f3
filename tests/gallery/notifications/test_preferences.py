"""Choosing what to be told of."""

from __future__ import annotations

import pytest
from django.test import Client

from gallery.images import services
from slipstream.follows import follow
from slipstream.notifications import preferences, unread_count
from slipstream.notifications.models import Preference

from .telling import KINDS, SETTINGS, queries_of, say, told


def chosen(user) -> dict[str, bool]:
    return {rule.code: is_on for rule, is_on in preferences(user)}


def test_is_for_members(db):
    assert Client().get(SETTINGS)["Location"] == f"/account/login/?next={SETTINGS}"


def test_is_found_from_the_settings(signed_in):
    assert f'href="{SETTINGS}"' in signed_in.get("/account/settings/").content.decode()


def test_shows_a_switch_for_each_rule(signed_in, mina):
    html = signed_in.get(SETTINGS).content.decode()
    assert html.count('role="switch"') == html.count(" checked>") == len(KINDS)
    for kind in KINDS:
        assert f'name="kinds" value="{kind}"' in html
    assert "Likes of your pictures" in html


def test_says_it_in_korean(signed_in):
    html = signed_in.get(SETTINGS, headers={"Accept-Language": "ko"}).content.decode()
    for label in ("새 팔로워", "내 사진의 좋아요", "내 사진의 댓글"):
        assert label in html


def test_what_is_switched_off_is_not_told(signed_in, mina, haru, share, commit):
    answer = signed_in.post(SETTINGS, {"kinds": KINDS, "on": ["commented"]}, follow=True)
    assert answer.redirect_chain == [(SETTINGS, 302)]
    assert "Saved: you are told of what is switched on." in answer.content.decode()
    assert chosen(mina) == {"followed": False, "liked": False, "commented": True}
    image = share(mina)
    services.like(haru, image)
    say(haru, image)
    with commit():
        follow(haru, mina)
    assert told(mina) == ["하루 commented on 달"]
    signed_in.post(SETTINGS, {"kinds": KINDS, "on": KINDS})
    assert all(chosen(mina).values())


def test_what_was_told_stays(signed_in, mina, haru, share):
    services.like(haru, share(mina))
    signed_in.post(SETTINGS, {"kinds": KINDS})
    assert not any(chosen(mina).values())
    assert unread_count(mina) == 1


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"on": KINDS},
        {"on": ["liked"]},
        {"kinds": ["liked"], "on": ["followed"]},
        {"kinds": [*KINDS, "nonsense"], "on": KINDS},
    ],
    ids=["empty", "without its list", "one of it", "another one", "unknown"],
)
def test_what_is_not_complete_changes_nothing(signed_in, mina, form):
    answer = signed_in.post(SETTINGS, form)
    assert answer.status_code == 400
    assert "This form is not complete" in answer.content.decode()
    assert not Preference.objects.exists()


def test_an_older_form_leaves_newer_kinds_alone(signed_in, mina):
    signed_in.post(SETTINGS, {"kinds": ["liked"]})
    assert chosen(mina) == {"followed": True, "liked": False, "commented": True}


def test_only_ones_own(signed_in, mina, haru):
    signed_in.post(SETTINGS, {"kinds": KINDS})
    assert all(chosen(haru).values())


def test_costs_one_query_beside_what_all_pages_cost(signed_in, mina):
    assert queries_of(signed_in, SETTINGS) == 3  # session, person, preferences
