"""The database itself refuses what must not be, whoever writes; and every ``on_delete``."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, connections, models, transaction
from django.db.models import RestrictedError

from slipstream.targets import ExclusiveOneToOneField, Target
from tests.pointing.models import Activity, Badge, Like, Pin
from tests.things.models import Document, FeaturedPicture, Picture, Tag

from .changing import model_with_table


def raw(model, **columns):
    """Write a row past all of Django's models."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(model._meta.get_field(name).column) for name in columns)
    marks = ", ".join("%s" for _ in columns)
    values = [
        model._meta.get_field(name).get_db_prep_save(value, connection)
        for name, value in columns.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})", values
        )


def refused(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()
        # What PostgreSQL and SQLite put off until the commit.
        connection.check_constraints()


# -- one set, and it is there


def test_what_is_right_is_taken(kinds):
    raw(Like, user=kinds.user.pk, on_picture=kinds.picture.pk)
    raw(Like, user=kinds.user.pk, on_document=kinds.document.pk)
    raw(Badge, on_document=kinds.document.pk)
    connection.check_constraints()
    assert {like.on for like in Like.objects.all()} == {kinds.picture, kinds.document}


def test_none_and_two_are_refused(kinds):
    user, picture, document = kinds.user.pk, kinds.picture.pk, kinds.document.pk
    refused(lambda: raw(Like, user=user))
    refused(lambda: raw(Like, user=user, on_picture=picture, on_document=document))
    refused(lambda: raw(Badge, on_picture=picture, on_document=document))
    refused(lambda: raw(Pin, what_picture=picture))
    refused(lambda: Like.objects.create(user=kinds.user))
    refused(lambda: Like.objects.bulk_create([Like(user=kinds.user)]))
    assert not Like.objects.exists()


@pytest.mark.parametrize("pair", ["picture document", "tag user", "cover place", "picture user"])
def test_any_two_of_many_are_refused(kinds, pair):
    row = Activity.objects.create()
    columns = {f"target_{kind}": getattr(kinds, kind) for kind in pair.split()}
    refused(lambda: Activity.objects.update(**columns))
    refused(lambda: Activity.objects.create(**columns))
    assert Activity.objects.get() == row
    assert row.target is None


def test_all_of_many_are_refused(kinds):
    names = ["picture", "document", "tag", "cover", "place", "user"]
    for count in range(2, 7):
        columns = {f"target_{kind}": getattr(kinds, kind) for kind in names[:count]}
        refused(lambda columns=columns: Activity.objects.create(**columns))


def test_a_key_that_leads_nowhere_is_refused(kinds):
    refused(lambda: raw(Like, user=kinds.user.pk, on_picture=10**6))
    refused(lambda: raw(Like, user=kinds.user.pk, on_document=uuid.uuid4()))
    refused(lambda: Activity.objects.create(target_tag_id="no such tag"))
    refused(lambda: Activity.objects.create(target_key=("place", 10**6)))
    refused(lambda: Pin.objects.create(where_key=("restaurant", kinds.place.pk)))


def test_the_same_twice_is_refused(kinds):
    raw(Like, user=kinds.user.pk, on_picture=kinds.picture.pk)
    refused(lambda: raw(Like, user=kinds.user.pk, on_picture=kinds.picture.pk))
    raw(Like, user=kinds.other.pk, on_picture=kinds.picture.pk)
    raw(Badge, on_picture=kinds.picture.pk)
    refused(lambda: raw(Badge, on_picture=kinds.picture.pk))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_connections_get_or_create_one_row(people):
    [user] = people(1)
    picture, document = Picture.objects.create(), Document.objects.create()
    barrier = Barrier(20)

    def like(number):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            thing = document if number % 2 else picture
            return Like.objects.get_or_create(user=user, on=thing)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(like, range(20)))
    assert sum(made for _, made in answers) == 2
    assert {row.pk for row, _ in answers} == {like.pk for like in Like.objects.all()}
    assert {like.on for like in Like.objects.all()} == {picture, document}


# -- on tables of their own: a single target, a proxy, and every on_delete


