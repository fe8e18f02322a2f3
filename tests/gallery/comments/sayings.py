"""What tests of comments do alike."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from gallery.comments import services
from gallery.comments.models import Comment
from gallery.images.models import Image, Visibility

#: Beyond reading the session and the user.
SESSION_AND_USER = 2
PUBLIC, FOLLOWERS, PRIVATE = Visibility
VIEWERS = ("visitor", "stranger", "follower", "owner")
MAY_SEE = {PUBLIC: VIEWERS, FOLLOWERS: ("follower", "owner"), PRIVATE: ("owner",)}
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCRIPT = {"accept": "application/json"}


def say(user, image: Image, text: str = "좋네요", **words) -> Comment:
    """Comment as the site does."""
    return services.write(user, image, text, token=words.get("token") or uuid4())[0]


def say_many(user, image: Image, count: int, **values) -> list[Comment]:
    """So many at once, three of each minute, the first the oldest."""
    now = timezone.now()
    return Comment.objects.bulk_create(
        (
            Comment(
                user=user,
                image=image,
                text=f"{number}번",
                **{"created_at": now - timedelta(minutes=(count - number) // 3 + 2), **values},
            )
            for number in range(count)
        ),
        batch_size=2000,
    )


def count_of(image: Image) -> int:
    """Return the count as it is stored, having made sure that it is right."""
    stored = Image.objects.values_list("comment_count", flat=True).get(pk=image.pk)
    assert stored == Comment.objects.filter(image=image, hidden_at=None).count()
    return stored
