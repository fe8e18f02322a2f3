"""Activities: who did what to what, and when."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from slipstream.activity.querysets import ActivityQuerySet
from slipstream.activity.verbs import CODE_LENGTH
from slipstream.targets import ExclusiveForeignKey, PointingModel

__all__ = ["AbstractActivity", "BaseActivity", "Claim"]


class BaseActivity(PointingModel):
    """One activity, but for its target: who did what, and when.

    Written by `log_activity`, and never changed. Ordered by time and id, which
    is total. Abstract: see `AbstractActivity`.
    """

    has_real_targets: ClassVar[bool] = False

    id = models.BigAutoField(primary_key=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="activities",
        db_index=False,  # leads an index below
        verbose_name=_("actor"),
    )
    verb = models.CharField(_("verb"), max_length=CODE_LENGTH)
    created_at = models.DateTimeField(_("time"), default=timezone.now)
    data = models.JSONField(_("data"), default=dict, blank=True)

    objects: ClassVar[Any] = ActivityQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        ordering = ("-created_at", "-id")
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = (
            # What one person did: .by(actor).newest(). In feeds: the newest of each followee.
            models.Index(fields=("actor", "created_at", "id", "verb"), name="%(class)s_of_actor"),
            # What everyone did: .newest(). In feeds: the newest, filtered to the followees.
            models.Index(fields=("created_at", "id", "actor", "verb"), name="%(class)s_newest"),
        )

    def __str__(self) -> str:
        from slipstream.activity.sentences import sentence_text

        return sentence_text(self)

    # -- what a model with a target says (abstract: neither this class nor a table has one)

    @classmethod
    def points_at(cls, target: models.Model | None, *, using: str) -> models.Q:
        """Return the condition that an activity is about ``target``."""
        raise NotImplementedError

    def points_at_the_same(self) -> models.Q:
        """Return the condition that an activity is about the target of this one. No query."""
        raise NotImplementedError

    @property
    def target_identity(self) -> str:
        """A text that tells the target from all others; empty without one. No query."""
        raise NotImplementedError

    @property
    def has_lost_its_target(self) -> bool:
        """Whether there was a target that is gone, or that the reader's querysets left out."""
        raise NotImplementedError


class AbstractActivity(BaseActivity):
    """An activity with real foreign keys to its target.

    A project makes it concrete with the models that activities are about, and
    names it in ``SLIPSTREAM_ACTIVITY_MODEL``::

        class Activity(AbstractActivity):
            target_models = ["images.Image", settings.AUTH_USER_MODEL]

    ``image.activities_on`` are those about an image, which go with it;
    ``user.activities`` what a person did.
    """

    has_real_targets = True

    target = ExclusiveForeignKey(
        on_delete=models.CASCADE,
        null=True,
        related_name="activities_on",
        # .on(target).newest()
        index_with=["created_at", "id"],
    )

    class Meta(BaseActivity.Meta):
        abstract = True

    @classmethod
    def points_at(cls, target: models.Model | None, *, using: str) -> models.Q:
        """Return the condition that an activity is about ``target``."""
        return models.Q(target=target)

    def points_at_the_same(self) -> models.Q:
        """Return the condition that an activity is about the target of this one. No query."""
        key: Any = self._meta.get_field("target")
        return models.Q(**{column.attname: getattr(self, column.attname) for column in key.columns})

    @property
    def target_identity(self) -> str:
        """A text that tells the target from all others; empty without one. No query."""
        row: Any = self  # the plain value comes with the key
        key = row.target_key
        return f"{key.kind}:{key.pk}" if key else ""

    @property
    def has_lost_its_target(self) -> bool:
        """Whether the querysets of `with_targets` left its target out."""
        row: Any = self
        return row.target_key is not None and row.target is None


class Claim(models.Model):
    """When the same actor, verb and target were last recorded. Rows are pruned, and may be lost."""

    key = models.UUIDField(primary_key=True, editable=False)
    last_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        # No index on the time: pruning reads them all, once in a while.

    def __str__(self) -> str:
        return f"{self.key} {self.last_at}"
