"""What the demo's people have done in the weeks before: likes, comments, all that is told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from gallery.accounts.models import User
from gallery.activity.models import Activity
from gallery.activity.verbs import COMMENTED, FOLLOWED, JOINED, LIKED, SHARED
from gallery.comments.models import Comment
from gallery.demo.looking import look_around
from gallery.demo.sayings import answer, saying
from gallery.demo.telling import tell_all
from gallery.images.models import Image, Like, Visibility
from slipstream.activity import Verb
from slipstream.follows.models import Follow

#: How many likes there are for each picture, on average: most have few, some very many.
_LIKES = 14
_MOST_APPEAL = 25
#: So many times more than strangers.
_INTEREST_OF_FOLLOWERS = 8
#: Of so many who like a picture one has something to say about it.
_LIKES_PER_COMMENT = 4
#: So many of a hundred comments get an answer of the picture's owner.
_ANSWERED = 15
#: So many of a hundred are changed again.
_EDITED = 4
_THOUGHT = timedelta(hours=2)
_USUAL_DELAY = timedelta(days=3)
_BATCH = 1000


def live_through(people: list[User], zeal: dict[int, float], random: Random, now: datetime) -> None:
    """Like, comment, record everything that happened, and tell whom it concerns.

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
    comments = sorted(_draw_comments(likes, random, now), key=lambda comment: comment.created_at)
    Comment.objects.bulk_create(comments, batch_size=_BATCH)
    activities = [_activity(person, JOINED, None, person.date_joined) for person in people]
    activities += [
        _activity(by_key[row.follower_id], FOLLOWED, by_key[row.following_id], row.followed_at)
        for row in follows
    ]
    shown = [image for image in images if image.is_shown]
    activities += [_activity(image.user, SHARED, image, image.created_at) for image in shown]
    activities += [_activity(like.user, LIKED, like.image, like.created_at) for like in likes]
    activities += [_commented(comment) for comment in comments]
    activities.sort(key=lambda activity: activity.created_at)
    Activity.objects.bulk_create(activities, batch_size=_BATCH)
    tell_all(activities)
    look_around(images, likes, random, now)


def _activity(actor: User, verb: Verb, target: User | Image | None, at: datetime) -> Activity:
    activity = Activity(actor=actor, verb=verb.code, created_at=at)
    activity.target = target
    return activity


def _commented(comment: Comment) -> Activity:
    activity = _activity(comment.user, COMMENTED, comment.image, comment.created_at)
    activity.data = {"comment": comment.pk}  # as `gallery.config.wiring` records it
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


def _draw_comments(likes: list[Like], random: Random, now: datetime) -> Iterator[Comment]:
    """Let some of those who like a picture say why, soon after; now and then its owner answers.

    Nobody says the same twice about one picture, nor what somebody else has said there.
    """
    said: set[tuple[int, str]] = set()

    def say(person: User, text: str, like: Like, after: datetime) -> Iterator[Comment]:
        if (like.image_id, text) not in said:
            said.add((like.image_id, text))
            at = _soon_after(after, random, now, delay=_THOUGHT)
            was_edited = random.randrange(100) < _EDITED
            yield Comment(
                user=person,
                image=like.image,
                text=text,
                created_at=at,
                edited_at=_soon_after(at, random, now, delay=_THOUGHT) if was_edited else None,
                token=UUID(int=random.getrandbits(128), version=4),  # MariaDB takes no other
            )

    for like in likes:
        if random.randrange(_LIKES_PER_COMMENT):
            continue
        for comment in say(like.user, saying(like.user.name, random), like, like.created_at):
            yield comment
            if random.randrange(100) < _ANSWERED:
                owner = like.image.user
                yield from say(owner, answer(owner.name, random), like, comment.created_at)


def _interest(person: User, image: Image, follower_since: dict[int, datetime]) -> int:
    if person.pk == image.user_id:
        return 0
    if person.pk in follower_since:
        return _INTEREST_OF_FOLLOWERS if image.is_shown else 0
    return int(image.is_public)


def _soon_after(
    start: datetime, random: Random, now: datetime, *, delay: timedelta = _USUAL_DELAY
) -> datetime:
    delay *= random.expovariate(1)
    # What would be in the future was some time in between.
    return start + (delay if start + delay < now else (now - start) * random.random())
