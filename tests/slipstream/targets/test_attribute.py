"""``row.target``: get, set, delete; and ``row.target_key``."""

from __future__ import annotations

import copy
import pickle
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.forms.models import model_to_dict
from django.utils.functional import SimpleLazyObject

from slipstream.exceptions import InvalidTarget
from slipstream.targets import TargetKey
from tests.pointing.models import Activity, Like, LoudActivity, Pin, RatedActivity
from tests.things.models import Cover, Document, Picture, Restaurant, Tag

KINDS = ["picture", "document", "tag", "cover", "place", "user"]


def reread(row):
    return type(row)._base_manager.get(pk=row.pk)


@pytest.mark.parametrize("kind", KINDS)
def test_a_target_of_each_kind_is_kept(kinds, kind):
    thing = getattr(kinds, kind)
    row = Activity(target=thing)
    assert row.target is thing
    row.save()
    again = reread(row)
    assert again.target == thing
    assert type(again.target) is type(thing)
    assert again.target_key == TargetKey(kind, thing.pk) == (kind, thing.pk)
    assert getattr(again, f"target_{kind}") == thing


@pytest.mark.parametrize("kind", KINDS)
def test_another_target_replaces_the_one_of_each_kind(kinds, kind):
    row = Activity.objects.create(target=getattr(kinds, kind))
    for other in KINDS:
        row.target = getattr(kinds, other)
        row.save()
        row = reread(row)
        assert row.target_key == (other, getattr(kinds, other).pk)


def test_none_and_del_take_the_target_away(kinds):
    row = Activity.objects.create(target=kinds.picture)
    row.target = None
    assert (row.target, row.target_key, row.target_picture_id) == (None, None, None)
    row.target = kinds.tag
    del row.target
    assert (row.target, row.target_tag_id) == (None, None)
    row.save()
    assert reread(row).target is None


def test_the_constructor_takes_fields_by_position_and_the_target_by_name(kinds):
    assert Activity(None, "shared", target=kinds.document).target == kinds.document
    assert Activity(target=None).target is None
    assert Activity(target_tag=kinds.tag).target == kinds.tag
    assert Activity(target_tag_id="red").target == kinds.tag
    assert Activity(target_key=TargetKey("tag", "red")).target == kinds.tag


def test_reading_costs_what_a_foreign_key_costs(kinds, django_assert_num_queries):
    row = reread(Activity.objects.create(target=kinds.picture))
    with django_assert_num_queries(0):
        assert row.target_key.pk == kinds.picture.pk
    with django_assert_num_queries(1):
        assert row.target is row.target
    empty = reread(Activity.objects.create())
    with django_assert_num_queries(0):
        assert empty.target is None
        assert empty.target_key is None


@pytest.mark.parametrize("deferring", ["only", "defer"])
def test_deferred_columns_come_in_one_query(kinds, django_assert_num_queries, deferring):
    row = Activity.objects.create(target=kinds.place)
    rows = {
        "only": Activity.objects.only("verb"),
        "defer": Activity.objects.defer("target"),
    }[deferring]
    found = rows.get(pk=row.pk)
    with django_assert_num_queries(1):
        assert found.target_key == ("place", kinds.place.pk)
    with django_assert_num_queries(1):
        assert found.target == kinds.place


def test_one_deferred_column_does_not_hide_the_target(kinds):
    row = Activity.objects.create(target=kinds.picture)
    assert Activity.objects.defer("target_picture").get(pk=row.pk).target == kinds.picture
    assert Activity.objects.only("target_tag").get(pk=row.pk).target == kinds.picture


def test_an_unsaved_target_reads_back_and_must_be_saved_first(db):
    picture = Picture()
    row = Activity(target=picture)
    assert row.target is picture
    assert row.target_key == ("picture", None)
    with pytest.raises(ValueError, match="unsaved related object 'target_picture'"):
        row.save()
    with pytest.raises(ValueError, match="unsaved related object 'target_picture'"):
        Activity.objects.bulk_create([row])
    picture.save()
    row.save()
    assert reread(row).target == picture


def test_an_unsaved_target_gives_way_to_another(kinds):
    row = Activity(target=Picture())
    row.target = kinds.tag
    assert (row.target, row.target_picture) == (kinds.tag, None)
    row = Activity(target=Picture())
    row.target_key = ("document", kinds.document.pk)
    assert row.target == kinds.document
    row = Activity(target=Picture())
    row.target_key = None
    assert row.target is None


