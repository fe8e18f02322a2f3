from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from gallery.people.views import PEOPLE_PER_PAGE
from slipstream.follows import follow

User = get_user_model()
#: Beyond reading the session and the user.
SESSION_AND_USER = 2


def make_many(count: int) -> list:
    now = timezone.now()
    User.objects.bulk_create(
        [
            User(
                username=f"p{i}x",
                email=f"p{i}@example.com",
                name=f"사람 {i}",
                photo="faces/00/0" if i % 2 else "",
                date_joined=now - timedelta(minutes=i),
            )
            for i in range(count)
        ],
        batch_size=2000,
    )
    return list(
        User.objects.filter(username__startswith="p", username__endswith="x").order_by(
            "-date_joined"
        )[:60]
    )


class TestDirectory:
    def test_is_for_members(self, db):
        assert Client().get("/people/")["Location"] == "/account/login/?next=/people/"

    @pytest.mark.parametrize("size", [10, 10_000])
    def test_costs_the_same_for_ten_and_ten_thousand(
        self, signed_in, mina, size, django_assert_max_num_queries
    ):
        people = make_many(size)
        for person in people[:8]:
            follow(mina, person)
            follow(person, mina)
        with django_assert_max_num_queries(SESSION_AND_USER + 4) as made:
            page = signed_in.get("/people/")
        assert len(made) == SESSION_AND_USER + 2
        html = page.content.decode()
        assert len(page.context["page"].items) == min(size + 1, PEOPLE_PER_PAGE)
        assert html.count('value="unfollow"') >= 8

    def test_pages_lead_through_everybody(self, signed_in):
        make_many(60)
        seen = []
        url = "/people/"
        while url:
            page = signed_in.get(url).context["page"]
            seen += [person.username for person in page.items]
            url = page.next_cursor and f"/people/?cursor={page.next_cursor}"
        assert len(seen) == len(set(seen)) == 61

    @pytest.mark.parametrize("cursor", ["x", "\0", "WyJhIl0:1abc:xyz"])
    def test_a_made_up_cursor_is_a_bad_request(self, signed_in, cursor):
        answer = signed_in.get("/people/", {"cursor": cursor})
        assert answer.status_code == 400
        assert "This link to a page is not valid." in answer.content.decode()


class TestPerson:
    def test_is_shown_to_everybody(self, mina, make_person, django_assert_num_queries):
        fan = make_person("haru", name="Haru")
        follow(fan, mina)
        with django_assert_num_queries(3):
            html = Client().get("/@mina/").content.decode()
        assert "김미나" in html
        assert "/@haru/" in html

    def test_is_reached_by_any_spelling(self, mina):
        answer = Client().get("/@MINA/")
        assert (answer.status_code, answer["Location"]) == (301, "/@mina/")

    @pytest.mark.parametrize(
        "path", ["/@nobody/", "/@mina%00/", "/@closed/", "/@closed/followers/"]
    )
    def test_who_is_not_there_is_not_found(self, signed_in, make_person, path):
        make_person("closed", is_active=False)
        assert signed_in.get(path).status_code == 404

    def test_ones_own_page_leads_to_the_settings(self, signed_in):
        html = signed_in.get("/@mina/").content.decode()
        assert 'href="/account/settings/"' in html
        assert 'name="action" value="follow"' not in html


class TestLists:
    def test_followers_latest_first(self, signed_in, mina, make_person, django_assert_num_queries):
        fans = [make_person(f"fan{i}") for i in range(30)]
        for fan in fans:
            follow(fan, mina)
        gone = fans[3]
        gone.is_active = False
        gone.save()
        with django_assert_num_queries(SESSION_AND_USER + 3):
            page = signed_in.get("/@mina/followers/").context["page"]
        names = [person.username for person in page.items]
        rest = signed_in.get(f"/@mina/followers/?cursor={page.next_cursor}").context["page"]
        names += [person.username for person in rest.items]
        assert names == [f"fan{i}" for i in reversed(range(30)) if i != 3]
        assert rest.next_cursor is None

    def test_following(self, signed_in, mina, make_person):
        for name in ("one1", "two2"):
            follow(mina, make_person(name))
        page = signed_in.get("/@mina/following/").context["page"]
        assert [person.username for person in page.items] == ["two2", "one1"]
        assert signed_in.get("/@mina/followers/").context["page"].items == []

    def test_bad_cursor(self, signed_in):
        assert signed_in.get("/@mina/following/?cursor=x").status_code == 400


def test_follow_button_in_gallery(signed_in, mina, make_person):
    other = make_person("haru")
    data = {"user_id": other.pk, "action": "follow", "next": "/people/"}
    browser = {"accept": "text/html,*/*;q=0.8"}
    assert signed_in.post("/follow/", data, headers=browser)["Location"] == "/people/"
    html = signed_in.get("/@haru/").content.decode()
    assert 'value="unfollow"' in html
    korean = signed_in.get("/@haru/", headers={"accept-language": "ko"}).content.decode()
    assert "언팔로우" in korean
