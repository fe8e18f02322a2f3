"""Reading rows with what they point at."""

from __future__ import annotations

import pickle

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import connection
from django.db.models import Count, Prefetch, prefetch_related_objects

from slipstream.exceptions import InvalidTarget
from tests.pointing.models import Activity, Caption, Like, LoudActivity, Pin, RatedActivity
from tests.things.models import FeaturedPicture, Picture, Restaurant, Tag

User = get_user_model()


@pytest.fixture
def things(kinds):
    """What the activities below are about, in their order."""
    things = [
        kinds.picture,
        kinds.picture2,
        kinds.document,
        kinds.tag,
        kinds.cover,
        kinds.place,
        kinds.user,
        None,
    ]
    for thing in things:
        Activity.objects.create(actor=kinds.user, target=thing)
    return things


@pytest.fixture
def captions(kinds):
    for thing in (kinds.picture, kinds.document, None, kinds.picture2):
        Caption.objects.create(target=thing)


def targets(rows):
    return [row.target for row in rows]


def test_prefetch_costs_one_query_for_each_kind(things, django_assert_num_queries):
    with django_assert_num_queries(7):
        assert targets(Activity.objects.order_by("pk").prefetch_related("target")) == things
    with django_assert_num_queries(2):
        found = Activity.objects.filter(target_picture__isnull=False).order_by("pk")
        assert targets(found.prefetch_related("target")) == things[:2]
    with django_assert_num_queries(1):
        assert targets(Activity.objects.filter(target=None).prefetch_related("target")) == [None]


@pytest.mark.parametrize("model", [LoudActivity, RatedActivity])
def test_prefetch_on_proxies_and_children(kinds, model, django_assert_num_queries):
    for thing in (kinds.tag, kinds.picture):
        model.objects.create(target=thing)
    with django_assert_num_queries(3):
        rows = model.objects.order_by("pk").prefetch_related("target")
        assert targets(rows) == [kinds.tag, kinds.picture]


def test_prefetch_with_any_manager_and_two_keys(kinds, django_assert_num_queries):
    Like.objects.create(user=kinds.user, on=kinds.document)
    with django_assert_num_queries(2):
        assert [like.on for like in Like.objects.prefetch_related("on")] == [kinds.document]
    Pin.objects.create(what=kinds.picture, where=kinds.restaurant)
    Pin.objects.create(what=Pin.objects.create(where=kinds.place), where=kinds.place)
    with django_assert_num_queries(5):
        pins = Pin.objects.order_by("pk").prefetch_related("what", "where")
        assert [(pin.what, pin.where) for pin in pins] == [
            (kinds.picture, kinds.restaurant),
            (None, kinds.place),
            (pins[1], kinds.place),
        ]


def test_a_queryset_says_what_to_load_of_its_model(things, django_assert_num_queries):
    only_one = Picture.objects.filter(pk=things[0].pk).select_related("owner")
    rows = Activity.objects.order_by("pk").prefetch_related(
        GenericPrefetch("target", [only_one, Tag.objects.annotate(n=Count("activities"))])
    )
    with django_assert_num_queries(7):
        found = targets(rows)
        assert found[0].owner == things[6]
    assert found == [things[0], None, *things[2:]]
    assert found[3].n == 1
    # What was left out is still pointed at.
    row = rows[1]
    assert row.target_key == ("picture", things[1].pk)
    row.save()
    row.full_clean()
    assert Activity.objects.get(pk=row.pk).target == things[1]


def test_a_queryset_of_a_proxy_or_a_child_gives_its_objects(kinds):
    Activity.objects.create(target=kinds.picture)
    Activity.objects.create(target=kinds.restaurant)
    Activity.objects.create(target=kinds.place)
    querysets = [FeaturedPicture.objects.all(), Restaurant.objects.all()]
    for rows in (
        Activity.objects.prefetch_related(GenericPrefetch("target", querysets)),
        Activity.objects.with_target(*querysets),
    ):
        found = targets(rows.order_by("pk"))
        assert [type(x) for x in found] == [FeaturedPicture, Restaurant, type(None)]


