"""The pictures that people share."""

from functools import cached_property
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gallery.accounts.models import User
from gallery.images import files
from slipstream.counters import CountField
from slipstream.follows.models import Follow

TITLE_LENGTH = 120
DESCRIPTION_LENGTH = 2000


class Visibility(models.IntegerChoices):
    """Who may see a picture, besides its owner."""

    PUBLIC = 0, _("Everyone")
    FOLLOWERS = 1, _("My followers")
    PRIVATE = 2, _("Only me")


class ImageQuerySet(models.QuerySet["Image"]):
    """Reads over pictures."""

    def visible_to(self, viewer: User | AnonymousUser) -> Self:
        """Those that ``viewer`` may see: the one place that decides.

        Lists, pages, files and whatever else shows a picture start here.
        Never one that was deleted or whose owner's account is closed; what a moderator
        has hidden only by its owner.
        """
        allowed: Any = models.Q(visibility=Visibility.PUBLIC, hidden_at=None)
        if viewer.pk is not None:
            follows = Follow.objects.filter(follower=viewer.pk, following=models.OuterRef("user"))
            followed = models.Q(visibility=Visibility.FOLLOWERS, hidden_at=None)
            allowed |= models.Q(user=viewer.pk)
            allowed |= followed & models.Exists(follows)
        return self.filter(allowed, deleted_at=None, user__is_active=True)

    def with_like_to_take_back(self, person: User) -> Self:
        """Those that ``person`` likes, or may see: of no others they learn that they are there."""
        likes = Like.objects.filter(user=person.pk, image=models.OuterRef("pk"))
        visible = Image.objects.visible_to(person).values("pk")
        return self.filter(models.Exists(likes) | models.Q(pk__in=visible))

    def newest(self) -> Self:
        """Newest first."""
        return self.order_by("-created_at", "-id")

    def most_liked(self) -> Self:
        """Those that most people like first."""
        return self.order_by("-like_count", "-id")

    def newer_than(self, image: "Image") -> Self:
        """Those shared after ``image``, the nearest first."""
        return self._beyond(image, "gt").order_by("created_at", "id")

    def older_than(self, image: "Image") -> Self:
        """Those shared before ``image``, the nearest first."""
        return self._beyond(image, "lt").newest()

    def _beyond(self, image: "Image", comparison: str) -> Self:
        at, key = f"created_at__{comparison}", f"id__{comparison}"
        same_moment = models.Q(created_at=image.created_at, **{key: image.pk})
        beyond = models.Q(**{at: image.created_at}) | same_moment
        # Implied by the rest; it lets the index start at the picture at once.
        return self.filter(beyond, **{f"{at}e": image.created_at})

    def with_like_state(self, viewer: User | AnonymousUser) -> Self:
        """Return the pictures with ``is_liked`` on each: whether ``viewer`` likes it.

        No further query: one look into the unique index per row read.
        """
        mine = Like.objects.filter(image=models.OuterRef("pk"))
        mine = mine.none() if viewer.pk is None else mine.filter(user=viewer.pk)
        return self.annotate(is_liked=models.Exists(mine))


