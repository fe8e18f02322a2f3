"""Reading who follows whom: for one user, for a page of users, for a query of users.

Each costs one query at most, whatever the number of users or of their followers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from django.db import router
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from slipstream.follows.models import Follow, FollowCounts

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

__all__ = [
    "FollowCount",
    "follow_counts",
    "following_among",
    "is_following",
    "with_follow_counts",
    "with_follow_state",
]

UserQuerySet = TypeVar("UserQuerySet", bound="QuerySet[Any]")


class FollowCount(NamedTuple):
    """How many follow a user, and how many that user follows."""

    followers: int
    following: int


def is_following(follower: AbstractBaseUser | AnonymousUser, following: AbstractBaseUser) -> bool:
    """Return whether ``follower`` follows ``following``.

    One query, none if either has no primary key (an anonymous visitor follows nobody).
    """
    if follower.pk is None or following.pk is None:
        return False
    rows = Follow.objects.using(router.db_for_read(Follow, instance=follower))
    return rows.filter(follower=follower.pk, following=following.pk).exists()


def following_among(
    follower: AbstractBaseUser | AnonymousUser, users: Iterable[AbstractBaseUser]
) -> set[Any]:
    """Return the primary keys of those of ``users`` whom ``follower`` follows.

    One query for the whole page; none for an anonymous follower or no users.
    """
    keys = {user.pk for user in users}
    if follower.pk is None or not keys:
        return set()
    rows = Follow.objects.using(router.db_for_read(Follow, instance=follower))
    rows = rows.filter(follower=follower.pk, following__in=keys).order_by()
    return set(rows.values_list("following_id", flat=True))


def with_follow_state(
    users: UserQuerySet, follower: AbstractBaseUser | AnonymousUser
) -> UserQuerySet:
    """Return ``users`` with ``is_followed`` on each: whether ``follower`` follows them.

    No further query: one look into the unique index per row read.
    """
    mine = Follow.objects.filter(following=OuterRef("pk"))
    mine = mine.none() if follower.pk is None else mine.filter(follower=follower.pk)
    return users.annotate(is_followed=Exists(mine))


def with_follow_counts(users: UserQuerySet) -> UserQuerySet:
    """Return ``users`` with ``follower_count`` and ``following_count`` on each.

    No further query and no counting: one join to the row that the database keeps.
    """
    return users.annotate(
        follower_count=Coalesce(F("follow_counts__follower_count"), 0),
        following_count=Coalesce(F("follow_counts__following_count"), 0),
    )


def follow_counts(user: AbstractBaseUser) -> FollowCount:
    """Return how many follow ``user`` and how many they follow, as of now. One query."""
    rows = FollowCounts.objects.using(router.db_for_read(FollowCounts, instance=user))
    row = rows.filter(user=user.pk).values_list("follower_count", "following_count").first()
    return FollowCount(*row) if row else FollowCount(0, 0)
