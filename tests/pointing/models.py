"""Models with an exclusive foreign key, in each form that it takes."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from slipstream.targets import (
    ExclusiveForeignKey,
    ExclusiveOneToOneField,
    PointingModel,
    Target,
)


class AbstractActivity(PointingModel):
    """As a library has it: what is pointed at, the project's subclass says."""

    verb = models.CharField(max_length=20, default="liked")
    created_at = models.DateTimeField(auto_now_add=True)
    target = ExclusiveForeignKey(
        on_delete=models.CASCADE, null=True, related_name="activities", index_with=["-created_at"]
    )

    class Meta:
        abstract = True


class Activity(AbstractActivity):
    """At most one of all kinds of key, with every way to be deleted."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="acted"
    )
    target_models = [
        "things.Picture",
        "things.Document",
        Target("things.Tag", on_delete=models.SET_NULL),
        Target("things.Cover", on_delete=models.PROTECT),
        "things.Place",
        Target(settings.AUTH_USER_MODEL, name="user", related_name="pointed_at"),
    ]


class LoudActivity(Activity):
    """A proxy."""

    class Meta:
        proxy = True


class RatedActivity(Activity):
    """A child with a table of its own."""

    rating = models.IntegerField(default=0)


class Like(models.Model):
    """Exactly one, once per person, on a plain model with a plain manager."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="likes")
    on = ExclusiveForeignKey(
        "things.Picture",
        "things.Document",
        on_delete=models.CASCADE,
        related_name="likes",
        unique_with=["user"],
    )


class Pin(models.Model):
    """Two keys on one model; one of the targets is the model itself, one a child."""

    what = ExclusiveForeignKey("things.Picture", "self", on_delete=models.CASCADE, null=True)
    where = ExclusiveForeignKey(
        "things.Restaurant",
        "things.Place",
        on_delete=models.CASCADE,
        related_name="+",
    )


class Caption(PointingModel):
    """Few targets, so that every engine joins them, and a key to a row that points too."""

    text = models.CharField(max_length=100, default="well")
    activity = models.ForeignKey(Activity, models.SET_NULL, null=True, related_name="captions")
    target = ExclusiveForeignKey(
        "things.Picture",
        "things.Document",
        on_delete=models.CASCADE,
        null=True,
        related_name="captions",
    )


class Badge(PointingModel):
    """At most one for each target, which stays while it has one."""

    on = ExclusiveOneToOneField(
        "things.Picture", "things.Document", on_delete=models.RESTRICT, related_name="badge"
    )
