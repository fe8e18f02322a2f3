"""What is said where something does not work, in both languages, to people and to scripts."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import translation

from gallery.config import urls as site
from gallery.front import errors

handler400, handler403 = site.handler400, site.handler403
handler404, handler500 = site.handler404, site.handler500


def _raise(error: Exception) -> Any:
    raise error


FAILURES: dict[str, Any] = {
    "bad": lambda _: _raise(BadRequest("The window must be “day”.")),
    "attack": lambda _: _raise(SuspiciousOperation("told to nobody")),
    "forbidden": lambda _: _raise(PermissionDenied()),
    "csrf": errors.csrf_failure,
    "method": lambda _: HttpResponse(status=405, headers={"Allow": "POST"}),
    "large": lambda request: errors.too_large(request, 24),
    "often": lambda _: _raise(errors.Throttled(61)),
    "bare": lambda _: HttpResponse(status=429, headers={"Retry-After": "3600"}),
    "bare-without": lambda _: HttpResponse(status=429),
    "said": lambda _: HttpResponse("said already", status=429),
    "broken": lambda _: _raise(RuntimeError("told to nobody")),
}


def fail(request: HttpRequest, what: str) -> HttpResponse:
    """Fail as views do."""
    answer: HttpResponse = FAILURES[what](request)
    return answer


urlpatterns = [path("fail/<str:what>/", fail), *site.urlpatterns]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
HEADLINES = {
    "bad": (400, "We could not read that", "요청을 이해하지 못했어요"),
    "attack": (400, "We could not read that", "요청을 이해하지 못했어요"),
    "forbidden": (403, "This page is not open to you", "볼 수 없는 페이지예요"),
    "csrf": (403, "Please try once more", "다시 한번 시도해 주세요"),
    "missing": (404, "Nothing hangs here", "여기엔 걸린 그림이 없어요"),
    "method": (405, "Not like this", "이렇게는 할 수 없어요"),
    "large": (413, "That is too large", "용량이 너무 커요"),
    "often": (429, "One moment, please", "잠시만 기다려 주세요"),
    "bare": (429, "One moment, please", "잠시만 기다려 주세요"),
    "broken": (500, "Something fell off the wall", "그림이 벽에서 떨어졌어요"),
}


def get(what: str, *, language: str = "en", accept: str = BROWSER, client: Any = None) -> Any:
    client = client or Client(raise_request_exception=False)
    where = "/nowhere/" if what == "missing" else f"/fail/{what}/"
    return client.get(where, headers={"accept-language": language, "accept": accept})


@pytest.mark.parametrize("theme", ["light", "dark", ""])
@pytest.mark.parametrize("what", HEADLINES)
def test_each_says_what_happened_and_where_to_go(what, theme):
    status, *headlines = HEADLINES[what]
    for language, headline in zip(("en", "ko"), headlines, strict=True):
        client = Client(raise_request_exception=False)
        client.cookies["theme"] = theme
        answer = get(what, language=language, client=client)
        html = answer.content.decode()
        assert answer.status_code == status
        assert f"<h1>{headline}</h1>" in html
        assert f'<html lang="{language}"' in html
        assert (f'data-theme="{theme}"' in html) is bool(theme)
        assert html.count('<p class="error-code">') == 1
        assert 'href="/"' in html
        assert '<meta name="robots" content="noindex">' in html
        assert "told to nobody" not in html


@pytest.mark.parametrize("what", HEADLINES)
def test_members_too(what, signed_in):
    signed_in.raise_request_exception = False
    answer = get(what, client=signed_in)
    assert answer.status_code == HEADLINES[what][0]
    assert HEADLINES[what][1] in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("what", HEADLINES)
def test_scripts_get_json(what, language):
    answer = get(what, language=language, accept="application/json")
    assert answer.status_code == HEADLINES[what][0]
    assert answer["Content-Type"] == "application/json"
    [(name, said)] = json.loads(answer.content).items()
    assert name == "error"
    is_korean = any("가" <= letter <= "힣" for letter in said)
    # What a view says itself is in its own language.
    assert said
    assert is_korean is (language == "ko" and what != "bad")
    assert "told to nobody" not in said


def test_what_was_wrong_is_told_unless_it_is_an_attack():
    assert "The window must be “day”." in get("bad").content.decode()
    assert json.loads(get("bad", accept="application/json").content) == {
        "error": "The window must be “day”."
    }


def test_not_found_offers_search_and_popular():
    html = get("missing").content.decode()
    assert 'role="search"' in html
    assert 'href="/popular/"' in html


def test_forbidden_offers_visitors_to_log_in(signed_in):
    assert "/account/login/?next=/fail/forbidden/" in get("forbidden").content.decode()
    assert (
        "/account/login/?next="
        not in (get("forbidden", client=signed_in).content.decode().partition("<main")[2])
    )


def test_method_not_allowed_keeps_what_is():
    assert get("method")["Allow"] == "POST"
    assert get("method", accept="application/json")["Allow"] == "POST"


class TestTooMany:
    @pytest.mark.parametrize(
        ("what", "seconds", "english", "korean"),
        [
            ("often", "61", "2 minutes", "2분"),
            ("bare", "3600", "60 minutes", "60분"),
            ("bare-without", "60", "60 seconds", "60초"),
        ],
    )
    def test_says_when_to_try_again(self, what, seconds, english, korean):
        for language, words in (("en", english), ("ko", korean)):
            answer = get(what, language=language)
            assert answer["Retry-After"] == seconds
            assert words in answer.content.decode()
            script = get(what, language=language, accept="application/json")
            assert script["Retry-After"] == seconds
            assert words in json.loads(script.content)["error"]

    def test_what_a_view_has_said_stands(self):
        assert get("said").content == b"said already"

    @pytest.mark.parametrize(("seconds", "told"), [(0, "1"), (0.2, "1"), (59.01, "60")])
    def test_is_rounded_up(self, rf, seconds, told):
        request = rf.get("/", headers={"accept": "application/json"})
        assert errors.too_many(request, seconds)["Retry-After"] == told


class TestServerError:
    def test_asks_nothing_of_database_and_session(self, signed_in, django_assert_num_queries):
        class Bare:
            COOKIES = {"theme": "dark"}
            method = "GET"
            accepted_types: Any = ()

            def get_preferred_type(self, types: list[str]) -> str:
                return "text/html"

        request: Any = Bare()
        with django_assert_num_queries(0), translation.override("ko"):
            answer = errors.server_error(request)
        assert answer.status_code == 500
        assert "그림이 벽에서 떨어졌어요" in answer.content.decode()
        assert 'data-theme="dark"' in answer.content.decode()

    def test_a_form_is_not_sent_again_by_a_link(self):
        client = Client(raise_request_exception=False)
        headers = {"accept": BROWSER}
        assert 'href="">Try again' in client.get("/fail/broken/", headers=headers).content.decode()
        sent = client.post("/fail/broken/", headers=headers)
        assert sent.status_code == 500
        assert "Try again</a>" not in sent.content.decode()

    def test_where_its_page_fails_too_there_is_a_bare_one(self, monkeypatch, caplog):
        def fails(*_args: Any, **_kwargs: Any) -> str:
            raise ValueError("Missing staticfiles manifest entry")

        monkeypatch.setattr(errors, "render_to_string", fails)
        answer = get("broken")
        assert answer.status_code == 500
        html = answer.content.decode()
        assert "Please try again in a moment." in html
        assert "잠시 후 다시 시도해 주세요." in html
        assert "The page for errors failed as well." in caplog.text

    def test_stands_alone(self, mina, monkeypatch):
        def broken(*_args: Any, **_kwargs: Any) -> None:
            raise RuntimeError("told to nobody")

        monkeypatch.setattr("gallery.people.views.cards", broken)
        answer = Client(raise_request_exception=False).get("/@mina/", headers={"accept": BROWSER})
        assert answer.status_code == 500
        assert "Something fell off the wall" in answer.content.decode()
        assert "told to nobody" not in answer.content.decode()


def test_no_token(mina):
    client = Client(enforce_csrf_checks=True)
    client.force_login(mina)
    form, headers = {"name": "x"}, {"accept": BROWSER}
    answer = client.post("/account/settings/", form, headers=headers)
    assert answer.status_code == 403
    assert "Please try once more" in answer.content.decode()
    script = client.post("/images/1/like/", form, headers={"accept": "application/json"})
    assert script.status_code == 403
    assert "Reload the page" in json.loads(script.content)["error"]


def test_a_length_that_is_no_number_is_no_server_error(db):
    assert Client().get("/", CONTENT_LENGTH="²").status_code == 200


def test_pages_are_compressed_and_pictures_are_not(mina, share):
    image = share(mina)
    client = Client(headers={"accept-encoding": "gzip"})
    page = client.get("/")
    assert page["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page["Vary"]
    assert b"</html>" in gzip.decompress(page.content)
    assert "Content-Encoding" not in Client().get("/")
    file = client.get(image.src)
    assert "Content-Encoding" not in file
    file.close()
    assert "Content-Encoding" not in client.get("/live/", headers={"accept": "text/event-stream"})


def test_too_large(db, settings):
    settings.GALLERY_MAX_BODY = 2 * 1024 * 1024
    answer = Client().post("/account/join/", CONTENT_LENGTH="3000000", headers={"accept": BROWSER})
    assert answer.status_code == 413
    assert "Up to 2 MB can be sent at once." in answer.content.decode()


class TestUnfollowing:
    """Whoever unfollows can undo it: by a button in a message, or by a script."""

    @pytest.fixture
    def haru(self, make_person, mina):
        from slipstream.follows import follow

        haru = make_person("haru", name="하루")
        follow(mina, haru)
        return haru

    @staticmethod
    def press(client: Client, person: Any, action: str, accept: str = BROWSER) -> Any:
        form = {"user_id": person.pk, "action": action, "next": "/people/"}
        return client.post("/follow/", form, headers={"accept": accept})

    def test_is_undone_by_a_form(self, signed_in, haru):
        answer = self.press(signed_in, haru, "unfollow")
        assert (answer.status_code, answer["Location"]) == (303, "/people/")
        html = signed_in.get("/people/").content.decode()
        messages = html.partition('class="messages"')[2].partition("<main")[0]
        assert "You no longer follow 하루." in messages
        assert 'action="/follow/"' in messages
        assert f'name="user_id" value="{haru.pk}"' in messages
        self.press(signed_in, haru, "follow")
        html = signed_in.get("/people/").content.decode()
        assert "You no longer follow" not in html

    def test_is_said_in_korean(self, signed_in, haru):
        self.press(signed_in, haru, "unfollow")
        headers = {"accept-language": "ko"}
        form = {"user_id": haru.pk, "action": "unfollow"}
        self.press(signed_in, haru, "follow")
        script = {**headers, "accept": "application/json"}
        answer = signed_in.post("/follow/", form, headers=script).json()
        assert answer["undo"] == {"text": "이제 하루님을 팔로우하지 않아요.", "label": "되돌리기"}

    def test_scripts_get_the_words_and_short_numbers(self, signed_in, haru):
        answer = self.press(signed_in, haru, "unfollow", "application/json").json()
        assert answer["undo"] == {"text": "You no longer follow 하루.", "label": "Undo"}
        assert answer["follower_count_text"] == "0"
        assert answer["viewer_following_count_text"] == "0"
        # Nothing has changed, and nothing is to be undone.
        assert "undo" not in self.press(signed_in, haru, "unfollow", "application/json").json()
        assert "undo" not in self.press(signed_in, haru, "follow", "application/json").json()

    def test_refusals_have_a_page(self, signed_in, haru):
        answer = self.press(signed_in, haru, "poke")
        assert answer.status_code == 400
        assert "<h1>We could not read that</h1>" in answer.content.decode()
        haru.is_active = False
        haru.save()
        assert "Nothing hangs here" in self.press(signed_in, haru, "follow").content.decode()
        script = self.press(signed_in, haru, "follow", "application/json")
        assert script.json() == {"error": "There is no such person."}


class TestAbout:
    """What browsers and robots ask for."""

    @pytest.mark.parametrize(("language", "word"), [("en", "A quiet place"), ("ko", "조용한 공간")])
    def test_the_manifest_is_of_a_language(self, language, word, django_assert_num_queries):
        with django_assert_num_queries(0):
            answer = Client().get(f"/manifest.{language}.webmanifest")
        told = json.loads(answer.content)
        assert answer["Content-Type"] == "application/manifest+json"
        assert told["lang"] == language
        assert word in told["description"]
        kinds = {(icon["sizes"], icon["purpose"]) for icon in told["icons"]}
        assert kinds == {
            (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
        }
        html = Client().get("/", headers={"accept-language": language}).content.decode()
        assert f'<link rel="manifest" href="/manifest.{language}.webmanifest">' in html

    def test_there_is_none_of_another_language(self):
        assert Client().get("/manifest.xx.webmanifest").status_code == 404

    def test_the_icons_are_there(self):
        from django.contrib.staticfiles import finders
        from PIL import Image

        told = Client().get("/manifest.en.webmanifest").json()
        for icon in told["icons"]:
            found = finders.find(icon["src"].removeprefix("/static/"))
            with Image.open(found) as opened:
                assert f"{opened.width}x{opened.height}" == icon["sizes"]
        assert Client().get("/favicon.ico")["Location"].endswith("gallery/icons/favicon.ico")

    def test_robots_are_told_what_is_not_for_them(self):
        text = Client().get("/robots.txt").content.decode()
        assert "Disallow: /account/\n" in text
        assert "Sitemap: http://testserver/sitemap.xml\n" in text

    def test_the_map_has_what_everybody_may_see(
        self, mina, make_person, share, django_assert_num_queries
    ):
        public, private = share(mina), share(mina, 2)
        make_person("closed", is_active=False)
        with django_assert_num_queries(2):
            answer = Client().get("/sitemap.xml")
        xml = answer.content.decode()
        assert answer["Content-Type"] == "application/xml"
        assert f"<loc>http://testserver{public.get_absolute_url()}</loc>" in xml
        assert private.get_absolute_url() not in xml
        assert "<loc>http://testserver/@mina/</loc>" in xml
        assert "closed" not in xml
