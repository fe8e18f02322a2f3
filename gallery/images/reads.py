"""What a picture's page shows around the picture."""

from datetime import UTC, datetime
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from gallery.accounts.models import User
from gallery.images.models import Image, ImageQuerySet, Like
from slipstream.follows.models import Follow

MORE = 6
#: With fewer likes, those few would be all that is shown.
_ENOUGH = 3
_FANS = 40
_LIKES_EACH = 40
_EVER = datetime(1, 1, 2, tzinfo=UTC)


class Neighbours(NamedTuple):
    """Other pictures of the same person."""

    newer: Image | None
    older: Image | None
    around: list[Image]
    """The nearest, the newest first."""


class Related(NamedTuple):
    """Pictures of other people."""

    images: list[Image]
    is_liked_along: bool
    """Whether they are what those who like the picture also like, else just the newest."""


def for_page(viewer: User | AnonymousUser) -> ImageQuerySet:
    """Return pictures with all that a picture's page needs of one, in the same query."""
    images = Image.objects.visible_to(viewer).with_like_state(viewer).select_related("user")
    mine = Follow.objects.filter(following=OuterRef("user"))
    mine = mine.none() if viewer.pk is None else mine.filter(follower=viewer.pk)
    return images.annotate(is_owner_followed=Exists(mine))


def neighbours(image: Image, viewer: User | AnonymousUser) -> Neighbours:
    """Return what hangs beside ``image`` on its owner's wall. Two queries, by index."""
    wall = Image.objects.visible_to(viewer).filter(user=image.user_id).with_like_state(viewer)
    newer = list(wall.newer_than(image)[:MORE])
    older = list(wall.older_than(image)[:MORE])
    # Half of either side, or more of one where the other ends.
    before = max(MORE // 2, MORE - len(older))
    around = [*newer[:before][::-1], *older][:MORE]
    return Neighbours(next(iter(newer), None), next(iter(older), None), around)


def related(image: Image, viewer: User | AnonymousUser) -> Related:
    """Return a few pictures of others to go on with.

    What those who like ``image`` also like, the most of them first: of the 40 who liked it
    last, each one's 40 likes of the latest pictures. One query, which reads at most 40 entries
    of `images_like_of_image`, twice 40 x 40 of `images_like_once_per_pair`, and the rows
    found, however many likes there are. Of a picture that hardly anyone likes instead the
    newest of others: one query by `images_newest`.
    """
    others = Image.objects.visible_to(viewer).exclude(user=image.user_id).with_like_state(viewer)
    others = others.select_related("user")
    if image.like_count >= _ENOUGH:
        return Related(list(_liked_along(others, image)[:MORE]), is_liked_along=True)
    return Related(list(others.newest()[:MORE]), is_liked_along=False)


def _liked_along(others: ImageQuerySet, image: Image) -> ImageQuerySet:
    # As bounds, not as lists: MariaDB takes no LIMIT in a list.
    of_image = Like.objects.filter(image=image.pk).order_by("-created_at", "-id")
    first_fan = of_image.values("created_at")[_FANS - 1 : _FANS]
    of_fan = Like.objects.filter(user=OuterRef("likes__user")).order_by("-image")
    first_like = of_fan.values("image")[_LIKES_EACH - 1 : _LIKES_EACH]
    liked = others.filter(
        likes__user__likes__image=image.pk,
        likes__user__likes__created_at__gte=Coalesce(Subquery(first_fan), Value(_EVER)),
        likes__image__gte=Coalesce(Subquery(first_like), 0),
    )
    return liked.annotate(fans=Count("likes")).order_by("-fans", "-id")