def test_a_prefetch_may_go_to_an_attribute(things):
    none = GenericPrefetch("target", [Picture.objects.none()], to_attr="about")
    rows = Activity.objects.order_by("pk").prefetch_related(none)
    assert [row.about for row in rows] == [None, None, *things[2:]]
    assert targets(rows) == things


def test_prefetches_go_on_from_the_target(things, django_assert_num_queries):
    pictures = Activity.objects.filter(target_picture__isnull=False).order_by("pk")
    for rows in (
        pictures.prefetch_related("target__owner"),
        pictures.prefetch_related(
            GenericPrefetch("target", [Picture.objects.prefetch_related("owner")])
        ),
    ):
        with django_assert_num_queries(3):
            assert [row.target.owner for row in rows] == [things[6], None]
    with django_assert_num_queries(4):
        rows = pictures.prefetch_related("target__activities")
        assert [x.pk for row in rows for x in row.target.activities.all()] == [
            x.pk for x in pictures
        ]


def test_prefetches_come_to_the_target(things, django_assert_num_queries):
    user = things[6]
    with django_assert_num_queries(8):
        [found] = User.objects.filter(pk=user.pk).prefetch_related("acted__target")
        assert sorted(map(str, targets(found.acted.all()))) == sorted(map(str, things))
    of_pictures = Prefetch(
        "acted", Activity.objects.filter(target_picture__isnull=False).with_target()
    )
    [found] = User.objects.filter(pk=user.pk).prefetch_related(of_pictures)
    with django_assert_num_queries(0):
        assert set(targets(found.acted.all())) == set(things[:2])


def test_what_is_loaded_is_not_loaded_again(things, django_assert_num_queries):
    rows = list(Activity.objects.order_by("pk"))
    assert rows[0].target == things[0]
    with django_assert_num_queries(6):
        prefetch_related_objects(rows, "target")
    with django_assert_num_queries(0):
        prefetch_related_objects(rows, "target")
        assert targets(rows) == things
    made = [Activity(target=things[0]), Activity(target=Picture()), Activity()]
    with django_assert_num_queries(0):
        prefetch_related_objects(made, "target")
    assert made[1].target.pk is None


def test_prefetch_of_rows_with_deferred_columns(things):
    rows = Activity.objects.only("verb").order_by("pk").prefetch_related("target")
    assert targets(rows) == things


def test_rows_one_after_the_other(things, django_assert_num_queries):
    rows = Activity.objects.order_by("pk")
    # Three rows at a time: two kinds, three, one.
    with django_assert_num_queries(1 + 2 + 3 + 1):
        assert targets(rows.prefetch_related("target").iterator(chunk_size=3)) == things
    assert targets(rows.with_target().iterator(chunk_size=3)) == things
    assert targets(rows.iterator(chunk_size=3)) == things


def test_select_related_takes_the_key_or_its_columns(things, kinds, django_assert_num_queries):
    rows = Activity.objects.order_by("pk")
    with django_assert_num_queries(1):
        assert targets(rows.select_related("target")) == things
    with django_assert_num_queries(1):
        assert [row.actor for row in rows.select_related("actor", "target")] == [kinds.user] * 8
    with django_assert_num_queries(1):
        found = rows.select_related("target", "target_picture__owner")
        assert found[0].target.owner == kinds.user
    assert not rows.select_related("target").select_related(None).query.select_related
    Like.objects.create(user=kinds.user, on=kinds.picture)
    with django_assert_num_queries(1):
        [like] = Like.objects.select_related("on_picture", "on_document")
        assert like.on == kinds.picture
    with pytest.raises(FieldError, match="on_picture, on_document"):
        list(Like.objects.select_related("on"))


