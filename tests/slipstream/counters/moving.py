"""A small project whose models change: what `migrate` does, with the rows it finds."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ModelState, ProjectState

from slipstream import triggers as engine_triggers
from slipstream.counters import CountField, triggers
from slipstream.counters.apps import _after_migrations, _before_migrations
from slipstream.counters.statements import PREFIX

__all__ = ["Project"]

LABEL = "counting"


class Yes(MigrationQuestioner):
    """Says yes to "did you rename it?"."""

    def ask_rename(self, *args):
        return True

    ask_rename_model = ask_rename

    def ask_not_null_addition(self, field_name, model_name):
        return None


class Project:
    """Boxes with things and tags. What is said of them can be said otherwise."""

    said = {
        "box": "Box",
        "thing": "Thing",
        "tag": "Slip",
        "count": "thing_count",
        "tag_count": "tag_count",
        "key": "box",
        "pk": "id",
        "kind": "kind",
        "tags": "tags",
        "filter": None,
        "box_table": None,
        "thing_table": None,
        "extra": (),
    }

    def __init__(self) -> None:
        self.made: dict[str, Any] = {}
        self.state = ProjectState()
        self.done: list[tuple[Any, ProjectState, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        """The model of that name, as it is now."""
        return self.made[name]

    def migrate(self, *operations: Any, **said: Any) -> list[Any]:
        """Declare the models anew and migrate; ``operations`` come last. Return all of them."""
        self.said = {**self.said, **said}
        before = self.state
        self._declare()
        self.state = self._state()
        # It takes things out of the states, and changes what is in them.
        states = before.clone(), self._state()
        detector = MigrationAutodetector(*states, Yes(specified_apps={LABEL}))
        found = detector._detect_changes().get(LABEL, ())
        every = [operation for migration in found for operation in migration.operations]
        body = {"operations": [*every, *operations], "dependencies": []}
        migration = type("Migration", (migrations.Migration,), body)("0002_x", LABEL)
        self._run(migration, before, is_backwards=False)
        self.done.append((migration, before, self.said))
        return body["operations"]

    def migrate_back(self) -> None:
        """Undo the last of it."""
        migration, before, _ = self.done.pop()
        self.said = self.done[-1][2]
        now, self.state = self.state, before
        self._declare()
        self._run(migration, before, is_backwards=True, now=now)

    def _run(
        self, migration: Any, before: ProjectState, *, is_backwards: bool, now: Any = None
    ) -> None:
        plan = [(migration, is_backwards)]
        _before_migrations(using="default", plan=plan, apps=(now or before).apps)
        with connection.schema_editor(atomic=migration.atomic) as editor:
            if is_backwards:
                migration.unapply(before.clone(), editor)
            else:
                migration.apply(before.clone(), editor)
        _after_migrations(using="default")

    def _declare(self) -> None:
        self.forget()
        said = self.said

        def model(name: str, table: str | None = None, **body: Any) -> Any:
            meta = {"app_label": LABEL, **({"db_table": table} if table else {})}
            body = {
                "__module__": "tests.counting.models",
                "Meta": type("Meta", (), meta),
                said["pk"]: models.BigAutoField(primary_key=True),
                **body,
            }
            self.made[name] = type(name, (models.Model,), body)

        counts = {}
        if said["count"]:
            counts[said["count"]] = CountField("things", filter=said["filter"])
        if said["tag_count"]:
            counts[said["tag_count"]] = CountField(said["tags"])
        key = models.ForeignKey(said["box"], models.CASCADE, related_name="things")
        model(said["tag"])
        model(
            said["box"],
            said["box_table"],
            **counts,
            **{said["tags"]: models.ManyToManyField(said["tag"])},
            **({"label": models.TextField(null=True)} if "box" in said["extra"] else {}),
        )
        model(
            said["thing"],
            said["thing_table"],
            **{said["key"]: key, said["kind"]: models.CharField(max_length=9, default="a")},
            **({"label": models.TextField(null=True)} if "thing" in said["extra"] else {}),
        )

    def _state(self) -> ProjectState:
        state = ProjectState()
        for made in self.made.values():
            state.add_model(ModelState.from_model(made))
        return state

    def forget(self) -> None:
        """Take the models out of the project."""
        for name, made in self.made.items():
            for field in made._meta.many_to_many:
                through = field.remote_field.through._meta.model_name
                apps.all_models[LABEL].pop(through, None)
            del apps.all_models[LABEL][name.lower()]
        self.made.clear()
        apps.clear_cache()

    def drop(self) -> None:
        """Leave nothing behind, wherever it stopped."""
        self.forget()
        known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
        mine = {name for name in tables if name.lower().startswith(LABEL)} - known
        triggers._drop(triggers._ours(mine, using="default"), using="default")
        tail = " CASCADE" if connection.vendor == "postgresql" else ""
        with connection.constraint_checks_disabled(), connection.cursor() as cursor:
            for name in mine:
                cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)}{tail}")

    # -- what is found

    def rows(self) -> tuple[Any, Any, Any]:
        """The models of boxes, things and tags."""
        return tuple(self.made[self.said[name]] for name in ("box", "thing", "tag"))

    def fill(self, *, kinds: str = "aab") -> Any:
        """Add a box with a thing of each of ``kinds``, and with two tags."""
        box_model, thing_model, tag_model = self.rows()
        box = box_model.objects.create()
        thing_model.objects.bulk_create(
            thing_model(**{self.said["key"]: box, self.said["kind"]: kind}) for kind in kinds
        )
        getattr(box, self.said["tags"]).add(*(tag_model.objects.create() for _ in range(2)))
        return box

    def are_right(self) -> bool:
        """Whether all counts are right, by counting in Python."""
        for box in self.rows()[0].objects.all():
            things = box.things.all()
            if self.said["filter"]:
                things = things.filter(self.said["filter"])
            real = {
                self.said["count"]: len(list(things)),
                self.said["tag_count"]: len(list(getattr(box, self.said["tags"]).all())),
            }
            if any(name and getattr(box, name) != number for name, number in real.items()):
                return False
        return True

    def triggers(self) -> dict[str, str]:
        """The triggers that are there, on tables of this project."""
        tables = [m._meta.db_table for m in apps.get_models(include_auto_created=True)]
        mine = {m._meta.db_table for m in self.made.values()}
        mine |= {f.remote_field.through._meta.db_table for f in self.rows()[0]._meta.many_to_many}
        found = engine_triggers.triggers_on(set(tables), using="default")
        return {n: t for n, t in found.items() if n.startswith(PREFIX) and t in mine}

    def are_as_wanted(self) -> bool:
        """Whether there are the triggers that there should be, and no other."""
        mine = set(self.triggers())
        wanted = {
            trigger.name
            for counted, made in triggers._wanted(using="default").items()
            if counted.holder in self.made.values()
            for trigger in made
        }
        return mine == wanted
