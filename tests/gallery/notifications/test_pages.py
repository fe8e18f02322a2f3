"""The list of notifications, reading it, and the bell in the header."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from gallery.accounts.models import User
from gallery.comments.models import Comment
from gallery.images import services
from gallery.moderation.services import suspend, unsuspend
from slipstream.follows import follow
from slipstream.notifications import get_notifications, unread_count
from slipstream.notifications.models import Notification

from .telling import ALL, LIST, client_of, make_lines, queries_of, say

#: Beyond reading the session and the user.
SESSION_AND_USER = 2


def lines_of(answer) -> list:
    return answer.context["lines"]


def bell(answer) -> tuple[str, str]:
    """What the bell says, and what it shows; nothing where that is hidden."""
    html = answer.content.decode()
    name = re.search(r'class="icon-button bell"[^>]* aria-label="([^"]*)"', html)[1]
    count = re.search(r'<b class="bell-count"([^>]*)>([^<]*)</b>', html)
    return name, "" if " hidden" in count[1] else count[2]


@pytest.fixture
def liked(mina, haru, share):
    image = share(mina)
    services.like(haru, image)
    return image


class TestTheList:
    def test_is_for_members(self, db):
        assert Client().get(LIST)["Location"] == f"/account/login/?next={LIST}"

    def test_is_ones_own(self, haru, liked):
        assert lines_of(client_of(haru).get(LIST)) == []

    def test_says_where_there_is_nothing(self, signed_in):
        html = signed_in.get(LIST).content.decode()
        assert "Nothing to tell you yet" in html
        assert "Mark all as read" not in html

    def test_leads_to_what_a_line_is_about(self, signed_in, mina, haru, share, commit):
        image = share(mina)
        services.like(haru, image)
        comment = say(haru, image, "한참\n봤어요")
        with commit():
            follow(haru, mina)
        answer = signed_in.get(LIST)
        by_kind = {line.notification.verb: line for line in lines_of(answer)}
        assert by_kind["liked"].url == image.get_absolute_url()
        assert by_kind["followed"].url == haru.get_absolute_url()
        assert by_kind["commented"].url == comment.get_absolute_url()
        html = answer.content.decode()
        assert f'<a href="{comment.get_absolute_url()}">한참 봤어요</a>' in html
        place = signed_in.get(comment.get_absolute_url())["Location"]
        assert place == f"{image.get_absolute_url()}#comment-{comment.pk}"

    def test_several_followers_lead_to_all(self, signed_in, mina, haru, minjun, commit):
        with commit():
            follow(haru, mina)
        with commit():
            follow(minjun, mina)
        [line] = lines_of(signed_in.get(LIST))
        assert line.url == "/@mina/followers/"
        assert line.follower is None

    @pytest.mark.parametrize("is_followed", [False, True])
    def test_a_follower_can_be_followed_back(self, signed_in, mina, haru, commit, is_followed):
        with commit():
            follow(haru, mina)
            if is_followed:
                follow(mina, haru)
        html = signed_in.get(LIST).content.decode()
        assert f'data-slipstream-follow="{haru.pk}"' in html
        assert ("Unfollow 하루" if is_followed else "Follow 하루") in html
        assert ('value="unfollow"' in html) == is_followed

    def test_shows_three_faces_of_many(self, signed_in, mina, share, make_person):
        image = share(mina)
        for n in range(5):
            services.like(make_person(f"fan{n}"), image)
        answer = signed_in.get(LIST)
        [line] = lines_of(answer)
        assert [user.username for user in line.notification.actors] == ["fan4", "fan3", "fan2"]
        assert "and 4 others liked" in answer.content.decode()

    def test_hides_what_is_not_to_be_read(self, signed_in, mina, haru, share):
        image = share(mina)
        say(haru, image, "안 보일 말")
        # As it stands where somebody hides it without telling of it.
        Comment.objects.update(hidden_at=timezone.now())
        answer = signed_in.get(LIST)
        assert "안 보일 말" not in answer.content.decode()
        [line] = lines_of(answer)
        assert line.url == image.get_absolute_url()

    def test_escapes_what_people_wrote(self, signed_in, mina, make_person, share):
        image = share(mina, title="<b>달</b>")
        say(make_person("evil", name="<i>x</i>"), image, "<script>1</script>")
        html = signed_in.get(LIST).content.decode()
        for text in ("<b>달", "<i>x", "<script>1"):
            assert text not in html

    def test_refuses_what_is_no_cursor(self, signed_in):
        assert signed_in.get(LIST, {"cursor": "nonsense"}).status_code == 400

    def test_takes_no_forms(self, signed_in):
        assert signed_in.post(LIST).status_code == 405


class TestPeriods:
    def test_today_this_week_and_earlier(self, signed_in, mina, haru, share, monkeypatch):
        now = timezone.localtime().replace(hour=15, minute=0)
        monkeypatch.setattr(timezone, "now", lambda: now)
        ages = [timedelta(hours=1), timedelta(hours=14), timedelta(hours=16)]
        ages += [timedelta(days=6), timedelta(days=8), timedelta(days=300)]
        for n, age in enumerate(ages):
            services.like(haru, share(mina, title=f"{n}"))
            newest = Notification.objects.order_by("-pk").first()
            Notification.objects.filter(pk=newest.pk).update(latest_at=now - age)
        lines = lines_of(signed_in.get(LIST))
        assert [line.period for line in lines] == [
            *("today", "today", "week", "week", "earlier", "earlier")
        ]
        assert [line.starts_period for line in lines] == [True, False] * 3

    def test_pages_lead_through_all(self, signed_in, mina):
        make_lines(mina, 30)
        expected = Notification.objects.of(mina).count()
        first = signed_in.get(LIST)
        cursor = first.context["page"].next_cursor
        second = signed_in.get(LIST, {"cursor": cursor})
        found = [line.notification.pk for answer in (first, second) for line in lines_of(answer)]
        assert len(found) == len(set(found)) == expected
        assert second.context["page"].next_cursor is None
        assert "data-further" in second.content.decode()
        # A page names its first period also where it goes on from the one before.
        assert lines_of(second)[0].starts_period


class TestReading:
    def test_what_was_shown_is_read_and_still_new_there(self, signed_in, mina, liked):
        assert bell(signed_in.get("/explore/")) == ("Notifications, 1 unread", "1")
        answer = signed_in.get(LIST)
        assert lines_of(answer)[0].notification.is_unread
        assert "is-unread" in answer.content.decode()
        assert bell(answer) == ("Notifications", "")
        assert unread_count(mina) == 0
        again = signed_in.get(LIST).content.decode()
        assert "is-unread" not in again
        assert bell(signed_in.get("/explore/")) == ("Notifications", "")

    @pytest.mark.parametrize(
        "header",
        [
            {"Sec-Purpose": "prefetch"},
            {"Sec-Purpose": "prefetch;prerender"},
            {"Purpose": "prefetch"},
            {"X-Moz": "prefetch"},
            {"X-Purpose": "preview"},
        ],
    )
    def test_not_by_loading_it_beforehand(self, signed_in, mina, liked, header):
        answer = signed_in.get(LIST, headers=header)
        assert answer.status_code == 200
        assert bell(answer) == ("Notifications, 1 unread", "1")
        assert unread_count(mina) == 1

    def test_nor_by_asking_whether_it_is_there(self, signed_in, mina, liked):
        assert signed_in.head(LIST).status_code == 200
        assert unread_count(mina) == 1

    def test_only_what_was_shown(self, signed_in, mina):
        make_lines(mina, 30)
        everything = unread_count(mina)
        answer = signed_in.get(LIST)
        left = everything - len(lines_of(answer))
        assert unread_count(mina) == left > 0
        assert bell(answer)[1] == str(left)
        assert "Mark all as read" in answer.content.decode()
        signed_in.get(LIST, {"cursor": answer.context["page"].next_cursor})
        assert unread_count(mina) == 0

    def test_what_came_meanwhile_stays_unread(self, signed_in, mina, minjun, liked, monkeypatch):
        from gallery.notifications import services as reading

        mark = reading.mark_read

        def late(*args):
            services.like(minjun, liked)
            return mark(*args)

        monkeypatch.setattr(reading, "mark_read", late)
        assert bell(signed_in.get(LIST))[1] == "1"
        assert unread_count(mina) == 1

    def test_everything_at_once(self, signed_in, mina):
        make_lines(mina, 30)
        answer = signed_in.post(ALL)
        assert answer.status_code == 303
        assert answer["Location"] == LIST
        assert unread_count(mina) == 0
        assert signed_in.get(ALL).status_code == 405

    def test_nobody_elses(self, mina, haru, liked):
        client_of(haru).post(ALL)
        assert unread_count(mina) == 1

    def test_a_visitor_reads_nothing(self, mina, liked):
        assert Client().post(ALL).status_code == 302
        assert unread_count(mina) == 1

    def test_not_from_elsewhere(self, mina, liked):
        client = Client(enforce_csrf_checks=True)
        client.force_login(mina)
        assert client.post(ALL).status_code == 403
        assert unread_count(mina) == 1


class TestTheBell:
    def test_is_for_members(self, db):
        assert "data-unread" not in Client().get("/").content.decode()

    @pytest.mark.parametrize(
        ("unread", "shown", "name"),
        [
            (0, "", "Notifications"),
            (1, "1", "Notifications, 1 unread"),
            (99, "99", "Notifications, 99 unread"),
            (100, "99+", "Notifications, 100 unread"),
            (1234, "99+", "Notifications, 1,234 unread"),
        ],
    )
    def test_says_how_much(self, signed_in, monkeypatch, unread, shown, name):
        from gallery.notifications.templatetags import gallery_notifications

        monkeypatch.setattr(gallery_notifications, "unread_count", lambda user: unread)
        assert bell(signed_in.get("/explore/")) == (name, shown)

    def test_speaks_korean(self, signed_in, liked):
        answer = signed_in.get("/explore/", headers={"Accept-Language": "ko"})
        assert bell(answer) == ("알림, 읽지 않은 알림 1개", "1")


class TestLocking:
    @pytest.fixture
    def moderator(self, make_person) -> User:
        return make_person("boss", is_staff=True, is_superuser=True)

    def test_who_is_locked_is_not_seen(self, mina, haru, minjun, liked, moderator, signed_in):
        services.like(minjun, liked)
        say(haru, liked, "안녕")
        suspend(moderator, [haru.pk])
        html = signed_in.get(LIST).content.decode()
        assert "민준" in html
        assert "하루" not in html
        assert "안녕" not in html
        assert "other" not in re.sub(r'data-\w+="[^"]*"', "", html)

    def test_nothing_unread_is_left_that_nobody_sees(self, mina, haru, liked, moderator, signed_in):
        suspend(moderator, [haru.pk])
        answer = signed_in.get(LIST)
        assert lines_of(answer) == []
        assert bell(answer) == ("Notifications", "")
        assert unread_count(mina) == 0
        unsuspend(moderator, [haru.pk])
        assert len(get_notifications(mina).items) == 1
        assert unread_count(mina) == 0

    def test_who_is_locked_is_told_nothing(self, mina, haru, moderator, commit):
        suspend(moderator, [mina.pk])
        mina.refresh_from_db()
        with commit():
            follow(haru, mina)
        assert not Notification.objects.exists()


class TestCosts:
    @pytest.mark.parametrize("count", [3, 30])
    def test_the_list_costs_the_same(self, signed_in, mina, count):
        make_lines(mina, count)
        # Two for the lines, one each for pictures, comments and follows; to mark them as read
        # two, on SQLite and MariaDB one more, and one for what is unread then.
        marking = 3 if connection.vendor == "postgresql" else 4
        # Where something is left unread, one looks whether anybody would see it.
        left = unread_count(mina) > 20
        assert left == (count == 30)
        assert queries_of(signed_in, LIST) == SESSION_AND_USER + 5 + marking + left
        assert queries_of(signed_in, LIST) == SESSION_AND_USER + 5 + left

    @pytest.mark.parametrize("count", [3, 30])
    def test_the_bell_comes_with_the_person(self, signed_in, mina, count):
        before = queries_of(signed_in, "/explore/")
        make_lines(mina, count)
        after = queries_of(signed_in, "/explore/")
        assert after <= before + 1  # the first has no pictures to show, and no query is the bell's

    def test_a_long_line_costs_as_much_as_a_short_one(self, signed_in, mina, share):
        image = share(mina)
        people = [User(username=f"fan{n}", name=f"Fan {n}", email=f"{n}@x.kr") for n in range(200)]
        User.objects.bulk_create(people)
        services.like(User.objects.get(username="fan0"), image)
        before = queries_of(signed_in, LIST)
        for person in User.objects.filter(username__startswith="fan"):
            services.like(person, image)
        assert queries_of(signed_in, LIST) == before
