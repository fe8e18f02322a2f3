"""The guarded generic key: rows by what they point at, and what Django does with them."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, transaction
from django.urls import path

from slipstream.exceptions import InvalidTarget
from tests.things.models import (
    Picture,
)
from tests.trail.models import (
    Album,
    AuditEntry,
    LongNote,
    Memo,
    Note,
    PlainLink,
    ShortNote,
    TaggedItem,
)

from .generics import KINDS, fresh, point, tagged

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
