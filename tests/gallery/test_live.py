"""What open pages are told: the state, its digest, and who gets to know what."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from redis.exceptions import ConnectionError as Lost

from gallery.comments import services as comments
from gallery.config.wiring import publish_unread
from gallery.images import services
from gallery.images.models import Image, Visibility
from gallery.live import members, publishing, state
from gallery.live.state import Counts, State
from gallery.live.streams import Stream, Watch
from slipstream.activity import log_activity
from slipstream.follows import follow

pytestmark = pytest.mark.django_db

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def hang():
    def hang(user, visibility=Visibility.PUBLIC, **fields) -> Image:
        number = Image.objects.count()
        size = {"width": 60, "height": 40, "colour": "#556677"}
        words = {"title": "달", "image": f"images/{number}"}
        return Image.objects.create(user=user, visibility=visibility, **{**size, **words, **fields})

    return hang


@pytest.fixture
def hana(make_person):
    return make_person("hana")


@pytest.fixture
def unread(monkeypatch):
    """How much members have not read, to be set by the test."""
    numbers: dict[int, int] = {}
    monkeypatch.setattr(state, "unread_counts", lambda keys: {k: numbers.get(k, 0) for k in keys})
    return numbers


# -- Asking


def test_it_tells_what_is_true_and_nothing_while_that_is_so(
    signed_in, mina, hana, hang, unread, django_assert_num_queries
):
    image, other = hang(hana), hang(hana)
    services.like(hana, image)
    unread[mina.pk] = 3
    url = f"/live/?images={image.pk},{other.pk},{image.pk}"
    # Session, user, pictures; and the notifications, here without a query.
    with django_assert_num_queries(3):
        answer = signed_in.get(url, **JSON)
    assert answer.json() == {
        "unread": 3,
        "images": {
            str(image.pk): {"like_count": 1, "comment_count": 0},
            str(other.pk): {"like_count": 0, "comment_count": 0},
        },
    }
    assert answer["Cache-Control"] == "no-store"
    assert {"Accept", "Cookie"} <= set(answer["Vary"].split(", "))
    known = {**JSON, "HTTP_IF_NONE_MATCH": answer["ETag"]}
    again = signed_in.get(url, **known)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
    weak = {**JSON, "HTTP_IF_NONE_MATCH": f'"else", W/{answer["ETag"]}'}
    assert signed_in.get(url, **weak).status_code == 304
    unread[mina.pk] = 2
    assert signed_in.get(url, **known).json()["unread"] == 2


def test_the_order_of_the_pictures_makes_no_difference(client, hana, hang):
    keys = [hang(hana).pk for _ in range(3)]
    orders = (keys, keys[::-1])
    tags = {client.get(f"/live/?images={','.join(map(str, o))}")["ETag"] for o in orders}
    assert len(tags) == 1


def test_visitors_may_watch_what_everybody_sees(client, hana, hang, django_assert_num_queries):
    image = hang(hana)
    with django_assert_num_queries(1):
        answer = client.get(f"/live/?images={image.pk}&feed=discovery", **JSON)
    assert answer.json() == {
        "unread": None,
        "images": {str(image.pk): {"like_count": 0, "comment_count": 0}},
    }
    with django_assert_num_queries(0):
        assert client.get("/live/", **JSON).json() == {"unread": None, "images": {}}


def test_counts_of_what_one_may_not_see_are_not_told(
    client, signed_in, mina, hana, make_person, hang
):
    from django.utils import timezone

    gone = make_person("jisoo")
    images = [
        hang(hana, Visibility.PUBLIC),
        hang(hana, Visibility.FOLLOWERS),
        hang(hana, Visibility.PRIVATE),
        hang(hana, deleted_at=timezone.now()),
        hang(gone),
        hang(mina, Visibility.PRIVATE),
    ]
    gone.is_active = False
    gone.save()
    keys = [image.pk for image in images]
    url = f"/live/?images={','.join(map(str, keys))},999999"

    def told(browser) -> list[int]:
        return [keys.index(int(key)) for key in browser.get(url, **JSON).json()["images"]]

    assert told(client) == [0]
    assert told(signed_in) == [0, 5]
    follow(mina, hana)
    assert told(signed_in) == [0, 1, 5]
    # That there is no such picture and that one may not see it look the same.
    assert client.get(url)["ETag"] == client.get(f"/live/?images={keys[0]}")["ETag"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("images=1,x", "numbers with commas"),
        ("images=1,,2", "numbers with commas"),
        ("images=-1", "numbers with commas"),
        ("images=١", "numbers with commas"),
        ("images=1%00", "numbers with commas"),
        (f"images={'9' * 5000}", "numbers with commas"),
        (f"images={2**63}", "At most 50 pictures"),
        ("images=" + ",".join(map(str, range(51))), "At most 50 pictures"),
        ("feed=all", "“following” or “discovery”"),
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_what_makes_no_sense_is_refused_with_words(client, query, words, accept):
    answer = client.get(f"/live/?{query}", HTTP_ACCEPT=accept)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_fifty_are_not_too_many(client):
    assert client.get("/live/?images=" + ",".join(map(str, range(50)))).status_code == 200


def test_it_is_for_reading(client):
    assert client.post("/live/").status_code == 405


def test_a_server_that_cannot_hold_streams_says_so_for_good(client, settings):
    answer = client.get("/live/", HTTP_ACCEPT="text/event-stream")
    assert (answer.status_code, answer.content) == (204, b"")
    settings.SLIPSTREAM_REDIS_URL = "redis://127.0.0.1:1/0"
    assert client.get("/live/", HTTP_ACCEPT="text/event-stream").status_code == 204


# -- For many at once


def test_however_many_look_it_is_one_query_for_what_all_may_see(
    mina, hana, make_person, hang, django_assert_num_queries
):
    people = [mina, hana, *(make_person(f"person{n}") for n in range(60))]
    images = [hang(mina) for _ in range(5)]
    viewers = {None, *(person.pk for person in people)}
    with django_assert_num_queries(1):
        found = state.read([], {image.pk: viewers for image in images})
    assert all(found.image(viewer, images[0].pk) == Counts(0, 0) for viewer in viewers)
    # Of others, one per fifty members.
    private = hang(hana, Visibility.PRIVATE)
    with django_assert_num_queries(3):
        found = state.read([], {image.pk: viewers for image in [*images, private]})
    seeing = {viewer for viewer in viewers if found.image(viewer, private.pk)}
    assert seeing == {hana.pk}


def test_followers_among_those_who_look(mina, hana, make_person, django_assert_num_queries):
    jisoo = make_person("jisoo")
    follow(mina, hana)
    follow(jisoo, mina)
    keys = [mina.pk, hana.pk, jisoo.pk]
    with django_assert_num_queries(1):
        assert members.followers_among(keys, [hana.pk]) == {mina.pk}
    assert members.followers_among(keys, [mina.pk, hana.pk]) == {mina.pk, jisoo.pk}
    assert members.followers_among([], [hana.pk]) == set()


def test_who_is_gone(client, mina, hana, make_person, django_assert_num_queries):
    watches = []
    for person in (mina, hana, make_person("jisoo"), make_person("yuna")):
        client.force_login(person)
        session, session_hash = client.session.session_key, person.get_session_auth_hash()
        client.cookies.clear()
        watch = Watch(person.pk, frozenset(), session=session, session_hash=session_hash)
        watches.append(watch)
    stays, locked, renamed, out = watches
    type(mina).objects.filter(pk=locked.user).update(is_active=False)
    type(mina).objects.filter(pk=renamed.user).update(password="another")
    client.session.delete(out.session)
    with django_assert_num_queries(2):
        assert members.gone([*watches, Watch(None, frozenset())]) == {locked, renamed, out}
    assert members.gone([Watch(None, frozenset())]) == set()


# -- One stream


def test_a_stream_holds_the_newest_state_and_no_queue():
    stream = Stream(Watch(7, frozenset({1, 2})))
    stream.learn({7: 1}, {1: Counts(1, 0), 2: None})
    stream.learn({7: 2}, {1: Counts(2, 0)})
    now = State(2, {1: Counts(2, 0)})
    expected = f"id: {state.digest(now)}\nevent: state\ndata: {state.encode(now)}\n\n"
    assert stream.take().decode() == expected
    assert stream.take() == b""
    stream.learn({7: 2}, {1: Counts(2, 0)})
    assert stream.take() == b""
    # There and back again before it was sent: nothing to say.
    stream.learn({7: 3}, {})
    stream.learn({7: 2}, {})
    assert stream.take() == b""
    stream.learn({}, {1: None})
    assert b'"images":{}' in stream.take()


def test_a_stream_tells_who_comes_back_only_what_they_do_not_know():
    now = State(None, {1: Counts(2, 0)})
    knows = Stream(Watch(None, frozenset({1}), known=state.digest(now)))
    knows.learn({}, {1: Counts(2, 0)})
    assert knows.take() == b""
    forgot = Stream(Watch(None, frozenset({1}), known="rubbish"))
    forgot.learn({}, {1: Counts(2, 0)})
    assert forgot.take() != b""


def test_news_and_silence():
    stream = Stream(Watch(7, frozenset()))
    stream.keep_alive()
    assert stream.take() == b":\n\n"
    stream.keep_alive()
    stream.tell_news()
    stream.tell_news()
    assert stream.take() == b"event: feed\ndata: {}\n\n"


# -- Publishing


@pytest.fixture
def published(monkeypatch, settings):
    """What is said to Redis."""
    settings.SLIPSTREAM_REDIS_URL = "redis://127.0.0.1:1/0"
    said: list[list[str]] = []
    monkeypatch.setattr(
        publishing, "_publish", lambda name, message: said.append([name, *json.loads(message)])
    )
    monkeypatch.setattr(publishing._Way, "closed_until", 0.0)
    return said


def test_what_is_said_when_something_happens(mina, hana, hang, commit, published):
    from uuid import uuid4

    image = hang(mina)
    topic = ["slipstream:live", f"image:{image.pk}"]

    def told_by(happen) -> list[list[str]]:
        published.clear()
        with commit():
            happen()
        return published

    assert topic in told_by(lambda: services.like(hana, image))
    assert topic in told_by(lambda: services.unlike(hana, image))
    assert told_by(lambda: services.unlike(hana, image)) == []
    assert topic in told_by(lambda: comments.write(hana, image, "좋다", token=uuid4()))
    assert topic in told_by(lambda: comments.delete(image.comments.get()))
    assert ["slipstream:live", f"actor:{hana.pk}"] in told_by(lambda: log_activity(hana, "joined"))
    unread = ["slipstream:live", "user:1", "user:2"]
    assert told_by(lambda: publish_unread(user_ids=[1, 2])) == [unread]


def test_nothing_is_said_of_what_was_rolled_back_or_without_redis(mina, commit, published):
    with commit():
        try:
            with transaction.atomic():
                publishing.publish("image:1")
                raise ValueError
        except ValueError:
            pass
    assert published == []


def test_a_redis_that_is_away_is_said_once_and_asked_after_a_pause(
    commit, published, monkeypatch, caplog
):
    from gallery.live import complaints

    tries = []

    def refuse(name, message):
        tries.append(message)
        raise Lost("gone")

    monkeypatch.setattr(publishing, "_publish", refuse)
    complaints._said.clear()
    for _ in range(5):
        with commit():
            publishing.publish("image:1")
    assert len(tries) == 1
    monkeypatch.setattr(publishing._Way, "closed_until", 0.0)
    with commit():
        publishing.publish("image:1")
    assert len(tries) == 2
    assert [record.message for record in caplog.records] == [
        "Redis does not take what open pages should hear: ConnectionError: gone"
    ]


def test_without_redis_nothing_waits_for_the_commit(commit, settings):
    settings.SLIPSTREAM_REDIS_URL = None
    with commit() as waiting:
        publishing.publish("image:1")
    assert waiting == []
