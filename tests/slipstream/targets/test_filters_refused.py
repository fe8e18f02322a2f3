"""What has no meaning as a condition on a target raises, and never finds wrong rows."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldError
from django.db.models import CharField, Count, Exists, F, Max, OuterRef, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, Length, Lower

from slipstream.exceptions import InvalidTarget
from tests.pointing.models import Activity, Caption, Like, Pin
from tests.things.models import Document, Picture

User = get_user_model()


@pytest.mark.parametrize("wrong", [5, "red", b"x", 1.5, object(), Picture, Like(pk=1), ["list"]])
def test_what_is_no_object_is_refused(db, wrong):
    for lookup in ("target", "target__in"):
        for find in (Activity.objects.filter, Activity.objects.exclude, Activity.objects.get):
            with pytest.raises(InvalidTarget, match=r"takes things\.Picture"):
                find(**{lookup: wrong})
    with pytest.raises(InvalidTarget, match=r"takes things\.Picture"):
        Activity.objects.filter(target__in=[wrong])


@pytest.mark.parametrize(
    "lookup", ["title", "pk", "id", "gt", "range", "contains", "title__contains"]
)
def test_a_field_of_the_target_or_another_comparison_is_refused(db, lookup):
    for model, path in (
        (Activity, "target"),
        (User, "acted__target"),
        (Caption, "activity__target"),
    ):
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
        lambda: Activity.objects.order_by("-target__title"),
    ],
)
def test_what_has_no_meaning_raises(db, read):
    with pytest.raises((FieldError, ValueError)):
        list(read())


@pytest.mark.parametrize(
    "read",
    [
        lambda: Activity.objects.filter(actor=F("target")),
        lambda: Activity.objects.exclude(actor=F("target")),
        lambda: Activity.objects.filter(pk=F("target")),
        lambda: Activity.objects.filter(verb=F("target")),
        lambda: Activity.objects.filter(verb__gt=F("target")),
        lambda: Activity.objects.filter(verb__in=[F("target")]),
        lambda: Activity.objects.filter(verb__range=(F("target"), Value("x"))),
        lambda: Activity.objects.filter(pk__lt=Greatest("target", "actor")),
        lambda: Activity.objects.filter(Exists(Picture.objects.filter(title=OuterRef("target")))),
        lambda: Activity.objects.annotate(x=Cast("target", CharField())),
        lambda: Activity.objects.annotate(x=Coalesce("target", "actor")),
        lambda: Activity.objects.annotate(x=Length("target")),
        lambda: Activity.objects.annotate(x=Lower("target")),
        lambda: Activity.objects.annotate(x=Concat("target", Value(""), output_field=CharField())),
        lambda: Activity.objects.annotate(x=Sum("target")),
    ],
)
def test_a_target_is_no_value_to_compare_or_to_reckon_with(people, read):
    a, b = people(2)
    for thing in (a, b, Picture.objects.create(), Document.objects.create()):
        Activity.objects.create(actor=a, target=thing)
    with pytest.raises((FieldError, ValueError, TypeError)):
        list(read())
