"""Grids and neighbours: what they cost and in which order they are."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.front.views import IMAGES_PER_PAGE
from gallery.images import reads, services
from gallery.images.models import Image, Like

from .pictures import PRIVATE, SESSION_AND_USER, make_rows


class TestRelated:
    @pytest.fixture
    def others(self, make_person):
        """Six pictures of somebody else, the newest first."""
        make_rows(make_person("other"), 6)
        return list(Image.objects.newest())

    def like(self, person, *images):
        Like.objects.bulk_create(Like(user=person, image=image) for image in images)

    def test_what_the_same_people_like(self, mina, make_person, share, others):
        image = share(mina)
        ann, ben, cat = (make_person(name) for name in ("ann", "ben", "cat"))
        self.like(ann, image, others[4], others[2])
        self.like(ben, image, others[4])
        self.like(cat, others[0])
        self.like(make_person("dan"), image)
        image.refresh_from_db()
        found = reads.related(image, mina)
        assert found == ([others[4], others[2]], True)
        assert found.images[0].user.username == "other"
        assert [i.is_liked for i in reads.related(image, ann).images] == [True, True]

    def test_not_the_owners_own_nor_hidden_ones(self, mina, make_person, share, others):
        image, own = share(mina), share(mina)
        Image.objects.filter(pk=others[0].pk).update(visibility=PRIVATE)
        for name in ("ann", "ben", "cat"):
            self.like(make_person(name), image, own, *others[:2])
        image.refresh_from_db()
        assert reads.related(image, mina) == ([others[1]], True)

    def test_of_an_image_that_few_like_the_newest(self, mina, make_person, share, others):
        image = share(mina)
        assert reads.related(image, mina) == (others, False)
        self.like(make_person("ann"), image, others[3])
        image.refresh_from_db()
        assert reads.related(image, mina) == (others, False)

    def test_is_bounded(self, mina, make_person, share, others, monkeypatch):
        monkeypatch.setattr(reads, "_FANS", 2)
        monkeypatch.setattr(reads, "_LIKES_EACH", 2)
        image = share(mina)
        now = timezone.now()
        for number, name in enumerate(("ann", "ben", "cat")):
            person = make_person(name)
            Like.objects.create(
                user=person, image=image, created_at=now + timedelta(minutes=number)
            )
            self.like(person, *others[:4])
        image.refresh_from_db()
        counted = {i.pk: i.fans for i in reads.related(image, mina).images}
        # The two who came last, and of each the two likes of the latest pictures.
        assert max(counted.values()) == 2
        assert len(counted) <= 2

    @pytest.mark.skipif("connection.vendor != 'postgresql'", reason="explains in PostgreSQL's way")
    def test_is_read_from_the_indexes(self, mina, make_person):
        people = [make_person(f"fan{number}") for number in range(50)]
        make_rows(people[0], 3000)
        make_rows(mina, 1)
        image = Image.objects.get(user=mina)
        keys = list(Image.objects.order_by("pk").values_list("pk", flat=True))
        Like.objects.bulk_create(
            Like(user=p, image_id=key)
            for place, p in enumerate(people)
            for key in {image.pk, *keys[place::30]}
        )
        image.refresh_from_db()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        with CaptureQueriesContext(connection) as made:
            assert reads.related(image, mina).is_liked_along
        plan = explain(made[0]["sql"])
        assert "images_like_once_per_pair" in plan


class TestLists:
    @pytest.mark.parametrize("count", [24, pytest.param(100_000, marks=pytest.mark.slow)])
    def test_home_costs_the_same(self, browsers, mina, count, django_assert_num_queries):
        make_rows(mina, count)
        with django_assert_num_queries(SESSION_AND_USER + 1):
            page = browsers["stranger"].get("/explore/").context["page"]
        assert len(page.items) == IMAGES_PER_PAGE == 24
        assert bool(page.next_cursor) == (count > 24)
        with django_assert_num_queries(1):
            html = Client().get("/explore/").content.decode()
        assert html.count('class="tile-owner"') == 24

    @pytest.mark.parametrize("count", [24, 100])
    def test_the_most_liked_cost_the_same(self, browsers, mina, count, django_assert_num_queries):
        make_rows(mina, count)
        like_some(mina)
        with django_assert_num_queries(SESSION_AND_USER + 1):
            browsers["stranger"].get("/explore/?order=likes")
        with django_assert_num_queries(1):
            Client().get("/explore/?order=likes")

    def test_pages_of_the_most_liked_lead_through_all(self, signed_in, mina, make_person):
        make_rows(mina, 60)
        like_some(mina, make_person("haru"))
        pages = walk(signed_in, "/explore/?order=likes", "next_cursor")
        seen = [(image.like_count, image.pk) for page in pages for image in page]
        assert seen == sorted(seen, reverse=True)
        assert len(seen) == 60
        assert {count for count, _key in seen} == {0, 1, 2}
        assert [image.pk for image in Image.objects.all().most_liked()] == [pk for _n, pk in seen]

    def test_a_cursor_of_the_other_order_is_a_bad_request(self, signed_in, mina):
        make_rows(mina, 30)
        cursor = signed_in.get("/explore/").context["page"].next_cursor
        answer = signed_in.get("/explore/", {"order": "likes", "cursor": cursor})
        assert answer.status_code == 400

    def test_a_page_leads_on_in_its_order(self, signed_in, mina):
        make_rows(mina, 30)
        html = signed_in.get("/explore/?order=likes").content.decode()
        assert 'rel="next" href="?order=likes&amp;cursor=' in html

    @pytest.mark.parametrize("position", [0, 1, 4, 8])
    def test_neighbours_are_those_of_the_grid(self, browsers, mina, position):
        make_rows(mina, 9)  # three of each moment
        order = list(Image.objects.all().newest())
        page = browsers["visitor"].get(order[position].get_absolute_url())
        assert page.context["newer"] == (order[position - 1] if position else None)
        assert page.context["older"] == (order[position + 1] if position < 8 else None)

    def test_neighbours_are_read_from_the_index(self, db, mina):
        if connection.vendor != "postgresql":
            pytest.skip("PostgreSQL alone explains its plan in this form")
        make_rows(mina, 3000)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE images_image")
        middle = Image.objects.all().newest()[1500]
        of_user = Image.objects.visible_to(mina).filter(user=mina)
        for rows in (of_user.newer_than(middle), of_user.older_than(middle)):
            plan = rows[:1].explain(analyze=True)
            removed = [int(n) for n in re.findall(r"Rows Removed by Filter: (\d+)", plan)]
            assert sum(removed) < 10, plan

    @pytest.mark.parametrize("count", [1, 40])
    def test_an_image_page_costs_the_same(self, browsers, mina, share, count):
        image = share(mina)
        make_rows(mina, count)
        # Four of them for views and a place, where it is among the first neither today nor lately.
        assert queries_of(Client(), image.get_absolute_url()) == 9
        assert queries_of(browsers["stranger"], image.get_absolute_url()) == SESSION_AND_USER + 9

    def test_an_image_page_costs_no_more_where_much_goes_on(self, browsers, mina, make_person):
        people = [make_person(f"fan{number}") for number in range(60)]
        make_rows(mina, 9)
        make_rows(people[0], 60)
        image = Image.objects.filter(user=mina)[4]
        keys = list(Image.objects.values_list("pk", flat=True))
        Like.objects.bulk_create(Like(user=p, image_id=key) for p in people for key in keys)
        url = image.get_absolute_url()
        assert queries_of(Client(), url) == 9
        assert queries_of(browsers["stranger"], url) == SESSION_AND_USER + 9
        # Nothing that the same people like.
        Like.objects.exclude(image=image).delete()
        assert queries_of(browsers["stranger"], url) == SESSION_AND_USER + 9

    @pytest.mark.parametrize("count", [1, 40])
    def test_a_persons_page_costs_the_same(self, browsers, mina, count):
        make_rows(mina, count)
        assert queries_of(Client(), "/@mina/") == 3
        assert queries_of(browsers["stranger"], "/@mina/") == SESSION_AND_USER + 3

    @pytest.mark.parametrize("start", ["/explore/", "/@mina/"])
    def test_pages_lead_through_all_and_back(self, signed_in, mina, start):
        make_rows(mina, 60)
        hidden = Image.objects.order_by("pk")[3]
        services.delete(hidden)
        pages = walk(signed_in, start, "next_cursor")
        seen = [image.pk for page in pages for image in page]
        expected = Image.objects.filter(deleted_at=None).newest().values_list("pk", flat=True)
        assert seen == list(expected)
        assert len(seen) == 59

    @pytest.mark.parametrize("path", ["/", "/explore/", "/@mina/", "/@mina/activity/"])
    @pytest.mark.parametrize("cursor", ["x", "\0", "WyJhIl0:1abc:xyz"])
    def test_a_made_up_cursor_is_a_bad_request(self, signed_in, path, cursor):
        assert signed_in.get(path, {"cursor": cursor}).status_code == 400

    @pytest.mark.skipif("connection.vendor != 'postgresql'", reason="explains in PostgreSQL's way")
    @pytest.mark.parametrize("viewer", ["visitor", "stranger"])
    def test_home_is_served_by_an_index(self, browsers, mina, viewer):
        make_rows(mina, 3000)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        second = f"/explore/?cursor={browsers[viewer].get('/explore/').context['page'].next_cursor}"
        for url in ("/explore/", second):
            plan = explain(grid_query(browsers[viewer], url))
            assert "images_newest " in plan
            assert "Seq Scan on images_image" not in plan

    @pytest.mark.skipif("connection.vendor != 'postgresql'", reason="explains in PostgreSQL's way")
    @pytest.mark.parametrize("viewer", ["visitor", "stranger"])
    def test_the_most_liked_are_read_from_an_index(self, browsers, mina, make_person, viewer):
        make_rows(mina, 3000)
        like_some(mina, make_person("someone"))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        first = "/explore/?order=likes"
        second = f"{first}&cursor={browsers[viewer].get(first).context['page'].next_cursor}"
        for url in (first, second):
            plan = explain(grid_query(browsers[viewer], url))
            assert "images_most_liked " in plan
            assert "Sort" not in plan
            assert "Seq Scan on images_image" not in plan

    @pytest.mark.skipif("connection.vendor != 'postgresql'", reason="explains in PostgreSQL's way")
    def test_a_persons_page_is_served_by_an_index(self, browsers, mina, make_person):
        make_rows(make_person("other"), 3000)
        make_rows(mina, 300)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        assert "images_newest_of_user" in explain(grid_query(browsers["stranger"], "/@mina/"))


def like_some(*people) -> None:
    """Let the first like every third picture, the second every fourth."""
    keys = list(Image.objects.order_by("pk").values_list("pk", flat=True))
    for step, person in enumerate(people, start=3):
        Like.objects.bulk_create(Like(user=person, image_id=key) for key in keys[::step])


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as made:
        assert client.get(url).status_code == 200
    return len(made)


def walk(client: Client, start: str, direction: str) -> list[list[Image]]:
    pages, url = [], start
    while url:
        page = client.get(url).context["page"]
        pages.append(page.items)
        cursor = getattr(page, direction)
        url = cursor and f"{start}{'&' if '?' in start else '?'}cursor={cursor}"
    return pages


def grid_query(client: Client, url: str) -> str:
    """The SQL of the list of pictures on a page."""
    with CaptureQueriesContext(connection) as made:
        client.get(url)
    (sql,) = (q["sql"] for q in made if 'FROM "images_image"' in q["sql"])
    return sql


def explain(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())
