"""Writing rows in each way that Django has, and reading from the side of the target."""

from __future__ import annotations

import io
import json

import factory
import pytest
from asgiref.sync import async_to_sync
from django.core import serializers
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q
from django.test import Client

from slipstream.exceptions import InvalidTarget
from tests.pointing.models import Activity, Badge, Caption, Like, LoudActivity, RatedActivity
from tests.things.models import Document, Picture, Tag


def reread(row):
    return type(row)._base_manager.get(pk=row.pk)


def targets(rows):
    return [row.target for row in rows]


# -- the comforts of TargetQuerySet and PointingModel


def test_update_takes_the_target(kinds):
    row = Activity.objects.create(target=kinds.picture)
    child = RatedActivity.objects.create(target=kinds.picture)
    for thing in (kinds.tag, kinds.featured, kinds.user, kinds.restaurant, None, kinds.document):
        assert Activity.objects.update(target=thing, verb="moved") == 2
        stored = reread(row).target
        assert (stored and stored.pk) == (thing and thing.pk)
    assert RatedActivity.objects.update(target=kinds.cover, rating=5) == 1
    assert LoudActivity.objects.filter(pk=row.pk).update(target=kinds.place) == 1
    assert (reread(row).target, reread(child).target) == (kinds.place, kinds.cover)


@pytest.mark.parametrize("wrong", [5, "red", Picture, Like(pk=1), [1]])
def test_update_refuses_what_is_no_target(kinds, wrong):
    row = Activity.objects.create(target=kinds.picture)
    with pytest.raises(InvalidTarget):
        Activity.objects.update(target=wrong)
    with pytest.raises(ValueError, match="Unsaved"), transaction.atomic():
        Activity.objects.update(target=Picture())
    assert reread(row).target == kinds.picture


def test_saving_and_refreshing_the_target_alone(kinds, django_assert_num_queries):
    row = Activity.objects.create(target=kinds.picture)
    mine = reread(row)
    mine.target, mine.verb = kinds.tag, "not saved"
    with django_assert_num_queries(1):
        mine.save(update_fields=["target"])
    assert (reread(row).target, reread(row).verb) == (kinds.tag, "liked")
    assert row.target == kinds.picture
    row.verb = "mine"
    row.refresh_from_db(fields=["target"])
    assert (row.target, row.verb, row.target_picture_id) == (kinds.tag, "mine", None)
    row.target = kinds.picture
    row.refresh_from_db()
    assert row.target == kinds.tag


def test_a_change_of_the_target_outside_is_seen_after_a_refresh(kinds):
    row = Activity.objects.create(target=kinds.picture)
    assert row.target == kinds.picture
    Activity.objects.update(target=kinds.picture2)
    row.refresh_from_db()
    assert row.target == kinds.picture2


def test_bulk_create(kinds, django_assert_num_queries):
    things = [kinds.picture, kinds.tag, None, kinds.user]
    with django_assert_num_queries(1):
        Activity.objects.bulk_create([Activity(target=thing) for thing in things])
    assert targets(Activity.objects.order_by("pk")) == things


def test_bulk_create_ignores_conflicts(kinds):
    mine = [Like(user=kinds.user, on=thing) for thing in (kinds.picture, kinds.document)]
    Like.objects.bulk_create(mine)
    again = [Like(user=user, on=kinds.picture) for user in (kinds.user, kinds.other)]
    Like.objects.bulk_create(again, ignore_conflicts=True)
    assert Like.objects.filter(on=kinds.picture).count() == 2
    assert Like.objects.count() == 3
    with pytest.raises(IntegrityError), transaction.atomic():
        Like.objects.bulk_create(again)


def test_bulk_create_updates_conflicts(kinds):
    row = Activity.objects.create(target=kinds.picture)
    other = Activity(pk=row.pk, target=kinds.tag, verb="again", created_at=row.created_at)
    unique = {} if connection.vendor == "mysql" else {"unique_fields": ["pk"]}
    Activity.objects.bulk_create(
        [other], update_conflicts=True, update_fields=["target", "verb"], **unique
    )
    assert (reread(row).target, reread(row).verb) == (kinds.tag, "again")


def test_bulk_update(kinds):
    rows = [Activity.objects.create(target=kinds.picture) for _ in range(3)]
    wanted = [kinds.document, None, kinds.user]
    for row, thing in zip(rows, wanted, strict=True):
        row.target, row.verb = thing, "moved"
    assert Activity.objects.bulk_update(rows, ["target", "verb"]) == 3
    assert [(reread(row).target, reread(row).verb) for row in rows] == [
        (thing, "moved") for thing in wanted
    ]


def test_a_plain_manager_refuses_what_it_cannot_do(kinds):
    like = Like.objects.create(user=kinds.user, on=kinds.picture)
    refusals = [
        lambda: Like.objects.update(on=kinds.document),
        lambda: Like.objects.update(on=None),
        lambda: Like.objects.bulk_update([like], ["on"]),
        lambda: like.save(update_fields=["on"]),
    ]
    for refused in refusals:
        with pytest.raises((FieldError, ValueError, TypeError)), transaction.atomic():
            refused()
    assert reread(like).on == kinds.picture
    assert Like.objects.update(on_picture=None, on_document=kinds.document) == 1
    assert reread(like).on == kinds.document


# -- from the side of the target


