"""Pictures that users like, the same tables for each way to know how many.

Each way has tables of its own, so that what one of them leaves behind for the
database to clear away does not slow down another.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from slipstream.counters import CountField


class Picture(models.Model):
    """What is liked."""

    title = models.CharField(max_length=100)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class Like(models.Model):
    """A row for each user and picture."""

    # The unique constraint leads with it.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    liked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


def pair(name: str, **count: models.Field[Any, Any]) -> tuple[Any, Any]:
    """Return a new model of pictures with the column ``count``, and that of their likes."""
    users_like: Any = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through=f"{name}Like", related_name="+"
    )
    attributes = {"__module__": __name__, "users_like": users_like, **count}
    pictures: Any = type(f"{name}Picture", (Picture,), attributes)
    once = models.UniqueConstraint(fields=["user", "picture"], name=f"{name.lower()}_like_once")
    likes: Any = type(
        f"{name}Like",
        (Like,),
        {
            "__module__": __name__,
            "picture": models.ForeignKey(pictures, models.CASCADE, related_name="likes"),
            "Meta": type("Meta", (), {"constraints": [once]}),
        },
    )
    return pictures, likes


def column() -> Any:
    return models.IntegerField(default=0, db_index=True)


KeptPicture, KeptLike = pair("Kept", like_count=CountField("users_like"))
HandPicture, HandLike = pair("Hand", like_count=column())
ServedPicture, ServedLike = pair("Served", like_count=column())
TaughtPicture, TaughtLike = pair("Taught", like_count=column())
BarePicture, BareLike = pair("Bare")


def count_again(instance: Any, **_kwargs: Any) -> None:
    """Do what the receiver of ``m2m_changed`` in tutorials does: at each action, before and after.

    Django counts with a join, as for any model with a manager of its own, such as the stock user.
    """
    instance.like_count = instance.users_like.count()
    instance.save()
