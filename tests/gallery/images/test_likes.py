"""Liking: by the service, by the button's form, and by its script."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gallery.accounts.models import User
from gallery.images import services
from gallery.images.models import Image, Like
from tests.slipstream.at_once import at_once

from .pictures import (
    FOLLOWERS,
    MAY_SEE,
    PRIVATE,
    PUBLIC,
    SESSION_AND_USER,
    edit,
    make_rows,
)

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCRIPT = {"accept": "application/json"}


def send(client, image, action="like", headers=SCRIPT, **data):
    return client.post(f"/images/{image.pk}/like/", {"action": action, **data}, headers=headers)


class TestService:
    def test_says_whether_that_changed_anything(self, mina, make_person, share):
        image, haru = share(mina), make_person("haru")
        said = [services.like(haru, image), services.like(haru, image), services.like(mina, image)]
        assert said == [True, False, True]
        assert list(image.users_like.order_by("pk")) == [mina, haru]
        assert list(haru.images_liked.all()) == [image]
        assert [services.unlike(haru, image), services.unlike(haru, image)] == [True, False]
        assert image.likes.count() == 1

    def test_what_is_gone_cannot_be_liked(self, mina, share):
        image = share(mina)
        services.delete(image)
        with pytest.raises(Image.DoesNotExist):
            services.like(mina, image)
        assert Like.objects.count() == 0

    def test_the_latest_likes_are_read_from_an_index(self, mina, share):
        image = share(mina)
        services.like(mina, image)
        rows = Like.objects.filter(image=image).order_by("-created_at", "-id")[:5]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("SET LOCAL enable_bitmapscan = off")
            plan = rows.explain()
            assert "images_like_of_image" in plan
            assert "Sort" not in plan
        assert [like.user for like in rows] == [mina]


class TestScript:
    def test_likes_and_no_longer(self, signed_in, mina, share):
        image = share(mina)
        answers = [send(signed_in, image, action).json() for action in ("like", "like", "unlike")]
        assert answers == [
            {"is_liked": True, "changed": True, "like_count": 1, "like_count_text": "1"},
            {"is_liked": True, "changed": False, "like_count": 1, "like_count_text": "1"},
            {"is_liked": False, "changed": True, "like_count": 0, "like_count_text": "0"},
        ]

    def test_a_visitor_is_asked_to_sign_in(self, mina, share):
        answer = send(Client(), share(mina))
        assert (answer.status_code, list(answer.json())) == (401, ["error"])

    @pytest.mark.parametrize("action", ["", "toggle", "Like", "\0"])
    def test_no_other_action(self, signed_in, mina, share, action):
        image = share(mina)
        answer = send(signed_in, image, action)
        assert (answer.status_code, list(answer.json())) == (400, ["error"])
        assert send(signed_in, image, action, headers=BROWSER).status_code == 400
        assert Like.objects.count() == 0

    @pytest.mark.parametrize("visibility", [PUBLIC, FOLLOWERS, PRIVATE])
    @pytest.mark.parametrize("viewer", ["stranger", "follower", "owner"])
    def test_only_what_one_may_see(self, browsers, mina, share, viewer, visibility):
        image = share(mina, visibility)
        answer = send(browsers[viewer], image)
        allowed = viewer in MAY_SEE[visibility]
        assert answer.status_code == (200 if allowed else 404)
        assert image.likes.count() == allowed

    def test_not_what_was_deleted(self, signed_in, mina, share):
        image = share(mina)
        services.delete(image)
        assert send(signed_in, image).status_code == 404
        assert send(signed_in, image, headers=BROWSER).status_code == 404

    @pytest.mark.parametrize("key", ["0", "9" * 30, "9" * 5000, "-1", "x"])
    def test_made_up_keys(self, signed_in, key):
        answer = signed_in.post(f"/images/{key}/like/", {"action": "like"}, headers=SCRIPT)
        assert answer.status_code == 404


class TestForm:
    def test_leads_back(self, signed_in, mina, share):
        image = share(mina)
        there = {"next": image.get_absolute_url()}
        answer = send(signed_in, image, headers=BROWSER, **there)
        assert (answer.status_code, answer["Location"]) == (303, image.get_absolute_url())
        elsewhere = send(signed_in, image, headers=BROWSER, next="//else.example")
        assert elsewhere["Location"] == "/"

    def test_a_visitor_signs_in_first(self, mina, share):
        image = share(mina)
        answer = send(Client(), image, headers=BROWSER, next=image.get_absolute_url())
        assert answer["Location"] == f"/account/login/?next={image.get_absolute_url()}"

    def test_needs_the_token(self, mina, share):
        client = Client(enforce_csrf_checks=True)
        client.force_login(mina)
        assert send(client, share(mina)).status_code == 403

    def test_by_get_is_not_allowed(self, signed_in, mina, share):
        assert signed_in.get(f"/images/{share(mina).pk}/like/").status_code == 405

    @pytest.mark.parametrize(
        ("language", "words"),
        [("en", ("Like", "Unlike", "1</b> like")), ("ko", ("좋아요", "좋아요 취소", "1</b>"))],
    )
    def test_button_and_number(self, signed_in, mina, share, language, words):
        image = share(mina)

        def page() -> str:
            answer = signed_in.get(image.get_absolute_url(), headers={"accept-language": language})
            return answer.content.decode()

        assert f'<span class="like-label">{words[0]}</span>' in page()
        send(signed_in, image)
        html = page()
        assert f'<span class="like-label">{words[1]}</span>' in html
        assert words[2] in html


def test_the_state_of_a_page_costs_no_query(mina, django_assert_num_queries):
    make_rows(mina, 30)
    images = list(Image.objects.all().newest())
    for image in images[::3]:
        services.like(mina, image)
    with django_assert_num_queries(1):
        read = list(Image.objects.visible_to(mina).with_like_state(mina).newest())
    assert [image.is_liked for image in read] == [number % 3 == 0 for number in range(30)]
    assert [image.like_count for image in read] == [image.is_liked for image in read]


class TestCount:
    """Kept by the database, whatever writes."""

    def test_follows_what_is_written(self, mina, make_person, share):
        image, haru = share(mina), make_person("haru")
        services.like(haru, image)
        Like.objects.bulk_create([Like(user=mina, image=image)])
        assert Image.objects.get().like_count == 2
        image.users_like.clear()
        assert Image.objects.get().like_count == 0
        image.users_like.set([mina, haru])
        assert Image.objects.get().like_count == 2
        haru.delete()
        assert Image.objects.get().like_count == 1

    def test_saving_a_picture_leaves_it(self, signed_in, mina, share):
        image = share(mina)
        services.like(mina, image)
        image.title = "다른 이름"
        image.save()
        edit(signed_in, image, title="또 다른 이름", visibility=PRIVATE)
        services.delete(image)
        services.restore(mina, image.pk)
        assert Image.objects.get().like_count == 1

    def test_the_button_costs_one_query_for_it(self, signed_in, mina, share):
        image = share(mina)
        with CaptureQueriesContext(connection) as made:
            send(signed_in, image)
        counting = [q["sql"] for q in made if "like_count" in q["sql"] and "WHERE" in q["sql"]]
        assert sum("SELECT" in sql and '"title"' not in sql.replace("`", '"') for sql in counting)
        assert not any("COUNT(" in q["sql"] for q in made)

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.skipif("connection.vendor == 'sqlite'", reason="one writer at a time")
    def test_many_at_once(self, mina, make_person, share):
        image = share(mina)
        people = [make_person(f"person{number}") for number in range(6)]

        def several(number: int) -> None:
            for _ in range(5):
                services.like(people[number], image)
                services.unlike(people[number], image)
            services.like(people[number], image)

        at_once(6, several)
        assert Image.objects.get().like_count == Like.objects.count() == 6


class TestWhoLikesIt:
    @staticmethod
    def get(client, image, **data):
        return client.get(f"/images/{image.pk}/likes/", data)

    def test_the_latest_first_without_closed_accounts(self, signed_in, mina, make_person, share):
        image = share(mina)
        for name in ("haru", "sora", "gone", "jun"):
            services.like(make_person(name), image)
        User.objects.filter(username="gone").update(is_active=False)
        answer = self.get(signed_in, image)
        assert [p.username for p in answer.context["page"].items] == ["jun", "sora", "haru"]
        html = answer.content.decode()
        assert html.count("data-slipstream-follow=") == 3
        assert f'href="{image.get_absolute_url()}"' in html

    @pytest.mark.parametrize("visibility", [PUBLIC, FOLLOWERS, PRIVATE])
    def test_for_who_may_see_the_picture(self, browsers, mina, share, visibility):
        image = share(mina, visibility)
        for viewer, browser in browsers.items():
            allowed = viewer in MAY_SEE[visibility]
            assert self.get(browser, image).status_code == (200 if allowed else 404)
            html = browser.get(image.get_absolute_url()).content.decode()
            assert (f'href="/images/{image.pk}/likes/"' in html) == allowed

    def test_not_of_what_was_deleted(self, signed_in, mina, share):
        image = share(mina)
        services.delete(image)
        assert self.get(signed_in, image).status_code == 404

    @pytest.mark.parametrize("count", [3, 60, pytest.param(10_000, marks=pytest.mark.slow)])
    def test_costs_the_same(self, browsers, mina, share, count, django_assert_num_queries):
        image = share(mina)
        add_likes(image, count)
        with django_assert_num_queries(SESSION_AND_USER + 3):
            page = self.get(browsers["stranger"], image).context["page"]
        assert len(page.items) == min(count, 24)
        assert bool(page.next_cursor) == (count > 24)
        with django_assert_num_queries(3):
            self.get(Client(), image)

    def test_pages_lead_through_all(self, signed_in, mina, share):
        image = share(mina)
        add_likes(image, 60)
        seen, cursor = [], ""
        while cursor is not None:
            page = self.get(signed_in, image, cursor=cursor).context["page"]
            seen += page.items
            cursor = page.next_cursor
        assert seen == [like.user for like in Like.objects.order_by("-created_at", "-id")]

    @pytest.mark.parametrize("cursor", ["x", "\0", "WyJhIl0:1abc:xyz"])
    def test_refusals(self, signed_in, mina, share, cursor):
        image = share(mina)
        assert self.get(signed_in, image, cursor=cursor).status_code == 400
        assert signed_in.post(f"/images/{image.pk}/likes/").status_code == 405
        assert signed_in.get(f"/images/{'9' * 30}/likes/").status_code == 404

    @pytest.mark.parametrize(
        ("language", "words"), [("en", "No likes yet"), ("ko", "아직 좋아요가 없어요")]
    )
    def test_nobody(self, signed_in, mina, share, language, words):
        answer = signed_in.get(
            f"/images/{share(mina).pk}/likes/", headers={"accept-language": language}
        )
        assert words in answer.content.decode()


class TestButtonsEverywhere:
    """In a grid as on the picture's page: the same form, with the state and the number."""

    @pytest.mark.parametrize("path", ["/explore/", "/explore/?order=likes", "/@mina/", "strip"])
    def test_state_and_number(self, signed_in, mina, share, path):
        other, image = share(mina), share(mina)
        services.like(mina, image)
        url = other.get_absolute_url() if path == "strip" else path
        html = signed_in.get(url).content.decode()
        start = 'id="more-title"' if path == "strip" else f'id="image-{image.pk}"'
        tile = html.partition(start)[2].partition("</li>")[0]
        assert f'action="/images/{image.pk}/like/"' in tile
        assert 'value="unlike" class="like-button is-liked"' in tile
        assert re.search(rf'data-like-count="{image.pk}"[^>]*>1</b></button>', tile)

    def test_without_a_script_one_comes_back_to_the_place(self, signed_in, mina, share):
        image = share(mina)
        html = signed_in.get("/explore/").content.decode()
        there = f"/explore/#image-{image.pk}"
        assert f'name="next" value="{there}"' in html
        assert send(signed_in, image, headers=BROWSER, next=there)["Location"] == there

    def test_a_visitor_is_offered_it_too(self, mina, share):
        image = share(mina)
        assert f'action="/images/{image.pk}/like/"' in Client().get("/").content.decode()


def add_likes(image: Image, count: int) -> None:
    """Let so many new people like ``image``."""
    User.objects.bulk_create(
        User(username=f"fan{number}", email=f"fan{number}@example.com", name=f"Fan {number}")
        for number in range(count)
    )
    fans = User.objects.filter(username__startswith="fan")
    Like.objects.bulk_create(Like(user=fan, image=image) for fan in fans)
