"""``filter(target=…)`` in each form, and what has no meaning is refused."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldError
from django.db import connection
from django.db.models import (
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    BooleanField,
    F,
    FilteredRelation,
    Max,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)

from slipstream.exceptions import InvalidTarget
from tests.pointing.models import Activity, Caption, Like, LoudActivity, Pin, RatedActivity
from tests.things.models import Cover, Document, FeaturedPicture, Picture, Place, Restaurant

User = get_user_model()
KINDS = ["picture", "document", "tag", "cover", "place", "user", "restaurant", "featured"]


@pytest.fixture
def rows(kinds):
    """An activity about each kind of thing, and one about nothing."""
    about = {kind: getattr(kinds, kind) for kind in KINDS}
    made = {kind: Activity.objects.create(target=thing) for kind, thing in about.items()}
    return {**made, None: Activity.objects.create(actor=kinds.user)}


@pytest.fixture
def names(rows):
    """Say which of the rows a queryset finds; each must be found once."""

    def names(queryset):
        kinds = {row.pk: kind for kind, row in rows.items()}
        found = [kinds[row.pk] for row in queryset]
        assert len(set(found)) == len(found)
        return set(found)

    return names


@pytest.mark.parametrize("kind", KINDS)
def test_exact_finds_one_and_its_negation_all_others(rows, names, kinds, kind):
    thing = getattr(kinds, kind)
    others = set(rows) - {kind}
    for model in (Activity, LoudActivity):
        assert names(model.objects.filter(target=thing)) == {kind}
        assert names(model.objects.exclude(target=thing)) == others
        assert names(model.objects.filter(~Q(target=thing))) == others
        assert names(model.objects.filter(~~Q(target=thing))) == {kind}
    assert Activity.objects.get(target__exact=thing) == rows[kind]


def test_none_and_isnull(rows, names):
    everything = set(rows) - {None}
    assert names(Activity.objects.filter(target=None)) == {None}
    assert names(Activity.objects.filter(target__isnull=True)) == {None}
    assert names(Activity.objects.exclude(target__isnull=False)) == {None}
    for found in (
        Activity.objects.exclude(target=None),
        Activity.objects.filter(target__isnull=False),
        Activity.objects.exclude(target__isnull=True),
    ):
        assert names(found) == everything


@pytest.mark.parametrize("collect", [list, tuple, set, iter, lambda xs: (x for x in xs), dict.fromkeys])
def test_in_takes_objects_of_all_kinds_in_any_collection(rows, names, kinds, collect):
    some = [kinds.picture, kinds.user, kinds.tag, kinds.restaurant]
    chosen = {"picture", "user", "tag", "restaurant"}
    assert names(Activity.objects.filter(target__in=collect(some))) == chosen
    assert names(Activity.objects.exclude(target__in=collect(some))) == set(rows) - chosen


def test_in_of_nothing(rows, names):
    for nothing in ([], [None], Picture.objects.none()):
        assert names(Activity.objects.filter(target__in=nothing)) == set()
        assert names(Activity.objects.exclude(target__in=nothing)) == set(rows)


@pytest.mark.parametrize(
    ("queryset", "found"),
    [
        (lambda: Picture.objects.all(), {"picture", "featured"}),
        (lambda: Picture.objects.filter(title="none"), set()),
        (lambda: FeaturedPicture.objects.only("title"), {"picture", "featured"}),
        (lambda: Picture.objects.values("pk").order_by("-title"), {"picture", "featured"}),
        (lambda: Picture.objects.values_list("id", flat=True), {"picture", "featured"}),
        (lambda: Picture.objects.annotate(n=Count("activities")).filter(n=1), {"picture", "featured"}),
        (lambda: Picture.objects.filter(owner__isnull=False).values("owner"), {"user"}),
        (lambda: Picture.objects.filter(owner__isnull=False).values("owner__pk"), {"user"}),
        (lambda: Picture.objects.filter(owner__isnull=False).values(x=F("owner_id")), {"user"}),
        (lambda: Cover.objects.all(), {"cover"}),
        (lambda: Place.objects.all(), {"place", "restaurant"}),
        (lambda: Restaurant.objects.all(), {"restaurant"}),
        (lambda: Activity.objects.filter(target_tag="red").values("target_tag"), {"tag"}),
        (lambda: Picture.objects.values("activities__target_picture"), {"picture", "featured"}),
    ],
)  # fmt: skip
def test_in_a_queryset_as_often_as_it_is_read(rows, names, queryset, found):
    matching = Activity.objects.filter(target__in=queryset())
    others = Activity.objects.exclude(target__in=queryset())
    for _ in range(2):
        assert names(matching.all()) == found
        assert matching.count() == len(found)
        assert names(others.all()) == set(rows) - found


@pytest.mark.skipif("connection.vendor == 'mysql'", reason="MariaDB has no LIMIT in IN (…)")
def test_in_a_slice(rows, names):
    assert names(Activity.objects.filter(target__in=Picture.objects.order_by("pk")[:1])) == {"picture"}


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


def test_a_subquery_of_one_row(rows, names):
    one = Picture.objects.order_by("pk")
    assert names(Activity.objects.filter(target=one[:1])) == {"picture"}
    assert names(Activity.objects.filter(target=Subquery(one.values("pk")[:1]))) == {"picture"}
    with pytest.raises(ValueError, match="limited to one result"):
        list(Activity.objects.filter(target=one))


def test_conditions_are_combined(rows, names, kinds):
    picture, tag, some = Q(target=kinds.picture), Q(target=kinds.tag), Q(target__isnull=False)
    assert names(Activity.objects.filter(picture | tag)) == {"picture", "tag"}
    assert names(Activity.objects.filter(picture & tag)) == set()
    assert names(Activity.objects.filter(some & ~picture & ~tag)) == set(rows) - {None, "picture", "tag"}
    assert names(Activity.objects.filter(picture ^ some)) == set(rows) - {None, "picture"}
    assert names(Activity.objects.filter(target=kinds.tag, verb="liked")) == {"tag"}
    assert names(Activity.objects.filter(picture | Q(target_tag="red") | Q(actor=kinds.user))) == {
        "picture",
        "tag",
        None,
    }
    both = Activity.objects.filter(picture).union(Activity.objects.filter(tag))
    assert names(both) == {"picture", "tag"}
    assert names(Activity.objects.filter(picture) | Activity.objects.filter(tag)) == {"picture", "tag"}
    if connection.features.supports_select_difference:
        assert names(Activity.objects.difference(Activity.objects.filter(some))) == {None}


def test_exists_of_each_way_to_refer_to_the_outer_row(rows, names, kinds):
    rows[None].actor = kinds.other
    rows[None].save()
    inner = Activity.objects.order_by()
    liked = Exists(inner.filter(target=OuterRef("pk")))
    assert set(Picture.objects.filter(liked)) == {kinds.picture, Picture.objects.get(pk=kinds.featured.pk)}
    assert set(Document.objects.filter(liked)) == {kinds.document}
    assert set(Cover.objects.filter(Exists(inner.filter(target_cover=OuterRef("pk"))))) == {kinds.cover}
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


def test_conditions_inside_expressions(rows, names, kinds):
    picture = Q(target=kinds.picture)
    by_case = Activity.objects.annotate(x=Case(When(picture, then=Value(1)), default=Value(0)))
    assert names(by_case.filter(x=1)) == {"picture"}
    wrapped = Activity.objects.annotate(x=ExpressionWrapper(picture, BooleanField()))
    assert names(wrapped.filter(x=True)) == {"picture"}
    assert names(wrapped.filter(x=False)) == set(rows) - {"picture"}
    found = Activity.objects.aggregate(n=Count("pk", filter=~picture))
    assert found == {"n": len(rows) - 1}
    assert names(Activity.objects.alias(about=F("target")).filter(about=kinds.tag)) == {"tag"}
    groups = Activity.objects.values("target_picture").annotate(n=Count("pk", filter=picture))
    assert {group["target_picture"]: group["n"] for group in groups}[kinds.picture.pk] == 1


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
    having = User.objects.annotate(n=Count("acted")).filter(Q(n__gt=5) | Q(acted__target=kinds.picture))
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
    assert list(Activity.objects.filter(ratedactivity__target=kinds.picture)) == [rated.activity_ptr]
    assert RatedActivity.objects.filter(target=kinds.picture).update(rating=4) == 1
    assert RatedActivity.objects.filter(target=kinds.picture).update(target=kinds.document) == 1
    assert list(RatedActivity.objects.filter(rating=4, target__in=[kinds.document])) == [rated]


@pytest.mark.parametrize("model", [Activity, RatedActivity])
def test_ordering_takes_the_columns_one_after_the_other(kinds, model):
    for thing in (kinds.tag, kinds.picture2, None, kinds.picture):
        model.objects.create(target=thing)
    ascending = [row.target for row in model.objects.order_by("target", "pk")]
    assert [x for x in ascending if isinstance(x, Picture)] == [kinds.picture, kinds.picture2]
    descending = [row.target for row in model.objects.order_by("-target", "-pk")]
    assert descending == ascending[::-1]
    assert [row.target for row in model.objects.order_by("target", "pk").reverse()] == descending
    for nulls in ({"nulls_last": True}, {"nulls_first": True}):
        assert len(model.objects.order_by(F("target").desc(**nulls))) == 4


@pytest.mark.parametrize("wrong", [5, "red", b"x", 1.5, object(), Picture, Like(pk=1), ["list"]])
def test_what_is_no_object_is_refused(db, wrong):
    for lookup in ("target", "target__in"):
        for find in (Activity.objects.filter, Activity.objects.exclude, Activity.objects.get):
            with pytest.raises(InvalidTarget, match=r"takes things\.Picture"):
                find(**{lookup: wrong})
    with pytest.raises(InvalidTarget, match=r"takes things\.Picture"):
        Activity.objects.filter(target__in=[wrong])


@pytest.mark.parametrize("lookup", ["title", "pk", "id", "gt", "range", "contains", "title__contains"])
def test_a_field_of_the_target_or_another_comparison_is_refused(db, lookup):
    for model, path in ((Activity, "target"), (User, "acted__target"), (Caption, "activity__target")):
        for find in (model.objects.filter, model.objects.exclude):
            with pytest.raises(FieldError, match="exact, in and isnull"):
                find(**{f"{path}__{lookup}": "x"})


@pytest.mark.parametrize(
    "read",
    [
        lambda: Activity.objects.filter(target=Picture()),
        lambda: Activity.objects.filter(target__in=[Picture()]),
        lambda: Activity.objects.filter(target__isnull=1),
        lambda: Activity.objects.filter(target=Value(3)),
        lambda: Activity.objects.filter(target__in=Like.objects.all()),
        lambda: Activity.objects.filter(target__in=Activity.objects.all()),
        lambda: Activity.objects.filter(target__in=Picture.objects.values("title")),
        lambda: Activity.objects.filter(target__in=Picture.objects.values("pk", "title")),
        lambda: Activity.objects.filter(target__in=Activity.objects.values("target")),
        lambda: Activity.objects.filter(target=F("verb")),
        lambda: Activity.objects.filter(actor=F("target")),
        lambda: Activity.objects.filter(Exists(User.objects.filter(pk=OuterRef("target")))),
        lambda: Activity.objects.values("target"),
        lambda: Activity.objects.values_list("target", flat=True),
        lambda: Activity.objects.values("target_key"),
        lambda: Activity.objects.annotate(x=F("target")),
        lambda: Activity.objects.values("target").annotate(n=Count("pk")),
        lambda: Activity.objects.annotate(x=Max("target")),
        lambda: [Activity.objects.aggregate(x=Max("target"))],
        lambda: User.objects.values("acted__target"),
        lambda: Activity.objects.order_by("target__title"),
        lambda: [Activity.objects.in_bulk([1], field_name="target")],
        lambda: Pin.objects.filter(what=OuterRef("what")),
    ],
)
def test_what_has_no_meaning_raises(db, read):
    with pytest.raises((FieldError, ValueError)):
        list(read())


def test_get_or_create_and_update_or_create(kinds):
    row, made = Activity.objects.get_or_create(target=kinds.picture, actor=kinds.user)
    assert made
    assert Activity.objects.get_or_create(target=kinds.picture, actor=kinds.user) == (row, False)
    again, made = Activity.objects.update_or_create(target=kinds.picture, defaults={"verb": "x"})
    assert (again, made, again.verb) == (row, False, "x")
    again, made = Activity.objects.update_or_create(
        target=kinds.picture, defaults={"target": kinds.tag}, create_defaults={"verb": "new"}
    )
    assert (again, made) == (row, False)
    row.refresh_from_db()
    assert row.target == kinds.tag
    new, made = Activity.objects.update_or_create(
        target=kinds.picture, defaults={"verb": "y"}, create_defaults={"verb": "new"}
    )
    assert (new.target, new.verb, made) == (kinds.picture, "new", True)


def test_counting_updating_and_deleting_what_was_found(kinds):
    for thing in (kinds.picture, kinds.picture, kinds.tag, None):
        Activity.objects.create(target=thing)
    pictures = Activity.objects.filter(target=kinds.picture)
    assert (pictures.count(), pictures.exists()) == (2, True)
    assert pictures.update(verb="seen") == 2
    assert Activity.objects.filter(verb="seen", target__in=[kinds.picture, kinds.tag]).count() == 2
    assert pictures.delete()[0] == 2
    assert Activity.objects.exclude(target=kinds.tag).count() == 1
