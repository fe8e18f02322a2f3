"""Whatever is told, read, taken back and deleted, in any order: lines and counts are right."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from slipstream.activity import get_activity_model
from slipstream.notifications import (
    get_notifications,
    mark_all_read,
    mark_read,
    notify,
    notify_many,
    prune_notifications,
    retract,
    unread_counts,
)
from slipstream.notifications.models import Participant
from tests.slipstream.feeds.graphs import make_people
from tests.things.models import Picture

from .scene import did, wrong_counts

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Activity = get_activity_model()
seconds = count()
numbers = st.integers(0, 99)


@dataclass
class Line:
    """What a line should be."""

    inbox: Any
    about: tuple[str, str]
    people: dict[Any, Any] = field(default_factory=dict)
    is_read: bool = False
    revision: int = 0


class Telling(RuleBasedStateMachine):
    """A few people, a few pictures; in a transaction that is rolled back."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.lines: list[Line] = []
        self.seen: list[tuple[Any, list[Any]]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.people = make_people(4, prefix=f"s{next(seconds)}-")
        self.pictures = [Picture.objects.create(owner=person) for person in self.people[:2] * 2]
        self.done: list[Any] = []

    def pick(self, some: list[Any], number: int) -> Any:
        return some[number % len(some)] if some else None

    # -- what happens

    @rule(who=numbers, what=numbers, verb=st.sampled_from(["liked", "said"]))
    def does(self, who: int, what: int, verb: str) -> None:
        actor, picture = self.pick(self.people, who), self.pick(self.pictures, what)
        if actor and picture:
            self.done.append(did(actor, verb, picture, at=next(seconds)))

    @rule(numbers=st.lists(numbers, min_size=1, max_size=4), many=st.booleans())
    def tell(self, numbers: list[int], *, many: bool) -> None:
        if not self.done:
            return
        rows = list({row.pk: row for row in (self.pick(self.done, n) for n in numbers)}.values())
        rows.sort(key=lambda row: (row.created_at, row.pk))
        if many:
            notify_many(rows)
        else:
            for row in rows:
                notify(row)
        for row in rows:
            self.expect(row, together=many)

    def expect(self, row: Any, *, together: bool) -> None:
        owner = row.target and row.target.owner_id
        if owner is None or owner == row.actor_id:
            return
        place = row.created_at, row.pk
        mine = [line for line in self.lines if line.inbox == owner and line.about == about(row)]
        told = [line.people[row.actor_id] for line in mine if row.actor_id in line.people]
        if any((one.created_at, one.pk) >= place for one in told):
            return
        open_ = next((line for line in mine if not line.is_read), None)
        if open_ is None:
            open_ = Line(owner, about(row))
            self.lines.append(open_)
        open_.people[row.actor_id] = row

    @rule(who=numbers)
    def look(self, who: int) -> None:
        person = self.pick(self.people, who)
        if person:
            self.seen.append((person, get_notifications(person).items))

    @rule(which=numbers)
    def read_what_was_shown(self, which: int) -> None:
        seen = self.pick(self.seen, which)
        if not seen or seen[0] not in self.people:
            return
        person, lines = seen
        stamps = {line.stamp for line in lines}
        now = [line for line in get_notifications(person, limit=200).items if line.is_unread]
        expected = [line for line in now if line.stamp in stamps]
        assert mark_read(person, lines) == len(expected)
        for line in expected:
            self.find(person.pk, line).is_read = True

    def find(self, owner: Any, shown: Any) -> Line:
        """The one unread line that it is."""
        [found] = [
            line
            for line in self.lines
            if (line.inbox, line.is_read, line.about) == (owner, False, about(shown.activity))
        ]
        return found

    @rule(who=numbers)
    def read_all(self, who: int) -> None:
        person = self.pick(self.people, who)
        if person:
            mark_all_read(person)
            for line in self.lines:
                if line.inbox == person.pk and line.people:
                    line.is_read = True

    # -- what goes

    @rule(which=numbers, retracted=st.booleans())
    def delete_activity(self, which: int, *, retracted: bool) -> None:
        row = self.pick(self.done, which)
        if row is None:
            return
        self.done.remove(row)
        earlier = [
            one
            for one in self.done
            if (one.actor_id, about(one)) == (row.actor_id, about(row))
            and (one.created_at, one.pk) < (row.created_at, row.pk)
        ]
        newest = max(earlier, key=lambda one: (one.created_at, one.pk), default=None)
        if retracted:
            retract(row)
        Activity.objects.get(pk=row.pk).delete()
        elsewhere = [
            line.inbox for line in self.lines for one in line.people.values() if one == newest
        ]
        for line in self.lines:
            if line.people.get(row.actor_id) == row:
                del line.people[row.actor_id]
                if retracted and newest and line.inbox not in elsewhere:
                    line.people[row.actor_id] = newest

    @rule(which=numbers)
    def delete_picture(self, which: int) -> None:
        picture = self.pick(self.pictures, which)
        if picture is None:
            return
        self.pictures.remove(picture)
        gone = list(Activity.objects.on(picture).values_list("pk", flat=True))
        Picture.objects.get(pk=picture.pk).delete()
        if Activity.has_real_targets:
            self.forget(gone)
        else:
            # They stay, about nothing that could be told of.
            self.done = [row for row in self.done if row.pk not in gone]

    @rule(who=numbers)
    def delete_person(self, who: int) -> None:
        if len(self.people) < 3:
            return
        person = self.pick(self.people, who)
        self.people.remove(person)
        gone = list(Activity.objects.by(person).values_list("pk", flat=True))
        pictures = [picture for picture in self.pictures if picture.owner_id == person.pk]
        if Activity.has_real_targets:
            for picture in pictures:
                gone += Activity.objects.on(picture).values_list("pk", flat=True)
        else:
            for picture in pictures:
                about_it = set(Activity.objects.on(picture).values_list("pk", flat=True))
                self.done = [row for row in self.done if row.pk not in about_it]
        self.pictures = [picture for picture in self.pictures if picture not in pictures]
        get_user_model().objects.get(pk=person.pk).delete()
        self.lines = [line for line in self.lines if line.inbox != person.pk]
        self.forget(gone)

    @rule()
    def prune(self) -> None:
        empty = [line for line in self.lines if not line.people]
        assert prune_notifications() >= len(empty)
        self.lines = [line for line in self.lines if line.people]

    def forget(self, gone: list[Any]) -> None:
        self.done = [row for row in self.done if row.pk not in gone]
        for line in self.lines:
            line.people = {who: row for who, row in line.people.items() if row.pk not in gone}

    # -- what must be

    @invariant()
    def counts_are_right(self) -> None:
        assert wrong_counts() == []

    @invariant()
    def lines_are_right(self) -> None:
        expected = sorted(
            (str(line.inbox), line.is_read, str(who), row.pk)
            for line in self.lines
            for who, row in line.people.items()
        )
        found = Participant.objects.values_list(
            "inbox_id", "notification__read_at", "actor_id", "activity_id"
        )
        assert expected == sorted(
            (str(inbox), read_at is not None, str(who), key) for inbox, read_at, who, key in found
        )
        unread = {person.pk: 0 for person in getattr(self, "people", ())}
        for line in self.lines:
            unread[line.inbox] += bool(line.people) and not line.is_read
        assert unread_counts(unread) == unread


def about(row: Any) -> tuple[str, str]:
    return row.verb, row.target_identity


def test_whatever_happens():
    run_state_machine_as_test(
        Telling,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
