"""The guarded generic key: what it adds to a model, and how it is written."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from functools import partial

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.state import ModelState
from django.test.utils import isolate_apps
from django.utils.functional import SimpleLazyObject

from slipstream.exceptions import InvalidTarget
from slipstream.targets.generic import KEEP, GuardedGenericKey
from slipstream.targets.generic.keys import key_text, key_value
from tests.things.models import (
    Document,
    FeaturedPicture,
    Picture,
    Restaurant,
    Tag,
)
from tests.trail.models import (
    AuditEntry,
    LongNote,
    Memo,
    Note,
    Pointer,
    ShortNote,
    TaggedItem,
)

from .generics import KINDS, fresh, tagged

# --- what it adds


def columns_of(model):
    return [field.name for field in model._meta.local_fields]


def test_it_adds_its_columns_where_it_is_declared():
    assert columns_of(AuditEntry) == [
        "id", "actor", "action", "target_type", "target_id", "target_text", "changes", "created_at",
    ]  # fmt: skip
    assert columns_of(TaggedItem) == ["id", "tag", "target_type", "target_id"]
    on_delete = {
        model: model._meta.get_field("target_type").remote_field.on_delete
        for model in (AuditEntry, TaggedItem)
    }
    assert on_delete == {AuditEntry: models.SET_NULL, TaggedItem: models.CASCADE}
    assert AuditEntry._meta.get_field("target_type").null
    assert not AuditEntry._meta.get_field("target_id").null
    assert not TaggedItem._meta.get_field("target_type").null


def test_its_index_can_be_followed_by_more_and_be_left_out():
    [index] = AuditEntry._meta.indexes
    assert index.fields == ["target_type", "target_id", "-created_at"]
    assert len(index.name) <= 30
    assert [index.fields for index in TaggedItem._meta.indexes] == [["tag"]]


def test_an_abstract_model_passes_it_on():
    assert columns_of(Pointer) == ["weight"]
    assert columns_of(Note) == ["id", "subject_type", "subject_id", "subject_text", "weight"]
    assert columns_of(LongNote) == ["note_ptr"]
    assert columns_of(ShortNote) == []
    assert [index.fields for index in Note._meta.indexes] == [
        ["weight"],
        ["subject_type", "subject_id"],
    ]
    assert len(Memo._meta.indexes) == 3
    # What the Meta of all says is as it was written.
    assert [index.fields for index in Pointer.Meta.indexes] == [["weight"]]


@pytest.mark.django_db
def test_migrations_know_everything_and_import_nothing_of_ours():
    state = ModelState.from_model(AuditEntry)
    assert [index.fields for index in state.options["indexes"]] == [
        ["target_type", "target_id", "-created_at"]
    ]
    for field in state.fields.values():
        assert field.deconstruct()[1].startswith("django.db.models.")
    out = io.StringIO()
    call_command("makemigrations", "trail", check_changes=True, dry_run=True, stdout=out)
    assert "No changes" in out.getvalue()


@pytest.mark.django_db
def test_the_database_has_the_index():
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, AuditEntry._meta.db_table)
    assert ["target_type_id", "target_id", "created_at"] in [
        each["columns"] for each in found.values() if each["index"]
    ]


@isolate_apps("tests.trail")
def test_it_must_be_said_what_becomes_of_rows():
    with pytest.raises(TypeError, match="KEEP or DELETE"):
        GuardedGenericKey(on_missing="keep")
    with pytest.raises(TypeError, match="on_missing"):
        GuardedGenericKey()


@isolate_apps("tests.trail", "django.contrib.contenttypes")
def test_names_for_people():
    class Labelled(models.Model):
        target = GuardedGenericKey(on_missing=KEEP, verbose_name="subject")

        class Meta:
            app_label = "trail"

    assert str(Labelled._meta.get_field("target_type").verbose_name) == "subject (model)"
    assert str(Labelled._meta.get_field("target_id").verbose_name) == "subject (key)"
    assert str(Labelled._meta.get_field("target_text").verbose_name) == "subject (text)"
    assert not [error for error in Labelled.check() if error.id != "fields.E300"]


# --- writing


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_key_makes_the_round_trip(make, kind):
    target, other = make(kind), make(kind)
    entry = fresh(AuditEntry.objects.create(action="x", target=target))
    assert entry.target == target
    assert type(entry.target) is type(target)
    assert entry.target_id == str(target.pk)
    assert entry.target_text == str(target)
    entry.target = other
    assert entry.target is other
    entry.save()
    assert fresh(entry).target == other
    assert fresh(entry).target_text == str(other)


def test_the_text_of_a_key_is_always_the_same(make):
    document, picture = make("document"), make("picture")
    assert tagged(document).target_id == str(document.pk)
    assert len(str(document.pk)) == 36
    document.pk, picture.pk = document.pk.hex, f" {picture.pk}"
    assert len(tagged(document, "again").target_id) == 36
    assert tagged(picture).target_id == picture.pk.strip()


def test_none_is_a_target_where_it_is_allowed(make):
    note = Note.objects.create(subject=make("tag"))
    note.subject = None
    assert (note.subject, note.subject_type_id, note.subject_id, note.subject_text) == (
        None, None, None, "",
    )  # fmt: skip
    note.save()
    assert fresh(note).subject is None
    assert fresh(Note.objects.create()).subject is None
    assert Note().subject is None
    for model in (TaggedItem, AuditEntry):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create()


def test_a_lazy_object_is_what_it_stands_for(make):
    user = make("user")
    entry = AuditEntry.objects.create(action="x", target=SimpleLazyObject(lambda: user))
    assert entry.target == user
    assert fresh(entry).target == user


def test_a_proxy_is_the_model_it_is_a_proxy_of(make):
    picture = make("picture")
    item = tagged(FeaturedPicture.objects.get(pk=picture.pk))
    assert type(item.target) is FeaturedPicture
    assert type(fresh(item).target) is Picture
    assert TaggedItem.objects.on(picture).get() == item


def test_a_child_is_not_its_parent(make):
    restaurant = make("restaurant")
    item = tagged(restaurant)
    assert type(fresh(item).target) is Restaurant
    assert TaggedItem.objects.on(restaurant).get() == item
    assert not TaggedItem.objects.on(restaurant.place_ptr).exists()


def test_what_cannot_be_a_target_changes_nothing(make, db):
    tag = make("tag")
    note = Note(subject=tag)
    refused = {
        "got str": "a text",
        "got AnonymousUser": AnonymousUser(),
        "things.Picture is not saved yet": Picture(),
        # Whose key is there before it is saved.
        "things.Document is not saved yet": Document(),
        "longer than 255": Tag(name="k" * 256),
    }
    refused["longer than 255"]._state.adding = False
    for message, target in refused.items():
        with pytest.raises(InvalidTarget, match=message):
            note.subject = target
        with pytest.raises(InvalidTarget, match=message):
            Note(subject=target)
        assert (note.subject, note.subject_id, note.subject_text) == (tag, tag.pk, tag.name)


@isolate_apps("tests.trail")
def test_a_composite_key_is_refused():
    class Cell(models.Model):
        pk = models.CompositePrimaryKey("row", "column")
        row = models.IntegerField()
        column = models.IntegerField()

        class Meta:
            app_label = "trail"

    cell = Cell(row=1, column=2)
    cell._state.adding = False
    with pytest.raises(InvalidTarget, match="composite primary key"):
        Note(subject=cell)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (models.BigIntegerField, -(2**63)),
        (models.DateTimeField, datetime.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=datetime.UTC)),
        (models.DateField, datetime.date(2026, 1, 2)),
        (models.DurationField, datetime.timedelta(days=-1, microseconds=7)),
        (partial(models.DecimalField, max_digits=20, decimal_places=5), Decimal("1.50000")),
        (models.FloatField, 0.1 + 0.2),
        (models.GenericIPAddressField, "2001:db8::1"),
        (models.BinaryField, b"\0\xff"),
        (partial(models.CharField, max_length=9), " é\n’ "),
    ],
)
@isolate_apps("tests.trail")
def test_the_text_of_any_key_can_be_read_back(field, value):
    class Thing(models.Model):
        key = field(primary_key=True)

        class Meta:
            app_label = "trail"

    thing = Thing(key=value)
    thing._state.adding = False
    assert key_value(Thing, key_text(thing), using="default") == value


@isolate_apps("tests.trail")
def test_a_key_whose_text_cannot_be_read_back_is_refused():
    class Shouting(models.CharField):
        def value_to_string(self, obj):
            return super().value_to_string(obj).upper()

    class Thing(models.Model):
        key = Shouting(primary_key=True, max_length=9)

        class Meta:
            app_label = "trail"

    thing = Thing(key="a")
    thing._state.adding = False
    with pytest.raises(InvalidTarget, match="changes when written as text"):
        Note(subject=thing)


def test_a_failing_text_changes_nothing(make, monkeypatch):
    note = Note(subject=make("tag"))
    picture, before = make("picture"), (note.subject_type_id, note.subject_id)
    monkeypatch.setattr(Picture, "__str__", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        note.subject = picture
    assert (note.subject_type_id, note.subject_id) == before


def test_the_text_is_of_the_moment_and_cut(make, monkeypatch):
    picture = make("picture")
    monkeypatch.setattr(Picture, "__str__", lambda self: "é\0" * 300)
    entry = fresh(AuditEntry.objects.create(action="x", target=picture))
    assert entry.target_text == "é" * 254 + "…"
    monkeypatch.setattr(Picture, "__str__", lambda self: "new")
    entry.save()
    assert fresh(entry).target_text != "new"


def test_many_rows_at_once(make, django_assert_num_queries):
    targets = [make(kind) for kind in KINDS]
    with django_assert_num_queries(1):
        TaggedItem.objects.bulk_create(TaggedItem(tag="t", target=each) for each in targets)
    assert [item.target for item in TaggedItem.objects.order_by("pk")] == targets


def test_a_row_is_saved_after_its_target_was_deleted(make):
    picture = make("picture")
    entry = AuditEntry(action="delete", target=picture)
    picture.delete()
    entry.save()
    assert fresh(entry).target_text == "a picture"
    assert entry.target is None


def test_the_content_type_is_that_of_the_row_s_database(make, monkeypatch):
    picture = make("picture")
    item = TaggedItem(tag="t", target=picture)
    item.save()
    here, there = item.target_type_id, ContentType.objects.get_for_model(Tag).pk
    # Another database, where the content type has another key.
    manager = ContentType.objects.db_manager("default")
    manager._cache["elsewhere"] = {
        ("things", "picture"): ContentType(pk=there, app_label="things", model="picture")
    }
    try:
        key = TaggedItem._meta.get_field("target")
        key._before_save(instance=item, using="elsewhere", raw=True)
        assert item.target_type_id == here
        key._before_save(instance=item, using="elsewhere", raw=False)
        assert item.target_type_id == there
        item.target_id = "0"  # by hand: it does not say its target any more
        item.target_type_id = here
        key._before_save(instance=item, using="elsewhere", raw=False)
        assert item.target_type_id == here
    finally:
        del manager._cache["elsewhere"]


def test_saving_follows_the_database(make, monkeypatch):
    item = TaggedItem(tag="t", target=make("picture"))
    seen = []
    monkeypatch.setattr(
        "slipstream.targets.generic.GuardedGenericKey.points_at",
        lambda self, *args, using: seen.append(using),
    )
    item._state.db = "elsewhere"
    item.save(using="default")
    assert seen == ["elsewhere"]
