"""The guarded generic key: what it adds to a model, and how it is written, read and searched."""

from __future__ import annotations

import datetime
import io
import uuid
from decimal import Decimal
from functools import partial

import django
import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.state import ModelState
from django.db.models import prefetch_related_objects
from django.test.utils import isolate_apps
from django.urls import path
from django.utils.functional import SimpleLazyObject

from slipstream.exceptions import InvalidTarget
from slipstream.targets.generic import KEEP, GuardedGenericKey
from slipstream.targets.generic.keys import database_of, key_text, key_value
from tests.things.models import (
    Cover,
    Document,
    FeaturedPicture,
    Picture,
    Place,
    Restaurant,
    Tag,
)
from tests.trail.models import (
    Album,
    AuditEntry,
    LongNote,
    Memo,
    Note,
    PlainLink,
    Pointer,
    ShortNote,
    TaggedItem,
)

KINDS = ["picture", "document", "tag", "cover", "restaurant", "user"]


@pytest.fixture
def make(db, people):
    """Make a saved row of each kind of key."""
    users = iter(people(20))

    def make(kind):
        if kind == "cover":
            # A picture first, so that the keys of covers are not by chance those of others.
            return Cover.objects.create(picture=Picture.objects.create())
        if kind == "user":
            return next(users)
        if kind == "tag":
            return Tag.objects.create(name=f"tag {uuid.uuid4()}")
        return {
            "picture": Picture,
            "document": Document,
            "restaurant": Restaurant,
            "place": Place,
        }[kind].objects.create()

    # What other tests remember was rolled back, and its keys come again. Remembered
    # anew, so that tests can count their own queries.
    ContentType.objects.clear_cache()
    for model in (Picture, Document, Tag, Cover, Restaurant, Place, type(next(users))):
        ContentType.objects.get_for_model(model)
    yield make
    ContentType.objects.clear_cache()


def tagged(target, tag="t"):
    return TaggedItem.objects.create(tag=tag, target=target)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def point(row, **columns):
    """Write the columns by hand."""
    type(row).objects.filter(pk=row.pk).update(**columns)
    return fresh(row)


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


# --- reading what is not there


def broken(make):
    """Rows that point at nothing, each in its own way; by what is wrong."""
    live = {kind: AuditEntry.objects.create(action="x", target=make(kind)) for kind in KINDS}
    gone = AuditEntry.objects.create(action="x", target=make("picture"))
    Picture.objects.filter(pk=gone.target_id).delete()
    types = {
        name: ContentType.objects.get_or_create(app_label=app, model=name)[0].pk
        for app, name in (("things", "removedmodel"), ("removedapp", "thing"))
    }

    def entry(kind="picture", **columns):
        row = AuditEntry.objects.create(action="x", target=make(kind))
        return point(row, **columns)

    rows = {
        "deleted": gone,
        "removed model": entry(target_type_id=types["removedmodel"]),
        "removed app": entry(target_type_id=types["thing"]),
        "removed content type": entry(target_type_id=None),
        "no number": entry(target_id="abc"),
        "no key": entry(target_id=""),
        "too long a number": entry(target_id="9" * 30),
        "no end of digits": entry(target_id="9" * 255),
        "below zero": entry(target_id="-" + "9" * 30),
        "too long a number for a cover": entry("cover", target_id="9" * 30),
        "no UUID": entry("document", target_id="not-a-uuid"),
        "no UUID but a number": entry("document", target_id="12"),
        "no user": entry("user", target_id="nobody"),
        "no cover": entry("cover", target_id="x"),
    }
    return live, rows


def test_what_is_not_there_reads_as_none(make):
    live, rows = broken(make)
    for what, row in rows.items():
        assert fresh(row).target is None, what
        assert fresh(row).target_text, what
    for row in live.values():
        assert fresh(row).target is not None


