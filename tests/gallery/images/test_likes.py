"""Liking: by the service, by the button's form, and by its script."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from gallery.images import services
from gallery.images.models import Image, Like

from .pictures import FOLLOWERS, MAY_SEE, PRIVATE, PUBLIC, make_rows

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
            {"is_liked": True, "changed": True, "like_count": 1},
            {"is_liked": True, "changed": False, "like_count": 1},
            {"is_liked": False, "changed": True, "like_count": 0},
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
    with django_assert_num_queries(1):
        counted = list(Image.objects.all().with_like_count().newest())
    assert [image.like_count for image in counted] == [image.is_liked for image in read]
