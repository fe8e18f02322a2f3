"""Finding pictures and people by what is typed."""

from __future__ import annotations

import unicodedata

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gallery.accounts.models import User
from gallery.images.models import Image, Like, Visibility
from gallery.search import matching
from gallery.search.finding import find_people, find_pictures
from gallery.search.terms import LONGEST, terms
from slipstream.follows import follow

from .images.pictures import SESSION_AND_USER, make_rows

POSTGRES = connection.vendor == "postgresql"
#: What is asked where nothing matches: on PostgreSQL with a setting, and here with a savepoint.
ALIKE = 4 if POSTGRES else 1


@pytest.fixture
def hang(mina):
    """Hang pictures with these titles; the later, the newer."""

    def hang(*titles: str, user=mina, **fields) -> list[Image]:
        rows = [
            Image(
                user=user,
                title=title,
                image=f"images/{user.pk}/{abs(hash((title, place)))}",
                width=1600,
                height=900,
                colour="#123456",
                **fields,
            )
            for place, title in enumerate(titles)
        ]
        return Image.objects.bulk_create(rows)

    return hang


def titles(viewer, text: str, **options) -> list[str]:
    options = {"limit": 24, **options}
    return [image.title for image in find_pictures(terms(text), viewer, **options).items]


class TestTerms:
    @pytest.mark.parametrize(
        ("typed", "text"),
        [
            ("  밤   바다\t", "밤 바다"),
            (unicodedata.normalize("NFD", "밤바다"), "밤바다"),
            ("１２３", "123"),
            ("ＡＢＣ", "ABC"),
            ("\0a\x07b", "a b"),
            ("", ""),
            ("　", ""),
            ("\0", ""),
        ],
        ids=ascii,
    )
    def test_are_in_one_form(self, typed, text):
        assert terms(typed).text == text

    @pytest.mark.parametrize("typed", ["x" * 10_000, "ﷺ" * 10_000, "a " * 10_000], ids=ascii)
    def test_are_bounded(self, typed):
        found = terms(typed)
        assert len(found.text) <= LONGEST
        assert len(found.words) <= 8


class TestPictures:
    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("바다", {"밤바다", "바다로 가는 길"}),
            (unicodedata.normalize("NFD", "바다"), {"밤바다", "바다로 가는 길"}),
            ("ㅂㅏㄷㅏ", {"밤바다", "바다로 가는 길"}),
            ("바닥", {"바닥의 빛"}),
            ("달", {"반달"}),
            ("길 바다", {"바다로 가는 길"}),
            ("moon", {"Full MOON, 100%"}),
            ("MOON full", {"Full MOON, 100%"}),
            ("oo", set()),
            ("mo", {"Full MOON, 100%"}),
            ("m", {"Full MOON, 100%"}),
            ("가", {"바다로 가는 길"}),
            ("로", set()),
            ("100%", {"Full MOON, 100%"}),
            ("%", set()),
            ("_", set()),
            ("snake_", {"snake_case"}),
            ("\\", set()),
            ("'", set()),
            ("it's", {'It\'s "fine"'}),
            ('"fine"', {'It\'s "fine"'}),
            ("' OR 1=1 --", set()),
            ("２０２４", {"2024년"}),
            ("2025", {"２０２５년"}),
            ("café", {"Café au lait"}),
            (unicodedata.normalize("NFD", "café"), {"Café au lait"}),
            ("x" * 10_000, set()),
            ("", set()),
        ],
        ids=ascii,
    )
    def test_are_found(self, mina, hang, typed, found):
        hang("밤바다", "바다로 가는 길", "바닥의 빛", "반달", "Full MOON, 100%", "snake_case")
        hang('It\'s "fine"', "2024년", "２０２５년", "Café au lait")
        page = find_pictures(terms(typed), mina, limit=24)
        assert (set() if page.is_alike else {image.title for image in page.items}) == found

    @pytest.mark.parametrize("typed", ["%", "_", "\\", "'", '"', ";", "--", "*", "\U0001f319"])
    def test_signs_are_only_signs(self, mina, hang, typed):
        hang("plain", f"{typed} first", f"then {typed}")
        assert titles(mina, typed) == [f"{typed} first", f"then {typed}"]

    def test_what_was_stored_in_pieces(self, mina, hang):
        hang(unicodedata.normalize("NFD", "겨울 바다"))
        assert len(titles(mina, "겨울 바다")) == 1
        assert len(titles(mina, "바다")) == 1

    def test_the_best_first(self, mina, hang, make_person):
        hang("A sea", "Sea two", "Sea one", "Not the sea", "Undersea")
        for name, liked in {"a": ["Not the sea", "Sea one"], "b": ["Not the sea"]}.items():
            person = make_person(f"{name}{name}{name}")
            for title in liked:
                Like.objects.create(user=person, image=Image.objects.get(title=title))
        expected = ["Sea one", "Sea two", "Not the sea", "Undersea", "A sea"]
        assert titles(mina, "sea") == expected

    def test_pages_lead_through_all(self, mina, hang, make_person):
        hang(*(f"sea {n}" for n in range(30)), *(f"a sea {n}" for n in range(30)))
        person = make_person("fan")
        Like.objects.bulk_create(
            Like(user=person, image=image) for image in Image.objects.all()[::3]
        )
        whole = titles(mina, "sea", limit=100)
        assert len(whole) == 60
        for limit in (1, 7, 30, 59, 60):
            walked, cursor = [], None
            while True:
                page = find_pictures(terms("sea"), mina, limit=limit, cursor=cursor)
                walked += [image.title for image in page.items]
                cursor = page.next_cursor
                if cursor is None:
                    break
            assert walked == whole

    def test_only_what_one_may_see(self, mina, hang, make_person):
        people = {"stranger": make_person("haru"), "follower": make_person("sora"), "owner": mina}
        follow(people["follower"], mina)
        browsers = {"visitor": Client(), **{name: Client() for name in people}}
        for name, person in people.items():
            browsers[name].force_login(person)
        hang("secret sea", visibility=Visibility.PRIVATE)
        hang("followed sea", visibility=Visibility.FOLLOWERS)
        closed = make_person("gone", is_active=False)
        hang("closed sea", user=closed)
        seen = {
            name: {i.title for i in client.get("/search/?q=sea").context["pictures"].items}
            for name, client in browsers.items()
        }
        assert seen == {
            "visitor": set(),
            "stranger": set(),
            "follower": {"followed sea"},
            "owner": {"followed sea", "secret sea"},
        }

    @pytest.mark.parametrize("typed", ["sunst", "mountian", "바더", "겨울바더"])
    def test_a_slip_is_forgiven(self, mina, hang, typed):
        hang("Sunset", "Mountain", "바다", "겨울바다", "Chair")
        if POSTGRES and not (typed.isascii() or knows_hangul()):
            pytest.skip("the database's locale does not know Hangul")
        page = find_pictures(terms(typed), mina, limit=24)
        assert page.is_alike
        found = [image.title for image in page.items]
        assert found[0] in ("Sunset", "Mountain", "바다", "겨울바다")
        assert "Chair" not in found


