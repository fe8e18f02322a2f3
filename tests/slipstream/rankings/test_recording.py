"""Recording a view: what counts, whose it is, and what it costs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from slipstream.exceptions import InvalidTarget, NotRanked
from slipstream.rankings import record_view, record_views, view_count
from slipstream.rankings.models import Viewing, Views
from slipstream.rankings.services import viewer_digest
from tests.things.models import Cover, Document, FeaturedPicture, Picture, Place, Tag

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat("2026-03-04T12:30:00+00:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def picture(db: None) -> Picture:
    return Picture.objects.create()


def test_any_model_and_any_key(picture):
    things = [picture, Document.objects.create(), Tag.objects.create(name="é 'x' \"y\" 강아지")]
    for thing in [*things, Cover.objects.create(picture=picture)]:
        assert record_view(thing, "x") == (1, 1, True)
        assert view_count(thing) == (1, 1)
    assert Views.objects.filter(kind="things.document", object_key=str(things[1].pk)).exists()


def test_the_same_viewer_counts_once_within_the_time_of_the_policy(picture):
    assert record_view(picture, "x", at=NOW) == (1, 1, True)
    assert record_view(picture, "x", at=NOW + 29 * MINUTE) == (1, 1, False)
    assert record_view(picture, "x", at=NOW + 30 * MINUTE) == (2, 1, True)
    document = Document.objects.create()
    assert [record_view(document, "x", at=NOW)[0] for _ in range(3)] == [1, 2, 3]


def test_a_proxy_is_what_it_stands_for(picture):
    record_view(picture, "x", at=NOW)
    proxy = FeaturedPicture.objects.get()
    assert record_view(proxy, "x", at=NOW) == (1, 1, False)
    assert view_count(proxy) == view_count(picture) == (1, 1)


def test_what_is_lazy_is_what_it_stands_for(people, picture):
    [user] = people(1)
    assert record_view(SimpleLazyObject(lambda: picture), user, at=NOW) == (1, 1, True)
    assert record_view(picture, SimpleLazyObject(lambda: user), at=NOW) == (1, 1, False)


# -- who looks


def test_the_views_of_its_owner_do_not_count(people):
    owner, other = people(2)
    mine = Picture.objects.create(owner=owner)
    assert record_view(mine, owner) == (0, 0, False)
    assert record_view(mine, other) == (1, 1, True)
    assert record_view(mine, owner) == (1, 1, False)
    assert record_view(mine, SimpleLazyObject(lambda: owner)) == (1, 1, False)
    # Nobody owns this one, and nobody looks.
    assert record_view(Picture.objects.create(), None) == (1, 0, True)


def test_an_owner_is_told_from_somebody_of_another_model_with_that_key(picture):
    cover = Cover.objects.create(picture=picture)
    namesake = Document.objects.create()
    namesake.pk = cover.pk
    assert record_view(cover, namesake) == (1, 1, True)
    assert record_view(cover, FeaturedPicture.objects.get()) == (1, 1, False)


def test_owners_may_count(people, monkeypatch):
    from slipstream.rankings import ViewPolicy, policies

    monkeypatch.setitem(policies._policies, Picture, ViewPolicy(owner="owner", count_owner=True))
    [owner] = people(1)
    assert record_view(Picture.objects.create(owner=owner), owner) == (1, 1, True)


@pytest.mark.parametrize("nobody", [None, "", AnonymousUser(), SimpleLazyObject(AnonymousUser)])
def test_nobody_in_particular_counts_each_time_and_is_no_viewer(picture, nobody):
    assert record_view(picture, nobody) == (1, 0, True)
    assert record_view(picture, nobody) == (2, 0, True)
    assert not Viewing.objects.exists()


def test_viewers_are_told_apart_by_model_and_key_and_text(people):
    [user] = people(1)
    document, group = Document.objects.create(), Group.objects.create(name="g")
    group.pk = user.pk
    viewers = [user, str(user.pk), group, "x", "X", "x "]
    for n, viewer in enumerate(viewers, 1):
        assert record_view(document, viewer) == (n, n, True)
    assert record_view(document, user).viewers == len(viewers)
    kept = set(Viewing.objects.values_list("viewer", flat=True))
    assert len(kept) == len(viewers)
    assert {len(each) for each in kept} == {32}


@pytest.mark.parametrize("viewer", [5, b"x", object(), ["x"]])
def test_a_viewer_of_another_kind_is_refused(picture, viewer):
    with pytest.raises(InvalidTarget, match="A viewer is a saved user, a text or None, not"):
        record_view(picture, viewer)
    assert not Views.objects.exists()


def test_an_unsaved_viewer_is_refused(picture, django_user_model):
    # A user whose key Python makes has one already.
    for unsaved in (Group(), Group(pk=5), django_user_model()):
        with pytest.raises(InvalidTarget, match="has to be saved"):
            record_view(picture, unsaved)


def test_the_secret_key_may_be_bytes(settings):
    settings.SECRET_KEY = "한 key"
    as_text = viewer_digest("x")
    settings.SECRET_KEY = "한 key".encode()
    assert viewer_digest("x") == as_text


# -- batches


def test_a_batch_answers_in_its_order_with_the_totals_after_it(people, picture):
    owner, other = people(2)
    mine = Picture.objects.create(owner=owner)
    tag = Tag.objects.create(name="t")
    views = [(mine, other), (mine, owner), (tag, None), (picture, "x"), (tag, "x"), (mine, other)]
    assert record_views(iter(views), at=NOW) == [
        *((1, 1, True), (1, 1, False), (2, 1, True)),
        *((1, 1, True), (2, 1, True), (1, 1, False)),
    ]


def test_owners_of_two_models_in_one_batch(people, picture):
    [owner] = people(1)
    mine = Picture.objects.create(owner=owner)
    cover = Cover.objects.create(picture=picture)
    record_view(cover, "x")
    assert record_views([(mine, owner), (cover, picture), (cover, "x")]) == [
        *((0, 0, False), (2, 1, False), (2, 1, True)),
    ]


def test_a_batch_of_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert record_views([]) == []


def test_a_batch_with_something_wrong_counts_nothing(picture):
    with pytest.raises(InvalidTarget):
        record_views([(picture, "x"), (Picture(), "x")])
    with pytest.raises(NotRanked):
        record_views([(picture, "x"), (Place.objects.create(), "x")])
    assert not Views.objects.exists()
    assert not Viewing.objects.exists()


# -- bad input


def test_what_is_not_saved_is_refused():
    for unsaved in (Picture(), Document(), Tag(name="t"), Picture(pk=5)):
        with pytest.raises(InvalidTarget, match="is not saved yet"):
            record_view(unsaved)


def test_a_deleted_one_is_refused(picture):
    picture.delete()
    with pytest.raises(InvalidTarget):
        record_view(picture)


def test_a_key_that_is_too_long_is_refused(monkeypatch):
    tag = Tag.objects.create(name="x" * 50)
    monkeypatch.setattr("slipstream.rankings.reads.KEY_LENGTH", 49)
    with pytest.raises(InvalidTarget, match="at most 49 characters, not 50"):
        record_view(tag)


def test_a_model_without_a_policy_is_refused():
    with pytest.raises(NotRanked, match=r"Views of things.Place are not counted; .*things.Picture"):
        record_view(Place.objects.create())


def test_a_time_without_a_zone_is_refused(picture):
    with pytest.raises(ValueError, match="aware"):
        record_view(picture, at=timezone.make_naive(NOW))


# -- transactions and cost


def test_it_is_part_of_the_transaction(picture):
    with transaction.atomic():
        assert record_view(picture, "x", at=NOW) == (1, 1, True)
        assert record_view(picture, "y", at=NOW) == (2, 2, True)
        transaction.set_rollback(True)
    assert view_count(picture) == (0, 0)
    assert not Viewing.objects.exists()
    assert record_view(picture, "x", at=NOW) == (1, 1, True)


# With what begins and ends the transaction.
ONE = {"postgresql": 1, "sqlite": 5, "mysql": 6}


@pytest.mark.django_db(transaction=True)
def test_the_cost_of_one_view(picture, django_assert_num_queries: Any):
    vendor = connection.vendor
    with django_assert_num_queries(ONE[vendor]):
        record_view(picture, "x")
    with django_assert_num_queries({"postgresql": 1, "sqlite": 4, "mysql": 5}[vendor]):
        record_view(picture, "x")  # refused
    with django_assert_num_queries({"postgresql": 1, "sqlite": 4, "mysql": 4}[vendor]):
        record_view(picture)
    with transaction.atomic(), django_assert_num_queries(ONE[vendor] - 2 if ONE[vendor] > 1 else 1):
        record_view(picture, "y")


@pytest.mark.django_db(transaction=True)
def test_the_cost_of_a_batch(django_assert_num_queries: Any):
    tags = Tag.objects.bulk_create([Tag(name=f"t{n}") for n in range(100)])
    # Begin, rows of 100 objects in two statements, commit, totals.
    with django_assert_num_queries(5):
        record_views([(tag, None) for tag in tags])
    each = 2 if connection.vendor == "mysql" else 1
    with django_assert_num_queries(5 + 100 * each):
        record_views([(tag, "x") for tag in tags])
