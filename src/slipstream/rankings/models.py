"""The tables of the database backend, and what lets another one be exact.

An object is told by its model and primary key as text, for any model can be viewed, and what
is gone is found when a ranking meets it.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from slipstream.rankings.fields import ExactCharField
from slipstream.rankings.windows import Window

__all__ = ["Doubt", "Flush", "Stale", "Viewing", "Views"]

KIND_LENGTH = 100
KEY_LENGTH = 150
VIEWER_LENGTH = 32


class Views(models.Model):
    """How often one object was seen in one period, and what that is worth in a ranking."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("model"), max_length=KIND_LENGTH)
    object_key = ExactCharField(_("object"), max_length=KEY_LENGTH)
    period = models.CharField(_("period"), max_length=8)
    starts_at = models.DateTimeField(_("starts at"))
    views = models.BigIntegerField(_("views"), default=0)
    viewers = models.BigIntegerField(_("viewers"), default=0)
    score = models.FloatField(_("score"), default=0)

    class Meta:
        verbose_name = _("views")
        verbose_name_plural = _("views")
        constraints = (
            # Also serves counts, and one object's periods one after another: history().
            models.UniqueConstraint(
                fields=("kind", "object_key", "period", "starts_at"),
                name="slipstream_rankings_once",
            ),
            models.CheckConstraint(
                condition=models.Q(period__in=[window.value for window in Window]),
                name="slipstream_rankings_known_period",
            ),
        )
        indexes = (
            # The ranking of a period, and what is before an object: top(), rank_of().
            models.Index(
                fields=("kind", "period", "starts_at", "-score", "object_key"),
                name="slipstream_rankings_top",
            ),
            # Periods that are long past: prune_views.
            models.Index(fields=("period", "starts_at"), name="slipstream_rankings_past"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.object_key}, {self.period}: {self.views}"


class Viewing(models.Model):
    """When a viewer was last counted for an object, and when the time before."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("model"), max_length=KIND_LENGTH)
    object_key = ExactCharField(_("object"), max_length=KEY_LENGTH)
    viewer = models.CharField(_("viewer"), max_length=VIEWER_LENGTH)
    counted_at = models.DateTimeField(_("counted at"))
    before_at = models.DateTimeField(_("counted before at"), null=True)

    class Meta:
        verbose_name = _("viewing")
        verbose_name_plural = _("viewings")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "object_key", "viewer"), name="slipstream_rankings_one_viewer"
            ),
        )
        indexes = (
            # Viewers who did not come back: prune_views.
            models.Index(fields=("counted_at",), name="slipstream_rankings_viewed"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.object_key}, {self.viewer}"


class Flush(models.Model):
    """What was last taken over from Redis, for one kind. Whoever does that locks this row."""

    kind = models.CharField(_("model"), max_length=KIND_LENGTH, primary_key=True)
    batch = models.CharField(max_length=32, default="")
    flushed_at = models.DateTimeField(_("flushed at"), auto_now=True)

    class Meta:
        verbose_name = _("flush")
        verbose_name_plural = _("flushes")

    def __str__(self) -> str:
        return self.kind


class Doubt(models.Model):
    """A view of which it is not known whether Redis has counted it: it did not answer in time."""

    id = models.BigAutoField(primary_key=True)
    client = models.CharField(max_length=32)
    number = models.BigIntegerField()
    kind = models.CharField(_("model"), max_length=KIND_LENGTH, db_index=True)
    object_key = ExactCharField(_("object"), max_length=KEY_LENGTH)
    viewer = models.CharField(_("viewer"), max_length=VIEWER_LENGTH, null=True)  # noqa: DJ001
    at = models.DateTimeField()
    once_per = models.DurationField()
    half_life = models.DurationField()

    class Meta:
        verbose_name = _("view in doubt")
        verbose_name_plural = _("views in doubt")

    def __str__(self) -> str:
        return f"{self.kind} {self.object_key}"


class Stale(models.Model):
    """An object that was counted here while Redis was away, and there is to be told of it."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("model"), max_length=KIND_LENGTH, db_index=True)
    object_key = ExactCharField(_("object"), max_length=KEY_LENGTH)

    class Meta:
        verbose_name = _("stale object")
        verbose_name_plural = _("stale objects")

    def __str__(self) -> str:
        return f"{self.kind} {self.object_key}"