class TestPeople:
    @pytest.fixture(autouse=True)
    def _people(self, mina, make_person):
        self.haru = make_person("haru", name="Haru 하루")
        self.harumi = make_person("harumi", name="이하루미")
        make_person("other", name="100% 다른 사람")

    def names(self, viewer, typed):
        return [p.username for p in find_people(terms(typed), viewer, limit=24).items]

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("haru", ["harumi", "haru"]),
            ("@haru", ["harumi", "haru"]),
            ("HARU", ["harumi", "haru"]),
            ("하루", ["harumi", "haru"]),
            ("하루미", ["harumi"]),
            ("김미나", ["mina"]),
            ("미나", ["mina"]),
            ("100%", ["other"]),
            ("%", []),
            ("@", []),
        ],
        ids=ascii,
    )
    def test_are_found(self, mina, typed, found):
        assert self.names(mina, typed) == found

    def test_the_most_followed_first(self, mina, commit):
        with commit():
            follow(mina, self.haru)
        assert self.names(mina, "haru") == ["haru", "harumi"]

    def test_closed_accounts_are_not_found(self, mina):
        self.haru.is_active = False
        self.haru.save()
        assert self.names(mina, "haru") == ["harumi"]

    def test_pages_lead_through_all(self, mina, make_person):
        people = [make_person(f"sea{n}", name=f"{'The ' if n % 2 else ''}Sea") for n in range(9)]
        for person in people[::3]:
            follow(mina, person)
        whole = self.names(mina, "sea")
        walked, cursor = [], None
        while True:
            page = find_people(terms("sea"), mina, limit=2, cursor=cursor)
            walked += [person.username for person in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert walked == whole
        assert len(walked) == 9


class TestPage:
    def test_shows_people_and_pictures(self, signed_in, make_person, hang):
        make_person("sea", name="바다 씨")
        hang("밤바다")
        answer = signed_in.get("/search/", {"q": "바다"})
        html = answer.content.decode()
        assert 'href="/@sea/"' in html
        assert "밤바다" in html
        assert 'href="/search/pictures/?q=%EB%B0%94%EB%8B%A4"' in html
        assert 'value="바다"' in html

    def test_visitors_find_pictures_alone(self, hang, make_person):
        make_person("sea", name="바다 씨")
        hang("밤바다")
        html = Client().get("/search/", {"q": "바다"}).content.decode()
        assert "밤바다" in html
        assert 'href="/@sea/"' not in html
        assert Client().get("/search/people/?q=바다").status_code == 302

    @pytest.mark.parametrize("path", ["/search/", "/search/pictures/", "/search/people/"])
    @pytest.mark.parametrize("language", ["en", "ko"])
    def test_nothing_found_says_what_to_try(self, signed_in, hang, path, language):
        hang("밤바다")
        answer = signed_in.get(path, {"q": "qqqq"}, headers={"accept-language": language})
        html = answer.content.decode()
        assert answer.status_code == 200
        assert "qqqq" in html
        assert 'href="/explore/"' in html

    @pytest.mark.parametrize("path", ["/search/", "/search/pictures/", "/search/people/"])
    @pytest.mark.parametrize(
        "typed", ["", " ", "\0", "x" * 10_000, "<b>&\"'", "%", "a" * 99 + " b"]
    )
    def test_takes_anything(self, signed_in, path, typed):
        answer = signed_in.get(path, {"q": typed})
        assert answer.status_code == 200
        assert "<b>&" not in answer.content.decode()

    @pytest.mark.parametrize("path", ["/search/pictures/", "/search/people/"])
    @pytest.mark.parametrize("cursor", ["x", "\0", "WyJhIl0:1abc:xyz"])
    def test_a_made_up_cursor_is_a_bad_request(self, signed_in, path, cursor):
        assert signed_in.get(path, {"q": "a", "cursor": cursor}).status_code == 400

    def test_a_cursor_of_the_other_list_is_a_bad_request(self, signed_in, mina, hang):
        hang(*(f"sea {n}" for n in range(3)))
        cursor = find_pictures(terms("sea"), mina, limit=1).next_cursor
        answer = signed_in.get("/search/people/", {"q": "sea", "cursor": cursor})
        assert answer.status_code == 400

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("/explore/?q=달+%26", "/search/pictures/?q=%EB%8B%AC+%26"),
            ("/people/?q=달", "/search/people/?q=%EB%8B%AC"),
            ("/?q=달", "/search/?q=%EB%8B%AC"),
        ],
    )
    def test_old_addresses_lead_here(self, signed_in, old, new):
        assert signed_in.get(old)["Location"] == new

    def test_every_page_searches(self, signed_in, mina, share):
        image = share(mina)
        for client in (signed_in, Client()):
            for path in ("/", "/explore/", "/popular/", "/@mina/", image.get_absolute_url()):
                assert 'action="/search/"' in client.get(path).content.decode()