def test_rows_are_found_from_their_target(kinds):
    row = kinds.picture.activities.create(actor=kinds.user)
    assert row.target == kinds.picture
    Activity.objects.create(target=kinds.tag)
    assert list(kinds.picture.activities.all()) == [row]
    assert kinds.picture.activities.filter(actor=kinds.user).update(verb="seen") == 1
    assert list(Picture.objects.filter(activities__verb="seen")) == [kinds.picture]
    assert set(Picture.objects.exclude(activities__verb="seen")) == {
        kinds.picture2,
        Picture.objects.get(pk=kinds.featured.pk),
    }
    counted = Picture.objects.annotate(
        n=Count("activities", filter=Q(activities__actor=kinds.user))
    )
    assert set(counted.values_list("pk", "n")) >= {(kinds.picture.pk, 1), (kinds.picture2.pk, 0)}
    assert kinds.picture.activities.get_or_create(actor=kinds.user) == (row, False)
    again, made = kinds.picture.activities.update_or_create(
        actor=kinds.user, defaults={"target": kinds.document}
    )
    assert (again, made, reread(row).target) == (row, False, kinds.document)


def test_rows_are_added_and_let_go_from_their_target(kinds):
    row = Activity.objects.create()
    kinds.picture.activities.add(row)
    assert reread(row).target == kinds.picture
    kinds.picture2.activities.set([row])
    assert reread(row).target == kinds.picture2
    kinds.picture2.activities.remove(row)
    assert reread(row).target is None
    kinds.picture.activities.set([row])
    kinds.picture.activities.clear()
    assert reread(row).target is None


def test_what_would_break_the_rule_is_refused_there_too(kinds):
    row = Activity.objects.create(target=kinds.tag)
    with pytest.raises(IntegrityError), transaction.atomic():
        kinds.picture.activities.add(row)
    with pytest.raises(IntegrityError), transaction.atomic():
        kinds.picture.activities.add(row, bulk=False)
    Like.objects.create(user=kinds.user, on=kinds.picture)
    with pytest.raises(IntegrityError), transaction.atomic():
        kinds.picture.likes.clear()
    assert reread(row).target == kinds.tag
    assert kinds.picture.likes.count() == 1


def test_at_most_one_row_is_found_from_a_one_to_one(kinds):
    badge = Badge.objects.create(on=kinds.picture)
    assert Picture.objects.get(pk=kinds.picture.pk).badge == badge
    assert not hasattr(kinds.document, "badge")
    assert list(Picture.objects.filter(badge__isnull=False)) == [kinds.picture]
    with pytest.raises(IntegrityError), transaction.atomic():
        Badge.objects.create(on=kinds.picture)
    badge.on = kinds.document
    badge.save()
    assert reread(badge).on == kinds.document
    assert Badge.objects.get(on=kinds.document) == badge


# -- fixtures, factories, requests


@pytest.mark.parametrize("format_", ["json", "xml", "jsonl"])
@pytest.mark.parametrize("natural", [False, True])
def test_fixtures_hold_the_columns(kinds, tmp_path, format_, natural):
    things = [kinds.picture, kinds.document, kinds.tag, kinds.user, None]
    for thing in things:
        Activity.objects.create(target=thing, actor=kinds.user)
    file = tmp_path / f"rows.{format_}"
    options = {"use_natural_foreign_keys": natural, "format": format_, "output": str(file)}
    call_command("dumpdata", "pointing.activity", **options)
    Activity.objects.all().delete()
    call_command("loaddata", str(file), verbosity=0)
    assert targets(Activity.objects.order_by("pk")) == things


def test_a_fixture_is_plain(kinds):
    Activity.objects.create(target=kinds.tag)
    out = io.StringIO()
    call_command("dumpdata", "pointing.activity", stdout=out)
    [entry] = json.loads(out.getvalue())
    assert entry["fields"]["target_tag"] == "red"
    assert entry["fields"]["target_picture"] is None
    assert not {"target", "target_key"} & set(entry["fields"])
    [loaded] = serializers.deserialize("json", out.getvalue())
    assert loaded.object.target == kinds.tag


def test_a_factory_makes_rows(db):
    class Pictures(factory.django.DjangoModelFactory):
        class Meta:
            model = Picture

    class Activities(factory.django.DjangoModelFactory):
        target = factory.SubFactory(Pictures)

        class Meta:
            model = Activity

    row = Activities()
    assert isinstance(reread(row).target, Picture)
    tag = Tag.objects.create(name="red")
    assert targets(Activities.create_batch(2, target=tag)) == [tag, tag]
    assert Activities.build(target=Document()).target_key.kind == "document"


def test_the_user_of_a_request_is_a_target(kinds, settings):
    from django.http import HttpResponse
    from django.urls import path

    def act(request):
        made = Activity.objects.create(actor=request.user, target=request.user)
        found = Activity.objects.filter(target=request.user, actor=request.user)
        return HttpResponse(str(list(found) == [made]))

    class Urls:
        urlpatterns = [path("act/", act)]

    settings.ROOT_URLCONF = Urls
    client = Client()
    client.force_login(kinds.user)
    assert client.get("/act/").content == b"True"
    assert Activity.objects.get().target == kinds.user


def test_captions_and_activities_share_their_targets(kinds):
    Caption.objects.create(target=kinds.picture)
    Activity.objects.create(target=kinds.picture)
    both = Picture.objects.filter(captions__isnull=False, activities__isnull=False)
    assert list(both) == [kinds.picture]


def test_the_asynchronous_methods_take_the_target_too(transactional_db):
    picture, document = Picture.objects.create(), Document.objects.create()

    async def work():
        await Activity.objects.acreate(target=document)
        row = await Activity.objects.aget(target=document)
        assert await Activity.objects.filter(target=document).aupdate(target=picture) == 1
        await row.arefresh_from_db(fields=["target"])
        assert row.target_key == ("picture", picture.pk)
        row.target = document
        await row.asave(update_fields=["target"])
        assert await Activity.objects.aget_or_create(target=document) == (row, False)
        return [row.target async for row in Activity.objects.with_target()]

    assert async_to_sync(work)() == [document]
