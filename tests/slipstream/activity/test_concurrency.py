"""Fifty at once: one is recorded, and nobody gets an error."""

from __future__ import annotations

import time

import pytest
from django.db import OperationalError, connection, transaction

from slipstream.activity import Entry, get_activity_model, log_activities, log_activity
from slipstream.activity.models import Claim
from tests.slipstream.at_once import at_once
from tests.things.models import Picture

AT_ONCE = 50
ROUNDS = 4

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Activity = get_activity_model()


class Undone(Exception):
    pass


@pytest.fixture
def one(people):
    return people(1)[0], Picture.objects.create()


def test_outside_of_a_transaction(one):
    ann, picture = one
    for _ in range(ROUNDS):
        Activity.objects.all().delete()
        Claim.objects.all().delete()
        assert (
            sum(
                map(bool, at_once(AT_ONCE, lambda _number: log_activity(*one[:1], "liked", one[1])))
            )
            == 1
        )
        assert Activity.objects.count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one transaction at a time there")
def test_in_transactions_of_which_every_other_is_rolled_back(one):
    ann, picture = one

    def maybe(number: int) -> bool:
        for _ in range(20):
            try:
                with transaction.atomic():
                    made = log_activity(ann, "liked", picture)
                    time.sleep(0.002)
                    if number % 2:
                        raise Undone
                    return bool(made)
            except Undone:
                return False
            except OperationalError:
                pass  # a deadlock: that transaction is its owner's to begin again
        raise AssertionError("twenty times a victim")

    for _ in range(ROUNDS):
        Activity.objects.all().delete()
        Claim.objects.all().delete()
        assert sum(at_once(AT_ONCE, maybe)) == 1
        assert Activity.objects.count() == 1


def test_several_at_the_same_time(people):
    users = people(3)
    pictures = [Picture.objects.create() for _ in range(5)]
    entries = [Entry(user, "liked", picture) for user in users for picture in pictures]

    def several(number: int) -> int:
        shift = number % len(entries)
        return len(log_activities(entries[shift:] + entries[:shift]))

    assert sum(at_once(AT_ONCE, several)) == len(entries)
    assert Activity.objects.count() == len(entries)
