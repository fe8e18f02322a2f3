"""Whatever is written, however: each stored count is the real one, after each statement."""

from __future__ import annotations

import itertools
import json
from random import Random
from typing import Any

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.counting.models import (
    AWKWARD,
    Album,
    Fan,
    Label,
    Mark,
    Node,
    Odd,
    Person,
    Photo,
    Place,
    Player,
    Remark,
    Sale,
    Shop,
    Team,
    Venue,
    Visit,
    Word,
)

from .counting import HOLDERS, User, execute, table, wrong_counts

pytestmark = pytest.mark.slow

ON_MARIADB = "mysql"
names = itertools.count()
NUMBERS = st.integers(0, 30)
SEVERAL = st.lists(NUMBERS, min_size=1, max_size=5)

# Rows, the key by which they are counted, and what it refers to.
KEYS = (
    (Photo, "album", Album),
    (Remark, "photo", Photo),
    (Fan, "album", Album),
    (Fan, "user", User),
    (Node, "parent", Node),
    (Word, "root", Word),
    (Sale, "shop", Shop),
    (Visit, "place", Place),
    (Player, "team", Team),
    (Team, "captain", Player),
    (Mark, "odd", Odd),
)
RELATIONS = (
    (Album, "labels", Label),
    (Label, "albums", Album),
    (Album, "fans", User),
    (User, "albums_liked", Album),
    (Person, "friends", Person),
    (Person, "idols", Person),
    (Person, "admirers", Person),
)
MODELS = (Album, Label, Photo, Remark, Fan, Person, Node, Word, Shop, Sale, Place, Venue, Visit)
MODELS = (*MODELS, Team, Player, Odd, Mark, User)
# What decides whether a row is counted.
FLIPS = (
    (Photo, "hidden", (True, False)),
    (Photo, "caption", ("100%", "it's a photo")),
    (Mark, "text", (AWKWARD, "x")),
    (Visit, "minutes", (None, 30, 60)),
)


def new(model: Any, **values: Any) -> Any:
    """An object of a model, not saved."""
    if model is User:
        return User(username=f"user {next(names)}", password="-")
    if model is Label:
        return Label(slug=f"Étiquette {next(names)}", **values)
    if model in (Shop, Word):
        return model(code=f"code {next(names)}", **values)
    return model(**values)


