"""What becomes an activity, who is told, and what takes it away: what happens when something does.

Gallery's own signals are sent inside the transaction that makes the change, and
activities and notifications are part of it. Follows tell of themselves after their
commit; the two then are a transaction of their own, and where it fails, that is
logged and the follow stands.
"""

from collections.abc import Iterable
from typing import Any

from django.db import router, transaction
from django.dispatch import receiver

from gallery.accounts.models import User
from gallery.accounts.signals import joined
from gallery.activity.models import Activity
from gallery.activity.verbs import COMMENTED, FOLLOWED, JOINED, LIKED, SHARED
from gallery.comments.models import Comment
from gallery.comments.signals import commented, uncommented
from gallery.images.models import Image
from gallery.images.signals import hidden, liked, shown, unliked
from gallery.live.publishing import publish
from slipstream.activity import Verb, log_activity, take_back
from slipstream.activity.signals import activity_logged
from slipstream.follows.signals import followed, unfollowed
from slipstream.notifications import notify, retract
from slipstream.notifications.signals import marked_read, notified
from slipstream.sql import retrying_deadlocks


def record(actor: User, verb: Verb, target: User | Image | None = None, **more: Any) -> None:
    """Record it, as `log_activity` does, and tell whom it concerns: both or neither."""

    def write() -> None:
        with transaction.atomic(using=using):
            activity = log_activity(actor, verb, target, **more)
            if activity is not None:
                notify(activity)

    using = router.db_for_write(Activity, instance=actor)
    retrying_deadlocks(write, using=using)


@receiver(joined)
def log_joined(*, user: User, **_kwargs: Any) -> None:
    record(user, JOINED)


@receiver(followed)
def log_followed(*, follower: User, following: User, **_kwargs: Any) -> None:
    record(follower, FOLLOWED, following)


@receiver(unfollowed)
def take_back_followed(*, follower: User, following: User, **_kwargs: Any) -> None:
    """Only what was a slip: an older activity stays, since it was so."""
    if take_back(follower, FOLLOWED, following):
        publish(f"user:{following.pk}")


@receiver(shown)
def log_shared(*, image: Image, **_kwargs: Any) -> None:
    """At the time it was shared, also where it was hidden in between: as in the grid."""
    record(image.user, SHARED, image, at=image.created_at)


@receiver(hidden)
def remove_all_about(*, image: Image, **_kwargs: Any) -> None:
    Activity.objects.on(image).delete()
    publish(f"user:{image.user_id}")


@receiver(liked)
def log_liked(*, user: User, image: Image, **_kwargs: Any) -> None:
    # What its owner alone sees is nobody's news.
    if image.is_shown:
        record(user, LIKED, image)


@receiver(unliked)
def take_back_liked(*, user: User, image: Image, **_kwargs: Any) -> None:
    """As with a follow."""
    if take_back(user, LIKED, image):
        publish(f"user:{image.user_id}")


@receiver(commented)
def log_commented(*, comment: Comment, **_kwargs: Any) -> None:
    """At the time it was written, also where it was hidden in between."""
    if comment.image.is_shown:
        data = {"comment": comment.pk}
        record(comment.user, COMMENTED, comment.image, at=comment.created_at, data=data)


@receiver(uncommented)
def remove_commented(*, comment: Comment, **_kwargs: Any) -> None:
    """However old: nobody is told of words that are not there."""
    rows = Activity.objects.on(comment.image).by(comment.user).with_verb(COMMENTED)
    # By the time an index finds it; of the same moment there may be another.
    rows = rows.filter(created_at=comment.created_at, data__comment=comment.pk)
    for activity in rows.with_targets():
        # Who said something else before is told of with that.
        retract(activity)
    rows.delete()
    publish(f"user:{comment.image.user_id}")


# -- What open pages hear of, after the commit


@receiver([liked, unliked, shown, hidden])
def publish_picture(*, image: Image, **_kwargs: Any) -> None:
    publish(f"image:{image.pk}")


@receiver([commented, uncommented])
def publish_commented(*, comment: Comment, **_kwargs: Any) -> None:
    publish(f"image:{comment.image_id}")


@receiver(activity_logged)
def publish_news(*, activity: Activity, **_kwargs: Any) -> None:
    """Who follows whoever did it is up to the pages' hub: no work for each follower here."""
    publish(f"actor:{activity.actor_id}")


@receiver([notified, marked_read])
def publish_unread(*, user_ids: Iterable[int], **_kwargs: Any) -> None:
    publish(*(f"user:{key}" for key in user_ids))
