"""Live updates on the real server: streams over sockets, a Redis that really goes away."""

from __future__ import annotations

import http.client
import io
import signal
import time
import zipfile
from pathlib import Path

import pytest

from gallery.images import services
from gallery.images.models import Image, Like, Visibility
from gallery.live import publishing
from slipstream.activity import log_activity
from slipstream.follows import follow
from tests.listening import Reader, Readers
from tests.serving import HOST, serving, sign_in, wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.any_engine,
]


@pytest.fixture
def redis(start_redis, settings):
    server = start_redis()
    settings.SLIPSTREAM_REDIS_URL = server.url
    yield server
    publishing._Way.closed_until = 0.0


@pytest.fixture
def site(redis, tmp_path: Path):
    with serving(tmp_path, redis=redis.url) as site:
        yield site


@pytest.fixture
def image(mina) -> Image:
    return hang(mina)


@pytest.fixture
def hana(make_person):
    return make_person("hana")


def hang(user, visibility=Visibility.PUBLIC) -> Image:
    return Image.objects.create(
        user=user,
        title="달",
        image=f"images/{Image.objects.count()}",
        width=60,
        height=40,
        colour="#556677",
        visibility=visibility,
    )


def told(reader: Reader, key: int, likes: int | None):
    return lambda: bool(reader.states) and reader.likes(key) == likes


def test_five_hundred_open_pages_hear_of_a_like(site, image, mina, hana):
    cookie = sign_in(mina)
    with Readers(site) as readers:
        query = f"images={image.pk}"
        pages = [readers.open(query, cookie=cookie if n % 2 else "") for n in range(500)]
        wait_until(lambda: all(told(page, image.pk, 0)() for page in pages), seconds=60)
        assert threads_of(site) < 30
        # Pages are served beside them.
        assert get(site, "/")[0] == 200
        services.like(hana, image)
        wait_until(lambda: all(told(page, image.pk, 1)() for page in pages), seconds=15)
        assert not any(page.is_over for page in pages)
        assert {page.headers["content-type"] for page in pages} == {"text/event-stream"}
        assert pages[0].headers["cache-control"] == "no-store"
        assert pages[0].headers["x-accel-buffering"] == "no"
    assert "Traceback" not in site.said()


def test_whoever_comes_back_gets_what_is_true_now(site, image, hana):
    query = f"images={image.pk}"
    with Readers(site) as readers:
        first = readers.open(query)
        wait_until(told(first, image.pk, 0), seconds=15)
        first.close()
        wait_until(lambda: first.is_over, seconds=5)
        services.like(hana, image)
        again = readers.open(query, last=first.states[-1].id)
        wait_until(told(again, image.pk, 1), seconds=15)
        # Who has it already is told nothing, until something changes.
        known = readers.open(query, last=again.states[-1].id)
        wait_until(lambda: known.is_open, seconds=15)
        time.sleep(1)
        assert known.events == []
        services.unlike(hana, image)
        wait_until(told(known, image.pk, 0), seconds=15)
        assert known.states[-1].id == first.states[-1].id
        # The id of the stream is the ETag of the answer to whoever asks now and then.
        headers = {"If-None-Match": f'"{known.states[-1].id}"'}
        assert get(site, f"/live/?{query}", headers)[0] == 304


def test_nothing_is_missed_while_redis_is_away(site, redis, image, mina, hana):
    query = f"images={image.pk}"
    with Readers(site) as readers:
        page = readers.open(query)
        wait_until(told(page, image.pk, 0), seconds=15)
        redis.kill()
        services.like(hana, image)
        # Before the database would be asked again without it.
        redis.restart()
        services.like(mina, image)
        wait_until(told(page, image.pk, 2), seconds=15)
        services.unlike(mina, image)
        wait_until(told(page, image.pk, 1), seconds=15)
        # For good: the database is asked instead.
        redis.kill()
        services.unlike(hana, image)
        wait_until(told(page, image.pk, 0), seconds=30)
        assert not page.is_over
    assert "Traceback" not in site.said()


def test_news_reach_who_follows_and_who_looks_at_everyone(site, mina, hana, make_person):
    stranger = make_person("jisoo")
    follow(mina, hana)
    with Readers(site) as readers:
        cookies = {person: sign_in(person) for person in (mina, hana, stranger)}
        following = readers.open("feed=following", cookie=cookies[mina])
        own = readers.open("feed=discovery", cookie=cookies[hana])
        discovery = readers.open("feed=discovery", cookie=cookies[stranger])
        visitor = readers.open("feed=discovery")
        pages = [following, own, discovery, visitor]
        wait_until(lambda: all(page.states for page in pages), seconds=15)
        # What comes with the connection to Redis, whoever did what.
        time.sleep(3)
        before = [page.news for page in pages]
        log_activity(hana, "joined")
        wait_until(lambda: following.news > before[0] and discovery.news > before[2], seconds=15)
        assert own.news == before[1]
        assert visitor.news == 0
        log_activity(stranger, "joined")
        wait_until(lambda: own.news > before[1], seconds=15)
        assert following.news == before[0] + 1