def test_what_is_not_there_is_none_for_a_page_as_well(make, django_assert_num_queries):
    live, rows = broken(make)
    for row in rows.values():
        _ = row.target  # so that content types are remembered
    # The rows, and one per model that is there.
    with django_assert_num_queries(1 + len(KINDS)):
        page = list(AuditEntry.objects.prefetch_related("target"))
        missing = [row.pk for row in page if row.target is None]
    assert sorted(missing) == sorted(row.pk for row in rows.values())
    assert len(page) == len(rows) + len(live)


def test_what_names_no_content_type_at_all_reads_as_none(db, django_assert_num_queries):
    page = [TaggedItem(target_type_id=2**31 - 1, target_id=key) for key in "123"]
    assert page[0].target is None
    # Asked for once, not once per row.
    with django_assert_num_queries(1):
        prefetch_related_objects(page[1:], "target")
        assert [row.target for row in page] == [None] * 3


def test_a_deleted_target_is_forgotten(make, django_assert_num_queries):
    picture = make("picture")
    item = tagged(picture)
    assert item.target is picture
    picture.delete()
    assert item.target is None
    with django_assert_num_queries(0):
        assert item.target is None


def test_changed_columns_are_read_again(make):
    one, two = make("picture"), make("picture")
    item = tagged(one)
    item.target_id = str(two.pk)
    assert item.target == two
    item.target_id = "abc"
    assert item.target is None
    item = tagged(one, "again")
    assert item.target == one
    one.pk, one._state.adding = "abc", True  # as one does to make a copy
    assert item.target != one


def test_a_swapped_model_is_no_model(make, settings):
    from django.contrib.auth.models import User

    type_id, _ = ContentType.objects.get_or_create(app_label="auth", model="user")
    item = point(tagged(make("picture")), target_type=type_id, target_id="1")
    assert (item.target is None) is (
        bool(User._meta.swapped) or not User.objects.filter(pk=1).exists()
    )


@isolate_apps("tests.trail")
def test_a_model_with_a_composite_key_by_now_is_no_model(make, monkeypatch):
    item = point(tagged(make("picture")), target_id="[1, 2]")

    class Cell(models.Model):
        pk = models.CompositePrimaryKey("row", "column")
        row = models.IntegerField()
        column = models.IntegerField()

        class Meta:
            app_label = "trail"

    monkeypatch.setattr(ContentType, "model_class", lambda self: Cell)
    assert fresh(item).target is None


def test_columns_written_later_are_read(make):
    tag, note = make("tag"), Note()
    assert note.subject is None
    note.subject_type_id, note.subject_id = ContentType.objects.get_for_model(tag).pk, tag.pk
    assert note.subject == tag


# --- reading many


@pytest.mark.parametrize("kind", KINDS)
def test_one_query_per_model_for_every_kind_of_key(make, kind, django_assert_num_queries):
    targets = [make(kind) for _ in range(3)]
    for target in targets:
        tagged(target)
    with django_assert_num_queries(2):
        rows = list(TaggedItem.objects.order_by("pk").prefetch_related("target"))
        assert [row.target for row in rows] == targets


def test_a_page_of_mixed_rows(make, django_assert_num_queries):
    targets = [make(kind) for kind in KINDS * 2]
    for target in targets:
        tagged(target)
    page = list(TaggedItem.objects.order_by("pk"))
    with django_assert_num_queries(len(KINDS)):
        prefetch_related_objects(page, "target")
        assert [row.target for row in page] == targets


def test_a_key_written_otherwise_is_still_found(make):
    document = make("document")
    item = point(tagged(document), target_id=document.pk.hex)
    assert item.target == document
    [item] = TaggedItem.objects.prefetch_related("target")
    assert item.target == document


def test_a_queryset_per_model(make, people, django_assert_num_queries):
    owner = make("user")
    picture = Picture.objects.create(owner=owner)
    document, hidden = make("document"), make("document")
    for target in (picture, document, hidden):
        tagged(target)
    querysets = [
        FeaturedPicture.objects.select_related("owner"),
        Document.objects.exclude(pk=hidden.pk),
    ]
    with django_assert_num_queries(3):
        rows = TaggedItem.objects.order_by("pk").prefetch_related(
            GenericPrefetch("target", querysets)
        )
        assert [row.target and row.target.pk for row in rows] == [picture.pk, document.pk, None]
        assert rows[0].target.owner == owner
        assert type(rows[0].target) is FeaturedPicture
    with pytest.raises(ValueError, match="Only one queryset"):
        list(TaggedItem.objects.prefetch_related(GenericPrefetch("target", querysets[:1] * 2)))