class Writes(RuleBasedStateMachine):
    """Every kind of write, in any order, in a transaction that is rolled back."""

    # Where hypothesis keeps no database, a file of a fixture is in a folder of the test's.
    folder: Any

    def __init__(self) -> None:
        super().__init__()
        self.stale: list[Any] = []
        self.outer = transaction.atomic()
        self.outer.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def pick(self, model: Any, number: int) -> Any:
        """One of the rows there are, or none."""
        keys = sorted(model._base_manager.values_list("pk", flat=True), key=str)
        return model._base_manager.get(pk=keys[number % len(keys)]) if keys else None

    def pick_some(self, model: Any, numbers: list[int]) -> list[Any]:
        found = (self.pick(model, number) for number in numbers)
        return list({row.pk: row for row in found if row}.values())

    def write(self, what: Any) -> None:
        """Do it, unless a constraint refuses: that must change nothing either."""
        try:
            with transaction.atomic():
                what()
        except IntegrityError:
            pass

    @initialize()
    def begin(self) -> None:
        for model in MODELS:
            if model not in {row for row, _, _ in KEYS} - {Photo, Node, Word, Team, Player}:
                for _ in range(3):
                    new(model).save()
        for _ in range(2):
            Person.objects.create()

    @invariant()
    def all_counts_are_right(self) -> None:
        assert wrong_counts() == {}

    # -- rows with a key

    @rule(
        key=st.sampled_from(KEYS),
        to=SEVERAL,
        how=st.sampled_from(["save", "bulk", "bulk ignoring", "raw"]),
        nowhere=st.booleans(),
    )
    def insert(self, key: Any, to: list[int], how: str, nowhere: bool) -> None:  # noqa: FBT001
        model, name, target = key
        if target is User or (model is Team and how == "raw"):
            return
        some = [self.pick(target, number) for number in to]
        rows = [new(model, **{name: row}) for row in some if row]
        if nowhere and model._meta.get_field(name).null:
            rows.append(new(model, **{name: None}))

        def insert() -> None:
            if how == "save":
                for row in rows:
                    row.save()
            elif how == "raw":
                for row in rows:
                    row.pk = row.pk or None
                # One statement of many rows, past managers and signals.
                model._base_manager._insert(
                    rows, fields=model._meta.local_concrete_fields[1:], using="default"
                )
            else:
                model.objects.bulk_create(rows, ignore_conflicts=how != "bulk")

        self.write(insert)

    @rule(number=NUMBERS, users=SEVERAL, how=st.sampled_from(["ignore", "update", "fail"]))
    def insert_what_may_be_there(self, number: int, users: list[int], how: str) -> None:
        album = self.pick(Album, number)
        rows = [Fan(album=album, user=user) for user in self.pick_some(User, users)]
        options: dict[str, Any] = {}
        if how == "ignore":
            options = {"ignore_conflicts": True}
        elif how == "update":
            options = {"update_conflicts": True, "update_fields": ["album"]}
            if connection.vendor != ON_MARIADB:
                options["unique_fields"] = ["album", "user"]
        if album:
            self.write(lambda: Fan.objects.bulk_create(rows, **options))

    @rule(numbers=SEVERAL, to=NUMBERS)
    def insert_or_move(self, numbers: list[int], to: int) -> None:
        album = self.pick(Album, to)
        rows = [Photo(pk=row.pk, album=album) for row in self.pick_some(Photo, numbers)]
        rows.append(Photo(album=album))
        options: dict[str, Any] = {"update_fields": ["album", "caption", "hidden"]}
        if connection.vendor != ON_MARIADB:
            options["unique_fields"] = ["pk"]
        self.write(lambda: Photo.objects.bulk_create(rows[:-1], update_conflicts=True, **options))
        rows[-1].save()

    @rule(
        key=st.sampled_from(KEYS),
        numbers=SEVERAL,
        to=NUMBERS,
        how=st.sampled_from(["save", "fields", "update", "bulk", "raw", "stale"]),
    )
    def move(self, key: Any, numbers: list[int], to: int, how: str) -> None:
        model, name, target = key
        field = model._meta.get_field(name)
        rows, found = self.pick_some(model, numbers), self.pick(target, to)
        if found is None and not field.null:
            return
        for row in rows:
            setattr(row, name, found)
        keys = [row.pk for row in rows]

        def move() -> None:
            if how == "stale":
                self.stale.extend(rows)
            elif how == "update":
                model.objects.filter(pk__in=keys).update(**{name: found})
            elif how == "bulk":
                model.objects.bulk_update(rows, [name])
            elif how == "raw":
                value = field.get_db_prep_save(
                    getattr(found, field.target_field.attname, None), connection
                )
                column = connection.ops.quote_name(field.column)
                execute(f"UPDATE {table(model)} SET {column} = %s", value)
            else:
                for row in rows:
                    row.save(update_fields=[name] if how == "fields" else None)

        self.write(move)

    @rule()
    def save_what_was_read_long_ago(self) -> None:
        for row in self.stale:
            if type(row)._base_manager.filter(pk=row.pk).exists():
                self.write(row.save)
        self.stale.clear()

    @rule(flip=st.sampled_from(FLIPS), numbers=SEVERAL, data=st.data(), is_update=st.booleans())
    def change_what_is_counted(
        self,
        flip: Any,
        numbers: list[int],
        data: Any,
        is_update: bool,  # noqa: FBT001
    ) -> None:
        model, name, values = flip
        value = data.draw(st.sampled_from(values))
        rows = self.pick_some(model, numbers)
        if is_update:
            model.objects.filter(pk__in=[row.pk for row in rows]).update(**{name: value})
        for row in rows:
            setattr(row, name, value)
            row.save()

    # -- relations

    @rule(
        relation=st.sampled_from(RELATIONS),
        number=NUMBERS,
        others=SEVERAL,
        what=st.sampled_from(["add", "add", "remove", "set", "clear"]),
    )
    def relate(self, relation: Any, number: int, others: list[int], what: str) -> None:
        model, name, other = relation
        row = self.pick(model, number)
        if row:
            ends = self.pick_some(other, others)
            arguments = {"set": [ends], "clear": []}.get(what, ends)
            self.write(lambda: getattr(getattr(row, name), what)(*arguments))

    # -- removing, renaming

    @rule(
        model=st.sampled_from(MODELS),
        numbers=st.lists(NUMBERS, min_size=1, max_size=2),
        how=st.sampled_from(["instance", "queryset", "raw", "join"]),
    )
    def delete(self, model: Any, numbers: list[int], how: str) -> None:
        rows = self.pick_some(model, numbers)
        keys = [row.pk for row in rows]

        def delete() -> None:
            if how == "instance":
                for row in rows:
                    row.delete()
            elif how == "queryset":
                model.objects.filter(pk__in=keys).delete()
            elif how == "raw":
                field = model._meta.pk
                for key in keys:
                    value = field.get_db_prep_value(key, connection)
                    column = connection.ops.quote_name(field.column)
                    execute(f"DELETE FROM {table(model)} WHERE {column} = %s", value)
            elif connection.vendor != ON_MARIADB:
                Photo.objects.filter(album__pk__in=keys, album__title="an album").delete()
                Node.objects.filter(parent__child_count__gt=2).delete()

        if not (how == "join" and model is not Album):
            self.write(delete)

    @rule(model=st.sampled_from([Shop, Word]), number=NUMBERS, is_moving_rows=st.booleans())
    def rename_key(self, model: Any, number: int, is_moving_rows: bool) -> None:  # noqa: FBT001
        row = self.pick(model, number)
        code = f"code {next(names)}" if number % 3 else f"code {next(names) - 1}"

        def rename() -> None:
            old, row.code = row.code, code
            row.save()
            if is_moving_rows:
                for rows, key in ((Sale, "shop"), (Word, "root")):
                    rows.objects.filter(**{f"{key}_id": old}).update(**{f"{key}_id": code})

        if row:
            self.write(rename)

    @rule(model=st.sampled_from([Node, Word]))
    def rename_all_in_one_statement(self, model: Any) -> None:
        if connection.vendor == ON_MARIADB:
            return  # counts of a table's own rows are kept by signals there
        last = next(names)
        if model is Node:
            execute(f"UPDATE {table(Node)} SET id = id + 100000, parent_id = parent_id + 100000")
        else:
            mark = f"'.{last}'"
            execute(f"UPDATE {table(Word)} SET code = code || {mark}, root_id = root_id || {mark}")
            first = f"(SELECT MIN(id) FROM {table(Word)})"
            execute(f"UPDATE {table(Word)} SET code = 'c' || id, root_id = 'c' || {first}")

    @rule(number=NUMBERS)
    def insert_a_tree_from_its_leaves(self, number: int) -> None:
        if connection.vendor != ON_MARIADB:
            ids = [10**7 + next(names) * 10 + i for i in range(4)]
            rows = [Node(pk=ids[i], parent_id=ids[max(i - 1, 0)]) for i in reversed(range(4))]
            Random(number).shuffle(rows)
            Node.objects.bulk_create(rows)

    # -- whole transactions, whole tables

    @rule(key=st.sampled_from(KEYS[:3]), number=NUMBERS)
    def roll_back(self, key: Any, number: int) -> None:
        model, name, target = key
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            found = self.pick(target, number)
            if found:
                model.objects.create(**{name: found})
                with pytest.raises(ZeroDivisionError), transaction.atomic():
                    found.delete()
                    raise ZeroDivisionError
                assert wrong_counts() == {}
            raise ZeroDivisionError

    @rule(seed=NUMBERS, is_twice=st.booleans())
    def load_a_fixture(self, seed: int, is_twice: bool) -> None:  # noqa: FBT001
        random = Random(seed)
        every = [row for model in (*MODELS, Person) for row in model._base_manager.all()]
        if Node in HOLDERS and connection.vendor == ON_MARIADB:
            every = [row for row in every if not isinstance(row, (Node, Word))]
        objects = json.loads(serializers.serialize("json", every))
        random.shuffle(objects)
        file = self.folder / "everything.json"
        file.write_text(json.dumps(objects))

        def load() -> None:
            for model in random.sample([Photo, Fan, Sale, Visit, Album, Shop], 3):
                model.objects.all().delete()
            for _ in range(1 + is_twice):
                call_command("loaddata", str(file), verbosity=0)

        self.write(load)


def test_any_sequence_of_writes(db, tmp_path):
    Writes.folder = tmp_path
    run_state_machine_as_test(
        Writes,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
