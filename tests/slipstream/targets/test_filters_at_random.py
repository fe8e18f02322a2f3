"""Random rows and random conditions, against Python and against plain foreign keys."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pointing.models import Activity, Caption
from tests.things.models import Document, Picture, Place, Restaurant, Tag

User = get_user_model()
COLUMNS = {Picture: "picture", Document: "document", Tag: "tag", Place: "place", User: "user"}

pytestmark = pytest.mark.slow
at_random = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

# Things, people and rows are said by number; 0 is no target.
TARGETS = st.integers(0, 10)
ONE_OR_MORE = st.lists(st.integers(1, 10), min_size=1, max_size=4)
LEAVES = st.one_of(
    st.tuples(st.just("exact"), TARGETS),
    st.tuples(st.just("in"), ONE_OR_MORE),
    st.tuples(st.just("queryset"), st.sampled_from([Picture, Document, Place, User])),
    st.tuples(st.just("isnull"), st.booleans()),
)
# Django gets "in nothing, xor …" wrong for plain columns too, on MariaDB.
MORE_LEAVES = LEAVES | st.tuples(st.just("in"), st.lists(TARGETS, max_size=2))
POSITIVE = st.one_of(
    st.tuples(st.just("exact"), st.integers(1, 10)),
    st.tuples(st.just("in"), st.lists(TARGETS, max_size=4)),
)


def trees(leaves, *operators):
    return st.recursive(
        leaves,
        lambda branches: st.one_of(
            st.tuples(st.just("not"), branches),
            st.tuples(st.sampled_from(operators), st.lists(branches, min_size=2, max_size=3)),
        ),
        max_leaves=6,
    )


@pytest.fixture
def things(people):
    """Each thing with the key that it has as a target; those of a child are of its parent."""
    users = people(2)
    restaurant = Restaurant.objects.create()
    some = [
        *(Picture.objects.create() for _ in range(3)),
        *(Document.objects.create() for _ in range(2)),
        Tag.objects.create(name="1"),
        Tag.objects.create(name="red"),
        restaurant,
        *users,
    ]
    kinds = ["picture"] * 3 + ["document"] * 2 + ["tag"] * 2 + ["place"] + ["user"] * 2
    return SimpleNamespace(
        objects=[None, *some],
        keys=[None, *((kind, thing.pk) for kind, thing in zip(kinds, some, strict=True))],
        users=users,
    )


def joined(tree, make):
    """Build a condition, or an answer, from ``tree`` and what ``make`` makes of its leaves."""
    operator, rest = tree
    if operator == "not":
        return ("not", [joined(rest, make)])
    if operator in ("and", "or", "xor"):
        return (operator, [joined(branch, make) for branch in rest])
    return make(tree)


def as_q(tree):
    if isinstance(tree, Q):
        return tree
    operator, (first, *others) = tree
    first = as_q(first)
    if operator == "not":
        return ~first
    for other in map(as_q, others):
        first = {"and": first.__and__, "or": first.__or__, "xor": first.__xor__}[operator](other)
    return first


def as_answer(tree):
    if isinstance(tree, bool):
        return tree
    operator, branches = tree
    answers = [as_answer(branch) for branch in branches]
    if operator == "xor":
        return sum(answers) % 2 == 1
    return {"and": all(answers), "or": any(answers), "not": not answers[0]}[operator]


def leaf_q(things, path):
    def make(leaf):
        lookup, value = leaf
        if lookup == "exact":
            return Q(**{path: things.objects[value]})
        if lookup == "in":
            return Q(**{f"{path}__in": [things.objects[number] for number in value]})
        if lookup == "queryset":
            return Q(**{f"{path}__in": value.objects.all()})
        return Q(**{f"{path}__isnull": value})

    return make


def leaf_answer(things, key):
    """Say what each leaf is for a row with the target ``key``."""

    def make(leaf):
        lookup, value = leaf
        if lookup == "exact":
            return key == things.keys[value]
        if lookup == "in":
            return key is not None and key in [things.keys[number] for number in value]
        if lookup == "queryset":
            return key is not None and key[0] == COLUMNS[value]
        return (key is None) == value

    return make


def as_stored(key):
    return None if key is None else tuple(key)


@at_random
@given(
    numbers=st.lists(TARGETS, max_size=12),
    tree=trees(LEAVES, "and", "or", "xor") | trees(MORE_LEAVES, "and", "or"),
)
def test_conditions_find_what_python_finds(things, numbers, tree):
    Activity.objects.all().delete()
    Activity.objects.bulk_create(Activity(target=things.objects[number]) for number in numbers)
    condition = as_q(joined(tree, leaf_q(things, "target")))
    expected = {
        row.pk
        for row in Activity.objects.all()
        if as_answer(joined(tree, leaf_answer(things, as_stored(row.target_key))))
    }
    found = Activity.objects.filter(condition)
    assert sorted(row.pk for row in found) == sorted(expected)
    assert found.count() == len(expected)
    others = Activity.objects.exclude(condition)
    assert {row.pk for row in others} == {row.pk for row in Activity.objects.all()} - expected
    assert set(Activity.objects.alias(x=condition).filter(x=True)) == set(found)


# Without "xor", for which Django joins plain keys too closely too.
@at_random
@given(
    numbers=st.lists(TARGETS | st.none(), min_size=1, max_size=8),
    tree=trees(MORE_LEAVES, "and", "or"),
)
def test_conditions_across_a_key_that_may_be_empty(things, numbers, tree):
    Caption.objects.all().delete()
    keys = {}
    for number in numbers:
        behind = None if number is None else Activity.objects.create(target=things.objects[number])
        caption = Caption.objects.create(activity=behind)
        keys[caption.pk] = None if number is None else things.keys[number]
    condition = as_q(joined(tree, leaf_q(things, "activity__target")))
    expected = {pk for pk, key in keys.items() if as_answer(joined(tree, leaf_answer(things, key)))}
    assert {row.pk for row in Caption.objects.filter(condition)} == expected
    assert {row.pk for row in Caption.objects.exclude(condition)} == set(keys) - expected


def plain_leaf(things):
    """Say each leaf by hand, with the columns alone."""

    def make(leaf):
        lookup, value = leaf
        numbers = [value] if lookup == "exact" else value
        condition = Q(pk__in=[])
        for kind in COLUMNS.values():
            pks = [things.keys[n][1] for n in numbers if n and things.keys[n][0] == kind]
            if pks:
                condition |= Q(**{f"acted__target_{kind}__in": pks})
        return condition

    return make


@at_random
@given(
    numbers=st.lists(st.tuples(st.integers(0, 2), TARGETS), max_size=8),
    tree=trees(POSITIVE, "and", "or"),
)
def test_conditions_across_many_rows_mean_what_they_mean_for_plain_keys(things, numbers, tree):
    Activity.objects.all().delete()
    actors = [None, *things.users]
    for actor, number in numbers:
        Activity.objects.create(actor=actors[actor], target=things.objects[number])
    ours = as_q(joined(tree, leaf_q(things, "acted__target")))
    by_hand = as_q(joined(tree, plain_leaf(things)))
    assert set(User.objects.filter(ours)) == set(User.objects.filter(by_hand))
    assert set(User.objects.exclude(ours)) == set(User.objects.exclude(by_hand))
