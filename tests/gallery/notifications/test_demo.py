"""What the people of the demo were told of."""

from __future__ import annotations

import pytest
from django.utils import timezone

from gallery.accounts.models import User
from gallery.activity.models import Activity
from gallery.demo import community
from gallery.demo.community import DEMO_USERNAME, make_community
from gallery.demo.painting import paint
from slipstream.notifications import get_notifications, unread_count
from slipstream.notifications.models import Inbox, Notification, Participant


@pytest.fixture
def quick(monkeypatch) -> None:
    """Without painting, which takes most of the time."""
    painting = paint(1)
    monkeypatch.setattr(community, "paint_all", lambda seeds: (painting for _ in seeds))
    monkeypatch.setattr(community, "_draw_photo", lambda random, username: "")


def what_was_told() -> list[tuple]:
    rows = Notification.objects.order_by("inbox__user__username", "latest_at", "verb", "key")
    columns = ("inbox__user__username", "verb", "latest_at", "read_at", "actor_count")
    return sorted(map(str, rows.values_list(*columns)))


@pytest.mark.slow
def test_weeks_of_news(db, quick):
    make_community(seed=1, password="x", size=220, pictures=600)
    told = Activity.objects.with_verb("followed", "liked", "commented")
    # Nobody is told of what they did, nor twice what one person did to one thing.
    assert told.count() * 0.8 < Participant.objects.count() <= told.count()
    mina = User.objects.get(username=DEMO_USERNAME)
    assert 10 <= unread_count(mina) <= 20
    lines = get_notifications(mina, limit=60).items
    unread = [line for line in lines if line.is_unread]
    assert len(unread) == unread_count(mina)
    assert any(line.others for line in unread)
    assert any(not line.is_unread and line.others for line in lines)
    assert {line.verb for line in lines} == {"followed", "liked", "commented"}
    assert all(line.latest_at <= timezone.now() for line in lines)
    # Older ones are read, newer ones are not.
    assert [line.is_unread for line in lines] == sorted(
        (line.is_unread for line in lines), reverse=True
    )
    assert not Inbox.objects.filter(unread__gt=20).exists()


@pytest.mark.slow
def test_the_same_for_the_same_seed(db, quick, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    there = []
    for seed in (3, 3, 4):
        make_community(seed=seed, password="x", size=12, pictures=4)
        there.append(what_was_told())
        User.objects.all().delete()
    first, again, other = there
    assert first == again != other
