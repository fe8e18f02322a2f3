"""Which requests are looks, who looks, and the decorator and mixin for views."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync, iscoroutinefunction
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.test import RequestFactory
from django.views.generic import DetailView

from slipstream.exceptions import BackendAway, NotRanked
from slipstream.rankings import view_count
from slipstream.rankings.requests import (
    RecordsView,
    is_look,
    record_request,
    records_view,
    viewer_of,
)
from tests.things.models import Picture

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36"
)


def request(method: str = "get", agent: str = CHROME, **headers: str) -> Any:
    made = getattr(RequestFactory(), method)("/", headers={"User-Agent": agent, **headers})
    made.user = AnonymousUser()
    return made


@pytest.fixture
def picture(db: None) -> Picture:
    return Picture.objects.create()


# -- which are looks


@pytest.mark.parametrize(
    "agent",
    [
        CHROME,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 KAKAOTALK 11.0.0",
        "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0",
        # A telephone.
        "Mozilla/5.0 (Linux; Android 13; CUBOT_X70) AppleWebKit/537.36 Chrome/140.0.0.0",
        "Mozilla/5.0 (Linux; Android 9; Cubot P40) AppleWebKit/537.36 Chrome/140.0.0.0",
    ],
)
def test_browsers_look(agent):
    assert is_look(request(agent=agent))


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)",
        "Mozilla/5.0 (compatible; Daum/4.1; +http://cs.daum.net/faq/15/4118.html)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "facebookexternalhit/1.1;kakaotalk-scrap/1.0; +https://devtalk.kakao.com/t/scrap/33984",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "TelegramBot (like TwitterBot)",
        "Mozilla/5.0 (compatible; Yahoo! Slurp)",
        "Mediapartners-Google",
        "ia_archiver",
        "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0.0.0",
        "curl/8.5.0",
        "Wget/1.21",
        "python-requests/2.32",
        "Python-urllib/3.12",
        "Python/3.12 aiohttp/3.10",
        "Go-http-client/2.0",
        "axios/1.7.2",
        "node-fetch/1.0",
        "Apache-HttpClient/4.5",
        "UptimeRobot/2.0",
    ],
)
def test_robots_do_not(agent):
    assert not is_look(request(agent=agent))


@pytest.mark.parametrize("method", ["head", "post", "put", "delete", "options"])
def test_other_methods_do_not(method):
    assert not is_look(request(method))


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Sec-Purpose", "prefetch"),
        ("Sec-Purpose", "prefetch;prerender"),
        ("Sec-Purpose", "prefetch;anonymous-client-ip"),
        ("Purpose", "prefetch"),
        ("Purpose", "Prefetch"),
        ("X-Purpose", "preview"),
        ("X-Moz", "prefetch"),
    ],
)
def test_loading_beforehand_does_not(header, value):
    assert not is_look(request(**{header: value}))
    assert is_look(request(**{header: "navigate"}))


# -- who


def test_a_user_is_who_looks(people):
    [user] = people(1)
    made = request()
    made.user = user
    assert viewer_of(made) == user


def test_a_visitor_is_told_by_address_and_browser(settings):
    made, same = request(), request()
    assert viewer_of(made) == viewer_of(same)
    assert len(viewer_of(made)) == 32
    others = [request(agent="Other"), request(), request()]
    others[1].META["REMOTE_ADDR"] = "10.0.0.1"
    told = {viewer_of(each) for each in (made, *others)}
    assert len(told) == 3
    # Nobody finds the address by trying all of them, without the key of the site.
    settings.SECRET_KEY = "another"
    assert viewer_of(made) not in told


def test_a_site_without_users_has_visitors():
    made = request()
    del made.user
    assert viewer_of(made) == viewer_of(request())


# -- counting them


def test_record_request(picture):
    assert record_request(request(), picture) == (1, 1, True)
    assert record_request(request(), picture) == (1, 1, False)
    assert record_request(request(agent="Other"), picture) == (2, 2, True)
    assert record_request(request("head"), picture) is None
    assert record_request(request(agent="curl/8"), picture) is None
    assert view_count(picture) == (2, 2)


def find(request: Any, key: int) -> Picture | None:
    return Picture.objects.filter(pk=key).first()


@pytest.mark.parametrize(
    ("response", "counted"),
    [
        (HttpResponse("page"), 1),
        (HttpResponseNotModified(), 1),
        (HttpResponseRedirect("/elsewhere"), 0),
        (HttpResponse(status=404), 0),
        (HttpResponse(status=500), 0),
    ],
)
def test_the_decorator_counts_pages(picture, response, counted):
    @records_view(find)
    def show(request: Any, key: int) -> HttpResponse:
        """What it shows."""
        return response

    assert show(request(), picture.pk) is response
    assert show(request("head"), key=picture.pk) is response
    assert view_count(picture).views == counted
    assert show.__doc__ == "What it shows."
    # Of what is not there, nothing.
    assert show(request(), picture.pk + 1) is response


def test_the_decorator_lets_errors_through(picture):
    @records_view(find)
    def show(request: Any, key: int) -> HttpResponse:
        raise Http404

    with pytest.raises(Http404):
        show(request(), picture.pk)
    assert view_count(picture).views == 0


def test_the_decorator_counts_async_views(picture):
    @records_view(find)
    async def show(request: Any, key: int) -> HttpResponse:
        return HttpResponse("page")

    assert iscoroutinefunction(show)
    assert async_to_sync(show)(request(), picture.pk).status_code == 200
    assert view_count(picture).views == 1


class Show(RecordsView, DetailView):
    queryset = Picture.objects.all()

    def render_to_response(self, context: dict[str, Any], **_kwargs: Any) -> HttpResponse:
        recorded = context["view"].recorded
        return HttpResponse(str(recorded and tuple(recorded)))


def test_the_mixin_counts_and_tells_the_template(picture):
    show = Show.as_view()
    assert show(request(), pk=picture.pk).content == b"(1, 1, True)"
    assert show(request(), pk=picture.pk).content == b"(1, 1, False)"
    assert show(request("head"), pk=picture.pk).content == b"None"
    assert show(request(agent="curl/8"), pk=picture.pk).content == b"None"
    with pytest.raises(Http404):
        show(request(), pk=picture.pk + 1)
    assert view_count(picture).views == 1


def test_the_mixin_counts_what_is_shown_and_once(picture):
    class Allowed(Show):
        def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
            if self.get_object().title == "secret":
                raise PermissionDenied
            return super().dispatch(request, *args, **kwargs)

    class Moved(Show):
        def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
            self.object = self.get_object()
            return HttpResponseRedirect("/its-real-address")

    Moved.as_view()(request(), pk=picture.pk)
    Allowed.as_view()(request(), pk=picture.pk)
    assert view_count(picture).views == 1
    Picture.objects.update(title="secret")
    with pytest.raises(PermissionDenied):
        Allowed.as_view()(request(agent="Other"), pk=picture.pk)
    assert view_count(picture).views == 1


@pytest.mark.parametrize("error", [BackendAway(), OperationalError("locked")])
def test_the_page_is_shown_where_its_look_cannot_be_counted(picture, error, monkeypatch, caplog):
    def fails(*_args: Any, **_kwargs: Any) -> None:
        raise error

    @records_view(find)
    def show(request: Any, key: int) -> HttpResponse:
        return HttpResponse("page")

    monkeypatch.setattr("slipstream.rankings.requests.record_view", fails)
    assert Show.as_view()(request(), pk=picture.pk).content == b"None"
    assert show(request(), picture.pk).content == b"page"
    told = [record.getMessage() for record in caplog.records]
    assert told == [f"A look at things.Picture {picture.pk} was not counted."] * 2
    # Whoever asks for it learns of it.
    with pytest.raises(type(error)):
        record_request(request(), picture)


def test_a_model_that_is_not_ranked_is_told(picture, monkeypatch):
    def fails(*_args: Any, **_kwargs: Any) -> None:
        raise NotRanked

    monkeypatch.setattr("slipstream.rankings.requests.record_view", fails)
    with pytest.raises(NotRanked):
        Show.as_view()(request(), pk=picture.pk)
