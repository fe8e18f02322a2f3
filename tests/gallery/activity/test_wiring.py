"""What is recorded when something happens, and what is taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from gallery.accounts.models import User
from gallery.activity.models import Activity
from gallery.config import wiring
from gallery.images import services
from gallery.images.models import Visibility
from slipstream.follows import follow, is_following, unfollow

from .happenings import what_happened

WORDS = {"title": "달", "description": ""}


def test_joining(db):
    words = {"username": "newcomer", "name": "새 사람", "email": "new@example.com"}
    password = {"password1": "a long walk home", "password2": "a long walk home"}
    assert Client().post("/account/join/", words | password).status_code == 302
    assert what_happened() == [("newcomer", "joined", None)]


class TestFollowing:
    def test_is_told(self, mina, haru, commit):
        with commit():
            follow(haru, mina)
            follow(haru, mina)
        assert what_happened() == [("haru", "followed", "김미나")]

    def test_what_was_a_slip_is_taken_back(self, mina, haru, commit):
        for change in (follow, unfollow, follow):
            with commit():
                change(haru, mina)
        assert what_happened() == [("haru", "followed", "김미나")]
        with commit():
            unfollow(haru, mina)
        assert what_happened() == []

    def test_what_was_true_for_long_stays(self, mina, haru, commit):
        with commit():
            follow(haru, mina)
        Activity.objects.update(created_at=timezone.now() - timedelta(hours=1))
        with commit():
            unfollow(haru, mina)
        assert what_happened() == [("haru", "followed", "김미나")]

    def test_stands_where_recording_fails(self, mina, haru, commit, monkeypatch, caplog):
        def broken(*args, **kwargs):
            raise RuntimeError("broken on purpose")

        monkeypatch.setattr(wiring, "log_activity", broken)
        with commit():
            assert follow(haru, mina)
        assert is_following(haru, mina)
        assert "broken on purpose" in caplog.text


class TestSharing:
    @pytest.mark.parametrize("visibility", Visibility)
    def test_is_told_where_others_may_see_it(self, mina, share, visibility):
        share(mina, visibility)
        told = visibility != Visibility.PRIVATE
        assert what_happened() == ([("mina", "shared", "달")] if told else [])

    @pytest.mark.parametrize("back", ["restored", "published"])
    def test_hidden_and_shown_it_stands_where_it_stood(self, mina, haru, share, back):
        image, other = share(mina), share(mina, title="별")
        services.like(haru, image)
        services.like(haru, other)
        if back == "restored":
            services.delete(image)
        else:
            services.edit(image, **WORDS, visibility=Visibility.PRIVATE)
        assert what_happened() == [("mina", "shared", "별"), ("haru", "liked", "별")]
        if back == "restored":
            services.restore(mina, image.pk)
        else:
            services.edit(image, **WORDS, visibility=Visibility.FOLLOWERS)
        assert what_happened()[2:] == [("mina", "shared", "달")]
        assert Activity.objects.on(image).get().created_at == image.created_at

    def test_to_fewer_or_more_is_not_told_again(self, mina, share):
        image = share(mina)
        for visibility in (Visibility.FOLLOWERS, Visibility.PUBLIC, Visibility.FOLLOWERS):
            services.edit(image, **WORDS, visibility=visibility)
        assert what_happened() == [("mina", "shared", "달")]

    def test_purging_leaves_nothing(self, mina, haru, share):
        image = share(mina)
        services.like(haru, image)
        image.delete()
        assert what_happened() == []

    def test_is_one_with_the_recording(self, mina, share, monkeypatch, tmp_path):
        def broken(*args, **kwargs):
            raise RuntimeError("broken on purpose")

        monkeypatch.setattr(wiring, "log_activity", broken)
        with pytest.raises(RuntimeError):
            share(mina)
        assert mina.images.count() == 0
        assert list(tmp_path.rglob("*.webp")) == []


class TestLiking:
    def test_is_told_once(self, mina, haru, share):
        image = share(mina)
        assert services.like(haru, image)
        assert not services.like(haru, image)
        assert what_happened()[1:] == [("haru", "liked", "달")]

    def test_what_was_a_slip_is_taken_back(self, mina, haru, share):
        image = share(mina)
        services.like(haru, image)
        services.unlike(haru, image)
        assert what_happened()[1:] == []
        services.like(haru, image)
        assert what_happened()[1:] == [("haru", "liked", "달")]

    def test_what_was_true_for_long_stays(self, mina, haru, share):
        image = share(mina)
        services.like(haru, image)
        Activity.objects.update(created_at=timezone.now() - timedelta(hours=1))
        services.unlike(haru, image)
        assert what_happened()[1:] == [("haru", "liked", "달")]

    def test_ones_own_private_picture_is_nobodys_news(self, mina, share):
        image = share(mina, Visibility.PRIVATE)
        assert services.like(mina, image)
        assert what_happened() == []

    def test_what_is_undone_is_recorded_by_nobody(self, mina, haru, share):
        image = share(mina)
        with pytest.raises(RuntimeError), transaction.atomic():
            services.like(haru, image)
            raise RuntimeError
        assert what_happened() == [("mina", "shared", "달")]
        assert image.likes.count() == 0


def test_a_deleted_account_takes_its_activities_along(mina, haru, share, commit):
    services.like(haru, share(mina))
    with commit():
        follow(haru, mina)
        follow(mina, haru)
    User.objects.get(pk=haru.pk).delete()
    assert what_happened() == [("mina", "shared", "달")]
