"""Models made by tests: what migrations would be written for them, and their tables."""

from __future__ import annotations

import itertools
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, models
from django.db.migrations import Migration
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps

from slipstream.targets import ExclusiveForeignKey

numbers = itertools.count(1)


class Yes(MigrationQuestioner):
    """Says yes to "did you rename it?"."""

    def ask_rename(self, *args):
        return True

    def ask_not_null_addition(self, field_name, model_name):
        raise AssertionError(field_name)


def declared(*targets, table="pointing_subject", fields=None, **arguments):
    """Return the state of the project with a model ``Subject`` that has the key ``target``."""
    arguments = {"on_delete": models.CASCADE, "related_name": "+", **arguments}
    with isolate_apps("tests.pointing"):
        meta = type("Meta", (), {"app_label": "pointing", "db_table": table})
        body = {
            "__module__": "tests.pointing.models",
            "Meta": meta,
            "rank": models.IntegerField(default=0),
            "target": ExclusiveForeignKey(*targets, **arguments),
            **(fields or {}),
        }
        model = type("Subject", (models.Model,), body)
        state = ProjectState.from_apps(apps)
        state.add_model(ModelState.from_model(model))
    return state


def changes(before, after):
    """Return the operations that ``makemigrations`` would write."""
    detector = MigrationAutodetector(before, after, Yes(specified_apps={"pointing"}))
    found = detector._detect_changes()
    return [
        operation for migration in found.get("pointing", []) for operation in migration.operations
    ]


def written(operations):
    """Return the migration's text, and the operations that come of reading it."""
    migration = type("Migration", (Migration,), {"operations": operations, "dependencies": []})
    text = MigrationWriter(migration("0002_x", "pointing")).as_string()
    namespace: dict = {}
    exec(text, namespace)
    return text, namespace["Migration"].operations


def migrate(operations, state, *, back=False):
    """Run ``operations`` from ``state``, or back to it; return the state after them."""
    states = [state]
    for operation in operations:
        states.append(states[-1].clone())
        operation.state_forwards("pointing", states[-1])
    steps = list(zip(operations, states, states[1:], strict=False))
    with connection.schema_editor() as editor:
        for operation, before, after in reversed(steps) if back else steps:
            if back:
                operation.database_backwards("pointing", editor, after, before)
            else:
                operation.database_forwards("pointing", editor, before, after)
    return state if back else states[-1]


def drop(*tables):
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)}")


@contextmanager
def model_with_table(*targets, key=ExclusiveForeignKey, **arguments):
    """Make a model in the app ``pointing``, for real but for this block."""
    name = f"Temporary{next(numbers)}"
    arguments = {"on_delete": models.CASCADE, "related_name": "+", **arguments}
    body = {
        "__module__": "tests.pointing.models",
        "Meta": type("Meta", (), {"app_label": "pointing"}),
        "target": key(*targets, **arguments),
    }
    model = type(name, (models.Model,), body)
    try:
        with connection.schema_editor() as editor:
            editor.create_model(model)
        yield model
    finally:
        drop(model._meta.db_table)
        del apps.all_models["pointing"][name.lower()]
        apps.clear_cache()
