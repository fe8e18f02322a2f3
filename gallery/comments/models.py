"""What people say about pictures."""

from typing import ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from gallery.accounts.models import User
from gallery.images.models import Image

TEXT_LENGTH = 2000
PREVIEW_LENGTH = 80


class CommentQuerySet(models.QuerySet["Comment"]):
    """Reads over comments."""

    def visible_to(self, viewer: User | AnonymousUser) -> Self:
        """Those that ``viewer`` may read: the one place that decides.

        On pictures that they may see; what a moderator has hidden only by whoever
        wrote it; never those of closed accounts.
        """
        pictures = Image.objects.visible_to(viewer)
        return self.readable_by(viewer).filter(image__in=pictures.values("pk"))

    def readable_by(self, viewer: User | AnonymousUser) -> Self:
        """As `visible_to`, of pictures that ``viewer`` is known to see."""
        allowed = models.Q(hidden_at=None)
        if viewer.pk is not None:
            allowed |= models.Q(user=viewer.pk)
        return self.filter(allowed, user__is_active=True)

    def deletable_by(self, person: User) -> Self:
        """Those that ``person`` wrote, wherever, and those that they read on their own pictures."""
        on_own = Comment.objects.visible_to(person).filter(image__user=person.pk)
        return self.filter(models.Q(user=person.pk) | models.Q(pk__in=on_own.values("pk")))

    def hidden(self) -> Self:
        """Those that a moderator has hidden."""
        return self.filter(hidden_at__isnull=False)


class Comment(models.Model):
    """``user`` says ``text`` about ``image``.

    ``token`` comes with the form: the database takes each person's only once, so that a
    form sent twice makes one comment. What has ``hidden_at`` was hidden by a moderator.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="comments",
        db_index=False,  # leads an index below
        verbose_name=_("person"),
    )
    image = models.ForeignKey(
        Image,
        on_delete=models.CASCADE,
        related_name="comments",
        db_index=False,  # leads an index below
        verbose_name=_("picture"),
    )
    text = models.TextField(_("comment"), max_length=TEXT_LENGTH)
    created_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)
    edited_at = models.DateTimeField(_("edited at"), null=True, editable=False)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, editable=False)
    token = models.UUIDField(default=uuid4, editable=False)

    objects: ClassVar[models.Manager["Comment"]] = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = (
            models.CheckConstraint(condition=~models.Q(text=""), name="comments_text_not_empty"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("text"), TEXT_LENGTH),
                name="comments_text_not_too_long",
            ),
            models.UniqueConstraint(fields=("user", "token"), name="comments_once_per_form"),
        )
        indexes = (
            # A picture's, the latest first by keyset: gallery.comments.reads.page
            models.Index(fields=("image", "created_at", "id"), name="comments_of_image"),
            # A person's, for their data and their end, and how many just now:
            # .filter(user=u).order_by("created_at", "id")
            models.Index(fields=("user", "created_at", "id"), name="comments_of_user"),
            # Everybody's, for moderators: .order_by("-created_at", "-id")
            models.Index(fields=("-created_at", "-id"), name="comments_newest"),
        )

    def __str__(self) -> str:
        return self.preview

    def get_absolute_url(self) -> str:
        """Return the address that leads to where it stands, on whichever page that is."""
        return reverse("comments:comment", args=[self.pk])

    @property
    def anchor(self) -> str:
        """Where it stands on its page."""
        return f"comment-{self.pk}"

    @property
    def preview(self) -> str:
        """Its beginning, on one line."""
        return Truncator(" ".join(self.text.split())).chars(PREVIEW_LENGTH)

    def is_by(self, person: User | AnonymousUser) -> bool:
        """Whether ``person`` wrote it, and may change it. No query."""
        return person.pk == self.user_id
