"""Conditions on targets across joins, and on those of other rows."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
)

from tests.pointing.models import Activity, Caption, Pin, RatedActivity
from tests.things.models import Cover, Document, Picture, Place, Restaurant

User = get_user_model()


def test_in_a_child_that_is_listed_beside_its_parent(kinds):
    in_restaurant = Pin.objects.create(where=kinds.restaurant)
    at_its_place = Pin.objects.create(where=kinds.restaurant.place_ptr)
    at_place = Pin.objects.create(where=kinds.place)
    assert list(Pin.objects.filter(where=kinds.restaurant)) == [in_restaurant]
    assert list(Pin.objects.filter(where=kinds.restaurant.place_ptr)) == [at_its_place]
    restaurants = Pin.objects.filter(where__in=Restaurant.objects.all())
    for _ in range(2):
        assert list(restaurants.all()) == [in_restaurant]
    places = Pin.objects.filter(where__in=Place.objects.all()).order_by("pk")
    assert list(places) == [at_its_place, at_place]


def test_exists_of_each_way_to_refer_to_the_outer_row(rows, names, kinds):
    rows[None].actor = kinds.other
    rows[None].save()
    inner = Activity.objects.order_by()
    liked = Exists(inner.filter(target=OuterRef("pk")))
    assert set(Picture.objects.filter(liked)) == {
        kinds.picture,
        Picture.objects.get(pk=kinds.featured.pk),
    }
    assert set(Document.objects.filter(liked)) == {kinds.document}
    assert set(Cover.objects.filter(Exists(inner.filter(target_cover=OuterRef("pk"))))) == {
        kinds.cover
    }
    assert set(User.objects.exclude(liked)) == {kinds.other}
    of_owner = Exists(inner.filter(target=OuterRef("owner")))
    assert set(Picture.objects.filter(of_owner)) == {kinds.picture}
    assert names(Activity.objects.filter(Exists(inner.filter(target=OuterRef("actor"))))) == set()
    again = Activity.objects.create(target=kinds.document)
    earlier = inner.filter(target=OuterRef("target"), pk__lt=OuterRef("pk"))
    assert list(Activity.objects.filter(Exists(earlier))) == [again]
    Caption.objects.create(target=kinds.document)
    same = Exists(Caption.objects.filter(target=OuterRef("target")))
    assert set(Activity.objects.filter(same)) == {rows["document"], again}


def test_f_refers_to_a_foreign_key_or_to_a_target(rows, names, kinds):
    own = rows["user"]
    own.actor = kinds.user
    own.save()
    assert names(Activity.objects.filter(target=F("actor"))) == {"user"}
    assert names(Activity.objects.exclude(target=F("actor"))) == set(rows) - {"user"}
    assert names(Activity.objects.filter(target=F("target"))) == set(rows) - {None}
    same = Caption.objects.create(activity=rows["picture"], target=kinds.picture)
    Caption.objects.create(activity=rows["picture"], target=kinds.document)
    Caption.objects.create(activity=rows["tag"], target=kinds.picture)
    assert list(Caption.objects.filter(target=F("activity__target"))) == [same]
    assert not Pin.objects.filter(what=F("where")).exists()


def test_across_joins(rows, names, kinds):
    user, other = kinds.user, kinds.other
    Activity.objects.create(actor=user, target=kinds.picture)
    Activity.objects.create(actor=user, target=kinds.document)
    assert list(User.objects.filter(acted__target=kinds.picture)) == [user]
    assert list(User.objects.exclude(acted__target=kinds.picture)) == [other]
    assert list(User.objects.filter(acted__target__in=[kinds.document, kinds.tag])) == [user]
    of_one = User.objects.annotate(
        liked=FilteredRelation("acted", condition=Q(acted__target=kinds.document))
    )
    assert set(of_one.values_list("pk", "liked__target_document")) == {
        (user.pk, kinds.document.pk),
        (other.pk, None),
    }
    counted = User.objects.annotate(n=Count("acted", filter=Q(acted__target=kinds.picture)))
    assert set(counted.values_list("pk", "n")) == {(user.pk, 1), (other.pk, 0)}
    having = User.objects.annotate(n=Count("acted")).filter(
        Q(n__gt=5) | Q(acted__target=kinds.picture)
    )
    assert list(having) == [user]


def test_a_missing_row_has_no_target(rows, kinds):
    none, about, empty = (
        Caption.objects.create(activity=activity) for activity in (None, rows["tag"], rows[None])
    )
    captions = Caption.objects.order_by("pk")
    assert list(captions.filter(activity__target=kinds.tag)) == [about]
    assert list(captions.exclude(activity__target=kinds.tag)) == [none, empty]
    assert list(captions.exclude(activity__target__in=[kinds.tag])) == [none, empty]
    assert list(captions.filter(activity__target__isnull=True)) == [none, empty]
    assert list(captions.filter(activity__target__isnull=False)) == [about]
    either = Q(activity__target=kinds.tag) | Q(activity__isnull=True)
    assert list(captions.filter(either)) == [none, about]
    assert list(captions.filter(~either)) == [empty]


def test_children_with_a_table_of_their_own(kinds):
    rated = RatedActivity.objects.create(target=kinds.picture, rating=3)
    RatedActivity.objects.create(target=kinds.tag)
    assert list(RatedActivity.objects.filter(target=kinds.picture, rating=3)) == [rated]
    assert list(RatedActivity.objects.exclude(target=kinds.tag)) == [rated]
    assert list(Activity.objects.filter(ratedactivity__target=kinds.picture)) == [
        rated.activity_ptr
    ]
    assert RatedActivity.objects.filter(target=kinds.picture).update(rating=4) == 1
    assert RatedActivity.objects.filter(target=kinds.picture).update(target=kinds.document) == 1
    assert list(RatedActivity.objects.filter(rating=4, target__in=[kinds.document])) == [rated]


def test_rows_with_another_target_than_the_outer_row(kinds):
    first = Activity.objects.create(target=kinds.picture)
    others = [Activity.objects.create(target=x) for x in (kinds.picture2, kinds.document, None)]
    differs = Activity.objects.filter(pk=first.pk).exclude(target=OuterRef("target"))
    assert list(Activity.objects.filter(Exists(differs)).order_by("pk")) == others
    base = Pin.objects.create(where=kinds.place)
    on_picture = Pin.objects.create(where=kinds.place, what=kinds.picture)
    on_base = Pin.objects.create(where=kinds.place, what=base)
    on_on_picture = Pin.objects.create(where=kinds.place, what=on_picture)
    unlike = Pin.objects.exclude(what=F("what_pin__what")).order_by("pk")
    assert list(unlike) == [base, on_picture, on_base, on_on_picture]