def test_select_related_through_another_row(things, django_assert_num_queries):
    Caption.objects.create(activity=Activity.objects.get(target=things[3]))
    with django_assert_num_queries(1):
        [caption] = Caption.objects.select_related("activity__target")
        assert caption.activity.target == things[3]


def test_few_kinds_are_joined_except_on_mariadb(captions, kinds, django_assert_num_queries):
    joins = connection.vendor != "mysql"
    with django_assert_num_queries(1 if joins else 3):
        rows = Caption.objects.order_by("pk").with_target()
        assert targets(rows) == [kinds.picture, kinds.document, None, kinds.picture2]
    with_owner = Caption.objects.with_target(Picture.objects.select_related("owner"))
    with django_assert_num_queries(1 if joins else 2):
        assert with_owner.order_by("pk")[0].target.owner == kinds.user


@pytest.mark.parametrize(
    ("queryset", "found"),
    [
        (lambda: Picture.objects.filter(title="another"), [False, True]),
        (Picture.objects.none, [False, False]),
        (lambda: Picture.objects.annotate(n=Count("activities")), [True, True]),
        (lambda: Picture.objects.only("title"), [True, True]),
        (lambda: Picture.objects.prefetch_related("owner"), [True, True]),
        (lambda: Picture.objects.order_by("title").distinct(), [True, True]),
        (lambda: Picture.objects.select_related("owner").using("default"), [True, True]),
    ],
)
def test_what_cannot_be_joined_is_fetched(captions, queryset, found):
    rows = Caption.objects.filter(target_picture__isnull=False).order_by("pk")
    assert [target is not None for target in targets(rows.with_target(queryset()))] == found
    fetched = rows.prefetch_related(GenericPrefetch("target", [queryset()]))
    assert targets(fetched) == targets(rows.with_target(queryset()))


def test_many_kinds_are_loaded_too(things, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        assert targets(Activity.objects.order_by("pk").with_target()) == things
    for rows in (
        Activity.objects.only("verb").with_target(),
        Activity.objects.select_for_update().with_target(),
        LoudActivity.objects.with_target(),
        Activity.objects.with_target().filter(verb="liked"),
        Activity.objects.annotate(n=Count("actor")).with_target(),
        Activity.objects.select_related("actor").with_target(
            Picture.objects.select_related("owner")
        ),
    ):
        assert targets(rows.order_by("pk")) == things
    assert Activity.objects.with_target().count() == 8
    assert Activity.objects.with_target().filter(target=None).update(verb="x") == 1


def test_with_target_says_which_of_two_keys_and_refuses_what_it_cannot_load(db):
    with pytest.raises(FieldDoesNotExist, match="say which with field="):
        Activity.objects.with_target(field="verb")
    with pytest.raises(InvalidTarget):
        Activity.objects.with_target(Like.objects.all())
    with pytest.raises(InvalidTarget):
        Activity.objects.with_target(Caption.objects.all())
    with pytest.raises(ValueError, match="one"):
        list(Activity.objects.with_target(Picture.objects.none(), Picture.objects.all()))
    with pytest.raises(ValueError, match="values"):
        list(Activity.objects.with_target(Picture.objects.values("pk")))
    with pytest.raises(TypeError, match="values"):
        Activity.objects.values("verb").with_target()


def test_loaded_rows_are_pickled_with_their_targets(things, django_assert_num_queries):
    for rows in (Activity.objects.with_target(), Activity.objects.prefetch_related("target")):
        again = pickle.loads(pickle.dumps(rows.order_by("pk")))
        with django_assert_num_queries(0):
            assert targets(again) == things


def test_a_queryset_is_pickled_before_it_is_read(things, kinds):
    for rows in (
        Activity.objects.filter(target=kinds.tag),
        Activity.objects.filter(target__in=[kinds.tag, kinds.other]),
        Activity.objects.filter(target__in=Tag.objects.all()).order_by("target"),
    ):
        again = Activity.objects.all()
        again.query = pickle.loads(pickle.dumps(rows.query))
        assert targets(again) == [kinds.tag]
