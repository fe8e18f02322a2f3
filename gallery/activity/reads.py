"""What of all that happens a viewer gets to see."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from gallery.accounts.models import User
from gallery.activity.models import Activity
from gallery.images.models import Image
from slipstream.activity.querysets import ActivityQuerySet
from slipstream.follows import with_follow_counts, with_follow_state

_SUGGESTED = 5
_NEWEST_LOOKED_AT = 40


def targets(viewer: User | AnonymousUser) -> tuple[QuerySet[Any], ...]:
    """Return what activities may be about for ``viewer``, with all that a row shows of it.

    What these leave out is not shown: pictures that the viewer may not see, and
    people whose account is closed.
    """
    pictures = Image.objects.visible_to(viewer).select_related("user")
    return pictures.with_like_state(viewer), User.objects.active()


def shown(activities: Iterable[Activity]) -> list[Activity]:
    """Return those of ``activities``, read with `targets`, that may be shown. No query."""
    return [a for a in activities if a.actor.is_active and not a.has_lost_its_target]


def of_person(person: User, viewer: User | AnonymousUser) -> ActivityQuerySet:
    """Return what ``person`` did. Three queries, for a page of it."""
    return Activity.objects.by(person).in_feeds().with_targets(*targets(viewer))


def on_image(image: Image) -> ActivityQuerySet:
    """Return what happened to ``image``, newest first. Two queries, for a page of it."""
    # The actors on their own: with a join, MariaDB would sort everybody's activities.
    return Activity.objects.on(image).in_feeds().newest().prefetch_related("actor")


def shown_on(image: Image, activities: Iterable[Activity]) -> list[Activity]:
    """Return those of ``activities``, read with `on_image`, that may be shown. No query."""
    known = list(activities)
    for activity in known:
        activity.target = image
    return shown(known)


def people_to_follow(viewer: User, activities: Iterable[Activity]) -> list[User]:
    """Return a few whom ``viewer`` does not follow, the most followed first. One query.

    Those whom ``activities``, a page of the viewer's feed, are about: friends of
    friends. Where it is about nobody, of those who joined last.
    """
    keys = set[int]()
    for activity in activities:
        target = activity.target
        about = target.user_id if isinstance(target, Image) else activity.target_user_id
        keys |= {activity.actor_id, about or activity.actor_id}
    people = with_follow_state(with_follow_counts(User.objects.active()), viewer)
    near = people.filter(pk__in=keys) if keys else people.newest()[:_NEWEST_LOOKED_AT]
    strangers = [p for p in near if p.pk != viewer.pk and not p.is_followed]
    strangers.sort(key=lambda person: (-person.follower_count, person.pk))
    return strangers[:_SUGGESTED]
