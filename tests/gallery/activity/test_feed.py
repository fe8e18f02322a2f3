"""The home of members: what is in it, what it costs, and how much is new."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from gallery.activity.models import Activity
from gallery.images import services
from gallery.images.models import Visibility
from slipstream.follows import follow, unfollow

from .happenings import SESSION_AND_USER, client_of, like_many, queries_of

#: Found, read, with their pictures and people; and whom to follow.
FEED = SESSION_AND_USER + 5 + (1 if connection.vendor == "mysql" else 0)


@pytest.fixture
def reader(make_person, mina, commit):
    """Somebody who follows mina, long enough ago to be no news."""
    reader = make_person("sora", name="소라")
    with commit():
        follow(reader, mina)
    return reader


def feed_of(client: Client, **query):
    return client.get("/", query)


def told(answer) -> list[tuple[str, str]]:
    return [(a.verb, str(a.target)) for a in answer.context["activities"]]


class TestWhatIsInIt:
    def test_what_those_one_follows_do(self, reader, mina, haru, share):
        image = share(mina)
        share(haru, title="아무도 안 봐요")
        services.like(mina, image)
        services.like(reader, image)
        answer = feed_of(client_of(reader))
        assert told(answer) == [("liked", "달"), ("shared", "달")]
        html = answer.content.decode()
        assert html.count(f'href="{image.get_absolute_url()}"') >= 2
        assert 'href="/@mina/"' in html
        assert f'action="/images/{image.pk}/like/"' in html
        assert "<time datetime=" in html

    def test_visitors_have_no_feed(self, mina, share):
        share(mina)
        answer = Client().get("/")
        assert "activities" not in answer.context
        assert [image.title for image in answer.context["newest"]] == ["달"]

    @pytest.mark.parametrize(
        ("language", "words"),
        [("en", ("liked", "just now")), ("ko", ("님이", "을 좋아합니다", "방금 전"))],
    )
    def test_is_said_in_the_language_of_the_reader(self, reader, mina, share, language, words):
        services.like(mina, share(mina))
        answer = client_of(reader).get("/", headers={"accept-language": language})
        html = answer.content.decode()
        assert all(word in html for word in words)

    def test_markup_is_text(self, reader, mina, share):
        share(mina, title="<img src=x onerror=alert(1)> {actor}")
        html = feed_of(client_of(reader)).content.decode()
        assert "<img src=x" not in html
        assert "{actor}" in html

    @pytest.mark.parametrize("how", ["private", "deleted", "closed", "unfollowed"])
    def test_nothing_of_what_one_may_not_see(self, reader, mina, haru, share, commit, how):
        image = share(haru, Visibility.FOLLOWERS)
        with commit():
            follow(reader, haru)
            follow(mina, haru)
        services.like(mina, image)
        Activity.objects.filter(verb="followed").delete()
        client = client_of(reader)
        assert told(feed_of(client)) == [("liked", "달"), ("shared", "달")]
        if how == "private":
            services.edit(image, title="달", description="", visibility=Visibility.PRIVATE)
        elif how == "deleted":
            services.delete(image)
        elif how == "closed":
            haru.is_active = False
            haru.save()
        else:
            unfollow(reader, haru)
        assert told(feed_of(client)) == []
        assert feed_of(client).status_code == 200

    def test_nothing_by_or_about_closed_accounts(self, reader, mina, haru, share, commit):
        image = share(haru)
        services.like(mina, image)
        with commit():
            follow(mina, haru)
        client = client_of(reader)
        assert len(told(feed_of(client))) == 2
        type(haru).objects.filter(pk=haru.pk).update(is_active=False)
        assert told(feed_of(client)) == []
        type(haru).objects.filter(pk=haru.pk).update(is_active=True)
        type(mina).objects.filter(pk=mina.pk).update(is_active=False)
        assert told(feed_of(client)) == []

    def test_pages_lead_through_all(self, reader, mina, share):
        image = share(mina)
        like_many(mina, image, 50)
        client, seen, cursor = client_of(reader), [], ""
        while cursor is not None:
            answer = feed_of(client, **({"cursor": cursor} if cursor else {}))
            seen += [a.pk for a in answer.context["activities"]]
            cursor = answer.context["page"].next_cursor
            assert bool(answer.context["suggestions"]) is False
        assert seen == list(
            Activity.objects.filter(actor=mina).newest().values_list("pk", flat=True)
        )
        assert len(seen) == 51

    @pytest.mark.parametrize("cursor", ["x", "\0", "WyJhIl0:1abc:xyz"])
    def test_a_made_up_cursor_is_a_bad_request(self, reader, cursor):
        assert feed_of(client_of(reader), cursor=cursor).status_code == 400

    def test_a_cursor_of_another_list_is_a_bad_request(self, reader, mina, share):
        like_many(mina, share(mina), 30)
        client = client_of(reader)
        other = client.get("/@mina/activity/").context["page"].next_cursor
        assert feed_of(client, cursor=other).status_code == 400


class TestWhoFollowsNobody:
    def test_sees_everyone(self, signed_in, mina, haru, make_person, share):
        image = share(haru)
        services.like(mina, image)
        answer = feed_of(signed_in)
        assert answer.context["page"].is_discovery
        assert told(answer) == [("shared", "달")]
        assert "What everyone is up to" in answer.content.decode()

    def test_is_told_whom_to_follow(self, signed_in, mina, haru, make_person, share, commit):
        fan, quiet = make_person("fan"), make_person("quiet")
        services.like(fan, share(haru))
        with commit():
            follow(fan, haru)
        suggested = feed_of(signed_in).context["suggestions"]
        assert suggested == [haru, fan]  # the most followed first
        assert quiet not in suggested
        assert 'value="follow"' in feed_of(signed_in).content.decode()

    def test_meets_the_newest_where_nothing_happened(self, signed_in, mina, haru):
        answer = feed_of(signed_in)
        assert answer.context["suggestions"] == [haru]
        assert "The walls are still bare" in answer.content.decode()


def test_where_all_are_quiet_there_is_a_way_on(reader, mina):
    answer = feed_of(client_of(reader))
    assert not answer.context["page"].is_discovery
    assert "All quiet" in answer.content.decode()
    assert 'href="/explore/"' in answer.content.decode()


def test_suggestions_are_strangers(reader, mina, haru, share, commit):
    services.like(mina, share(haru))
    services.like(mina, share(reader))
    assert feed_of(client_of(reader)).context["suggestions"] == [haru]
    with commit():
        follow(reader, haru)
    assert feed_of(client_of(reader)).context["suggestions"] == []


class TestCost:
    @pytest.mark.parametrize("count", [30, pytest.param(100_000, marks=pytest.mark.slow)])
    def test_is_the_same_for_little_and_much(self, reader, mina, haru, share, commit, count):
        image = share(haru)
        like_many(mina, image, count)
        with commit():
            follow(mina, haru)
        client = client_of(reader)
        assert queries_of(client, "/") <= FEED
        cursor = feed_of(client).context["page"].next_cursor
        assert queries_of(client, f"/?cursor={cursor}") <= FEED - 1

    def test_is_the_same_for_who_follows_nobody(self, signed_in, haru, make_person, share, commit):
        like_many(make_person("fan"), share(haru), 30)
        with commit():
            follow(haru, make_person("other"))
        assert queries_of(signed_in, "/") <= FEED


class TestNews:
    @pytest.fixture
    def feed(self, reader, mina, share):
        self.image = share(mina)
        client = client_of(reader)
        return client, feed_of(client).context["page"].newer_cursor

    def ask(self, client, cursor, **options):
        return client.get("/feed/new/", {"cursor": cursor}, **options)

    def test_how_much_is_new(self, feed, mina, share):
        client, cursor = feed
        assert self.ask(client, cursor).json() == {"count": 0, "text": "0 new"}
        services.like(mina, self.image)
        share(mina, title="별")
        assert self.ask(client, cursor).json() == {"count": 2, "text": "2 new"}
        korean = self.ask(client, cursor, headers={"accept-language": "ko"}).json()
        assert korean["text"] == "새 소식 2개"
        assert self.ask(client, cursor)["Cache-Control"].startswith("max-age=0, no-cache")

    def test_only_what_one_will_see(self, feed, mina, haru, share):
        client, cursor = feed
        hidden = share(haru)
        services.like(mina, hidden)
        assert self.ask(client, cursor).json()["count"] == 1
        haru.is_active = False
        haru.save()
        assert self.ask(client, cursor).json()["count"] == 0

    def test_much_is_not_counted_out(self, feed, mina):
        client, cursor = feed
        like_many(mina, self.image, 500, until=timezone.now() + timedelta(hours=9))
        assert self.ask(client, cursor).json()["text"] == "20+ new"

    def test_from_a_feed_in_which_nothing_was(self, reader, mina, share):
        client = client_of(reader)
        assert feed_of(client).context["page"].newer_cursor is None
        assert self.ask(client, "").json()["count"] == 0
        share(mina)
        assert self.ask(client, "").json()["count"] == 1

    def test_asking_is_cheap(self, feed, django_assert_max_num_queries):
        client, cursor = feed
        with django_assert_max_num_queries(SESSION_AND_USER + 2):
            self.ask(client, cursor)

    def test_refusals(self, feed):
        client, cursor = feed
        assert self.ask(client, "made up").status_code == 400
        older = feed_of(client).context["page"].next_cursor
        assert older is None
        assert self.ask(Client(), cursor).status_code == 401
        assert client.post("/feed/new/").status_code == 405
