"""Comparing with the rows and repairing, by the function and by the command."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from slipstream.counters import Tally, recount
from slipstream.counters.counted import counts
from tests.counting.models import (
    Album,
    Label,
    Mark,
    Node,
    Odd,
    Person,
    Photo,
    Sale,
    Shop,
    Venue,
    Visit,
)

from .counting import COUNTS, execute, table, wrong_counts

pytestmark = [pytest.mark.any_user, pytest.mark.django_db]


@pytest.fixture
def albums():
    """Seven, of which three have a wrong number."""
    made = [Album.objects.create() for _ in range(7)]
    Photo.objects.bulk_create([Photo(album=album) for album in made for _ in range(2)])
    keys = ", ".join(str(album.pk) for album in made[::3])
    execute(f"UPDATE counting_album SET photo_count = 99 WHERE id IN ({keys})")
    return made


def run(*arguments: str, **options) -> str:
    out = io.StringIO()
    call_command("recount", *arguments, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_what_is_wrong_is_made_right(albums):
    seen: list[int] = []
    assert recount(Album, "photo_count", batch_size=3, progress=seen.append) == Tally(7, 3, 3)
    assert seen == [3, 3, 1]
    assert wrong_counts() == {}
    assert recount(Album, "photo_count") == Tally(7, 0, 0)


def test_it_costs_a_query_per_batch_and_few_more_to_repair(albums, django_assert_num_queries):
    with django_assert_num_queries(4):  # the last finds nothing
        recount(Album, "photo_count", batch_size=3, only_check=True)
    locked = 2 if connection.features.has_select_for_update else 1
    with django_assert_num_queries(2 + locked + 2):  # and a savepoint
        recount(Album, "photo_count")


def test_checking_repairs_nothing(albums):
    assert recount(Album, "photo_count", only_check=True) == Tally(7, 3, 0)
    assert len(wrong_counts()["Album.photo_count"]) == 3


def test_every_kind_of_count(people):
    album = Album.objects.create()
    album.labels.add(Label.objects.create(slug="it's 100%"))
    album.fans.add(*people(2))
    one, two = Person.objects.create(), Person.objects.create()
    one.friends.add(two)
    one.idols.add(one, two)
    Node.objects.create(parent=Node.objects.create())
    Sale.objects.create(shop=Shop.objects.create(code="it's 100%"))
    Visit.objects.create(place=Venue.objects.create(), minutes=60)
    Mark.objects.create(odd=Odd.objects.create())
    for count in COUNTS:
        column = connection.ops.quote_name(count.holder._meta.get_field(count.name).column)
        execute(f"UPDATE {table(count.holder)} SET {column} = {column} + 5")
    said = run()
    assert wrong_counts() == {} == wrong_counts(by="signals")
    assert "counting.Album.photo_count: 1 of 1 were wrong, 1 repaired" in said
    assert len(said.splitlines()) >= len(COUNTS)
    assert "repaired" not in run()
    assert run(verbosity=0) == ""


def test_no_such_count():
    for model, name in ((Album, "title"), (Album, "nothing"), (Photo, "photo_count")):
        with pytest.raises(ValueError, match=f"has no CountField '{name}'"):
            recount(model, name)


@pytest.mark.parametrize(
    "name", ["counting.Album", "counting.album", "counting.Album.photo_count", "COUNTING.album"]
)
def test_the_command_takes_models_and_fields(albums, name):
    said = run(name, "counting.Album.photo_count")
    assert "counting.Album.photo_count: 3 of 7 were wrong, 3 repaired" in said
    assert ("fan_count" in said) == ("photo" not in name)
    assert said.count("counting.Album.photo_count") == 1
    assert wrong_counts() == {}


@pytest.mark.parametrize("name", ["counting.Nothing", "counting.Album.title", "Album", "x"])
def test_the_command_spells_out_the_choices(albums, name):
    with pytest.raises(CommandError, match=f"There is no count '{name}'") as refused:
        run(name)
    assert refused.value.returncode == 2
    assert "counting.Album.photo_count, " in str(refused.value)
    assert len(wrong_counts()["Album.photo_count"]) == 3


def test_the_command_that_checks(albums):
    with pytest.raises(CommandError, match="Counts that are wrong: 3") as found:
        run("counting.Album", check=True)
    assert found.value.returncode == 1
    assert len(wrong_counts()["Album.photo_count"]) == 3
    run("counting.Album")
    assert "0 of 7 were wrong" in run("counting.Album", check=True)


def test_the_command_shows_how_far_it_is(albums):
    said = run("counting.Album.photo_count", batch_size=4, verbosity=2)
    assert "counting.Album.photo_count: 4 of 7 rows" in said
    assert "counting.Album.photo_count: 7 of 7 rows" in said


@pytest.mark.parametrize("size", ["0", "-1", "x"])
def test_the_command_refuses_batches_of_nothing(size):
    with pytest.raises(CommandError):
        call_command("recount", f"--batch-size={size}")


def test_what_is_not_counted_here_is_left_out(albums, monkeypatch):
    """Of a table that this database does not have."""
    monkeypatch.setattr(connection.introspection, "table_names", lambda *_a, **_k: [])
    assert run() == ""
    with pytest.raises(CommandError, match="There are: none on this database"):
        run("counting.Album")


def test_every_declared_count_is_one_of_those_tested():
    from django.apps import apps

    declared = {
        (found.holder, found.field.name)
        for found in counts(apps)
        if found.holder._meta.app_label == "counting"
    }
    assert declared == {(count.holder, count.name) for count in COUNTS}
