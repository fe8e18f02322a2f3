"""What one statement costs and what it may look like, engine by engine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from slipstream import triggers as engine_triggers
from slipstream.counters import triggers
from slipstream.counters.counted import resolve
from slipstream.counters.statements import PREFIX, triggers_of
from tests.counting.models import (
    AWKWARD,
    Album,
    Fan,
    Label,
    Mark,
    Node,
    Odd,
    Photo,
    Player,
    Remark,
    Sale,
    Shop,
    Team,
    Word,
)

from .counting import User, execute, stored, table, wrong_counts

pytestmark = pytest.mark.django_db

on = {
    vendor: pytest.mark.skipif(f"connection.vendor != '{vendor}'", reason=f"about {vendor}")
    for vendor in ("postgresql", "sqlite", "mysql")
}
not_on_mariadb = pytest.mark.skipif(
    "connection.vendor == 'mysql'", reason="counts of a table's own rows are kept by signals"
)


def updated(model) -> int:
    """How many rows of a table this transaction has updated."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = %s",
            [model._meta.db_table],
        )
        return cursor.fetchone()[0]


# -- what it costs


@on["postgresql"]
def test_ten_thousand_rows_are_one_update_per_object():
    a, b = Album.objects.create(), Album.objects.create()
    before = updated(Album)
    rows = [Photo(album=b if i % 4 else a, caption="100%") for i in range(10_000)]
    Photo.objects.bulk_create(rows, batch_size=10_000)
    assert (stored(a, "photo_count"), stored(b, "photo_count")) == (2_500, 7_500)
    # None for the count whose filter they do not meet.
    assert updated(Album) - before == 2
    Photo.objects.update(caption="shown")
    assert updated(Album) - before == 4
    Photo.objects.filter(album=a).update(album=b)
    assert updated(Album) - before == 8
    Photo.objects.all()._raw_delete("default")
    assert updated(Album) - before == 10
    assert wrong_counts() == {}


@on["postgresql"]
def test_an_update_of_other_columns_writes_no_object():
    album = Album.objects.create()
    Photo.objects.bulk_create([Photo(album=album) for _ in range(5)])
    before = updated(Album)
    Photo.objects.update(caption="something else")
    assert updated(Album) == before


@pytest.mark.parametrize("count", [1, 50])
def test_a_bulk_insert_is_no_statement_more(count, django_assert_num_queries):
    album = Album.objects.create()
    with django_assert_num_queries(1):
        Photo.objects.bulk_create([Photo(album=album) for _ in range(count)])
    assert stored(album, "photo_count") == count


def test_closing_an_account_costs_the_same_for_whoever_likes_much(people):
    lonely, fond = people(2)
    albums = Album.objects.bulk_create([Album() for _ in range(1_000)])
    albums = list(Album.objects.all())
    Fan.objects.bulk_create([Fan(album=album, user=fond) for album in albums])
    other = User.objects.create_user(username="other")
    Fan.objects.create(album=albums[0], user=other)
    with CaptureQueriesContext(
        connection,
    ) as few:
        lonely.delete()
    with CaptureQueriesContext(connection) as many:
        fond.delete()
    assert len(many) == len(few)
    assert wrong_counts() == {}
    assert sum(Album.objects.values_list("fan_count", flat=True)) == 1


# -- what it may look like


SEVERAL_WRITES = {
    "objects, then rows": """
        WITH made AS (INSERT INTO counting_album (title) VALUES ('x') RETURNING id)
        INSERT INTO counting_photo (album_id, caption, hidden)
        SELECT id, 'x', false FROM made, generate_series(1, 3)""",
    "rows, then objects": """
        WITH made AS (
            INSERT INTO counting_photo (album_id, caption, hidden) VALUES (4711, 'x', false)
        ) INSERT INTO counting_album (id, title) VALUES (4711, 'x')""",
    "keys, then rows": """
        WITH renamed AS (UPDATE counting_shop SET code = 'b')
        UPDATE counting_sale SET shop_id = 'b'""",
    "rows, then keys": """
        WITH moved AS (UPDATE counting_sale SET shop_id = 'c')
        UPDATE counting_shop SET code = 'c'""",
    "rows go, keys change": """
        WITH gone AS (DELETE FROM counting_sale) UPDATE counting_shop SET code = 'd'""",
    "both go": "WITH gone AS (DELETE FROM counting_shop) DELETE FROM counting_sale",
    "merge": """
        MERGE INTO counting_photo p USING counting_album a ON p.album_id = a.id
        WHEN MATCHED AND p.hidden THEN DELETE
        WHEN MATCHED THEN UPDATE SET hidden = true
        WHEN NOT MATCHED THEN INSERT (album_id, caption, hidden) VALUES (a.id, 'x', false)""",
}


@on["postgresql"]
@pytest.mark.parametrize("statement", SEVERAL_WRITES.values(), ids=SEVERAL_WRITES)
def test_a_statement_with_several_writes(statement):
    shop = Shop.objects.create(code="a")
    Sale.objects.create(shop=shop)
    album = Album.objects.create()
    Photo.objects.create(album=album, hidden=True)
    Photo.objects.create(album=album)
    Album.objects.create()
    execute(statement)
    assert wrong_counts() == {}
    execute("SET CONSTRAINTS ALL IMMEDIATE")


