"""Migrations: plain Django, small, and safe on tables with rows."""

from __future__ import annotations

import io

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from slipstream.targets import Target
from tests.things.models import Document, Picture, Tag

from .changing import changes, declared, drop, migrate, written

TWO = ("things.Picture", "things.Document")
THREE = (*TWO, "things.Tag")


def names(operations):
    return sorted(type(operation).__name__ for operation in operations)


# -- what is written


def test_a_second_makemigrations_finds_nothing(db):
    out = io.StringIO()
    call_command("makemigrations", "--check", "--dry-run", "pointing", stdout=out)
    assert "No changes" in out.getvalue()


def test_what_is_written_is_plain_django():
    before = ProjectState()
    after = ProjectState.from_apps(apps)
    found = MigrationAutodetector(before, after)._detect_changes()
    [*migrations] = found["pointing"]
    for migration in migrations:
        text, _ = written(migration.operations)
        assert "slipstream" not in text
    for targets, options in ((TWO, {}), (THREE, {"null": True, "unique_with": ["rank"]})):
        empty = ProjectState.from_apps(apps)
        text, operations = written(changes(empty, declared(*targets, **options)))
        assert "slipstream" not in text
        assert "models.ForeignKey(" in text
        # What was read back makes the model that was declared.
        read = ProjectState.from_apps(apps)
        for operation in operations:
            operation.state_forwards("pointing", read)
        assert changes(read, declared(*targets, **options)) == []


def test_the_file_in_the_repository_is_what_is_declared(db):
    loader = MigrationLoader(connection)
    state = loader.project_state()
    assert "target" not in state.models["pointing", "activity"].fields
    found = MigrationAutodetector(state, ProjectState.from_apps(apps))._detect_changes()
    assert "pointing" not in found


def test_another_order_of_the_targets_is_no_change():
    for options in ({}, {"null": True}, {"index_with": ["rank"]}, {"unique_with": ["rank"]}):
        assert changes(declared(*THREE, **options), declared(*THREE[::-1], **options)) == []


def test_a_further_target_is_a_column_its_index_and_another_rule():
    found = changes(declared(*TWO), declared(*THREE))
    assert names(found) == ["AddConstraint", "AddField", "AddIndex", "RemoveConstraint"]
    found = changes(declared(*TWO, unique_with=["rank"]), declared(*THREE, unique_with=["rank"]))
    assert names(found) == ["AddConstraint", "AddConstraint", "AddField", "RemoveConstraint"]


def test_a_target_less_is_the_same_backwards():
    found = changes(declared(*THREE), declared(*TWO))
    assert names(found) == ["AddConstraint", "RemoveConstraint", "RemoveField", "RemoveIndex"]


def test_what_python_alone_does_changes_no_table():
    on_delete = changes(declared(*TWO), declared(*TWO, on_delete=models.PROTECT))
    assert names(on_delete) == ["AlterField", "AlterField"]
    named = changes(declared(*TWO, verbose_name="about"), declared(*TWO))
    assert named == []


def test_a_model_with_the_key_read_from_a_migration_has_the_columns_alone(db):
    state = MigrationLoader(connection).project_state()
    model = state.apps.get_model("pointing", "Activity")
    columns = {field.name for field in model._meta.get_fields()}
    assert {"target_picture", "target_tag"} <= columns
    assert "target" not in columns
    assert type(model._meta.get_field("target_tag")) is models.ForeignKey


# -- what is run, on a table with rows


@pytest.fixture
def table(transactional_db):
    yield "pointing_subject"
    # Foreign keys to the things go first.
    drop("pointing_subject")


def made(state):
    """Make the table, by a migration that was written and read."""
    _, operations = written(changes(ProjectState.from_apps(apps), state))
    return migrate(operations, ProjectState.from_apps(apps))


def rows_of(state):
    return state.apps.get_model("pointing", "Subject").objects


def upgraded(before, after):
    """Migrate the table from one state to the other; return what was run and the new state."""
    _, operations = written(changes(before, after))
    return operations, migrate(operations, before)


@pytest.mark.parametrize("options", [{}, {"null": True}, {"unique_with": ["rank"]}])
def test_a_further_target_for_a_table_with_rows(table, options):
    picture, tag = Picture.objects.create(), Tag.objects.create(name="red")
    before = made(declared(*TWO, **options))
    rows_of(before).create(target_picture_id=picture.pk)
    operations, after = upgraded(before, declared(*THREE, **options))
    rows_of(after).create(target_tag_id=tag.pk)
    with pytest.raises(IntegrityError):
        rows_of(after).create(target_picture_id=picture.pk, target_tag_id=tag.pk, rank=2)
    rows_of(after).filter(target_tag_id="red").delete()
    again = migrate(operations, before, back=True)
    assert [row.target_picture_id for row in rows_of(again).all()] == [picture.pk]
    migrate(operations, again)
    assert rows_of(after).get().target_tag_id is None


def test_a_target_less_with_rows_that_need_none_of_it(table):
    document = Document.objects.create()
    before = made(declared(*THREE))
    rows_of(before).create(target_document_id=document.pk)
    _, after = upgraded(before, declared(*TWO))
    assert rows_of(after).get().target_document_id == document.pk
    with pytest.raises(IntegrityError):
        rows_of(after).create()


def test_from_at_most_one_to_exactly_one(table):
    picture = Picture.objects.create()
    before = made(declared(*TWO, null=True))
    row = rows_of(before).create()
    kept = rows_of(before).create(target_picture_id=picture.pk)
    exactly_one = declared(*TWO)
    _, operations = written(changes(before, exactly_one))
    assert names(operations) == ["AddConstraint", "RemoveConstraint"]
    if connection.features.can_rollback_ddl:
        with pytest.raises(IntegrityError):
            migrate(operations, before)
        # Nothing has changed, the old rule holds.
        assert rows_of(before).count() == 2
        document = Document.objects.create()
        with pytest.raises(IntegrityError):
            rows_of(before).create(target_picture_id=picture.pk, target_document_id=document.pk)
    row.delete()
    after = migrate(operations, before)
    assert rows_of(after).get().pk == kept.pk
    with pytest.raises(IntegrityError):
        rows_of(after).create()
    migrate(operations, before, back=True)
    rows_of(before).create()


def test_another_name_for_a_target(table):
    tag = Tag.objects.create(name="red")
    for options in ({}, {"unique_with": ["rank"]}):
        before = made(declared(*THREE, **options))
        rows_of(before).create(target_tag_id=tag.pk)
        renamed = declared(*TWO, Target("things.Tag", name="label"), **options)
        operations, after = upgraded(before, renamed)
        assert "RenameField" in names(operations)
        assert not {"AddField", "RemoveField"} & set(names(operations))
        assert rows_of(after).get().target_label_id == "red"
        with pytest.raises(IntegrityError):
            rows_of(after).create()
        again = migrate(operations, before, back=True)
        assert rows_of(again).get().target_tag_id == "red"
        drop(table)


def test_no_constraint_or_index_is_left_behind(table):
    def found():
        with connection.cursor() as cursor:
            return set(connection.introspection.get_constraints(cursor, table))

    before = made(declared(*TWO, index_with=["rank"]))
    first = found()
    operations, _ = upgraded(before, declared(*THREE, index_with=["rank"], null=True))
    assert found() != first
    migrate(operations, before, back=True)
    assert {name for name in found() if "fk" not in name.lower()} == {
        name for name in first if "fk" not in name.lower()
    }
