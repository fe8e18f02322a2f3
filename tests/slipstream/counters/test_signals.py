"""Counts kept by signals: what they see is counted, what they miss is what is documented."""

from __future__ import annotations

import json
from random import Random

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import connection, transaction

from tests.counting.models import Echo, Heard, Label, Node, Whisper, Word
from tests.slipstream.at_once import at_once

from .counting import User, execute, stored, wrong_counts

pytestmark = [pytest.mark.any_user, pytest.mark.django_db]


def right() -> bool:
    return wrong_counts(by="signals") == {}


class Doings:
    """What signals tell of, at random."""

    def __init__(self, seed: int, users: list, folder) -> None:
        self.random = Random(seed)
        self.users = users
        self.file = folder / "all.json"

    def heard(self) -> Heard:
        found = self.random.choice([*Heard.objects.all(), Heard()])
        if found.pk is None:
            found.save()
        return found

    def echo(self) -> None:
        kind = self.random.choice([Echo, Whisper])
        found = self.random.choice([*kind.objects.all(), kind()])
        found.heard = self.random.choice([self.heard(), None])
        found.loud = self.random.random() < 0.5
        found.by = self.random.choice([*self.users, None])
        only = found.pk and self.random.random() < 0.3
        found.save(update_fields=["heard"] if only else None)

    def relate(self) -> None:
        row = self.heard()
        every = list(Heard.objects.all())
        label = self.random.choice(Label.objects.all())
        manager, ends = self.random.choice(
            [(row.labels, list(Label.objects.all())), (row.peers, every), (label.heard, every)]
        )
        ends = self.random.sample(ends, self.random.randint(0, len(ends)))
        what = self.random.choice(["add", "remove", "set", "clear"])
        getattr(manager, what)(*{"set": [ends], "clear": []}.get(what, ends))

    def delete(self) -> None:
        model = self.random.choice([Echo, Whisper, Heard, Label])
        rows = model.objects.all()
        if len(rows) > 2:
            row = self.random.choice(rows)
            self.random.choice([row.delete, model.objects.filter(pk=row.pk).delete])()
        Label.objects.get_or_create(slug=self.random.choice("abcd"))

    def roll_back(self) -> None:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            self.echo()
            self.delete()
            raise ZeroDivisionError

    def load(self) -> None:
        rows = [*Echo.objects.all(), *Heard.objects.all()]
        said = json.loads(serializers.serialize("json", rows))
        self.random.shuffle(said)
        self.file.write_text(json.dumps(said))
        for row in self.random.sample(rows, len(rows) // 2):
            row.delete()
        call_command("loaddata", str(self.file), verbosity=0)


@pytest.mark.parametrize("seed", range(4))
def test_any_sequence_of_what_signals_tell_of(people, seed, tmp_path):
    Heard.objects.bulk_create([Heard() for _ in range(4)])
    Label.objects.bulk_create([Label(slug=slug) for slug in "abc"])
    do = Doings(seed, people(3), tmp_path)
    for _ in range(60):
        names = ["echo", "echo", "relate", "relate", "delete", "roll_back", "load"]
        getattr(do, do.random.choice(names))()
        assert right()


def test_being_related_to_oneself_is_one_row():
    heard = Heard.objects.create()
    heard.peers.add(heard, Heard.objects.create())
    assert stored(heard, "peer_count") == 2
    assert right()
    heard.peers.clear()
    assert right()


def test_rows_saved_through_a_proxy():
    heard = Heard.objects.create()
    whisper = Whisper.objects.create(heard=heard)
    assert stored(heard, "echo_count") == 1
    whisper.delete()
    assert stored(heard, "echo_count") == 0


def test_trees_where_triggers_cannot():
    """On MariaDB by signals, elsewhere by triggers."""
    top = Node.objects.create()
    leaf = Node.objects.create(parent=Node.objects.create(parent=top))
    leaf.parent = leaf
    leaf.save()
    word = Word.objects.create(code="a")
    Word.objects.create(code="b", root=word).delete()
    Word.objects.create(code="c", root=word)
    assert right()
    assert wrong_counts() == {}
    top.delete()
    word.delete()
    assert right()
    assert wrong_counts() == {}


MISSED = {
    "bulk_create": lambda heard, echo: Echo.objects.bulk_create([Echo(heard=heard)]),
    "bulk_update": lambda heard, echo: _bulk_update(echo),
    "update": lambda heard, echo: Echo.objects.update(heard=None),
    "SQL": lambda heard, echo: execute("DELETE FROM counting_echo"),
    "SET_NULL": lambda heard, echo: echo.by.delete(),
}


def _bulk_update(echo: Echo) -> None:
    echo.heard = None
    Echo.objects.bulk_update([echo], ["heard"])


@pytest.mark.parametrize("write", MISSED.values(), ids=MISSED)
def test_what_the_hint_says_is_missed_is_missed_and_mended(people, write):
    [user] = people(1)
    heard = Heard.objects.create()
    echo = Echo.objects.create(heard=heard, by=user)
    assert right()
    write(heard, echo)
    assert not right()
    call_command("recount", "counting.Heard", verbosity=0)
    assert right()


@pytest.mark.slow
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_at_once_inside_transactions():
    heard = Heard.objects.create()
    echoes = [Echo.objects.create(heard=heard) for _ in range(20)]

    def work(number: int) -> None:
        for echo in Random(number % 2).sample(echoes, len(echoes)):
            if number % 4 == 0:
                Echo.objects.create(heard=heard)
            with transaction.atomic():
                for found in Echo.objects.filter(pk=echo.pk):
                    found.delete()

    at_once(8, work)
    assert stored(heard, "echo_count") == Echo.objects.count() == 40
    assert connection.in_atomic_block is False
    assert User.objects.count() == 0
