"""What a project may have got wrong is said, with what is right."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.core import checks
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.test.utils import isolate_apps

from slipstream import triggers as engine_triggers
from slipstream.counters import CountField, triggers
from slipstream.counters.checks import check_triggers
from slipstream.counters.statements import triggers_of
from tests.counting.models import Album, Heard, Node, Photo

LABEL = "tests.counting"

pytestmark = pytest.mark.any_user


def found(field: CountField, **rows):
    """What checking says of a box with ``field``, and things of which it has many."""

    class Box(models.Model):
        labels = models.ManyToManyField("Sticker", related_name="boxes")
        notes = GenericRelation("Note")
        first = models.ForeignKey("Sticker", models.CASCADE, related_name="+")
        how_many = field

        class Meta:
            app_label = "counting"

    class Sticker(models.Model):
        class Meta:
            app_label = "counting"

    class Note(models.Model):
        content_type = models.ForeignKey("contenttypes.ContentType", models.CASCADE)
        object_id = models.IntegerField()
        about = GenericForeignKey()

        class Meta:
            app_label = "counting"

    class Thing(models.Model):
        box = models.ForeignKey(Box, rows.get("on_delete", models.CASCADE), related_name="things")
        lid = models.OneToOneField(Box, models.CASCADE, related_name="only")
        hidden = models.BooleanField()
        name = models.CharField(max_length=9)

        class Meta:
            app_label = "counting"

    return [error for error in Box._meta.get_field("how_many").check() if "slip" in error.id]


@isolate_apps(LABEL, "django.contrib.contenttypes")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing", "There is nothing to count by the name 'nothing'."),
        ("id", "'id': it does not lead to many objects."),
        ("first", "'first': it does not lead to many objects."),
        ("only", "'only': it does not lead to many objects."),
        ("notes", "'notes': it is a generic relation, and what it counts the database cannot see."),
        ("", "There is nothing to count by the name ''."),
    ],
)
def test_no_such_relation(name, said):
    [error] = found(CountField(name))
    assert error.id == "slipstream_counters.E001"
    assert said in error.msg
    assert error.hint == "counting.Box has: labels, things."


@isolate_apps(LABEL, "django.contrib.contenttypes")
@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (Q(nothing=True), "Cannot resolve keyword 'nothing'"),
        (Q(box__first=1), "not permitted"),
        (Q(name=F("box__first__pk")), "not permitted"),
        (Q(box__in=[], name__bad="x"), "Unsupported lookup 'bad'"),
        (Q(id="one"), "Field 'id' expected a number but got 'one'."),
        (Q(hidden="perhaps"), "“perhaps” value must be either True or False."),
        (Q(id__in=5), "not iterable."),
        (Q(Exists(Photo.objects.filter(pk=OuterRef("pk")))), "it asks another query"),
        (Q(id__in=Photo.objects.values("pk")), "it asks another query"),
    ],
)
def test_a_filter_that_cannot_be_used(condition, said):
    [error] = found(CountField("things", filter=condition))
    assert error.id == "slipstream_counters.E001"
    assert said in error.msg
    assert error.hint == (
        "It can have conditions on the columns of counting.Thing: id, box, lid, hidden, name."
    )


@isolate_apps(LABEL, "django.contrib.contenttypes")
@pytest.mark.parametrize("name", ["things", "labels"])
def test_what_can_be_counted(name):
    assert found(CountField(name)) == []


@isolate_apps(LABEL, "django.contrib.contenttypes")
@pytest.mark.parametrize(
    "condition",
    [
        Q(hidden=False),
        ~Q(name__in=["a", "b"]) | Q(lid=None),
        Q(name=Lower("name")),
        Q(pk__gt=F("box")),
    ],
)
def test_filters_that_can_be_used(condition):
    assert found(CountField("things", filter=condition)) == []


@isolate_apps(LABEL, "django.contrib.contenttypes")
def test_without_the_app_nothing_keeps_it(settings):
    settings.INSTALLED_APPS = [a for a in settings.INSTALLED_APPS if "counters" not in a]
    from slipstream.counters import checks as ours

    class Nothing:
        @staticmethod
        def is_installed(name):
            return False

    original, ours.apps = ours.apps, Nothing
    try:
        [error] = found(CountField("things"))
    finally:
        ours.apps = original
    assert error.id == "slipstream_counters.E003"
    assert "INSTALLED_APPS" in error.hint


def test_rows_of_its_own_table_on_mariadb(monkeypatch):
    field = Node._meta.get_field("child_count")
    if connection.vendor != "mysql":
        monkeypatch.setattr(connection, "vendor", "mysql")
    monkeypatch.setattr(field, "maintained_by", "triggers")
    from slipstream.counters.checks import check_field

    [error] = check_field(field)
    assert error.id == "slipstream_counters.E002"
    assert 'maintained_by="signals"' in error.hint
    monkeypatch.setattr(field, "maintained_by", "signals")
    assert [info.id for info in check_field(field)] == ["slipstream_counters.I001"]


@pytest.mark.skipif(not hasattr(models, "DB_CASCADE"), reason="new in Django 6.1")
@isolate_apps(LABEL, "django.contrib.contenttypes")
def test_a_cascade_of_the_database_on_mariadb(monkeypatch):
    if connection.vendor != "mysql":
        monkeypatch.setattr(connection, "vendor", "mysql")
    [warning] = found(CountField("things"), on_delete=models.DB_CASCADE)
    assert warning.id == "slipstream_counters.W002"
    assert "counting.Thing.box leaves deletion to the database" in warning.msg


def test_signals_are_said_to_miss_some():
    [info] = Heard._meta.get_field("echo_count").check()
    assert (info.id, info.level) == ("slipstream_counters.I001", checks.INFO)
    for what in ("bulk_create()", "bulk_update()", "QuerySet.update()", "SQL", "SET_NULL"):
        assert what in info.hint


def test_missing_triggers(transactional_db):
    assert check_triggers(databases=["default"]) == []
    assert check_triggers() == []
    [counted] = [c for c in triggers._wanted(using="default") if c.field.name == "photo_count"]
    [*_, last] = triggers_of(counted, connection)
    engine_triggers.drop(last.name, last.table, using="default")
    [warning] = check_triggers(databases=["default"])
    assert warning.id == "slipstream_counters.W001"
    assert warning.obj is Album._meta.get_field("photo_count")
    assert "Database 'default' lacks triggers of counting.Album.photo_count" in warning.msg
    assert last.name in warning.msg
    triggers.install(using="default")
    assert check_triggers(databases=["default"]) == []
