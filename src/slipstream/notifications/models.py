"""The tables of this capability."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from slipstream.activity.reads import activity_label
from slipstream.activity.verbs import CODE_LENGTH
from slipstream.counters import CountField
from slipstream.notifications.querysets import NotificationQuerySet
from slipstream.notifications.turns import cascade_in_turn

__all__ = ["Inbox", "Notification", "Participant", "Preference"]


class Inbox(models.Model):
    """How much one user has not read. Who was never told anything has none."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="notification_inbox",
        verbose_name=_("user"),
    )
    # The number in the header of every page: one row by its key.
    unread = CountField(
        "notifications",
        filter=Q(read_at=None, actor_count__gt=0),
        db_index=False,
        verbose_name=_("unread"),
    )

    class Meta:
        verbose_name = _("inbox")
        verbose_name_plural = _("inboxes")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.unread}"


class Notification(models.Model):
    """One line: all who did one verb to one target since the recipient last read it.

    The database allows one unread line for each recipient, verb and target. A line of which
    everything was taken back has nobody in it: it counts for nothing and is not shown.
    """

    inbox = models.ForeignKey(
        Inbox,
        on_delete=models.CASCADE,
        related_name="notifications",
        db_index=False,  # leads the indexes below
        verbose_name=_("inbox"),
    )
    verb = models.CharField(_("verb"), max_length=CODE_LENGTH)
    # A hash of recipient, verb and target.
    key = models.UUIDField(_("key"), editable=False)
    # The same while the line is unread: MariaDB has no unique index with a condition.
    open_key = models.UUIDField(_("key while unread"), null=True, unique=True, editable=False)
    latest_at = models.DateTimeField(_("time"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    # Goes up by one with each activity that is told of in the line, and never down.
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    actor_count = CountField("participants", db_index=False, verbose_name=_("people"))

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("-latest_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(open_key__isnull=False, open_key=models.F("key"), read_at__isnull=True)
                | Q(open_key__isnull=True, read_at__isnull=False),
                name="slipstream_notification_open_or_read",
            ),
        )
        indexes = (
            # The list of one user, by keyset: get_notifications().
            models.Index(fields=("inbox", "latest_at", "id"), name="slipstream_notification_list"),
            # What one user has not read: mark_all_read().
            models.Index(fields=("inbox", "read_at"), name="slipstream_notification_unread"),
        )

    def __str__(self) -> str:
        # The keys alone: a list of them must not cost a query per row.
        return f"{self.verb} → {self.inbox_id}"

    @property
    def is_unread(self) -> bool:
        """Whether the recipient has not read it."""
        return self.read_at is None

    @property
    def stamp(self) -> str:
        """A text that says which line this is, and as of when: for forms, and `mark_read`."""
        return f"{self.pk}.{self.revision}"

    # -- who and what; loaded by get_notifications for a whole page, else one by one

    @cached_property
    def activities(self) -> list[Any]:
        """The newest activities in it, of up to three people who are active, newest first."""
        from slipstream.notifications.reads import load

        return load([self])[self.pk]

    @property
    def activity(self) -> Any:
        """The newest of its activities, or None."""
        return self.activities[0] if self.activities else None

    @property
    def actors(self) -> list[Any]:
        """The newest people in it, up to three."""
        return [activity.actor for activity in self.activities]

    @property
    def others(self) -> int:
        """How many there are besides the first of `actors`; inactive ones only from three on."""
        from slipstream.notifications.querysets import SHOWN

        shown = len(self.activities)
        return max(0, (self.actor_count if shown == SHOWN else shown) - 1)

    @property
    def target(self) -> Any:
        """What it was done to; None where there is nothing, or where it is gone."""
        return self.activity and self.activity.target


class Participant(models.Model):
    """One person in a line, with the newest thing that they did.

    Whatever removes the activity, or the person, removes them from the line.
    """

    notification = models.ForeignKey(
        Notification,
        on_delete=models.CASCADE,
        related_name="participants",
        db_index=False,  # leads both below
        verbose_name=_("notification"),
    )
    inbox = models.ForeignKey(
        Inbox,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # leads a constraint below
        verbose_name=_("inbox"),
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=cascade_in_turn,
        related_name="+",
        verbose_name=_("person"),
    )
    activity = models.ForeignKey(
        activity_label(),
        on_delete=cascade_in_turn,
        related_name="+",
        verbose_name=_("activity"),
    )

    class Meta:
        verbose_name = _("person in a notification")
        verbose_name_plural = _("people in notifications")
        constraints = (
            models.UniqueConstraint(
                fields=("notification", "actor"), name="slipstream_participant_once_per_line"
            ),
            # Nobody is told of one activity twice, however often that is tried.
            models.UniqueConstraint(
                fields=("inbox", "activity"), name="slipstream_participant_told_once"
            ),
        )
        indexes = (
            # The newest people of each line of a page.
            models.Index(fields=("notification", "activity"), name="slipstream_participant_newest"),
        )

    def __str__(self) -> str:
        return f"{self.actor_id} → {self.notification_id}"


class Preference(models.Model):
    """Whether one user wants to be told of one verb; without a row it is as the rule says."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notification_preferences",
        db_index=False,  # leads the constraint below
        verbose_name=_("user"),
    )
    verb = models.CharField(_("verb"), max_length=CODE_LENGTH)
    is_on = models.BooleanField(_("on"))

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "verb"), name="slipstream_preference_once_per_verb"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id}: {self.verb} {'on' if self.is_on else 'off'}"
