"""Who is here."""

from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gallery.accounts.photos import FaceUrls, face_urls
from gallery.accounts.usernames import (
    KEY_LENGTH,
    MAX_LENGTH,
    normalise_username,
    username_key,
    username_key_expression,
    validate_username,
)

BIO_LENGTH = 500
NAME_LENGTH = 60
HUES = 8


class UserQuerySet(models.QuerySet["User"]):
    """Reads over people."""

    def active(self) -> Self:
        """Those who may be seen: accounts that are neither closed nor locked."""
        return self.filter(is_active=True)

    def closed(self) -> Self:
        """Those whose account is closed and not removed yet, the first closed first."""
        return self.filter(closed_at__isnull=False).order_by("closed_at", "id")

    def suspended(self) -> Self:
        """Those whom a moderator keeps out (`gallery.moderation.services.suspend`)."""
        return self.filter(suspended_at__isnull=False)

    def newest(self) -> Self:
        """Newest first."""
        return self.order_by("-date_joined", "-id")


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes accounts; `create_user` and `create_superuser` as in Django."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=normalise_username(username or ""))


class User(AbstractUser):
    """An account and the person's profile.

    One row, so that an account without a profile cannot exist, however it was
    made. The database allows each username once, each username that looks
    alike once (`username_key`, which it makes itself), and each e-mail address once.
    An account with ``closed_at`` is never active again, and is about to be removed
    (`gallery.accounts.services.close`). One with ``suspended_at`` is not active until a
    moderator lets it back in.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    username = models.CharField(
        _("username"),
        max_length=MAX_LENGTH,
        unique=True,
        validators=[validate_username],
        error_messages={"unique": _("This username is taken.")},
    )
    username_key = models.GeneratedField(
        expression=username_key_expression("username"),
        output_field=models.CharField(max_length=KEY_LENGTH),
        db_persist=True,
        unique=True,
    )
    email = models.EmailField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("There is an account with this address already.")},
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    bio = models.TextField(_("about you"), max_length=BIO_LENGTH, blank=True)
    photo = models.CharField(max_length=60, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    suspended_at = models.DateTimeField(_("suspended at"), null=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(username=Lower("username")), name="accounts_username_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="accounts_email_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | models.Q(is_active=False),
                name="accounts_closed_is_inactive",
            ),
            models.CheckConstraint(
                condition=models.Q(suspended_at=None) | models.Q(is_active=False),
                name="accounts_suspended_is_inactive",
            ),
        )
        indexes = (
            # The directory, newest first by keyset: User.objects.active().newest()
            models.Index(
                fields=("-date_joined", "-id"),
                name="accounts_newest",
            ),
            # What is still to be removed: User.objects.closed()
            models.Index(fields=("closed_at",), name="accounts_closed"),
        )

    def __str__(self) -> str:
        return self.name or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.username = normalise_username(self.username)
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        self.username = normalise_username(self.username)
        self.email = self.email.lower()
        alike = User.objects.exclude(pk=self.pk).filter(username_key=username_key(self.username))
        if alike.exists():
            message = _("This username is taken, or looks too much like one that is.")
            raise ValidationError({"username": ValidationError(message, code="alike")})

    def get_absolute_url(self) -> str:
        return reverse("people:person", args=[self.username])

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def face_urls(self) -> FaceUrls | None:
        """Addresses of the photo's renditions; None without a photo. No query, no file."""
        return face_urls(self.photo) if self.photo else None

    @property
    def initial(self) -> str:
        """What stands in for a photo."""
        return (self.name or self.username)[:1].upper()

    @property
    def hue(self) -> int:
        """One of `HUES` colours to put behind the initial, always the same one."""
        return (self.pk or 0) % HUES
