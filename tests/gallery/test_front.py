from __future__ import annotations

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from gallery.config.caching import redis_cache

POLICY = "default-src 'self'"


def test_home_is_for_visitors(db, make_person):
    make_person("haru", name="하루", photo="faces/00/0")
    make_person("plain")
    answer = Client().get("/")
    assert [person.username for person in answer.context["people"]] == ["haru"]
    assert POLICY in answer["Content-Security-Policy"]


def test_members_see_pictures_at_once(signed_in):
    answer = signed_in.get("/explore/")
    assert answer.context["people"] == []
    assert answer.context["page"].items == []
    assert 'href="/share/"' in answer.content.decode()


def test_a_member_is_led_from_the_old_search_to_the_new(signed_in):
    answer = signed_in.get("/", {"q": "달 & 별"})
    assert answer["Location"] == "/explore/?q=%EB%8B%AC+%26+%EB%B3%84"
    assert Client().get("/", {"q": "달"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/explore/"])
@pytest.mark.parametrize("order", ["", "-likes", "Likes", "id", "\0", "x" * 10_000], ids=ascii)
def test_an_unknown_order_says_what_there_is(db, path, order):
    answer = Client().get(path, {"order": order})
    assert answer.status_code == 400
    assert "“newest” or “likes”" in answer.content.decode()


def test_the_order_is_offered_and_kept(db):
    for path in ("/", "/explore/"):
        html = Client().get(path, {"q": "a b"}).content.decode()
        assert 'href="?q=a%20b&amp;order=likes' in html
        html = Client().get(path, {"order": "likes"}).content.decode()
        assert '<input type="hidden" name="order" value="likes">' in html


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


class TestErrors:
    @pytest.mark.parametrize("language", ["en", "ko"])
    def test_not_found_knows_the_language(self, db, language):
        answer = Client().get("/nowhere/", headers={"accept-language": language})
        assert answer.status_code == 404
        assert f'<html lang="{language}"' in answer.content.decode()

    def test_a_length_that_is_no_number_is_no_server_error(self, db):
        assert Client().get("/", CONTENT_LENGTH="²").status_code == 200

    def test_method_not_allowed_has_a_page(self, signed_in):
        answer = signed_in.get("/follow/")
        assert answer.status_code == 405
        assert "POST" in answer["Allow"]
        assert "<html" in answer.content.decode()
        script = signed_in.get("/follow/", headers={"accept": "application/json"})
        assert script.content == b""

    def test_no_token(self, mina):
        client = Client(enforce_csrf_checks=True)
        client.force_login(mina)
        answer = client.post("/account/settings/", {"name": "x"})
        assert answer.status_code == 403
        assert "<html" in answer.content.decode()

    def test_server_error_stands_alone(self, mina, monkeypatch):
        client = Client(raise_request_exception=False)

        def broken(*args, **kwargs):
            raise RuntimeError("broken on purpose")

        monkeypatch.setattr("gallery.people.views.cards", broken)
        answer = client.get("/@mina/")
        assert answer.status_code == 500
        assert "<html" in answer.content.decode()
        assert "broken on purpose" not in answer.content.decode()


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