class Image(models.Model):
    """A picture. Its files are described in `gallery.images.files`.

    ``image`` is the folder of its files, ``colour`` what to show until one is
    there. A picture with ``deleted_at`` can be had back until it is purged. One with
    ``hidden_at`` was hidden by a moderator, and only they can show it again.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="images",
        db_index=False,  # leads an index below
        verbose_name=_("owner"),
    )
    title = models.CharField(_("title"), max_length=TITLE_LENGTH)
    description = models.TextField(_("description"), max_length=DESCRIPTION_LENGTH, blank=True)
    image = models.CharField(max_length=60, unique=True, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    colour = models.CharField(max_length=7, editable=False)
    visibility = models.PositiveSmallIntegerField(
        _("who may see it"), choices=Visibility.choices, default=Visibility.PUBLIC
    )
    created_at = models.DateTimeField(_("shared at"), default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, editable=False)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, editable=False)
    users_like = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="images.Like",
        related_name="images_liked",
        editable=False,
        verbose_name=_("people who like it"),
    )
    # By the index below. All likes, also of those whose account is locked.
    like_count = CountField("likes", db_index=False, verbose_name=_("number of likes"))
    # Without an index: nothing is sorted or filtered by it.
    comment_count = CountField(
        "comments",
        filter=models.Q(hidden_at=None),
        db_index=False,
        verbose_name=_("number of comments"),
    )

    objects: ClassVar[models.Manager["Image"]] = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(visibility__in=Visibility.values), name="images_visibility_known"
            ),
            models.CheckConstraint(
                condition=models.Q(width__gt=0, height__gt=0), name="images_size_positive"
            ),
        )
        indexes = (
            # The grid, newest first by keyset: Image.objects.visible_to(v).newest()
            models.Index(fields=("-created_at", "-id"), name="images_newest"),
            # The grid, most liked first by keyset: Image.objects.visible_to(v).most_liked()
            models.Index(fields=("-like_count", "-id"), name="images_most_liked"),
            # A person's pictures, and the neighbours of one: .filter(user=u).newest()
            models.Index(fields=("user", "-created_at", "-id"), name="images_newest_of_user"),
            # What is due to be purged.
            models.Index(fields=("deleted_at",), name="images_deleted"),
            # For moderators, the last hidden first: .filter(hidden_at__isnull=False)
            models.Index(fields=("hidden_at",), name="images_hidden"),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("images:image", args=[self.pk])

    @property
    def is_public(self) -> bool:
        """Whether everyone may see it, and its files lie where everyone may fetch them."""
        return self.visibility == Visibility.PUBLIC and self._is_there

    @property
    def is_shown(self) -> bool:
        """Whether anyone but its owner may see it."""
        return self.visibility != Visibility.PRIVATE and self._is_there

    @property
    def _is_there(self) -> bool:
        return self.deleted_at is None and self.hidden_at is None

    @cached_property
    def sources(self) -> list[tuple[int, str]]:
        """Width and address of each rendition, smallest first. No query, no file."""
        return [(width, self.file_url(width)) for width in files.widths(self.width)]

    def file_url(self, width: int) -> str:
        """Return the address of the rendition of that width."""
        if self.is_public:
            return files.public_url(self.image, width)
        return reverse("images:file", args=[self.pk, width])

    @property
    def srcset(self) -> str:
        """All renditions, as ``srcset`` wants them."""
        return ", ".join(f"{url} {width}w" for width, url in self.sources)

    @property
    def src(self) -> str:
        """A rendition of middle size, for what knows no ``srcset``."""
        return self.sources[min(1, len(self.sources) - 1)][1]

    @property
    def ratio_step(self) -> int:
        """Width by height in steps of a twentieth, from 8 to 52; names a class of the style sheet.

        The content security policy allows no style attributes.
        """
        return max(8, min(52, round(self.width / self.height * 20)))


class Like(models.Model):
    """``user`` likes ``image`` since ``created_at``. The database allows one row per pair."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="likes",
        db_index=False,  # leads the constraint below
        verbose_name=_("person"),
    )
    image = models.ForeignKey(
        Image,
        on_delete=models.CASCADE,
        related_name="likes",
        db_index=False,  # leads the index below
        verbose_name=_("picture"),
    )
    created_at = models.DateTimeField(_("liked at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("like")
        verbose_name_plural = _("likes")
        constraints = (
            # Also serves "which of these does this person like": .with_like_state(viewer)
            models.UniqueConstraint(fields=("user", "image"), name="images_like_once_per_pair"),
        )
        indexes = (
            # Who likes it, latest first, and how many: .filter(image=i).order_by(…)
            models.Index(fields=("image", "-created_at", "-id"), name="images_like_of_image"),
        )

    def __str__(self) -> str:
        # The keys, not the objects: a list of likes must not cost a query per row.
        return f"{self.user_id} ♥ {self.image_id}"