def test_to_another_attribute_and_further_on(make, django_assert_num_queries):
    picture = make("picture")
    TaggedItem.objects.create(tag="t", target=Note.objects.create(subject=picture))
    ContentType.objects.get_for_model(Note)
    with django_assert_num_queries(3):
        [row] = TaggedItem.objects.prefetch_related("target__subject")
        assert row.target.subject == picture


def test_a_single_read_is_one_query(make, django_assert_num_queries):
    item = fresh(tagged(make("document")))
    with django_assert_num_queries(1):
        assert item.target
        assert item.target
    with django_assert_num_queries(0):
        assert Note().subject is None


def test_content_types_cost_one_query_per_model(make, django_assert_num_queries):
    for _ in range(3):
        tagged(make("picture"))
    ContentType.objects.clear_cache()
    with django_assert_num_queries(3):
        assert all(row.target for row in TaggedItem.objects.prefetch_related("target"))


@pytest.mark.skipif(django.VERSION < (6, 1), reason="fetch modes are new in Django 6.1")
def test_fetch_modes(make, django_assert_num_queries):
    from django.core.exceptions import FieldFetchBlocked

    for kind in ("picture", "picture", "document"):
        tagged(make(kind))
    with django_assert_num_queries(3):
        rows = list(TaggedItem.objects.fetch_mode(models.FETCH_PEERS))
        assert all(row.target for row in rows)
    assert rows[0].target._state.fetch_mode is models.FETCH_PEERS
    with pytest.raises(FieldFetchBlocked, match=r"TaggedItem\.target"):
        TaggedItem.objects.fetch_mode(models.FETCH_RAISE)[0].target  # noqa: B018


def test_where_the_model_of_the_target_is_elsewhere(make, settings):
    class Router:
        def allow_migrate(self, db, app_label, **hints):
            return db != "archive" or app_label != "things"

        def db_for_read(self, model, **hints):
            return "pictures"

    settings.DATABASE_ROUTERS = [Router()]
    assert database_of(Picture, beside="archive") == "pictures"
    assert database_of(TaggedItem, beside="archive") == "archive"
    assert database_of(Picture, beside=None) == "pictures"


# --- finding by target


def test_rows_on_one_object(make, django_assert_num_queries):
    picture, cover = make("picture"), make("cover")
    # The same key, of another model.
    assert cover.pk != picture.pk
    same = tagged(cover.picture)
    item = tagged(cover)
    with django_assert_num_queries(1):
        assert list(TaggedItem.objects.on(cover)) == [item]
    assert list(TaggedItem.objects.filter(tag="t").on(cover.picture)) == [same]
    assert not TaggedItem.objects.on(picture).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_rows_on_any_kind_of_object(make, kind):
    one, two = make(kind), make(kind)
    item = tagged(one)
    tagged(two)
    assert list(TaggedItem.objects.on(one)) == [item]


def test_rows_on_many_objects(make, django_assert_num_queries):
    targets = [make(kind) for kind in KINDS * 2]
    items = [tagged(target) for target in targets]
    tagged(make("picture"))
    with django_assert_num_queries(1):
        assert list(TaggedItem.objects.on_any(targets).order_by("pk")) == items
    with django_assert_num_queries(0):
        assert list(TaggedItem.objects.on_any([])) == []


def test_rows_on_what_cannot_be_a_target(db):
    for target in (Picture(), "a text", None):
        with pytest.raises(InvalidTarget):
            TaggedItem.objects.on(target)


def test_which_key_is_meant(make):
    picture = make("picture")
    memo = Memo.objects.create(subject=picture)
    assert list(Memo.objects.on(picture, key="subject")) == [memo]
    assert not Memo.objects.on(picture, key="other").exists()
    with pytest.raises(FieldError, match=r"trail\.Memo .* there are: (subject, other|other, sub)"):
        Memo.objects.on(picture)
    with pytest.raises(FieldError, match="there are: target"):
        TaggedItem.objects.on(picture, key="subject")


