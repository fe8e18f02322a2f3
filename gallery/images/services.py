"""What changes pictures."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from PIL import Image as Pillow

from gallery.accounts.models import User
from gallery.images import files
from gallery.images.models import Image, ImageQuerySet, Visibility
from gallery.images.tasks import make_renditions

Result = TypeVar("Result")

#: How long a deleted picture can be had back.
UNDO_FOR = timedelta(minutes=15)
_PURGED_ALONG = 20


def share(
    user: User, picture: Pillow.Image, *, title: str, description: str, visibility: int
) -> Image:
    """Share ``picture``; all or nothing. The renditions are made after commit."""
    public = visibility == Visibility.PUBLIC
    master = files.make_master(picture)
    folder = files.store({"master.webp": master.data}, public=public)

    def write() -> Image:
        image = Image.objects.create(
            user=user,
            title=title,
            description=description,
            visibility=visibility,
            image=folder,
            width=master.width,
            height=master.height,
            colour=master.colour,
        )
        enqueue = partial(make_renditions.enqueue, folder, public=public)
        transaction.on_commit(enqueue, robust=True)
        return image

    return _keeping_files_only_if_written(folder, write, public=public)


def edit(image: Image, *, title: str, description: str, visibility: int) -> None:
    """Change what is said of a picture and who may see it.

    Where it becomes public or ceases to be, its files get new names on the
    other side; the old ones go after commit. Locks the picture's row.
    """
    public = visibility == Visibility.PUBLIC
    changes = {"title": title, "description": description, "visibility": visibility}
    folder = ""
    try:
        with transaction.atomic():
            # Where its files are says the locked row; `image` may have been read before a move.
            old = Image.objects.select_for_update().get(pk=image.pk)
            if old.is_public != public:
                changes["image"] = folder = files.move(old.image, public=public)
                # Robust: what fails after the commit must not remove the new files below.
                discard = partial(files.discard, old.image, public=old.is_public)
                transaction.on_commit(discard, robust=True)
                enqueue = partial(make_renditions.enqueue, folder, public=public)
                transaction.on_commit(enqueue, robust=True)
            Image.objects.filter(pk=image.pk).update(**changes)
    except Exception:
        if folder:
            files.discard(folder, public=public)
        raise
    image.refresh_from_db()
    image.__dict__.pop("sources", None)


def delete(image: Image) -> None:
    """Take a picture away from everybody; it can be had back for `UNDO_FOR`.

    Purges a few that the same person deleted longer ago, so that nothing stays
    for ever even where nobody runs ``purge_images``.
    """
    now = timezone.now()
    Image.objects.filter(pk=image.pk, deleted_at=None).update(deleted_at=now)
    due = Image.objects.filter(user=image.user_id, deleted_at__lt=now - UNDO_FOR)
    for old in due.order_by("deleted_at")[:_PURGED_ALONG]:
        old.delete()


def restorable(user: User) -> ImageQuerySet:
    """Return what ``user`` deleted and can still have back."""
    return Image.objects.filter(user=user, deleted_at__gte=timezone.now() - UNDO_FOR)


def restore(user: User, key: int) -> Image | None:
    """Give ``user`` back a picture that they deleted; None if it is not theirs or too late."""
    if not restorable(user).filter(pk=key).update(deleted_at=None):
        return None
    return Image.objects.get(pk=key)


def purge(*, before: datetime, batch: int = 100) -> int:
    """Remove for good what was deleted ``before``, with its files; return how many.

    In batches, each a transaction of its own.
    """
    purged = 0
    while rows := list(Image.objects.filter(deleted_at__lt=before).order_by("deleted_at")[:batch]):
        with transaction.atomic():
            for image in rows:
                image.delete()
        purged += len(rows)
    return purged


def _keeping_files_only_if_written(
    folder: str, write: Callable[[], Result], *, public: bool
) -> Result:
    """Return what ``write`` returns; where it raises, remove the new ``folder`` again."""
    try:
        with transaction.atomic():
            return write()
    except Exception:
        files.discard(folder, public=public)
        raise
