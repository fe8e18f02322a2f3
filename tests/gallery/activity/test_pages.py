"""What somebody did, what happened to a picture, and what moderators see of it."""

from __future__ import annotations

import pytest
from django.test import Client

from gallery.activity.models import Activity
from gallery.activity.templatetags.gallery_activity import verb_icon
from gallery.images import services
from gallery.images.models import Visibility
from slipstream.follows import follow

from .happenings import SESSION_AND_USER, client_of, like_many, queries_of


def told(answer) -> list[tuple[str, str, str]]:
    return [(a.actor.username, a.verb, str(a.target)) for a in answer.context["activities"]]


class TestOfAPerson:
    def test_is_told_newest_first(self, signed_in, mina, haru, share, commit):
        image = share(haru)
        services.like(mina, image)
        with commit():
            follow(mina, haru)
        answer = signed_in.get("/@mina/activity/")
        assert told(answer) == [("mina", "followed", "하루"), ("mina", "liked", "달")]
        assert 'href="/@mina/activity/" aria-current="page"' in answer.content.decode()
        assert told(client_of(haru).get("/@haru/activity/")) == [("haru", "shared", "달")]

    def test_is_for_members(self, mina):
        answer = Client().get("/@mina/activity/")
        assert answer["Location"] == "/account/login/?next=/%40mina/activity/"

    @pytest.mark.parametrize("visibility", Visibility)
    def test_not_what_the_viewer_may_not_see(self, mina, haru, make_person, share, visibility):
        share(mina, visibility)
        answer = client_of(haru).get("/@mina/activity/")
        seen = visibility == Visibility.PUBLIC
        assert told(answer) == ([("mina", "shared", "달")] if seen else [])

    @pytest.mark.parametrize("count", [30, 3000])
    def test_costs_the_same(self, signed_in, mina, haru, share, commit, count):
        like_many(haru, share(mina), count)
        with commit():
            follow(haru, mina)
        assert queries_of(signed_in, "/@haru/activity/") <= SESSION_AND_USER + 6
        page = signed_in.get("/@haru/activity/").context["page"]
        assert len(page.items) == 20
        further = signed_in.get("/@haru/activity/", {"cursor": page.next_cursor})
        assert further.context["is_further"]

    @pytest.mark.parametrize("path", ["/@nobody/activity/", "/@closed/activity/"])
    def test_who_is_not_there_is_not_found(self, signed_in, make_person, path):
        make_person("closed", is_active=False)
        assert signed_in.get(path).status_code == 404

    def test_says_where_nothing_happened(self, signed_in, haru):
        assert "Nothing has happened yet" in signed_in.get("/@haru/activity/").content.decode()
        assert 'href="/explore/"' in signed_in.get("/@mina/activity/").content.decode()


class TestOnAPicture:
    def test_is_told_newest_first(self, signed_in, mina, haru, make_person, share):
        image = share(mina)
        people = [haru, *(make_person(f"fan{number}") for number in range(6))]
        for person in people:
            services.like(person, image)
        every = told(signed_in.get(f"/pictures/{image.pk}/activity/"))
        assert every[:5] == [(f"fan{number}", "liked", "달") for number in (5, 4, 3, 2, 1)]
        assert every[-2:] == [("haru", "liked", "달"), ("mina", "shared", "달")]

    def test_pages_lead_through_all(self, signed_in, mina, haru, share):
        image = share(mina)
        like_many(haru, image, 30)
        first = signed_in.get(f"/pictures/{image.pk}/activity/")
        cursor = first.context["page"].next_cursor
        second = signed_in.get(f"/pictures/{image.pk}/activity/", {"cursor": cursor})
        assert [len(told(first)), len(told(second))] == [20, 11]
        # What the script looks for.
        assert "data-further" not in first.content.decode()
        assert "data-further" in second.content.decode()

    def test_not_of_closed_accounts(self, signed_in, mina, haru, share):
        image = share(mina)
        services.like(haru, image)
        haru.is_active = False
        haru.save()
        answer = signed_in.get(f"/pictures/{image.pk}/activity/")
        assert told(answer) == [("mina", "shared", "달")]

    @pytest.mark.parametrize("count", [1, 3000])
    def test_costs_the_same(self, signed_in, mina, haru, share, count):
        image = share(mina)
        like_many(haru, image, count)
        assert queries_of(signed_in, f"/pictures/{image.pk}/activity/") == SESSION_AND_USER + 3

    def test_is_not_found_where_the_picture_is_not(self, mina, haru, share):
        hidden = share(mina, Visibility.PRIVATE)
        assert client_of(haru).get(f"/pictures/{hidden.pk}/activity/").status_code == 404
        assert client_of(mina).get(f"/pictures/{hidden.pk}/activity/").status_code == 200

    def test_bad_cursor(self, signed_in, mina, share):
        assert signed_in.get(f"/pictures/{share(mina).pk}/activity/?cursor=x").status_code == 400


def test_a_verb_that_is_declared_no_more_has_no_icon(mina):
    assert verb_icon(Activity(actor=mina, verb="poked")) == ""


class TestAdmin:
    @pytest.fixture
    def moderator(self, make_person):
        return client_of(make_person("root", is_staff=True, is_superuser=True))

    @pytest.mark.parametrize("count", [5, 60])
    def test_the_list_costs_the_same(self, moderator, mina, haru, share, commit, count):
        like_many(haru, share(mina), count)
        with commit():
            follow(haru, mina)
        assert queries_of(moderator, "/admin/gallery_activity/activity/") <= SESSION_AND_USER + 5

    def test_reads_and_does_not_write(self, moderator, mina, share):
        share(mina)
        row = Activity.objects.get()
        url = f"/admin/gallery_activity/activity/{row.pk}/"
        assert moderator.get(f"{url}change/").status_code == 200
        assert moderator.post(f"{url}change/", {"verb": "liked"}).status_code == 403
        assert moderator.get("/admin/gallery_activity/activity/add/").status_code == 403
        assert moderator.post(f"{url}delete/", {"post": "yes"}).status_code == 403
        assert Activity.objects.count() == 1
