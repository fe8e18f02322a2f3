"""The tables of this capability."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from slipstream.follows.querysets import FollowQuerySet
from slipstream.follows.relations import UserRelation

__all__ = ["Follow", "FollowCounts"]


class Follow(models.Model):
    """``follower`` follows ``following`` since ``followed_at``.

    The database allows one row per pair and none from a user to themselves.
    """

    follower = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="outgoing_follows",
        db_index=False,  # leads both constraint and index below
        verbose_name=_("follower"),
    )
    following = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="incoming_follows",
        db_index=False,  # leads an index below
        verbose_name=_("following"),
    )
    followed_at = models.DateTimeField(_("followed at"), default=timezone.now, editable=False)

    # `user.follows` and `user.followers`; neither is a column.
    followers = UserRelation(
        settings.AUTH_USER_MODEL,
        accessor="follows",
        through="slipstream_follows.Follow",
        source="follower",
        target="following",
    )
    follows = UserRelation(
        settings.AUTH_USER_MODEL,
        accessor="followers",
        through="slipstream_follows.Follow",
        source="following",
        target="follower",
    )

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        ordering = ("-followed_at", "-id")
        constraints = (
            # Also serves "does A follow B" and "which of these does A follow".
            models.UniqueConstraint(
                fields=("follower", "following"), name="slipstream_follow_once_per_pair"
            ),
            models.CheckConstraint(
                condition=~models.Q(follower=models.F("following")),
                name="slipstream_follow_not_oneself",
            ),
        )
        indexes = (
            # Whom A follows, newest first: Follow.objects.by(a), by keyset.
            models.Index(
                fields=("follower", "-followed_at", "-id"), name="slipstream_follow_by_follower"
            ),
            # Who follows A, newest first: Follow.objects.of(a), by keyset.
            models.Index(
                fields=("following", "-followed_at", "-id"), name="slipstream_follow_of_following"
            ),
        )

    def __str__(self) -> str:
        # The keys, not the users: a list of follows must not cost a query per row.
        return f"{self.follower_id} → {self.following_id}"


class FollowCounts(models.Model):
    """How many follow ``user`` and how many they follow, kept by the database.

    Triggers on the table of `Follow` write these rows (`slipstream.follows.triggers`);
    nothing else does. A user who never followed or was followed has no row.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="follow_counts",
        verbose_name=_("user"),
    )
    follower_count = models.IntegerField(_("followers"), default=0, editable=False)
    following_count = models.IntegerField(_("following"), default=0, editable=False)

    class Meta:
        verbose_name = _("follow counts")
        verbose_name_plural = _("follow counts")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.follower_count} / {self.following_count}"
