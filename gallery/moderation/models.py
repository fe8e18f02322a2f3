"""What people report to those who look after the site."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gallery.accounts.models import User
from gallery.comments.models import Comment
from gallery.images.models import Image
from slipstream.targets import ExclusiveForeignKey, PointingModel, Target, TargetQuerySet

WORDS_LENGTH = 500


class Reason(models.TextChoices):
    """What is wrong with it."""

    SPAM = "spam", _("Spam or advertising")
    UNWANTED = "unwanted", _("Nudity, violence, or otherwise out of place here")
    COPYRIGHT = "copyright", _("Somebody else’s work, without permission")
    HARASSMENT = "harassment", _("Harassment or hate")
    OTHER = "other", _("Something else")


class State(models.TextChoices):
    """What became of a report."""

    OPEN = "open", _("Open")
    DISMISSED = "dismissed", _("Dismissed")
    ACTED = "acted", _("Acted upon")


class ReportQuerySet(TargetQuerySet):
    """Reads over reports."""

    def open(self) -> "ReportQuerySet":
        """Those that nobody has dealt with."""
        return self.filter(state=State.OPEN)

    def with_all_targets(self) -> "ReportQuerySet":
        """Return the reports with what they are about, and whose it is.

        At most one query for each kind of target besides.
        """
        return self.with_target(
            Image.objects.select_related("user"),
            Comment.objects.select_related("user", "image"),
            User.objects.all(),
        )


class Report(PointingModel):
    """``reporter`` thinks that something is wrong with ``target``.

    It goes with its target, and outlives its reporter, without the name: what is wrong
    stays wrong when somebody leaves. The database allows one open report of each person
    about each target.
    """

    target = ExclusiveForeignKey(
        Image,
        Comment,
        Target(settings.AUTH_USER_MODEL, name="person"),
        on_delete=models.CASCADE,
        related_name="reports",
        # Empty, and so never twice the same, unless it is open. Also serves "how many of
        # this target": .filter(target_image=…)
        unique_with=["reporter", "open_mark"],
        verbose_name=_("what is reported"),
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="reports_made",
        verbose_name=_("reported by"),
    )
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    words = models.TextField(_("in their words"), max_length=WORDS_LENGTH, blank=True)
    created_at = models.DateTimeField(_("reported at"), default=timezone.now, editable=False)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.OPEN)
    open_mark = models.GeneratedField(
        expression=models.Case(models.When(state="open", then=models.Value(1))),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("handled by"),
    )
    handled_at = models.DateTimeField(_("handled at"), null=True, editable=False)

    objects: ClassVar[Any] = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        # Who has these may look after people, who have no permission of their own for it.
        permissions = (("suspend_person", _("Can suspend people")),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(reason__in=Reason.values), name="moderation_reason_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.OPEN, handled_at=None)
                | models.Q(state__in=(State.DISMISSED, State.ACTED), handled_at__isnull=False),
                name="moderation_handled_unless_open",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("words"), WORDS_LENGTH),
                name="moderation_words_not_too_long",
            ),
        )
        indexes = (
            # The queue, newest first: .open().order_by("-created_at", "-id")
            models.Index(fields=("state", "-created_at", "-id"), name="moderation_queue"),
            # All of them, newest first: .order_by("-created_at", "-id")
            models.Index(fields=("-created_at", "-id"), name="moderation_newest"),
        )

    def __str__(self) -> str:
        # No target: a list of reports must not cost a query per row.
        return f"{self.get_reason_display()} ({self.get_state_display()})"


def may_report(person: User | AnonymousUser, target: Image | Comment | User) -> bool:
    """Whether ``target``, which ``person`` may see, is somebody else's. No query."""
    owner = target.pk if isinstance(target, User) else target.user_id
    return owner != person.pk