@pytest.fixture
def one_of(transactional_db):
    """A picture and another, a tag, and a row for each that points at it."""

    def make(model):
        picture, tag = Picture.objects.create(), Tag.objects.create(name="red")
        return picture, tag, model.objects.create(target=picture), model.objects.create(target=tag)

    return make


def test_a_single_target_and_a_proxy_as_a_target(transactional_db):
    with model_with_table(FeaturedPicture) as model:
        picture = Picture.objects.create()
        row = model.objects.create(target=picture)
        refused(model.objects.create)
        assert list(model.objects.filter(target=picture)) == [row]
        assert not model.objects.exclude(target__in=Picture.objects.all()).exists()
        assert type(model.objects.prefetch_related("target")[0].target) is FeaturedPicture
        assert list(model.objects.order_by("-target")) == [row]
        Picture.objects.get(pk=picture.pk).delete()
        assert not model.objects.exists()


def test_do_nothing_leaves_it_to_the_database(one_of):
    with model_with_table(Picture, Tag, on_delete=models.DO_NOTHING) as model:
        picture, _, row, _ = one_of(model)
        refused(Picture.objects.get(pk=picture.pk).delete)
        assert model.objects.get(pk=row.pk).target == picture
        row.delete()
        picture.delete()


def test_set_points_elsewhere(one_of):
    def another():
        return Picture.objects.get_or_create(title="gone")[0].pk

    at_pictures = Target(Picture, on_delete=models.SET(another))
    with model_with_table(at_pictures, Tag) as model:
        picture, _, row, _ = one_of(model)
        picture.delete()
        row.refresh_from_db()
        assert row.target.title == "gone"
        model.objects.all().delete()


def test_restrict_yields_to_a_row_that_goes_anyway(one_of):
    with model_with_table(Picture, Target(Tag, on_delete=models.RESTRICT)) as model:
        _, tag, _, row = one_of(model)
        with pytest.raises(RestrictedError):
            tag.delete()
        row.delete()
        tag.delete()
        model.objects.all().delete()


@pytest.mark.parametrize("null", [True, False])
def test_a_row_may_answer_another(one_of, null):
    if connection.vendor == "mysql" and not null:
        pytest.skip("MariaDB checks row by row, and a key that must be set cannot be emptied first")
    with model_with_table(Picture, Tag, "self", null=null) as model:
        picture, _, row, other = one_of(model)
        last = row
        for _ in range(4):
            last = model.objects.create(target=last)
        model.objects.create(target=row)
        picture.delete()
        assert list(model.objects.all()) == [other]
        other.delete()


@pytest.mark.parametrize("null", [True, False])
def test_one_to_one_follows_its_target(one_of, null):
    with model_with_table(Picture, Tag, key=ExclusiveOneToOneField, null=null) as model:
        picture, _, _, other = one_of(model)
        refused(lambda: model.objects.create(target=picture))
        picture.delete()
        assert list(model.objects.all()) == [other]
        other.delete()


@pytest.mark.skipif(not hasattr(models, "DB_CASCADE"), reason="came with Django 6.1")
@pytest.mark.parametrize("null", [True, False])
def test_the_database_follows_by_itself(one_of, null):
    with model_with_table(Picture, Tag, on_delete=models.DB_CASCADE, null=null) as model:
        picture, tag, _, other = one_of(model)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM things_picture WHERE id = %s", [picture.pk])
        assert list(model.objects.all()) == [other]
        tag.delete()
        assert not model.objects.exists()


@pytest.mark.skipif(not hasattr(models, "DB_SET_NULL"), reason="came with Django 6.1")
@pytest.mark.skipif(
    "connection.vendor == 'mysql'", reason="MariaDB: no ON DELETE SET NULL with a CHECK"
)
def test_the_database_empties_by_itself(one_of):
    with model_with_table(Picture, Tag, on_delete=models.DB_SET_NULL, null=True) as model:
        picture, _, row, _ = one_of(model)
        picture.delete()
        row.refresh_from_db()
        assert row.target is None
        model.objects.all().delete()
