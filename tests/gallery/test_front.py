from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from gallery.config.caching import redis_cache
from gallery.config.static import StaticFiles
from gallery.images.models import Image, Visibility
from slipstream.rankings import record_view

from .images.pictures import make_rows

POLICY = "default-src 'self'"


def looks_at(image: Image, times: int) -> None:
    for viewer in range(times):
        record_view(image, f"viewer {viewer}")


class TestLanding:
    """What visitors see first."""

    def test_shows_what_there_is(self, mina, make_person, share):
        haru = make_person("haru", name="하루", photo="faces/00/0")
        seen, newest = share(mina, title="달"), share(haru, title="별")
        looks_at(seen, 3)
        answer = Client().get("/")
        assert POLICY in answer["Content-Security-Policy"]
        context = answer.context
        assert context["first"] == seen
        assert context["trending"] == [seen]
        assert context["week"] == [seen]
        assert context["newest"] == [newest, seen]
        assert context["people"] == [(haru, newest), (mina, seen)]
        html = answer.content.decode()
        for address in ("/account/join/", "/account/login/", "/explore/", "/popular/?window=week"):
            assert f'href="{address}"' in html
        wall = html.partition('<div class="wall">')[2].partition("</section>")[0]
        assert wall.count("/pictures/") == 2
        assert wall.count("gallery/art/") == 10
        # The first of them is fetched at once, and nothing before it.
        assert re.search(r'<link rel="preload" as="image" imagesrcset="[^"]*' + seen.image, html)
        assert wall.count('fetchpriority="high"') == 1

    @pytest.mark.parametrize("language", ["en", "ko"])
    def test_where_there_are_no_pictures_it_shows_art(self, db, language):
        answer = Client().get("/", headers={"accept-language": language})
        html = answer.content.decode()
        assert html.count("gallery/art/") == 12
        assert 'class="shelf"' not in html
        assert 'href="/account/join/"' in html

    def test_nothing_that_not_everyone_may_see(self, mina, make_person, share):
        looks_at(share(mina, Visibility.FOLLOWERS, title="secret"), 2)
        closed = make_person("closed")
        looks_at(share(closed, title="secret"), 2)
        closed.is_active = False
        closed.save()
        answer = Client().get("/")
        assert "secret" not in answer.content.decode()
        assert answer.context["people"] == []

    @pytest.mark.parametrize("count", [30, 300])
    def test_costs_the_same(self, mina, make_person, count, django_assert_max_num_queries):
        for number in range(5):
            make_rows(make_person(f"person{number}"), count // 5)
        for image in Image.objects.all()[:25]:
            looks_at(image, 2)
        with django_assert_max_num_queries(5):
            answer = Client().get("/")
        assert len(answer.context["trending"]) == 12
        assert len(answer.context["newest"]) == 12
        # Some that are not for everyone, in both rankings.
        Image.objects.filter(pk__in=[image.pk for image in answer.context["week"]][:4]).update(
            visibility=Visibility.PRIVATE
        )
        with django_assert_max_num_queries(7):
            Client().get("/")


def test_members_see_pictures_at_once(signed_in):
    answer = signed_in.get("/explore/")
    assert answer.context["page"].items == []
    assert 'href="/share/"' in answer.content.decode()


@pytest.mark.parametrize("order", ["", "-likes", "Likes", "id", "\0", "x" * 10_000], ids=ascii)
def test_an_unknown_order_says_what_there_is(db, order):
    answer = Client().get("/explore/", {"order": order})
    assert answer.status_code == 400
    assert "“newest” or “likes”" in answer.content.decode()


def test_the_order_is_offered(db):
    html = Client().get("/explore/").content.decode()
    assert 'href="?order=likes"' in html
    assert 'aria-current="true">Newest' in html


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_theme_is_remembered(db, theme):
    client = Client()
    answer = client.post(reverse("front:theme"), {"theme": theme, "next": "/account/login/"})
    assert (answer.status_code, answer["Location"]) == (303, "/account/login/")
    html = client.get("/").content.decode()
    assert (f'data-theme="{theme}"' in html) or (
        theme == "auto" and 'data-theme="dark"' not in html
    )


def test_theme_takes_nothing_else(db):
    client = Client()
    assert client.post(reverse("front:theme"), {"theme": "<x>"}).status_code == 400
    assert client.get(reverse("front:theme")).status_code == 405
    elsewhere = client.post(reverse("front:theme"), {"theme": "dark", "next": "//else.example"})
    assert elsewhere["Location"] == "/"
    client.cookies["theme"] = '"><script>'
    assert "<script>alert" not in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("ko", "로그인"), ("en", "Log in"), ("fr", "Log in")]
)
def test_language_of_the_browser(db, language, words):
    answer = Client().get("/account/login/", headers={"accept-language": language})
    assert words in answer.content.decode()
    assert answer["Content-Language"] in ("ko", "en")


def test_language_by_switch(db):
    client = Client()
    client.post("/language/setlang/", {"language": "ko", "next": "/"})
    html = client.get("/account/login/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="ko"' in html
    assert "로그인" in html


class TestRedis:
    """The page is served whatever Redis does; only speed is lost."""

    @pytest.fixture
    def with_redis(self, settings, start_redis):
        server = start_redis()
        settings.CACHES = {"default": redis_cache(server.url)}
        settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
        settings.DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
        yield server
        caches["default"].close()

    def test_cache_and_sessions_use_it(self, with_redis, mina):
        client = Client()
        client.force_login(mina)
        assert client.get("/people/").status_code == 200
        assert any("cached_db" in key for key in caches["default"].keys("*"))

    def test_nobody_is_signed_out_when_it_dies(self, with_redis, mina, caplog):
        client = Client()
        client.force_login(mina)
        assert client.get("/people/").status_code == 200
        with_redis.stop()
        answer = client.get("/people/")
        assert answer.status_code == 200
        assert answer.context["user"] == mina
        bad = client.post("/account/logout/")
        assert bad.status_code == 302
        entry = {"username": "mina", "password": "correct horse"}
        assert Client().post("/account/login/", entry).status_code == 302
        assert "ConnectionInterrupted" in caplog.text


def test_one_style_sheet_holds_all(tmp_path):
    """Made anew each time that static files are collected."""
    storage = StaticFiles(location=tmp_path, base_url="/static/")
    found = {
        path: (folder, path)
        for path, folder in FileSystemFinder().list(())
        if path.startswith("gallery/css/")
    }
    for path, (folder, _) in found.items():
        with folder.open(path) as file:
            storage.save(path, file)
    for _ in range(2):
        list(storage.post_process(dict(found)))
    text = (tmp_path / storage.stored_name("gallery/css/site.css")).read_text()
    assert "@import" not in text
    parts = set(found) - {"gallery/css/site.css", "gallery/css/admin.css"}
    assert len(parts) == 17
    for path in parts:
        assert (tmp_path / path).read_text().splitlines()[0] in text