def test_what_one_may_not_see_is_not_told(site, mina, hana, make_person):
    shown, hidden = hang(mina, Visibility.FOLLOWERS), hang(mina, Visibility.PRIVATE)
    stranger = make_person("jisoo")
    follow(hana, mina)
    query = f"images={shown.pk},{hidden.pk}"
    with Readers(site) as readers:
        owner, follower, other = (
            readers.open(query, cookie=sign_in(person)) for person in (mina, hana, stranger)
        )
        visitor = readers.open(query)
        pages = [owner, follower, other, visitor]
        wait_until(lambda: all(page.states for page in pages), seconds=15)
        services.like(mina, shown)
        services.like(mina, hidden)
        wait_until(told(owner, hidden.pk, 1), seconds=15)
        wait_until(told(follower, shown.pk, 1), seconds=15)
        assert [list(page.states[-1].data["images"]) for page in pages] == [
            [str(shown.pk), str(hidden.pk)],
            [str(shown.pk)],
            [],
            [],
        ]
        Image.objects.filter(pk=shown.pk).update(visibility=Visibility.PRIVATE)
        services.unlike(mina, shown)
        wait_until(told(owner, shown.pk, 0), seconds=15)
        wait_until(told(follower, shown.pk, None), seconds=15)


def test_the_stream_ends_for_whoever_is_signed_out_or_locked(site, mina, hana, image):
    from django.contrib.sessions.models import Session

    out = sign_in(mina)
    with Readers(site) as readers:
        signed_out = readers.open("", cookie=out)
        stays = readers.open("", cookie=sign_in(mina))
        locked = readers.open("", cookie=sign_in(hana))
        pages = [signed_out, stays, locked]
        wait_until(lambda: all(page.states for page in pages), seconds=15)
        Session.objects.filter(pk=out.partition("=")[2]).delete()
        type(hana).objects.filter(pk=hana.pk).update(is_active=False)
        wait_until(lambda: signed_out.is_over and locked.is_over, seconds=25)
        wait_until(lambda: stays.comments > 0, seconds=5)
        assert not stays.is_over


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, "as ./dev run does"])
def test_it_stops_in_time_while_streams_are_open(redis, tmp_path, image, how):
    with serving(tmp_path, redis=redis.url, workers=2) as site, Readers(site) as readers:
        pages = [readers.open(f"images={image.pk}") for _ in range(100)]
        wait_until(lambda: all(page.states for page in pages), seconds=30)
        processes = [site.child.pid, *children_of(site.child.pid)]
        assert len(processes) >= 3
        if isinstance(how, int):
            site.child._process.send_signal(how)
        else:
            site.child.ask_group()
        assert site.child.wait(4)
        assert site.child.exit_code() == 0
        wait_until(lambda: all(page.is_over for page in pages), seconds=2)
        assert not any(Path(f"/proc/{pid}").exists() for pid in processes)
        assert site.said() == ""


def test_without_redis_it_is_for_asking(tmp_path, image):
    with serving(tmp_path) as site:
        headers = {"Accept": "text/event-stream"}
        assert get(site, f"/live/?images={image.pk}", headers)[0] == 204
        status, body, found = get(site, f"/live/?images={image.pk}")
        assert status == 200
        assert get(site, f"/live/?images={image.pk}", {"If-None-Match": found["ETag"]})[0] == 304


def test_pages_are_those_of_any_server(site, mina, tmp_path):
    """What the bridge between ASGI and WSGI could get wrong."""
    status, body, headers = get(site, "/explore/?order=newest")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert body.endswith(b"</html>\n")
    # Files: static ones, and one that is there by a name with Hangul in it.
    status, body, headers = get(site, "/static/gallery/js/site.js")
    assert status == 200
    assert len(body) == int(headers["Content-Length"]) > 1000
    big = tmp_path / "media" / "faces" / "달 빛.bin"
    big.parent.mkdir(parents=True)
    big.write_bytes(bytes(range(256)) * 4000)
    assert get(site, "/media/faces/%EB%8B%AC%20%EB%B9%9B.bin")[1] == big.read_bytes()
    assert ask(site, "HEAD", "/explore/")[:2] == (200, b"")
    # Bodies: a form, one in pieces without a length, and one that is too large.
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert post(site, "/theme/", b"theme=dark", form) == 403  # no CSRF token
    assert post(site, "/theme/", b"x" * 100, {**form, "Content-Length": "30000000"}) == 413
    assert get(site, "/%ff%fe/")[0] == 404
    # A header that a proxy vouches for cannot be had by another spelling.
    assert get(site, "/", {"X_Forwarded_Host": "evil.example"})[0] == 200
    # The archive of one's data comes in pieces, some of which ask the database.
    Like.objects.create(user=mina, image=hang(mina))
    token = "a" * 32
    cookies = {**form, "Cookie": f"{sign_in(mina)}; csrftoken={token}"}
    body = f"csrfmiddlewaretoken={token}".encode()
    archive = ask(site, "POST", "/account/settings/export/", cookies, body)
    assert archive[0] == 200
    assert zipfile.ZipFile(io.BytesIO(archive[1])).testzip() is None
    assert "Traceback" not in site.said()


def ask(site, method: str, path: str, headers=None, body: bytes | None = None):
    client = http.client.HTTPConnection(HOST, site.port, timeout=20)
    try:
        client.request(method, path, body, headers or {})
        response = client.getresponse()
        return response.status, response.read(), response.headers
    finally:
        client.close()


def get(site, path: str, headers: dict[str, str] | None = None):
    return ask(site, "GET", path, headers)


def post(site, path: str, body: bytes, headers: dict[str, str]) -> int:
    return ask(site, "POST", path, headers, body)[0]


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def threads_of(site) -> int:
    return max(
        len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in children_of(site.child.pid)
    )
