"""What tests of activities do alike."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.activity.models import Activity
from gallery.activity.verbs import LIKED
from gallery.images.models import Image

#: Beyond reading the session and the user.
SESSION_AND_USER = 2


def what_happened() -> list[tuple[str, str, str | None]]:
    """Who did what to what, in the order it was recorded."""
    rows = Activity.objects.order_by("pk").with_targets()
    return [(row.actor.username, row.verb, row.target and str(row.target)) for row in rows]


def like_many(actor, image: Image, count: int, *, until=None) -> None:
    """Record so many likes, one a minute back from ``until``, now; more than could ever be."""
    now = until or timezone.now()
    Activity.objects.bulk_create(
        (
            Activity(
                actor=actor,
                verb=LIKED.code,
                target=image,
                created_at=now - timedelta(minutes=minute),
            )
            for minute in range(count)
        ),
        batch_size=2000,
    )


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as made:
        assert client.get(url).status_code == 200
    return len(made)
