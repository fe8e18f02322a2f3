"""Many who tell one, while that one reads: nothing is lost, nothing deadlocks."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from slipstream.activity import get_activity_model, log_activity, take_back
from slipstream.notifications import (
    get_notifications,
    mark_all_read,
    mark_read,
    notify,
    prune_notifications,
    retract,
    unread_count,
)
from slipstream.notifications.models import Notification, Participant
from tests.slipstream.at_once import at_once
from tests.slipstream.feeds.graphs import make_people
from tests.things.models import Picture

from .scene import wrong_counts

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SQLITE = connection.vendor == "sqlite"
# SQLite has one writer, and those who wait are let in in no order.
AT_ONCE = 8 if SQLITE else 32
SECONDS = 3

Activity = get_activity_model()


@pytest.fixture
def scene(people):
    [owner] = people(1)
    pictures = [Picture.objects.create(owner=owner) for _ in range(4)]
    # Looked up once for all: on SQLite a transaction that begins with reading may be turned away.
    ContentType.objects.get_for_model(Picture)
    return owner, pictures, make_people(AT_ONCE)


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    if SQLITE:
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 60)


def for_a_while() -> Iterator[None]:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        yield


def does(actor: Any, verb: str, picture: Any) -> Any:
    """In one transaction, as a site does it. A deadlock is an error."""
    with transaction.atomic():
        activity = log_activity(actor, verb, picture)
        if activity:
            notify(activity)
    return activity


def test_all_at_the_same_moment(scene):
    owner, (picture, *_), actors = scene
    for round_ in range(1, 6):
        at_once(AT_ONCE, lambda number: does(actors[number], "said", picture))
        [line] = get_notifications(owner).items[:1]
        assert (line.actor_count, line.revision) == (AT_ONCE, AT_ONCE)
        assert unread_count(owner) == 1
        assert mark_all_read(owner) == 1
        assert Notification.objects.count() == round_
    assert wrong_counts() == []


def test_the_same_at_the_same_moment(scene):
    owner, (picture, *_), (ann, *_) = scene
    for number in range(1, 6):
        activity = log_activity(ann, "said", picture)
        told = at_once(AT_ONCE, lambda _number, activity=activity: len(notify(activity)))
        assert sum(told) == 1
        mark_all_read(owner)
        assert Participant.objects.count() == Notification.objects.count() == number


def test_while_somebody_reads(scene):
    owner, pictures, actors = scene
    shown = defaultdict(set)
    told = []

    def read() -> None:
        for _ in for_a_while():
            lines = get_notifications(owner, limit=50).items
            for line in lines:
                shown[line.pk].add(line.revision)
            mark_read(owner, lines)

    def tell(number: int) -> None:
        random = Random(number)
        told.extend(does(actors[number], "said", random.choice(pictures)).pk for _ in for_a_while())

    at_once(AT_ONCE, lambda number: tell(number) if number > 1 else read())
    assert len(told) > AT_ONCE
    for line in Notification.objects.all():
        # What was read was shown just as it was: nothing came into it unseen.
        assert line.is_unread or line.revision in shown[line.pk]
    # Each activity made its line newer once, and is in it unless the person did more.
    assert sum(Notification.objects.values_list("revision", flat=True)) == len(told)
    for line in Notification.objects.all():
        for person in line.participants.select_related("activity"):
            assert person.activity_id in told
    newest = {
        (row.actor_id, row.target_identity): row.pk for row in Activity.objects.order_by("pk")
    }
    assert set(newest.values()) <= set(Participant.objects.values_list("activity_id", flat=True))
    assert wrong_counts() == []


def test_everything_at_once(scene):
    owner, pictures, actors = scene

    def work(number: int) -> int:
        random = Random(number)
        me, done = actors[number], 0
        for _ in for_a_while():
            picture = random.choice(pictures)
            choice = random.random()
            if choice < 0.3:
                does(me, "said", picture)
            elif choice < 0.6:
                does(me, "liked", picture)
            elif choice < 0.75:
                with transaction.atomic():
                    take_back(me, "liked", picture)
            elif choice < 0.9:
                delete_newest(me, picture)
            elif choice < 0.94:
                mark_read(owner, get_notifications(owner).items)
            elif choice < 0.98:
                mark_all_read(owner)
            else:
                prune_notifications()
            done += 1
        return done

    assert sum(at_once(AT_ONCE, work)) > AT_ONCE
    assert wrong_counts() == []


def delete_newest(actor: Any, picture: Any) -> None:
    """As a site deletes a comment."""
    found = Activity.objects.by(actor).with_verb("said").on(picture).newest().first()
    if found:
        with transaction.atomic():
            retract(found)
            found.delete()
