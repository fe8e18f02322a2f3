"""Whatever migrations do to the tables, the triggers are those of the models, and counts right."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.optimizer import MigrationOptimizer
from django.db.models import Q
from django.test import override_settings

from devtools.engines.postgres import find_postgres
from slipstream import triggers as engine_triggers
from slipstream.counters import CountField, triggers
from slipstream.counters.apps import _before_migrations
from slipstream.counters.statements import PREFIX
from tests.counting.models import Album, Label, Photo

from .counting import execute, wrong_counts
from .moving import Project

pytestmark = [pytest.mark.any_user, pytest.mark.slow]


@pytest.fixture
def project(transactional_db):
    project = Project()
    yield project
    project.drop()


CHANGES = {
    "a count more": ({"count": None}, {"count": "thing_count"}),
    "a filter": ({}, {"filter": Q(kind="a")}),
    "another filter": ({"filter": Q(kind="a")}, {"filter": ~Q(kind="a")}),
    "another name of the count": ({}, {"count": "how_many", "tag_count": "labels_there"}),
    "another name of the key": ({}, {"key": "chest"}),
    "another name of what is filtered": (
        {"filter": Q(kind="a")},
        {"kind": "sort", "filter": Q(sort="a")},
    ),
    "another name of the primary key": ({}, {"pk": "number"}),
    "another name of the holder": ({}, {"box": "Chest"}),
    "another name of the rows": ({}, {"thing": "Item"}),
    "another name of the other end": ({}, {"tag": "Sticker"}),
    "another name of the relation": ({}, {"tags": "stickers"}),
    "another table of the holder": ({}, {"box_table": "counting_chests"}),
    "another table of the rows": ({}, {"thing_table": "Counting Items"}),
    "two tables that change names": (
        {"box_table": "counting_one", "thing_table": "counting_two"},
        {"box_table": "counting_three", "thing_table": "counting_one"},
    ),
    "a column more": ({}, {"extra": ("box", "thing")}),
}


@pytest.mark.parametrize("part", range(3))
def test_changes_there_and_back(transactional_db, part):
    """In few tests: flushing the database after each would take longer than they do."""
    for name in list(CHANGES)[part::3]:
        before, after = CHANGES[name]
        project = Project()
        try:
            there_and_back(project, before, after)
        except BaseException as error:
            error.add_note(f"The change was: {name}.")
            raise
        finally:
            project.drop()


def there_and_back(project, before, after):
    project.migrate(**before)
    project.fill()
    assert project.are_right()
    operations = project.migrate(**after)
    assert operations or "filter" in after
    for _ in range(2):
        assert project.are_as_wanted()
        assert project.are_right()
        project.fill()
        assert project.are_right()
        project.rows()[1].objects.all()[0].delete()
        project.rows()[1].objects.update(**{project.said["kind"]: "b"})
        assert project.are_right()
        if len(project.done) == 2:
            project.migrate_back()


def test_rows_written_by_a_data_migration_are_counted(project):
    """In the same run as what renames things under it."""

    def write(apps, schema_editor):
        box = apps.get_model("counting", "Chest").objects.create()
        things = apps.get_model("counting", "Item").objects
        for _ in range(3):
            things.create(box=box)
        things.all()[0].delete()

    project.migrate()
    project.fill()
    project.migrate(
        migrations.RunPython(write, migrations.RunPython.noop), box="Chest", thing="Item"
    )
    assert project.are_as_wanted()
    assert project.are_right()
    project.migrate_back()
    assert project.are_right()


def test_a_data_migration_alone_leaves_the_triggers(project):
    def write(apps, schema_editor):
        apps.get_model("counting", "Thing").objects.all()[0].delete()

    project.migrate()
    box = project.fill()
    project.migrate(migrations.RunPython(write))
    box.refresh_from_db()
    assert box.thing_count == 2


def test_a_count_that_goes_leaves_nothing(project):
    project.migrate()
    project.fill()
    project.migrate(count=None, tag_count=None)
    assert project.triggers() == {}
    assert functions() == functions(kept=True)
    project.fill()
    project.migrate_back()
    assert project.are_as_wanted()
    assert project.are_right()


def functions(*, kept: bool = False) -> set[str]:
    """The functions that there are, or those that triggers call."""
    if connection.vendor != "postgresql":
        return set()
    sql = "SELECT proname FROM pg_proc WHERE proname LIKE %s"
    if kept:
        sql += " AND oid IN (SELECT tgfoid FROM pg_trigger)"
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"{PREFIX}%"])
        return {name for (name,) in cursor.fetchall()}


def test_after_a_migration_that_fails_a_warning_then_the_next_mends(project):
    def fail(apps, schema_editor):
        raise ZeroDivisionError

    project.migrate()
    box = project.fill()
    [(migration, before, _)] = project.done
    plan = [(migration, False)]
    _before_migrations(using="default", plan=plan, apps=project.state.apps)
    for model in (project.Box, project.Thing):
        assert model._meta.db_table not in project.triggers().values() or (
            # Harmless there: what makes tables has nothing to drop.
            connection.vendor != "sqlite"
        )
    triggers.drop_all(["counting"], using="default", apps=project.state.apps)
    project.Thing.objects.create(box=box)
    out = io.StringIO()
    call_command("check", databases=["default"], tags=["database"], stdout=out, stderr=out)
    assert "slipstream_counters.W001" in out.getvalue()
    assert "lacks triggers of counting.Box.thing_count" in out.getvalue()
    triggers.install(using="default")
    assert project.are_as_wanted()
    assert project.are_right()
    out = io.StringIO()
    call_command("check", databases=["default"], tags=["database"], stdout=out, stderr=out)
    assert "W001" not in out.getvalue()


# -- what is written


@pytest.mark.skipif("connection.vendor == 'mysql'", reason="some counts differ there")
def test_a_second_makemigrations_finds_nothing(db):
    out = io.StringIO()
    call_command("makemigrations", "counting", "--check", "--dry-run", stdout=out, stderr=out)


def test_migrations_of_a_count_are_squashed_into_its_table():
    operations = [
        migrations.CreateModel("Box", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddField("Box", "thing_count", CountField("things")),
        migrations.AlterField("Box", "thing_count", CountField("things", filter=Q(kind="a"))),
        migrations.RenameField("Box", "thing_count", "how_many"),
    ]
    [made] = MigrationOptimizer().optimize(operations, "counting")
    [(_, _), (name, field)] = made.fields
    assert name == "how_many"
    assert field.deconstruct()[1:] == (
        "slipstream.counters.CountField",
        ["things"],
        {"filter": Q(kind="a")},
    )


def test_sqlmigrate_is_a_plain_column(transactional_db):
    out = io.StringIO()
    call_command("sqlmigrate", "counting", "0001", stdout=out)
    assert "photo_count" in out.getvalue()
    assert "TRIGGER" not in out.getvalue()


# -- the commands themselves


def written_and_counted() -> bool:
    album = Album.objects.create()
    Photo.objects.bulk_create([Photo(album=album) for _ in range(3)])
    album.labels.add(Label.objects.create(slug="x"))
    Photo.objects.all()[0].delete()
    album.refresh_from_db()
    return (album.photo_count, album.label_count) == (2, 1) and wrong_counts() == {}


def test_migrate_to_zero_and_again(transactional_db):
    written_and_counted()
    call_command("migrate", "counting", "zero", verbosity=0)
    assert triggers.missing(using="default") == {}
    assert functions() == functions(kept=True)
    try:
        with override_settings(MIGRATION_MODULES={"counting": None}):
            call_command("migrate", run_syncdb=True, verbosity=0)
            assert triggers.missing(using="default") == {}
            assert written_and_counted()
            tables = reversed(connection.introspection.django_table_names(only_existing=True))
            tables = [name for name in tables if name.lower().startswith("counting")]
            with connection.constraint_checks_disabled():
                for name in tables:
                    tail = " CASCADE" if connection.vendor == "postgresql" else ""
                    execute(f"DROP TABLE {connection.ops.quote_name(name)}{tail}")
    finally:
        call_command("migrate", "counting", verbosity=0)
    assert triggers.missing(using="default") == {}
    assert written_and_counted()


def test_flush_leaves_the_triggers(transactional_db):
    assert written_and_counted()
    call_command("flush", interactive=False, verbosity=0)
    assert triggers.missing(using="default") == {}
    assert Album.objects.count() == 0
    assert written_and_counted()


def test_a_dump_restored_counts_on(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("pg_dump is PostgreSQL's")
    site_packages = Path(pytest.__file__).parents[1]
    programs = find_postgres(site_packages)
    pg_dump, psql = (
        shutil.which(name, path=f"{programs.bin}{os.pathsep}{os.environ['PATH']}")
        for name in ("pg_dump", "psql")
    )
    if not (pg_dump and psql):
        pytest.skip("there is no pg_dump, or no psql, with this PostgreSQL")
    assert written_and_counted()
    at = connection.settings_dict
    env = {
        **programs.variables(),
        "PGPASSWORD": at["PASSWORD"],
        "PGHOST": at["HOST"],
        "PGPORT": str(at["PORT"]),
        "PGUSER": at["USER"],
    }

    def run(*command: str) -> str:
        return subprocess.run(
            command, env=env, check=True, capture_output=True, text=True
        ).stdout.strip()

    dump = run(pg_dump, at["NAME"])
    run(psql, "-qc", "CREATE DATABASE restored", at["NAME"])
    try:
        subprocess.run(
            [psql, "-qv", "ON_ERROR_STOP=1", "restored"],
            env=env,
            input=dump,
            check=True,
            capture_output=True,
            text=True,
        )
        asked = "SELECT photo_count FROM counting_album"
        assert run(psql, "-tAc", asked, "restored") == "2"
        run(
            psql,
            "-qc",
            "DELETE FROM counting_photo WHERE id = (SELECT MIN(id) FROM counting_photo)",
            "restored",
        )
        assert run(psql, "-tAc", asked, "restored") == "1"
    finally:
        run(psql, "-qc", "DROP DATABASE restored", at["NAME"])


def test_no_trigger_is_left_from_what_these_tests_made(db):
    present = triggers._present(using="default")
    wanted = triggers._wanted(using="default").values()
    assert set(present) == {trigger.name for made in wanted for trigger in made}
    assert engine_triggers.triggers_on([], using="default") == {}