def test_inherited_keys_work(make):
    picture = make("picture")
    long, short = LongNote.objects.create(subject=picture), ShortNote.objects.create()
    short.subject = picture
    short.save()
    assert fresh(long).subject == picture
    assert fresh(short).subject == picture
    assert list(LongNote.objects.on(picture)) == [long]
    assert Note.objects.on(picture).count() == 2


def test_the_index_is_used(make):
    if connection.vendor != "sqlite":
        pytest.skip("other engines prefer to scan small tables")
    plan = AuditEntry.objects.on(make("picture")).order_by("-created_at").explain()
    assert AuditEntry._meta.indexes[0].name in plan
    assert "TEMP B-TREE" not in plan
    plan = TaggedItem.objects.on(make("picture")).explain()
    assert "target_type_id=? AND target_id=?" in plan


# --- beside the rest of Django


def test_a_generic_relation_takes_rows_along(make):
    """What the key does not do by itself: delete at once."""
    album, other = Album.objects.create(), Album.objects.create()
    item = tagged(other)
    tagged(album)
    assert [each.tag for each in album.tags.all()] == ["t"]
    album.delete()
    assert list(TaggedItem.objects.all()) == [item]


def test_content_types_that_go(make):
    stale = ContentType.objects.create(app_label="removedapp", model="thing")
    entry = AuditEntry.objects.create(action="x", target=make("tag"))
    entry = point(entry, target_type=stale)
    item = point(tagged(make("tag")), target_type=stale)
    stale.delete()
    assert not TaggedItem.objects.filter(pk=item.pk).exists()
    entry = fresh(entry)
    assert (entry.target_type_id, entry.target) == (None, None)
    assert entry.target_id
    assert entry.target_text


def test_the_database_allows_a_tag_once_per_target(make):
    picture = make("picture")
    tagged(picture, "red")
    tagged(picture, "blue")
    with pytest.raises(IntegrityError), transaction.atomic():
        tagged(picture, "red")


def test_plain_keys_are_as_they_were(make):
    link = PlainLink.objects.create(target=make("picture"))
    assert fresh(link).target


class AuditEntryAdmin(admin.ModelAdmin):
    list_display = ["action", "target", "created_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("target")


@pytest.fixture
def entry_admin(settings):
    admin.site.register(AuditEntry, AuditEntryAdmin)
    settings.ROOT_URLCONF = (path("admin/", admin.site.urls),)
    yield
    admin.site.unregister(AuditEntry)


def test_the_admin(make, entry_admin, client, django_assert_max_num_queries):
    user = type(make("user")).objects.create_superuser(username="root", password="x")
    client.force_login(user)
    for _ in range(5):
        AuditEntry.objects.create(action="x", target=make("picture"))
    point(AuditEntry.objects.first(), target_id="abc")
    assert not AuditEntryAdmin(AuditEntry, admin.site).check()
    url = "/admin/trail/auditentry/"
    # Session, user, two counts, rows, targets.
    with django_assert_max_num_queries(6):
        page = client.get(url)
    assert page.content.count(b">a picture<") == 4
    page = client.get(f"{url}add/")
    assert b'name="target_type"' in page.content
    assert b'name="target_id"' in page.content
    assert b'name="target_text"' not in page.content
    entry = AuditEntry.objects.last()
    other = make("document")
    form = {
        "action": "y",
        "actor": "",
        "target_type": ContentType.objects.get_for_model(other).pk,
        "target_id": str(other.pk),
        "changes": '{"by": "hand"}',
        "created_at_0": "2026-01-01",
        "created_at_1": "00:00:00",
    }
    answer = client.post(f"{url}{entry.pk}/change/", form)
    assert answer.status_code == 200, "an actor is asked for, as the model does"
    answer = client.post(f"{url}{entry.pk}/change/", form | {"actor": user.pk})
    assert answer.status_code == 302
    assert fresh(entry).target == other
