"""Many at the same moment: each acknowledged view is counted, and each viewer once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import connection, transaction
from django.utils import timezone

from slipstream.rankings import (
    ViewPolicy,
    maintenance,
    policies,
    rank_of,
    record_view,
    record_views,
    top,
    view_count,
    view_counts,
)
from slipstream.rankings.backends.choice import get_backend
from slipstream.rankings.models import Viewing, Views
from slipstream.rankings.windows import COUNTED
from tests.slipstream.at_once import at_once
from tests.things.models import Document, Tag

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 32
# Of SQLite there is one at a time, and who waits sleeps longer and longer.
ROUNDS = 6 if connection.vendor == "sqlite" else 25


@pytest.fixture
def tags(db: None) -> list[Tag]:
    return [Tag.objects.create(name=f"t{n}") for n in range(4)]


def test_no_view_is_lost_and_viewers_are_exact(tags):
    at = timezone.now()

    def work(number: int) -> Counter[str]:
        random, acknowledged = Random(number), Counter()
        for _ in range(ROUNDS):
            tag = random.choice(tags)
            viewer = random.choice([None, f"own {number}", f"shared {random.randrange(5)}"])
            recorded = record_view(tag, viewer, at=at)
            assert recorded.counted
            acknowledged[tag.name] += 1
            if viewer is not None:
                acknowledged[f"{tag.name} {viewer}"] = 1
        return acknowledged

    done = at_once(WRITERS, work)
    views = sum(done, Counter())
    for window in COUNTED:
        for tag, totals in view_counts(tags, window=window, at=at).items():
            viewers = sum(name.startswith(f"{tag.name} ") for name in views)
            assert totals == (views[tag.name], viewers)
    ranking = top(Tag.objects.all(), window="trending", at=at)
    assert [each.score for each in ranking] == pytest.approx(
        sorted((views[tag.name] for tag in tags), reverse=True)
    )
    assert [rank_of(each.object) for each in ranking] == [1, 2, 3, 4]


def test_batches_in_opposite_orders(tags):
    at = timezone.now()
    rounds = max(2, ROUNDS // 5)

    def work(number: int) -> int:
        pairs = [(tag, f"v{n}") for tag in tags for n in range(3)]
        for _ in range(rounds):
            Random(number).shuffle(pairs)
            assert all(recorded.counted for recorded in record_views(pairs, at=at))
        return rounds

    each = sum(at_once(16, work))
    assert view_counts(tags) == dict.fromkeys(tags, (3 * each, 3))


def test_the_same_viewer_fifty_times_at_once_counts_once(monkeypatch):
    monkeypatch.setitem(policies._policies, Document, ViewPolicy(once_per=timedelta(hours=1)))
    document, at = Document.objects.create(), timezone.now()
    answers = at_once(50, lambda _number: record_view(document, "x", at=at))
    assert sum(answer.counted for answer in answers) == 1
    assert {(answer.views, answer.viewers) for answer in answers} <= {(1, 1), (0, 0)}
    assert view_count(document) == (1, 1)
    # Those who waited for the first one have seen it.
    assert all(answer.views == 1 for answer in answers if answer.counted)


def test_inside_transactions_of_the_callers(tags):
    """Half of them roll back; each looks at one object, so none can wait for another in turn."""

    def work(number: int) -> int:
        tag = tags[number % 4]
        for n in range(4):
            with transaction.atomic():
                if connection.vendor == "sqlite":
                    # A transaction that begins by writing waits for its turn.
                    Tag.objects.filter(pk="none").update(name="none")
                before = view_count(tag).views
                assert record_view(tag, f"{number} {n}").views > before
                transaction.set_rollback(n % 2 == 1)
        return 2

    assert sum(at_once(16, work)) == 32
    assert view_counts(tags) == dict.fromkeys(tags, (8, 8))
    assert Viewing.objects.count() == 32


def test_beside_forgetting_and_pruning_no_deadlock_is_seen(tags):
    at = timezone.now()
    others = [Tag.objects.create(name=f"o{n}") for n in range(6)]

    def work(number: int) -> None:
        random = Random(number)
        for _ in range(8):
            if number == 0:
                get_backend().forget("things.tag", [tag.name for tag in reversed(others)])
            elif number == 1:
                maintenance.prune_views(viewers_older_than=timedelta(days=30))
            else:
                old = at - timedelta(days=random.choice([0, 60]))
                record_views([(tag, f"v{random.randrange(3)}") for tag in others], at=old)
                record_view(random.choice(others), "x", at=at)
                record_view(tags[0], "y", at=at)

    at_once(12, work)
    assert view_count(tags[0]).views == 10 * 8
    get_backend().forget("things.tag", [tag.name for tag in others])
    assert not Views.objects.filter(object_key__startswith="o").exists()


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="a single writer")
def test_who_waits_for_a_first_view_is_told_of_it(monkeypatch):
    """A statement that waited does not see what it waited for."""
    monkeypatch.setitem(policies._policies, Document, ViewPolicy(once_per=timedelta(hours=1)))
    for _ in range(5):
        document, at = Document.objects.create(), timezone.now()
        answers = at_once(8, lambda _number, d=document, t=at: record_view(d, "x", at=t))
        assert sorted({tuple(answer) for answer in answers}) == [(1, 1, False), (1, 1, True)]