@on["postgresql"]
def test_objects_copied_after_their_rows():
    with connection.cursor() as cursor:
        with cursor.copy("COPY counting_photo (album_id, caption, hidden) FROM STDIN") as copy:
            copy.write("4711\tx\tf\n4711\tx\tt\n")
        with cursor.copy("COPY counting_album (id, title, photo_count) FROM STDIN") as copy:
            copy.write("4711\tx\t77\n4712\tx\t77\n")
    assert wrong_counts() == {}


@on["postgresql"]
@pytest.mark.django_db(transaction=True)
def test_truncate():
    album = Album.objects.create()
    Remark.objects.create(photo=Photo.objects.create(album=album))
    album.labels.add(Label.objects.create(slug="x"))
    execute("TRUNCATE counting_photo CASCADE")
    execute("TRUNCATE counting_album_labels")
    assert Photo.objects.count() == 0
    assert wrong_counts() == {}


@not_on_mariadb
def test_all_keys_of_a_tree_in_one_statement():
    top = Node.objects.create()
    leaf = Node.objects.create(parent=Node.objects.create(parent=top))
    own = Node.objects.create()
    Node.objects.filter(pk=own.pk).update(parent=own)
    execute("UPDATE counting_node SET id = id + 1000, parent_id = parent_id + 1000")
    assert wrong_counts() == {}
    assert stored(Node(pk=own.pk + 1000), "child_count") == 1
    Node.objects.filter(pk=leaf.pk + 1000).delete()
    assert wrong_counts() == {}


@not_on_mariadb
def test_all_keys_that_are_no_primary_keys_in_one_statement():
    own = Word.objects.create(code="a")
    Word.objects.update(root=own)
    Word.objects.create(code="b", root=own)
    execute("UPDATE counting_word SET code = code || '!', root_id = root_id || '!'")
    assert wrong_counts() == {}
    assert stored(own, "derived_count") == 2


@not_on_mariadb
def test_a_tree_inserted_from_its_leaves():
    Node.objects.bulk_create([Node(pk=3, parent_id=2), Node(pk=2, parent_id=1), Node(pk=1)])
    Node.objects.bulk_create([Node(pk=7, parent_id=7), Node(pk=6, parent_id=7)])
    assert wrong_counts() == {}


def test_tables_that_count_each_other():
    team = Team.objects.create()
    player = Player.objects.create(team=team)
    Team.objects.filter(pk=team.pk).update(captain=player)
    assert wrong_counts() == {}
    Player.objects.update(team=None)
    Team.objects.update(name="x")
    team.delete()
    assert stored(player, "captaincy_count") == 0
    assert wrong_counts() == {}


def test_the_number_that_an_insert_gives_is_not_believed():
    album = Album.objects.create()
    execute("INSERT INTO counting_album (title, photo_count) VALUES ('x', 77)")
    assert wrong_counts() == {}
    assert stored(album, "photo_count") == 0


@on["mysql"]
def test_mariadb_refuses_a_statement_that_reads_the_objects(people):
    [user] = people(1)
    album = Album.objects.create(title="old")
    album.fans.add(user)
    for statement in (
        lambda: Fan.objects.filter(album__title="old").delete(),
        lambda: execute(
            "INSERT INTO counting_photo (album_id, caption, hidden)"
            " SELECT id, 'x', 0 FROM counting_album"
        ),
    ):
        with pytest.raises(OperationalError) as refused, transaction.atomic():
            statement()
        assert refused.value.args[0] == 1442
    assert (Fan.objects.count(), Photo.objects.count()) == (1, 0)
    assert wrong_counts() == {}
    fans = Fan.objects.filter(album__title="old")
    Fan.objects.filter(pk__in=list(fans.values_list("pk", flat=True))).delete()
    assert Fan.objects.count() == 0
    assert wrong_counts() == {}


def test_deleting_with_a_join_elsewhere(people):
    if connection.vendor == "mysql":
        return
    album = Album.objects.create(title="old")
    album.fans.add(*people(3))
    Fan.objects.filter(album__title="old").delete()
    execute(
        "INSERT INTO counting_photo (album_id, caption, hidden)"
        " SELECT id, 'x', %s FROM counting_album",
        False,  # noqa: FBT003
    )
    assert wrong_counts() == {}
    assert stored(album, "photo_count") == 1


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="PostgreSQL has no REPLACE")
def test_replace():
    """SQLite tells triggers of the row that comes, not of the one that goes."""
    a, b = Album.objects.create(), Album.objects.create()
    photo = Photo.objects.create(album=a)
    replace = f"REPLACE INTO {table(Photo)} (id, album_id, caption, hidden) VALUES (%s, %s, %s, 0)"
    execute(replace, photo.pk, b.pk, "x")
    if connection.vendor == "sqlite":
        assert (stored(a, "photo_count"), stored(b, "photo_count")) == (1, 1)
        call_command("recount", "counting.Album", verbosity=0)
        execute("PRAGMA recursive_triggers = 1")
    assert wrong_counts() == {}
    try:
        execute(replace, photo.pk, a.pk, "x")
    finally:
        if connection.vendor == "sqlite":
            execute("PRAGMA recursive_triggers = 0")
    assert wrong_counts() == {}


