from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count

from slipstream.follows.models import FollowCounts


def kept_counts() -> dict[Any, tuple[int, int]]:
    """What the database keeps, without the zeros."""
    rows = FollowCounts.objects.values_list("user", "follower_count", "following_count")
    return {
        user: (followers, following)
        for user, followers, following in rows
        if followers or following
    }


def real_counts() -> dict[Any, tuple[int, int]]:
    """What counting finds, without the zeros."""
    users = get_user_model().objects.annotate(
        a=Count("incoming_follows", distinct=True), b=Count("outgoing_follows", distinct=True)
    )
    return {user.pk: (user.a, user.b) for user in users if user.a or user.b}
