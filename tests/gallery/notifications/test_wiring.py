"""Who is told of what, and what is taken away again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone, translation

from gallery.accounts import services as accounts
from gallery.activity.models import Activity
from gallery.comments import services as comments
from gallery.comments.models import Comment
from gallery.config import wiring
from gallery.images import services
from gallery.images.models import Visibility
from slipstream.follows import follow, unfollow
from slipstream.notifications import get_notifications, notification_text, unread_count
from slipstream.notifications.models import Notification

from .telling import say, told


class TestTelling:
    def test_who_is_followed(self, mina, haru, commit):
        with commit():
            follow(haru, mina)
        assert told(mina) == ["하루 followed you"]
        assert told(haru) == []
        assert unread_count(mina) == 1

    def test_whose_picture_is_liked(self, mina, haru, share):
        image = share(mina)
        services.like(haru, image)
        services.like(mina, image)
        assert told(mina) == ["하루 liked 달"]

    def test_whose_picture_is_commented_on(self, mina, haru, share):
        image = share(mina)
        say(haru, image)
        say(mina, image)
        assert told(mina) == ["하루 commented on 달"]

    def test_nobody_of_a_picture_that_is_shared(self, mina, haru, share, commit):
        with commit():
            follow(haru, mina)
        share(mina)
        assert told(haru) == []

    def test_nobody_of_a_private_picture(self, mina, share):
        image = share(mina, Visibility.PRIVATE)
        services.like(mina, image)
        say(mina, image)
        assert not Notification.objects.exists()

    def test_once_of_the_same(self, mina, haru, share):
        image = share(mina)
        for change in (services.like, services.unlike, services.like, services.like):
            change(haru, image)
        assert told(mina) == ["하루 liked 달"]
        assert unread_count(mina) == 1

    def test_is_one_with_what_happened(self, mina, haru, share):
        image = share(mina)
        with pytest.raises(RuntimeError), transaction.atomic():
            services.like(haru, image)
            raise RuntimeError
        assert told(mina) == []

    @pytest.mark.parametrize("what", ["like", "comment"])
    def test_where_nobody_can_be_told_nothing_happened(self, mina, haru, share, monkeypatch, what):
        def broken(activity):
            raise RuntimeError("broken on purpose")

        image = share(mina)
        monkeypatch.setattr(wiring, "notify", broken)
        with pytest.raises(RuntimeError):
            services.like(haru, image) if what == "like" else say(haru, image)
        assert not image.likes.exists()
        assert not image.comments.exists()
        assert not Activity.objects.by(haru).exists()

    def test_a_follow_stands_where_nobody_can_be_told(
        self, mina, haru, commit, monkeypatch, caplog
    ):
        def broken(activity):
            raise RuntimeError("broken on purpose")

        monkeypatch.setattr(wiring, "notify", broken)
        with commit():
            assert follow(haru, mina)
        assert not Activity.objects.exists()
        assert "broken on purpose" in caplog.text


class TestSaying:
    @pytest.fixture
    def crowd(self, make_person):
        return [make_person(f"person{n}", name=name) for n, name in enumerate("가나다")]

    SAID = {
        "en": (
            ["민준 commented on 달", "민준 liked 달", "민준 followed you"],
            ["민준 and 1 other commented on 달", "민준 and 1 other liked 달"],
            ["민준 and 3 others commented on 달", "민준 and 3 others liked 달"],
            "민준 and 3 others followed you",
        ),
        "ko": (
            [
                "민준님이 달에 댓글을 남겼습니다",
                "민준님이 달을 좋아합니다",
                "민준님이 회원님을 팔로우합니다",
            ],
            ["민준님 외 1명이 달에 댓글을 남겼습니다", "민준님 외 1명이 달을 좋아합니다"],
            ["민준님 외 3명이 달에 댓글을 남겼습니다", "민준님 외 3명이 달을 좋아합니다"],
            "민준님 외 3명이 회원님을 팔로우합니다",
        ),
    }

    @pytest.mark.parametrize("language", SAID)
    def test_for_one_and_for_several(self, mina, minjun, crowd, share, commit, language):
        image = share(mina)
        one, two, several, followed = self.SAID[language]

        def do(*people) -> None:
            for person in people:
                with commit():
                    follow(person, mina)
                services.like(person, image)
                say(person, image)

        def undo(person) -> None:
            with commit():
                unfollow(person, mina)
            services.unlike(person, image)
            comments.delete(Comment.objects.get(user=person))

        def all_told() -> list[str]:
            with translation.override(language):
                return [notification_text(line) for line in get_notifications(mina).items]

        do(minjun)
        assert all_told() == one
        undo(minjun)
        do(crowd[0], minjun)
        assert all_told()[:2] == two
        undo(minjun)
        do(*crowd[1:], minjun)
        assert all_told() == [*several, followed]

    def test_particles_fit_the_title(self, mina, minjun, share):
        services.like(minjun, share(mina, title="바다"))
        [line] = get_notifications(mina).items
        with translation.override("ko"):
            assert notification_text(line) == "민준님이 바다를 좋아합니다"


class TestTakingBack:
    def test_a_follow_that_was_a_slip(self, mina, haru, commit):
        for change in (follow, unfollow):
            with commit():
                change(haru, mina)
        assert told(mina) == []
        assert unread_count(mina) == 0

    def test_a_like_that_was_a_slip(self, mina, haru, minjun, share):
        image = share(mina)
        services.like(haru, image)
        services.like(minjun, image)
        services.unlike(minjun, image)
        assert told(mina) == ["하루 liked 달"]
        assert unread_count(mina) == 1
        services.unlike(haru, image)
        assert told(mina) == []
        assert unread_count(mina) == 0

    def test_what_was_true_for_long_stays(self, mina, haru, share):
        image = share(mina)
        services.like(haru, image)
        Activity.objects.update(created_at=timezone.now() - timedelta(hours=1))
        services.unlike(haru, image)
        assert told(mina) == ["하루 liked 달"]

    def test_a_comment(self, mina, haru, share):
        image = share(mina)
        comments.delete(say(haru, image))
        assert told(mina) == []
        assert unread_count(mina) == 0

    def test_who_said_something_else_stays(self, mina, haru, share):
        image = share(mina)
        first, second = say(haru, image, "하나"), say(haru, image, "둘")
        comments.delete(second)
        [line] = get_notifications(mina).items
        assert line.activity.data == {"comment": first.pk}
        assert unread_count(mina) == 1
        comments.delete(first)
        assert told(mina) == []
        assert unread_count(mina) == 0

    def test_a_comment_that_a_moderator_hides(self, mina, haru, share):
        image = share(mina)
        say(haru, image)
        comments.hide(Comment.objects.all())
        assert told(mina) == []
        assert unread_count(mina) == 0
        comments.unhide(Comment.objects.all())
        assert told(mina) == ["하루 commented on 달"]

    @pytest.mark.parametrize("how", ["deleted", "made private", "hidden by a moderator"])
    def test_a_picture_that_nobody_sees_any_more(self, mina, haru, share, how):
        image, other = share(mina), share(mina, title="별")
        for picture in (image, other):
            services.like(haru, picture)
            say(haru, picture)
        assert unread_count(mina) == 4
        if how == "deleted":
            services.delete(image)
        elif how == "made private":
            words = {"title": "달", "description": "", "visibility": Visibility.PRIVATE}
            services.edit(image, **words)
        else:
            services.hide(image)
        assert told(mina) == ["하루 commented on 별", "하루 liked 별"]
        assert unread_count(mina) == 2


class TestLeaving:
    @pytest.fixture
    def image(self, mina, haru, minjun, share, commit):
        image = share(mina)
        for person in (minjun, haru):
            services.like(person, image)
        say(haru, image)
        with commit():
            follow(haru, mina)
        assert unread_count(mina) == 3
        return image

    @pytest.mark.django_db(transaction=True)
    def test_who_closes_their_account_is_gone(self, mina, haru, image):
        accounts.close(haru)
        assert told(mina) == ["민준 liked 달"]
        assert unread_count(mina) == 1

    @pytest.mark.django_db(transaction=True)
    def test_who_is_told_takes_what_they_were_told_along(self, mina, image):
        accounts.close(mina)
        assert not Notification.objects.exists()