def test_on_conflict_policies_stay_outside(people):
    [user] = people(1)
    album = Album.objects.create()
    verb = {"postgresql": "INSERT", "sqlite": "INSERT OR IGNORE", "mysql": "INSERT IGNORE"}
    tail = " ON CONFLICT DO NOTHING" if connection.vendor == "postgresql" else ""
    key = User._meta.pk.get_db_prep_value(user.pk, connection)
    for _ in range(2):
        execute(
            f"{verb[connection.vendor]} INTO {table(Fan)} (album_id, user_id)"
            f" VALUES (%s, %s), (%s, %s){tail}",
            *(album.pk, key) * 2,
        )
        assert stored(album, "fan_count") == 1


# -- what they are called and how they are written


def test_names_and_values_that_must_be_quoted():
    odd = Odd.objects.create()
    mark = Mark.objects.create(odd=odd)
    other = Mark.objects.create(odd=odd, text="x")
    assert stored(odd, "mark_count") == 1
    Mark.objects.update(text=AWKWARD)
    assert stored(odd, "mark_count") == 2
    mark.delete()
    other.text = "y"
    other.save()
    assert stored(odd, "mark_count") == 0
    execute(f"UPDATE {table(Odd)} SET {connection.ops.quote_name(_column())} = 9")
    call_command("recount", "counting.Odd.mark_count", verbosity=0)
    assert wrong_counts() == {}


def _column() -> str:
    return Odd._meta.get_field("mark_count").column


def test_names_fit_every_engine():
    for counted in triggers._wanted(using="default"):
        for trigger in triggers_of(counted, connection):
            assert len(trigger.name.encode()) <= 63
            assert trigger.name.startswith(PREFIX)


@on["postgresql"]
def test_objects_are_locked_in_one_order_whatever_is_written():
    """Triggers go by their names there: whatever they are for, holders come alike."""
    orders = set()
    for purpose in ("insert", "update", "delete"):
        made = (t for c in triggers._wanted(using="default") for t in holders(c, purpose))
        orders.add(tuple(dict.fromkeys(holder for _, holder in sorted(made))))
    assert len(orders) == 1


def holders(counted, purpose) -> list[tuple[str, str]]:
    """A count's trigger for ``purpose``, and whose rows it locks."""
    held = counted.holder._meta.db_table
    made = triggers_of(counted, connection)
    return [(trigger.name, held) for trigger in made if trigger.name.endswith(purpose)]


@pytest.mark.parametrize(("condition", "said"), [(Q(pk__in=[]), "1 = 0"), (~Q(pk__in=[]), "1 = 1")])
def test_a_filter_that_is_always_the_same(condition, said):
    counted = replace(resolve(Album._meta.get_field("photo_count")), condition=condition)
    assert counted.condition_sql(connection, row="NEW") == said


# -- making them


def test_a_second_installation_makes_nothing():
    assert triggers.missing(using="default") == {}
    with CaptureQueriesContext(connection) as queries:
        triggers.install(using="default")
    made = [q["sql"] for q in queries if q["sql"].lstrip().startswith(("CREATE", "DROP", "UPDATE"))]
    assert made == []


@pytest.mark.django_db(transaction=True)
def test_what_is_missing_is_made_and_counted_and_what_is_left_over_goes():
    album = Album.objects.create()
    [counted] = [c for c in triggers._wanted(using="default") if c.field.name == "photo_count"]
    made = triggers_of(counted, connection)
    engine_triggers.drop(made[0].name, made[0].table, using="default")
    Photo.objects.create(album=album)
    lacking = triggers.missing(using="default")
    # On MariaDB the first only locks.
    assert {c.field.name: names for c, names in lacking.items()} == {"photo_count": [made[0].name]}
    quote = connection.ops.quote_name
    statements = [s.replace(made[1].name, f"{PREFIX}of_before") for s in made[1].statements]
    execute_all(statements)
    execute(f"UPDATE {table(Album)} SET {quote('photo_count')} = 5")
    triggers.install(using="default")
    assert triggers.missing(using="default") == {}
    present = engine_triggers.triggers_on([Photo._meta.db_table], using="default")
    assert f"{PREFIX}of_before" not in present
    assert wrong_counts() == {}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_proc WHERE proname = %s", [f"{PREFIX}of_before"])
            assert cursor.fetchall() == []


def execute_all(statements) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_an_engine_without_triggers_is_left_alone(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(engine_triggers, "ENGINES", frozenset())
    with django_assert_num_queries(0):
        triggers.install(using="default")
        triggers.drop_all(["counting"], using="default", apps=None)
        assert triggers.missing(using="default") == {}


def test_other_errors_are_not_hidden():
    with pytest.raises(DatabaseError), transaction.atomic():
        engine_triggers.make(["CREATE TRIGGER"], using="default", purpose="counts")
