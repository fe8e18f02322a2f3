"""The guarded generic key, read: what is not there is None, a page costs a query per model."""

from __future__ import annotations

import django
import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db import models
from django.db.models import prefetch_related_objects
from django.test.utils import isolate_apps

from slipstream.targets.generic.keys import database_of
from tests.things.models import (
    Document,
    FeaturedPicture,
    Picture,
)
from tests.trail.models import (
    AuditEntry,
    Note,
    TaggedItem,
)

from .generics import KINDS, fresh, point, tagged

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
