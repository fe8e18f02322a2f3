"""``filter(target=…)`` in each form."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    Q,
    Subquery,
    Value,
    When,
)

from tests.pointing.models import Activity, LoudActivity, RatedActivity
from tests.things.models import Cover, FeaturedPicture, Picture, Place, Restaurant

User = get_user_model()


@pytest.mark.parametrize(
    "kind", "picture document tag cover place user restaurant featured".split()
)
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


@pytest.mark.parametrize(
    "collect", [list, tuple, set, iter, lambda xs: (x for x in xs), dict.fromkeys]
)
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
        (Picture.objects.all, {"picture", "featured"}),
        (lambda: Picture.objects.filter(title="none"), set()),
        (lambda: FeaturedPicture.objects.only("title"), {"picture", "featured"}),
        (lambda: Picture.objects.values("pk").order_by("-title"), {"picture", "featured"}),
        (lambda: Picture.objects.values_list("id", flat=True), {"picture", "featured"}),
        (lambda: Picture.objects.alias(n=Count("activities")).filter(n=1), {"picture", "featured"}),
        (lambda: Picture.objects.filter(owner__isnull=False).values("owner"), {"user"}),
        (lambda: Picture.objects.filter(owner__isnull=False).values("owner__pk"), {"user"}),
        (lambda: Picture.objects.filter(owner__isnull=False).values(x=F("owner_id")), {"user"}),
        (Cover.objects.all, {"cover"}),
        (Place.objects.all, {"place", "restaurant"}),
        (Restaurant.objects.all, {"restaurant"}),
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
    assert names(Activity.objects.filter(target__in=Picture.objects.order_by("pk")[:1])) == {
        "picture"
    }


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
    assert names(Activity.objects.filter(some & ~picture & ~tag)) == set(rows) - {
        None,
        "picture",
        "tag",
    }
    assert names(Activity.objects.filter(picture ^ some)) == set(rows) - {None, "picture"}
    assert names(Activity.objects.filter(target=kinds.tag, verb="liked")) == {"tag"}
    assert names(Activity.objects.filter(picture | Q(target_tag="red") | Q(actor=kinds.user))) == {
        "picture",
        "tag",
        None,
    }
    both = Activity.objects.filter(picture).union(Activity.objects.filter(tag))
    assert names(both) == {"picture", "tag"}
    assert names(Activity.objects.filter(picture) | Activity.objects.filter(tag)) == {
        "picture",
        "tag",
    }
    if connection.features.supports_select_difference:
        assert names(Activity.objects.difference(Activity.objects.filter(some))) == {None}


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


def test_targets_are_counted_and_rows_are_distinct(kinds):
    for thing in (kinds.picture, kinds.picture, kinds.tag, kinds.document, None):
        Activity.objects.create(target=thing, actor=kinds.user)
    assert Activity.objects.aggregate(n=Count("target")) == {"n": 4}
    people = User.objects.annotate(n=Count("acted__target"))
    assert set(people.values_list("pk", "n")) == {(kinds.user.pk, 4), (kinds.other.pk, 0)}
    assert len(Activity.objects.distinct().order_by("target", "pk")) == 5
    assert len(Activity.objects.distinct().order_by("-target", "pk")) == 5


def test_a_condition_keeps_the_key_that_it_was_made_with(kinds):
    Activity.objects.create(target=kinds.picture2)
    exact = Activity.objects.filter(target=kinds.picture2)
    among = Activity.objects.filter(target__in=[kinds.picture2])
    others = Activity.objects.exclude(target=kinds.picture2)
    Activity.objects.create(target=kinds.tag)
    kinds.picture2.delete()
    assert (exact.count(), among.count(), others.count()) == (0, 0, 1)


def test_a_subquery_among_the_values(rows, names):
    pictures = Subquery(Picture.objects.values("pk"))
    assert names(Activity.objects.filter(target__in=pictures)) == {"picture", "featured"}
