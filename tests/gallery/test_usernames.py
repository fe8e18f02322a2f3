from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from gallery.accounts.models import User
from gallery.accounts.usernames import username_key, validate_username

ALIKE = [
    ("minji", "m1nji"),
    ("minji", "mlnji"),
    ("minji", "rninji"),
    ("minji", "min.ji"),
    ("minji", "min_ji"),
    ("minji", "MINJI"),
    ("wolf", "vv0lf"),
    ("sol", "5o1"),
    ("david", "clavicl"),
    ("clara", "c1ara"),
    ("claire", "dalre"),
    ("vwxyz", "wvxyz"),
]


PAIRS = [
    pair
    for one, other in (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"),
                       ("1", "i"), ("5", "s"), (".", ""), ("_", "-"))
    for pair in ((one, other), (other, one))
    if pair[0]
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_lookalikes_share_a_key(one, other):
    assert username_key(one) == username_key(other)


@given(
    st.text("abcdilmnorsvw015._-", min_size=3, max_size=15),
    st.lists(st.sampled_from(PAIRS), max_size=5),
)
def test_no_swapping_of_lookalikes_changes_the_key(username, swaps):
    disguised = username
    for one, other in swaps:
        disguised = disguised.replace(one, other, 1)
    assert username_key(disguised) == username_key(username)


@pytest.mark.parametrize(("one", "other"), [("minji", "minja"), ("anna", "ana"), ("kim2", "kim3")])
def test_different_names_do_not(one, other):
    assert username_key(one) != username_key(other)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_the_database_keeps_lookalikes_out(db, one, other):
    User.objects.bulk_create([User(username=one, email="a@example.com", name="A")])
    # As the database sees it, so that no way around the forms exists.
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(username=other.lower(), email="b@example.com", name="B")])
    assert User.objects.get().username_key == username_key(one)


@pytest.mark.parametrize(
    "username",
    [
        "people", "admin", "settings", "account", "follow", "language", "theme", "media", "static",
        "adm1n", "offlclal", "slip.stream", "galIery".lower(), "peop1e",
    ],
)  # fmt: skip
def test_addresses_and_their_lookalikes_are_reserved(username):
    with pytest.raises(ValidationError, match="reserved"):
        validate_username(username)


@pytest.mark.parametrize(
    ("username", "message"),
    [
        ("ab", "3 to 30 characters"),
        ("a" * 31, "3 to 30 characters"),
        ("mіna", "letters a–z"),  # the second letter is Cyrillic
        ("김미나", "letters a–z"),
        ("mi na", "letters a–z"),
        ("mina.", "letters a–z"),
        ("mi..na", "letters a–z"),
        ("mina\u200b", "letters a–z"),
        ("../etc", "letters a–z"),
        ("mina\n", "letters a–z"),
    ],
)
def test_what_is_not_allowed_is_said(username, message):
    with pytest.raises(ValidationError, match=message):
        validate_username(username)


@pytest.mark.parametrize("username", ["mina", "haru.k", "tom-b", "a1b2c3", "x" * 30])
def test_ordinary_names_are_fine(username):
    assert validate_username(username) is None
