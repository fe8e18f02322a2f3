"""What the demo's people have done in the weeks before: likes, and all that feeds tell."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from gallery.accounts.models import User
from gallery.activity.models import Activity
from gallery.activity.verbs import FOLLOWED, JOINED, LIKED, SHARED
from gallery.images.models import Image, Like, Visibility
from slipstream.activity import Verb
from slipstream.follows.models import Follow

#: How many likes there are for each picture, on average: most have few, some very many.
_LIKES = 14
_MOST_APPEAL = 25
#: So many times more than strangers.
_INTEREST_OF_FOLLOWERS = 8
_USUAL_DELAY = timedelta(days=3)
_BATCH = 1000


def live_through(people: list[User], zeal: dict[int, float], random: Random, now: datetime) -> None:
    """Like, and record everything that happened.

    ``zeal`` says how much each shares. Who shares much has less time to like.
    """
    fondness = {
        person.pk: min(random.paretovariate(1.2), 20) / zeal[person.pk] ** 1.5 for person in people
    }
    by_key = {person.pk: person for person in people}
    images = list(Image.objects.filter(user__in=people).select_related("user").order_by("pk"))
    follows = list(Follow.objects.filter(follower__in=people).order_by("pk"))
    likes = list(_draw_likes(images, people, fondness, follows, random, now))
    Like.objects.bulk_create(likes, batch_size=_BATCH)
    activities = [_activity(person, JOINED, None, person.date_joined) for person in people]
    activities += [
        _activity(by_key[row.follower_id], FOLLOWED, by_key[row.following_id], row.followed_at)
        for row in follows
    ]
    shown = [image for image in images if image.is_shown]
    activities += [_activity(image.user, SHARED, image, image.created_at) for image in shown]
    activities += [_activity(like.user, LIKED, like.image, like.created_at) for like in likes]
    activities.sort(key=lambda activity: activity.created_at)
    Activity.objects.bulk_create(activities, batch_size=_BATCH)


def _activity(actor: User, verb: Verb, target: User | Image | None, at: datetime) -> Activity:
    activity = Activity(actor=actor, verb=verb.code, created_at=at)
    activity.target = target
    return activity


def _draw_likes(
    images: list[Image],
    people: list[User],
    fondness: dict[int, float],
    follows: list[Follow],
    random: Random,
    now: datetime,
) -> Iterator[Like]:
    """Draw who likes what, and when: after it was shared, and after joining.

    How many like a picture is drawn from a heavy tail; so is ``fondness``, how much each likes.
    """
    appeal = [min(random.paretovariate(1.1), _MOST_APPEAL) for _ in images]
    scale = _LIKES * len(images) / max(sum(appeal), 1)
    since: dict[int, dict[int, datetime]] = {person.pk: {} for person in people}
    for row in follows:
        since[row.following_id][row.follower_id] = row.followed_at
    for image, pull in zip(images, appeal, strict=True):
        follower_since = since[image.user_id]
        weights = [
            fondness[person.pk] * _interest(person, image, follower_since) for person in people
        ]
        if not any(weights):
            continue
        for person in dict.fromkeys(random.choices(people, weights, k=round(pull * scale))):
            start = max(image.created_at, person.date_joined)
            if image.visibility != Visibility.PUBLIC:
                start = max(start, follower_since[person.pk])
            yield Like(user=person, image=image, created_at=_soon_after(start, random, now))


def _interest(person: User, image: Image, follower_since: dict[int, datetime]) -> int:
    if person.pk == image.user_id:
        return 0
    if person.pk in follower_since:
        return _INTEREST_OF_FOLLOWERS if image.is_shown else 0
    return int(image.is_public)


def _soon_after(start: datetime, random: Random, now: datetime) -> datetime:
    delay = _USUAL_DELAY * random.expovariate(1)
    # What would be in the future was some time in between.
    return start + (delay if start + delay < now else (now - start) * random.random())
