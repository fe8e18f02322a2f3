"""What happens to rows when their target is deleted. Never does one point at nothing."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError, RestrictedError
from django.db.models.signals import post_delete
from django.test.utils import CaptureQueriesContext

from tests.pointing.models import Activity, Badge, Caption, Like, Pin, RatedActivity
from tests.things.models import Cover, Document, Picture, Place, Restaurant, Tag

KINDS = ["picture", "document", "tag", "cover", "place", "user"]


@pytest.fixture(autouse=True)
def nothing_dangles(db):
    """However a test ends, each key leads to a row, and each rule holds."""
    yield
    connection.check_constraints()
    for model in (Activity, Like, Pin, Caption, Badge):
        for key in model._meta.private_fields:
            for row in model._base_manager.all():
                assert (getattr(row, key.name) is None) == (getattr(row, f"{key.name}_key") is None)
                assert key.null or getattr(row, key.name)


@contextmanager
def listening(model):
    """Somebody wants to know of each deletion, so that rows must be read first."""
    seen = []

    def listen(instance, **kwargs):
        seen.append(instance.pk)

    post_delete.connect(listen, sender=model)
    try:
        yield seen
    finally:
        post_delete.disconnect(listen, sender=model)


def statements(work):
    """How many writing and reading statements ``work`` makes."""
    with CaptureQueriesContext(connection) as queries:
        work()
    return sum("SAVEPOINT" not in query["sql"] for query in queries)


@pytest.mark.parametrize("kind", ["picture", "document", "place", "other"])
def test_rows_go_with_their_target(kinds, kind):
    thing = getattr(kinds, kind)
    gone = Activity.objects.create(target=thing)
    child = RatedActivity.objects.create(target=thing)
    kept = Activity.objects.create(target=kinds.tag)
    with listening(Activity) as seen:
        thing.delete()
    assert set(seen) == {gone.pk, child.pk}
    assert list(Activity.objects.all()) == [kept]
    assert not RatedActivity.objects.exists()


def test_rows_go_with_a_child_of_their_target_and_with_its_parent(kinds):
    Activity.objects.create(target=kinds.restaurant)
    Pin.objects.create(where=kinds.restaurant)
    Pin.objects.create(where=kinds.restaurant.place_ptr)
    kinds.restaurant.delete()
    assert not Activity.objects.exists()
    assert not Pin.objects.exists()
    again = Restaurant.objects.create()
    Pin.objects.create(where=again)
    Place.objects.filter(pk=again.pk).delete()
    assert not Pin.objects.exists()


def test_rows_stay_without_their_target_where_it_says_so(kinds):
    row = Activity.objects.create(target=kinds.tag)
    kinds.tag.delete()
    row.refresh_from_db()
    assert row.target is None


def test_a_protected_target_stays(kinds):
    row = Activity.objects.create(target=kinds.cover)
    with pytest.raises(ProtectedError) as error, transaction.atomic():
        kinds.cover.delete()
    assert error.value.protected_objects == {row}
    with pytest.raises(ProtectedError), transaction.atomic():
        kinds.picture.delete()
    row.delete()
    kinds.picture.delete()
    assert not Cover.objects.exists()


def test_a_restricted_target_stays_unless_its_row_goes_too(kinds):
    badge = Badge.objects.create(on=kinds.picture)
    with pytest.raises(RestrictedError) as error, transaction.atomic():
        kinds.picture.delete()
    assert error.value.restricted_objects == {badge}
    badge.delete()
    kinds.picture.delete()


@pytest.mark.parametrize("listens", [False, True])
def test_exactly_one_goes_on_every_engine(kinds, listens):
    for user in (kinds.user, kinds.other):
        Like.objects.create(user=user, on=kinds.picture2)
    kept = Like.objects.create(user=kinds.user, on=kinds.document)
    if listens:
        with listening(Like) as seen:
            kinds.picture2.delete()
        assert len(seen) == 2
    else:
        kinds.picture2.delete()
    assert list(Like.objects.all()) == [kept]


def test_who_acts_and_is_acted_on_goes_with_all_of_it(kinds):
    user = kinds.other
    Activity.objects.create(actor=user, target=user)
    Activity.objects.create(actor=kinds.user, target=user)
    Activity.objects.create(actor=user, target=kinds.picture)
    Like.objects.create(user=user, on=Picture.objects.create(owner=user))
    Like.objects.create(user=kinds.user, on=Picture.objects.get(owner=user))
    kept = Activity.objects.create(actor=kinds.user, target=kinds.user)
    user.delete()
    assert list(Activity.objects.all()) == [kept]
    assert not Like.objects.exists()


def test_many_targets_of_all_kinds_at_once(kinds):
    for thing in (kinds.picture2, kinds.featured, kinds.document, kinds.tag, kinds.place):
        for _ in range(3):
            Activity.objects.create(target=thing)
    Activity.objects.create(target=kinds.cover)
    Activity.objects.filter(target=kinds.cover).delete()
    for model in (Picture, Document, Tag, Place):
        model.objects.all().delete()
    assert [row.target for row in Activity.objects.all()] == [None] * 3


@pytest.mark.parametrize("deep", [2, 4])
def test_rows_that_point_at_each_other_go_in_a_chain(kinds, deep):
    first = row = Pin.objects.create(where=kinds.place)
    for _ in range(deep):
        row = Pin.objects.create(where=kinds.place, what=row)
    kept = Pin.objects.create(where=kinds.place)
    first.delete()
    assert list(Pin.objects.all()) == [kept]


def test_rows_that_point_at_each_other_in_a_circle(kinds):
    first = Pin.objects.create(where=kinds.place)
    second = Pin.objects.create(where=kinds.place, what=first)
    first.what = second
    first.save()
    itself = Pin.objects.create(where=kinds.place)
    itself.what = itself
    itself.save()
    first.delete()
    assert list(Pin.objects.all()) == [itself]
    kinds.place.delete()
    assert not Pin.objects.exists()


def test_a_row_in_the_middle_of_a_chain(kinds):
    first = Pin.objects.create(where=kinds.place)
    middle = Pin.objects.create(where=kinds.place, what=first)
    Pin.objects.create(where=kinds.place, what=middle)
    Pin.objects.filter(pk=middle.pk).delete()
    assert list(Pin.objects.all()) == [first]


def test_a_key_to_a_row_that_points_is_emptied(kinds):
    caption = Caption.objects.create(activity=Activity.objects.create(target=kinds.document))
    both = Caption.objects.create(activity=caption.activity, target=kinds.document)
    kinds.document.delete()
    caption.refresh_from_db()
    assert caption.activity is None
    assert not Caption.objects.filter(pk=both.pk).exists()


def test_as_many_statements_for_a_thousand_rows_as_for_ten(kinds):
    def cost(rows):
        picture = Picture.objects.create()
        Caption.objects.bulk_create([Caption(target=picture) for _ in range(rows)])
        return statements(picture.delete)

    assert cost(10) == cost(1000)
    assert not Caption.objects.exists()


def test_rows_that_must_be_read_go_in_batches(kinds):
    def cost(rows):
        picture = Picture.objects.create()
        Activity.objects.bulk_create([Activity(target=picture) for _ in range(rows)])
        return statements(picture.delete)

    # Django deletes a hundred rows in a statement; here from three tables.
    assert cost(1000) - cost(10) <= 3 * 10


def test_a_deletion_in_raw_sql_is_refused_or_followed(kinds):
    Activity.objects.create(target=kinds.document)
    quote = connection.ops.quote_name
    pk = Document._meta.pk.get_db_prep_value(kinds.document.pk, connection)
    with pytest.raises(IntegrityError), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {quote('things_document')} WHERE id = %s", [pk])
        connection.check_constraints()
    assert Activity.objects.get().target == kinds.document
