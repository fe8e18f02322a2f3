from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client

from gallery.accounts.models import User
from gallery.accounts.photos import SIZES
from gallery.demo.community import DEMO_USERNAME, make_community
from gallery.demo.names import PEOPLE
from slipstream.follows import with_follow_counts
from slipstream.follows.models import Follow


def picture_of_the_community():
    pairs = Follow.objects.values_list("follower__username", "following__username")
    faces = {}
    for person in User.objects.order_by("username"):
        if person.photo:
            with default_storage.open(f"{person.photo}/small.webp") as file:
                faces[person.username] = file.read()
    return set(pairs), faces


def test_the_same_for_the_same_seed(db):
    pictures = []
    for seed in (3, 3, 4):
        make_community(seed=seed, password="x", size=12)
        pictures.append(picture_of_the_community())
        User.objects.all().delete()
    first, again, other = pictures
    assert first == again
    assert first != other


def test_looks_like_a_community(db):
    people = make_community(seed=1, password="x")
    assert len(people) == len(PEOPLE) == 60
    counts = sorted(
        with_follow_counts(User.objects.all()).values_list("follower_count", flat=True),
        reverse=True,
    )
    assert counts[0] > 4 * counts[30]  # a few have most of the followers
    assert Follow.objects.count() == sum(counts)
    pairs = set(Follow.objects.values_list("follower", "following"))
    mutual = sum((b, a) in pairs for a, b in pairs)
    assert 0.2 < mutual / len(pairs) < 0.8
    for row in Follow.objects.select_related("follower", "following"):
        assert row.followed_at >= max(row.follower.date_joined, row.following.date_joined)
    photos = [person for person in people if person.photo]
    assert 40 <= len(photos) < 60
    for person in photos:
        assert all(default_storage.exists(f"{person.photo}/{name}.webp") for name in SIZES)


def test_the_command_makes_it_once(db, monkeypatch, capsys):
    monkeypatch.delenv("GALLERY_DEMO_PASSWORD", raising=False)
    with pytest.raises(CommandError, match="GALLERY_DEMO_PASSWORD"):
        call_command("demo")
    monkeypatch.setenv("GALLERY_DEMO_PASSWORD", "let me in please")
    call_command("demo")
    call_command("demo")
    assert "here already" in capsys.readouterr().out
    assert User.objects.count() == 60
    data = {"username": DEMO_USERNAME, "password": "let me in please"}
    assert Client().post("/account/login/", data).status_code == 302
    assert not User.objects.exclude(username=DEMO_USERNAME).first().has_usable_password()