def test_a_lazy_user_is_a_user(kinds):
    lazy = SimpleLazyObject(lambda: get_user_model().objects.get(pk=kinds.user.pk))
    row = Activity.objects.create(target=lazy)
    assert reread(row).target == kinds.user
    assert list(Activity.objects.filter(target=lazy)) == [row]
    assert list(Activity.objects.filter(target__in=[lazy])) == [row]
    assert Activity.objects.update(target=lazy) == 1


def test_proxies_and_children_go_where_their_parent_goes(kinds):
    assert Activity(target=kinds.featured).target_picture_id == kinds.featured.pk
    row = Activity.objects.create(target=kinds.restaurant)
    assert row.target is kinds.restaurant
    assert reread(row).target == kinds.restaurant.place_ptr
    # A child that is listed itself has its own column.
    assert reread(Pin.objects.create(where=kinds.restaurant)).where == kinds.restaurant
    assert reread(Pin.objects.create(where=kinds.place)).where == kinds.place
    assert Pin(where=Restaurant()).where_key == ("restaurant", None)


@pytest.mark.parametrize("model", [LoudActivity, RatedActivity])
def test_proxies_and_children_have_the_key_of_their_parent(kinds, model):
    row = model.objects.create(target=kinds.document)
    assert reread(row).target == kinds.document
    row.target = kinds.tag
    row.save()
    assert Activity.objects.get(pk=row.pk).target == kinds.tag
    assert model.objects.get(target=kinds.tag) == row


def test_a_model_may_be_its_own_target_and_have_two_keys(kinds):
    first = Pin.objects.create(where=kinds.place)
    second = Pin.objects.create(what=first, where=kinds.restaurant)
    again = reread(second)
    assert (again.what, again.where) == (first, kinds.restaurant)
    again.what = kinds.picture
    assert (again.what, again.where) == (kinds.picture, kinds.restaurant)


@pytest.mark.parametrize("wrong", [5, "red", uuid.uuid4(), object(), Like(), [1], Activity()])
def test_what_is_no_target_is_refused_and_changes_nothing(kinds, wrong):
    row = Activity(target=kinds.tag)
    with pytest.raises(InvalidTarget, match=r"things\.Picture, things\.Document"):
        row.target = wrong
    assert row.target == kinds.tag
    with pytest.raises(InvalidTarget):
        Activity(target=wrong)


def test_the_key_can_be_set_without_loading(kinds, django_assert_num_queries):
    row = Activity(target=kinds.picture)
    with django_assert_num_queries(0):
        row.target_key = ("tag", "red")
        assert row.target_key == ("tag", "red")
        assert row.target_picture_id is None
    assert row.target == kinds.tag
    with pytest.raises(InvalidTarget, match="no kind 'song'"):
        row.target_key = ("song", 1)
    assert row.target == kinds.tag


def test_setting_the_key_that_is_there_keeps_the_object(kinds):
    picture = Picture()
    row = Activity(target=picture)
    row.target_key = row.target_key
    assert row.target is picture


def test_a_target_that_is_gone_is_as_with_any_foreign_key(db):
    with pytest.raises(Picture.DoesNotExist):
        Activity(target_picture_id=10**6).target  # noqa: B018


def test_walking_the_fields_costs_nothing(kinds, django_assert_num_queries):
    row = reread(Activity.objects.create(target=kinds.cover, actor=kinds.user))
    with django_assert_num_queries(0):
        for field in [*Activity._meta.fields, *Activity._meta.private_fields]:
            getattr(row, field.attname)
            field.value_from_object(row)
        data = model_to_dict(row)
    assert data["target_cover"] == kinds.cover.pk
    assert "target" not in data


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_a_copy_has_the_target_and_goes_its_own_way(kinds, duplicate, django_assert_num_queries):
    row = Activity.objects.create(target=kinds.picture)
    other = duplicate(row)
    with django_assert_num_queries(0):
        assert other.target == kinds.picture
        other.target = kinds.tag
        assert row.target == kinds.picture
        assert row.target_key == ("picture", kinds.picture.pk)


def test_every_type_of_primary_key_comes_back_as_it_went(kinds):
    for kind, type_ in {"picture": int, "document": uuid.UUID, "tag": str, "cover": int}.items():
        row = reread(Activity.objects.create(target=getattr(kinds, kind)))
        assert type(row.target_key.pk) is type_
    assert {Cover, Document, Tag} <= {type(row.target) for row in Activity.objects.all()}
