"""What becomes an activity, and what takes one away: all that happens when something happens.

Gallery's own signals are sent inside the transaction that makes the change, and
the activities are part of it. Follows tell of themselves after their commit; the
activity then is a transaction of its own, and where it fails, that is logged and
the follow stands.
"""

from typing import Any

from django.dispatch import receiver

from gallery.accounts.models import User
from gallery.accounts.signals import joined
from gallery.activity.models import Activity
from gallery.activity.verbs import COMMENTED, FOLLOWED, JOINED, LIKED, SHARED
from gallery.comments.models import Comment
from gallery.comments.signals import commented, uncommented
from gallery.images.models import Image
from gallery.images.signals import hidden, liked, shown, unliked
from slipstream.activity import log_activity, take_back
from slipstream.follows.signals import followed, unfollowed


@receiver(joined)
def log_joined(*, user: User, **_kwargs: Any) -> None:
    log_activity(user, JOINED)


@receiver(followed)
def log_followed(*, follower: User, following: User, **_kwargs: Any) -> None:
    log_activity(follower, FOLLOWED, following)


@receiver(unfollowed)
def take_back_followed(*, follower: User, following: User, **_kwargs: Any) -> None:
    """Only what was a slip: an older activity stays, since it was so."""
    take_back(follower, FOLLOWED, following)


@receiver(shown)
def log_shared(*, image: Image, **_kwargs: Any) -> None:
    """At the time it was shared, also where it was hidden in between: as in the grid."""
    log_activity(image.user, SHARED, image, at=image.created_at)


@receiver(hidden)
def remove_all_about(*, image: Image, **_kwargs: Any) -> None:
    Activity.objects.on(image).delete()


@receiver(liked)
def log_liked(*, user: User, image: Image, **_kwargs: Any) -> None:
    # What its owner alone sees is nobody's news.
    if image.is_shown:
        log_activity(user, LIKED, image)


@receiver(unliked)
def take_back_liked(*, user: User, image: Image, **_kwargs: Any) -> None:
    """As with a follow."""
    take_back(user, LIKED, image)


@receiver(commented)
def log_commented(*, comment: Comment, **_kwargs: Any) -> None:
    """At the time it was written, also where it was hidden in between."""
    if comment.image.is_shown:
        data = {"comment": comment.pk}
        log_activity(comment.user, COMMENTED, comment.image, at=comment.created_at, data=data)


@receiver(uncommented)
def remove_commented(*, comment: Comment, **_kwargs: Any) -> None:
    """However old: nobody is told of words that are not there."""
    rows = Activity.objects.on(comment.image).by(comment.user).with_verb(COMMENTED)
    # By the time an index finds it; of the same moment there may be another.
    rows.filter(created_at=comment.created_at, data__comment=comment.pk).delete()
