"""Making people, follows and activities, and saying by brute force what a feed holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from slipstream.activity import get_activity_model
from slipstream.follows.models import Follow

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SHOWN = ("liked", "joined", "shared")
HIDDEN = "viewed"


def make_people(count: int, *, prefix: str = "p") -> list[Any]:
    model = get_user_model()
    password = make_password(None)
    return model.objects.bulk_create(
        model(username=f"{prefix}{i}", password=password) for i in range(count)
    )


def follow_all(follower: Any, people: Iterable[Any]) -> None:
    Follow.objects.bulk_create(
        Follow(follower_id=follower.pk, following_id=person.pk) for person in people
    )


def act(actor: Any, *, at: float = 0, verb: str = "joined", target: Any = None) -> Any:
    """One activity, so many seconds after noon."""
    return get_activity_model().objects.create(
        actor=actor, verb=verb, target=target, created_at=NOON + timedelta(seconds=at)
    )


def act_at_random(
    random: Random, actors: list[Any], count: int, *, span: int, hidden: float = 0.2
) -> list[Any]:
    """So many activities within ``span`` seconds: a few actors do most, times are shared."""
    model = get_activity_model()
    weights = [random.random() ** 3 + 0.001 for _ in actors]
    return model.objects.bulk_create(
        (
            model(
                actor=random.choices(actors, weights)[0],
                verb=HIDDEN if random.random() < hidden else random.choice(SHOWN),
                created_at=NOON + timedelta(seconds=random.randrange(span)),
            )
            for _ in range(count)
        ),
        batch_size=5000,
    )


def oracle(rows: Iterable[Any], me: Any, followees: Iterable[Any]) -> list[Any]:
    """The feed of ``me``, newest first, out of all ``rows``."""
    audience = {person.pk for person in followees} - {me.pk}
    mine = [
        row
        for row in rows
        if row.verb in SHOWN
        and row.actor_id != me.pk
        and (row.actor_id in audience or not audience)
    ]
    return sorted(mine, key=lambda row: (row.created_at, row.pk), reverse=True)