class TestCost:
    @pytest.mark.parametrize("count", [30, pytest.param(20_000, marks=pytest.mark.slow)])
    def test_is_the_same_for_little_and_much(self, signed_in, mina, count):
        matching.has_trigrams("default")
        make_rows(mina, count)
        Image.objects.update(title="sea and sky")
        assert queries_of(signed_in, "/search/?q=sea") <= SESSION_AND_USER + 1 + 2 + ALIKE
        assert queries_of(signed_in, "/search/?q=sky") <= SESSION_AND_USER + 2 + 2 + ALIKE
        assert queries_of(signed_in, "/search/pictures/?q=sky") == SESSION_AND_USER + 2
        assert queries_of(signed_in, "/search/?q=nowhere") <= SESSION_AND_USER + 2 * (2 + ALIKE) + 4

    @pytest.mark.skipif(not POSTGRES, reason="PostgreSQL alone has the trigram index")
    @pytest.mark.parametrize("typed", ["산책로", "바다", "달", "바", "moun", "mo"])
    def test_is_served_by_an_index(self, mina, hang, typed):
        if not (typed.isascii() or knows_hangul()):
            pytest.skip("the database's locale does not know Hangul")
        make_rows(mina, 20_000)
        hang("산책로", "밤바다", "반달", "바람", "mountain", "달밤")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE images_image")
        with CaptureQueriesContext(connection) as made:
            assert titles(mina, typed)
        for query in made:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN ANALYZE {query['sql']}")
                plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "images_image_search_title" in plan
            assert "Seq Scan on images_image" not in plan

    @pytest.mark.skipif(not POSTGRES, reason="PostgreSQL alone has the trigram index")
    def test_people_are_found_by_an_index(self, mina):
        User.objects.bulk_create(
            User(username=f"person{n}", email=f"{n}@example.com", name=f"Somebody {n}")
            for n in range(20_000)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE accounts_user")
            # What was just written waits beside the indexes, where it costs more to look.
            for column in ("name", "username"):
                cursor.execute(f"SELECT gin_clean_pending_list('accounts_user_search_{column}')")
        with CaptureQueriesContext(connection) as made:
            assert len(find_people(terms("mina"), mina, limit=24).items) == 1
        for query in made:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {query['sql']}")
                plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "accounts_user_search_name" in plan
            assert "accounts_user_search_username" in plan


def knows_hangul() -> bool:
    """Whether pg_trgm takes the letters of Hangul for letters, which depends on LC_CTYPE."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(show_trgm(NORMALIZE('바다', NFKD))) > 0")
        return cursor.fetchone()[0]


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as made:
        assert client.get(url).status_code == 200
    return len(made)
