"""What counts as a look at a picture, and what is looked at most."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.images import services
from gallery.images.models import Image, Visibility
from slipstream.follows import follow
from slipstream.rankings import rank_of, record_views, view_count
from slipstream.rankings.maintenance import flush_views
from slipstream.rankings.models import Views

from .images.pictures import SESSION_AND_USER, make_rows

FIREFOX = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
CHROME = {"user-agent": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140 Mobile"}
ROBOT = {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}


def look(client: Client, image: Image, headers=FIREFOX, **extra):
    return client.get(image.get_absolute_url(), headers={**headers, **extra})


def looks_at(image: Image, count: int, *, at=None) -> None:
    """Let so many people look at ``image``."""
    record_views([(image, f"{image.pk} {n} {at}") for n in range(count)], at=at)


@pytest.fixture
def haru(make_person):
    return make_person("haru")


class TestLooks:
    def test_each_viewer_counts_once_in_half_an_hour(self, mina, haru, share, monkeypatch):
        image, browser = share(mina), Client()
        browser.force_login(haru)
        for _ in range(3):
            answer = look(browser, image)
        assert (answer.context["seen"].views, answer.context["seen"].viewers) == (1, 1)
        look(Client(), image)
        look(Client(), image)  # as far as one can tell, the same one
        look(Client(), image, CHROME)
        assert view_count(image) == (3, 3)
        later = timezone.now() + timedelta(minutes=31)
        monkeypatch.setattr(timezone, "now", lambda: later)
        seen = look(browser, image).context["seen"]
        assert (seen.views, seen.viewers) == (4, 3)

    def test_the_owner_does_not_count(self, signed_in, mina, share):
        image = share(mina)
        assert look(signed_in, image).context["seen"].views == 0
        assert view_count(image) == (0, 0)

    @pytest.mark.parametrize(
        "headers",
        [ROBOT, {**FIREFOX, "sec-purpose": "prefetch;prerender"}, {}],
        ids=["robot", "prefetch", "nothing"],
    )
    def test_who_does_not_look_does_not_count(self, mina, share, headers):
        image = share(mina)
        assert look(Client(), image, headers).status_code == 200
        assert view_count(image) == (0, 0)

    def test_neither_does_asking_whether_it_is_there(self, mina, share):
        image = share(mina)
        assert Client().head(image.get_absolute_url(), headers=FIREFOX).status_code == 200
        assert view_count(image) == (0, 0)

    def test_nor_who_does_not_get_to_see_it(self, mina, haru, share):
        image, browser = share(mina, Visibility.FOLLOWERS), Client()
        browser.force_login(haru)
        assert look(browser, image).status_code == 404
        follow(haru, mina)
        assert look(browser, image).context["seen"].views == 1
        services.delete(image)
        assert look(browser, image).status_code == 404
        assert view_count(image) == (1, 1)

    def test_the_page_is_served_whatever_becomes_of_it(self, mina, share, monkeypatch, caplog):
        image = share(mina)
        looks_at(image, 2)

        def fail(*args):
            raise DatabaseError("busy")

        monkeypatch.setattr("gallery.popular.looks.record_request", fail)
        assert look(Client(), image).context["seen"].views == 2
        assert "was not counted" in caplog.text


class TestPicturePage:
    @pytest.mark.parametrize(
        ("language", "words"),
        [("en", ("<b>1.2K</b> views", "1,234 views, 1,234 viewers")), ("ko", ("<b>1.2천</b>",))],
    )
    def test_says_how_often_it_was_seen(self, mina, share, language, words):
        image = share(mina)
        looks_at(image, 1234)
        answer = Client().get(image.get_absolute_url(), headers={"accept-language": language})
        for piece in words:
            assert piece in answer.content.decode()

    def test_says_how_often_today(self, mina, share):
        image = share(mina)
        looks_at(image, 4, at=timezone.now() - timedelta(days=2))
        html = Client().get(image.get_absolute_url()).content.decode()
        assert "today" not in html
        looks_at(image, 2)
        html = Client().get(image.get_absolute_url()).content.decode()
        assert "<b>6</b> views" in html
        assert "2 views today" in html

    def test_says_its_place(self, mina, share):
        first, second, old = share(mina), share(mina), share(mina)
        looks_at(first, 3)
        looks_at(second, 2)
        looks_at(old, 50, at=timezone.now() - timedelta(days=3))
        page = Client().get(second.get_absolute_url())
        assert (page.context["seen"].place, page.context["seen"].window) == (2, "day")
        assert 'href="/popular/?window=day"' in page.content.decode()
        assert "No. 2 today" in page.content.decode()
        page = Client().get(old.get_absolute_url())
        assert (page.context["seen"].place, page.context["seen"].window) == (1, "trending")
        assert "No. 1 in trending" in page.content.decode()

    def test_of_a_hundred_places(self, mina, share, monkeypatch):
        image = share(mina)
        looks_at(image, 1)
        monkeypatch.setattr("gallery.popular.looks.LAST_PLACE", 0)
        assert rank_of(image, window="day") == 1
        assert Client().get(image.get_absolute_url()).context["seen"].place is None

    def test_without_a_place_where_not_everyone_sees_it(self, signed_in, mina, share):
        image = share(mina, Visibility.FOLLOWERS)
        looks_at(image, 3)
        seen = look(signed_in, image).context["seen"]
        assert (seen.views, seen.today, seen.place) == (3, 3, None)

    @pytest.mark.parametrize("others", [0, 40])
    def test_costs_the_same(self, mina, haru, share, others):
        """Beyond the page itself: five, and one for the newest of others."""
        image, browser = share(mina), Client()
        browser.force_login(haru)
        make_rows(mina, others)
        for other in Image.objects.exclude(pk=image.pk):
            looks_at(other, 2)
        looks_at(image, 1)
        page = SESSION_AND_USER + 5
        # All, today, and a place today.
        assert queries_of(browser, image, ROBOT) == page + 1 + 1 + 2
        # Counting instead of reading all; beyond a test, what begins and ends a transaction too.
        counting = {"sqlite": 3, "mysql": 4, "postgresql": 1}[connection.vendor]
        assert queries_of(browser, image, FIREFOX) == page + counting + 1 + 2


def queries_of(browser: Client, image: Image, headers) -> int:
    with CaptureQueriesContext(connection) as made:
        assert look(browser, image, headers).status_code == 200
    return len(made)


class TestPopular:
    @staticmethod
    def get(client: Client, window: str = "", **headers):
        data = {"window": window} if window else {}
        return client.get("/popular/", data, headers=headers)

    @staticmethod
    def order(answer) -> list[Image]:
        return [place.object for place, _views in answer.context["places"]]

    def test_each_window_has_its_order(self, mina, share):
        now = timezone.now()
        old, lately, today = (share(mina, title=title) for title in ("old", "lately", "today"))
        looks_at(old, 9, at=now - timedelta(days=100))
        looks_at(lately, 6, at=now - timedelta(days=40))
        looks_at(today, 3, at=now)
        client = Client()
        assert self.order(self.get(client, "all")) == [old, lately, today]
        assert self.order(self.get(client, "day")) == [today]
        assert self.order(self.get(client, "week")) == [today]
        assert self.order(self.get(client, "month")) == [today]
        assert self.order(self.get(client, "trending")) == [today, lately, old]
        assert self.order(self.get(client)) == [today, lately, old]

    def test_places_and_views(self, mina, share):
        first, second = share(mina), share(mina)
        looks_at(first, 1200)
        looks_at(second, 2)
        html = self.get(Client(), "week").content.decode()
        tile = html.partition(f'id="image-{first.pk}"')[2].partition("</li>")[0]
        assert '<span aria-hidden="true">1</span>' in tile
        assert 'title="1,200 views"' in tile
        assert "<b>1.2K</b> views" in tile
        trending = self.get(Client()).context["places"]
        assert [(place.position, views) for place, views in trending] == [(1, 1200), (2, 2)]

    def test_what_one_may_not_see_leaves_no_hole(self, mina, haru, share, make_person):
        shared = [share(mina, title=f"{n}") for n in range(26)]
        for n, image in enumerate(shared):
            looks_at(image, 40 - n)
        followers_only, deleted, gone, locked = shared[0], shared[3], shared[7], make_person("sora")
        services.edit(followers_only, title="x", description="", visibility=Visibility.FOLLOWERS)
        services.delete(deleted)
        gone.delete()
        of_locked = share(locked)
        looks_at(of_locked, 100)
        locked.is_active = False
        locked.save()
        expected = [n for n in range(26) if n not in (0, 3, 7)]
        page = self.get(Client(), "all")
        assert self.order(page) == [shared[n] for n in expected]
        places = [place.position for place, _ in page.context["places"]]
        assert places == list(range(1, 24))
        browser = Client()
        browser.force_login(haru)
        follow(haru, mina)
        assert self.order(self.get(browser, "all"))[0] == followers_only

    def test_tabs(self, mina, share):
        html = self.get(Client(), "month").content.decode()
        assert '<a href="?window=month" aria-current="page">This month</a>' in html
        assert html.count("aria-current") == 2  # and the link in the header
        html = self.get(Client()).content.decode()
        assert '<a href="/popular/" aria-current="page">Trending</a>' in html

    @pytest.mark.parametrize(
        ("window", "words"),
        [("", "Nobody has looked around"), ("day", "today"), ("week", "week"), ("month", "month")],
    )
    def test_nothing_yet(self, db, window, words):
        html = self.get(Client(), window).content.decode()
        assert words in html.partition('class="empty"')[2]

    @pytest.mark.parametrize("window", ["hour", "Day", "year", "\0", "x" * 5000], ids=ascii)
    def test_an_unknown_window_says_what_there_is(self, db, window):
        answer = self.get(Client(), window)
        assert answer.status_code == 400
        assert "“trending”, “day”, “week”, “month” or “all”" in answer.content.decode()

    def test_there_is_no_other_method(self, db):
        assert Client().post("/popular/").status_code == 405

    @pytest.mark.parametrize("count", [30, 300])
    def test_costs_the_same(self, mina, haru, count, django_assert_num_queries):
        make_rows(mina, count)
        record_views([(image, "") for image in Image.objects.all()])
        browser = Client()
        browser.force_login(haru)
        for window in ("day", "week", "month", "all"):
            with django_assert_num_queries(SESSION_AND_USER + 2):
                assert len(self.order(self.get(browser, window))) == 24
        with django_assert_num_queries(SESSION_AND_USER + 3):
            assert len(self.order(self.get(browser))) == 24
        # One more, where some are not there for everyone.
        Image.objects.filter(
            pk__in=[image.pk for image in self.order(self.get(browser))[:5]]
        ).update(visibility=2)
        with django_assert_num_queries(4):
            assert len(self.order(self.get(Client()))) == 24

    def test_the_header_leads_there(self, signed_in):
        for client in (signed_in, Client()):
            assert 'href="/popular/"' in client.get("/").content.decode()


@pytest.mark.django_db(transaction=True)
class TestRedis:
    """The same with Redis, and without it again when it dies."""

    @pytest.fixture
    def with_redis(self, settings, start_redis):
        server = start_redis()
        settings.SLIPSTREAM_REDIS_URL = server.url
        settings.SLIPSTREAM_RANKINGS_BACKEND = "slipstream.rankings.backends.redis.Redis"
        return server

    def test_views_and_ranking(self, with_redis, mina, haru, share):
        first, second = share(mina), share(mina)
        look(Client(), first)
        looks_at(second, 4)
        seen = look(Client(), first, CHROME).context["seen"]
        assert (seen.views, seen.today, seen.place, seen.window) == (2, 2, 2, "day")
        places = Client().get("/popular/").context["places"]
        assert [(place.object, views) for place, views in places] == [(second, 4), (first, 2)]
        flush_views()
        assert Views.objects.get(object_key=second.pk, period="all").views == 4

    def test_a_page_costs_only_its_own_queries(self, with_redis, mina, haru, share):
        image, browser = share(mina), Client()
        browser.force_login(haru)
        look(browser, image)
        assert queries_of(browser, image, FIREFOX) == SESSION_AND_USER + 5
        for other in (share(mina), share(mina)):
            looks_at(other, 2)
        Client().get("/popular/")
        with CaptureQueriesContext(connection) as made:
            assert len(Client().get("/popular/").context["places"]) == 3
        assert len(made) == 1

    def test_pages_and_counts_go_on_when_it_dies(self, with_redis, mina, share):
        image = share(mina)
        look(Client(), image)
        flush_views()
        with_redis.stop()
        seen = look(Client(), image, CHROME).context["seen"]
        assert (seen.views, seen.place) == (2, 1)
        assert Client().get("/popular/").context["places"][0][1] == 2


def test_behind_a_proxy_visitors_are_told_apart(mina, settings):
    settings.GALLERY_PROXIES = 1
    make_rows(mina, 1)
    image = Image.objects.get()
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.9, 192.0.2.1"):
        headers = {"x-forwarded-for": address, "user-agent": "Mozilla/5.0"}
        assert Client().get(image.get_absolute_url(), headers=headers).status_code == 200
    assert view_count(image) == (2, 2)
