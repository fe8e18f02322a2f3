"""To those who read it an integer; to those who write it, a clear refusal."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from django.contrib import admin
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import DatabaseError, connection, transaction
from django.db.models import Avg, F, Max, OuterRef, Subquery, Sum, Value
from django.forms import modelform_factory
from django.urls import path

from slipstream.counters import CountField
from slipstream.exceptions import CountNotWritable
from slipstream.keyset import keyset_page
from tests.counting.models import Album, Label, Photo, Place, Venue, Visit

from .counting import execute, stored, wrong_counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def album():
    """One that knows of its three photos."""
    made = Album.objects.create()
    Photo.objects.bulk_create([Photo(album=made) for _ in range(3)])
    made.refresh_from_db()
    return made


# -- writing


@pytest.mark.parametrize("value", [0, 3, True, "3", F("photo_count") + 1, Value(3)])
def test_assigning_is_refused(album, value):
    with pytest.raises(CountNotWritable, match="'photos' and is kept by the database"):
        album.photo_count = value
    with pytest.raises(CountNotWritable, match=r"manage.py recount counting.Album.photo_count"):
        Album(photo_count=value)
    with pytest.raises(CountNotWritable):
        Album.objects.update_or_create(pk=album.pk, defaults={"photo_count": value})
    assert album.photo_count == stored(album, "photo_count") == 3


@pytest.mark.parametrize("value", [0, 3, True, "3", F("photo_count") + 1, F("pk"), Value(3)])
def test_update_is_refused(album, value):
    with pytest.raises(CountNotWritable, match="update"), transaction.atomic():
        Album.objects.update(photo_count=value)
    assert stored(album, "photo_count") == 3


@pytest.mark.parametrize("value", [3, F("long_visit_count") + 1])
def test_update_is_refused_from_a_child_as_well(value):
    Venue.objects.create()
    with pytest.raises(CountNotWritable), transaction.atomic():
        Venue.objects.update(long_visit_count=value)


def test_none_is_refused(album):
    with pytest.raises(CountNotWritable):
        album.photo_count = None
    with pytest.raises((CountNotWritable, DatabaseError)), transaction.atomic():
        Album.objects.update(photo_count=None)
    assert stored(album, "photo_count") == 3


def test_bulk_update_is_refused(album):
    with pytest.raises(CountNotWritable), transaction.atomic():
        Album.objects.bulk_update([album], ["photo_count"])
    assert stored(album, "photo_count") == 3


def test_what_was_read_changes_nothing(album):
    other = Album.objects.create()
    other.photo_count = album.photo_count
    other.save()
    other.save(update_fields=["photo_count"])
    Album.objects.filter(pk=other.pk).update(photo_count=album.photo_count)
    Album.objects.bulk_create([Album(photo_count=album.photo_count)])
    Album(photo_count=album.photo_count).save()
    assert wrong_counts() == {}


def test_a_stale_object_undoes_nothing(album):
    stale = Album.objects.get(pk=album.pk)
    Photo.objects.create(album=album)
    stale.title = "new"
    stale.save()
    Album.objects.bulk_update([stale], ["title"])
    assert stale.photo_count == 3
    assert stored(album, "photo_count") == 4
    pickle.loads(pickle.dumps(stale)).save()
    copy.deepcopy(stale).save()
    assert stored(album, "photo_count") == 4
    stale.pk = None
    stale.save(force_insert=True)
    assert stored(stale, "photo_count") == 0
    stale.full_clean()


def test_a_form_for_it_is_refused(album):
    with pytest.raises(FieldError, match="'photo_count' cannot be specified"):
        modelform_factory(Album, fields=["photo_count"])
    form = modelform_factory(Album, fields="__all__")
    assert not [name for name in form.base_fields if name.endswith("_count")]
    fields = {"labels": [], "fans": [], "title": "new", "photo_count": "77"}
    form = modelform_factory(Album, fields=["title"])(fields, instance=album)
    form.save()
    assert stored(album, "photo_count") == 3


def test_the_admin_shows_it_and_does_not_let_it_be_edited():
    class Shows(admin.ModelAdmin):
        list_display = ("title", "photo_count")
        list_filter = ("photo_count",)
        readonly_fields = ("photo_count",)
        ordering = ("-photo_count",)

    class Edits(Shows):
        list_editable = ("photo_count",)

    assert Shows(Album, admin.site).check() == []
    assert [error.id for error in Edits(Album, admin.site).check()] == ["admin.E125"]


def test_an_admin_action_is_counted(album, admin_client, settings):
    settings.ROOT_URLCONF = __name__
    rows = list(Photo.objects.values_list("pk", flat=True)[:2])
    data = {"action": "delete_selected", "_selected_action": rows, "post": "yes"}
    response = admin_client.post("/admin/counting/photo/", data)
    assert response.status_code == 302
    assert stored(album, "photo_count") == 1


def test_a_fixture_has_no_number_and_one_from_elsewhere_is_ignored(album):
    [said] = json.loads(serializers.serialize("json", [album]))
    assert not [name for name in said["fields"] if name.endswith("_count")]
    said["fields"]["photo_count"] = 77
    for key in (album.pk, album.pk + 1):
        said["pk"] = key
        [found] = serializers.deserialize("json", json.dumps([said]))
        found.save()
    assert wrong_counts() == {}


def test_a_conflict_that_updates_other_columns_leaves_it(album):
    options = {"update_conflicts": True, "update_fields": ["title"]}
    if connection.vendor != "mysql":
        options["unique_fields"] = ["pk"]
    Album.objects.bulk_create([Album(pk=album.pk, title="new")], **options)
    assert Album.objects.get().title == "new"
    assert wrong_counts() == {}


# -- reading


def test_an_object_knows_what_was_read_with_it(album):
    assert type(album.photo_count) is not int
    assert album.photo_count == 3
    Photo.objects.create(album=album)
    assert album.photo_count == 3
    album.refresh_from_db(fields=["photo_count"])
    assert album.photo_count == 4
    assert Album().photo_count == 0


def test_deferred_and_by_every_way_to_read(album, django_assert_num_queries):
    for queryset in (Album.objects.defer("photo_count"), Album.objects.only("title")):
        with django_assert_num_queries(2):
            [found] = queryset
            assert found.photo_count == 3
        found = queryset.get()
        found.save()
    assert stored(album, "photo_count") == 3
    [found] = Album.objects.raw("SELECT * FROM counting_album")
    assert found.photo_count == 3
    [found] = Photo.objects.select_related("album")[:1]
    assert found.album.photo_count == 3
    assert Album.objects.values("photo_count").get() == {"photo_count": 3}
    assert Album.objects.values_list("photo_count", flat=True).get() == 3
    assert list(Album.objects.filter(photo_count=3, photo_count__lt="4")) == [album]
    assert list(Album.objects.filter(photo_count__in=[3, album.photo_count])) == [album]
    assert Photo.objects.filter(album__photo_count__gte=3).count() == 3


def test_in_expressions(album):
    Album.objects.create()
    assert Album.objects.aggregate(
        all=Sum("photo_count"), most=Max("photo_count"), mean=Avg("photo_count")
    ) == {"all": 3, "most": 3, "mean": 1.5}
    first = Album.objects.annotate(twice=F("photo_count") * 2).order_by("-photo_count")[0]
    assert first.twice == 6
    found = Album.objects.filter(pk=OuterRef("album")).values("photo_count")
    assert Photo.objects.annotate(n=Subquery(found))[0].n == 3
    Photo.objects.update(caption=album.photo_count)
    assert Photo.objects.filter(caption="3").count() == 3


def test_what_was_read_is_an_integer_for_everybody_else(album):
    count = album.photo_count
    for again in (pickle.loads(pickle.dumps(count)), copy.copy(count), copy.deepcopy(count)):
        assert (again, type(again)) == (3, int)
    assert json.dumps({"count": count}) == '{"count": 3}'
    assert f"{count:,} {count!r} {hash(count) == hash(3)}" == "3 3 True"
    execute("SELECT 1 FROM counting_album WHERE id > %s", count)
    Label.objects.create(slug=count)
    assert pickle.loads(pickle.dumps(album)).photo_count == 3
    assert copy.deepcopy(album).photo_count == 3


def test_paging_by_it():
    albums = [Album.objects.create() for _ in range(7)]
    for number, album in enumerate(albums):
        Photo.objects.bulk_create([Photo(album=album) for _ in range(number % 3)])
    found, cursor = [], None
    while not found or cursor:
        page = keyset_page(
            Album.objects.all(), order_by=("-photo_count", "-pk"), cursor=cursor, limit=2
        )
        found += page.items
        cursor = page.next_cursor
    assert found == list(Album.objects.order_by("-photo_count", "-pk"))
    assert len(found) == 7


def test_of_parent_and_child():
    venue = Venue.objects.create(title="x")
    Visit.objects.bulk_create([Visit(place=venue, minutes=minutes) for minutes in (5, 60, 90)])
    venue.refresh_from_db()
    assert (venue.visit_count, venue.long_visit_count) == (3, 2)
    venue.title = "y"
    venue.save()
    assert Place.objects.get().long_visit_count == 2
    assert wrong_counts() == {}
    venue.delete(keep_parents=True)
    assert Place.objects.get().long_visit_count == 2
    Venue(place_ptr=Place.objects.get(), title="z").save()
    assert Venue.objects.get().visit_count == 3


def test_a_new_object_whose_rows_are_there(album):
    if connection.vendor != "mysql":
        Photo.objects.bulk_create([Photo(album_id=album.pk + 7) for _ in range(2)])
        Album(pk=album.pk + 7).save()
        assert stored(Album(pk=album.pk + 7), "photo_count") == 2
    assert wrong_counts() == {}


# -- declaring


@pytest.mark.parametrize(
    "option", ["default", "null", "db_default", "editable", "unique", "choices"]
)
def test_options_that_make_no_sense(option):
    with pytest.raises(TypeError, match=f"CountField takes no {option}"):
        CountField("photos", **{option: 1})


def test_what_a_migration_says():
    field = CountField("photos", db_index=False, maintained_by="signals", verbose_name="how many")
    _, name, arguments, options = field.deconstruct()
    assert (name, arguments) == ("slipstream.counters.CountField", ["photos"])
    assert options == {"db_index": False, "maintained_by": "signals", "verbose_name": "how many"}
    again = CountField(*arguments, **options)
    assert again.deconstruct()[1:] == field.deconstruct()[1:]
    assert field.clone().relation == "photos"


site = admin.AdminSite()
site.register(Photo)
urlpatterns = [path("admin/", site.urls)]
