"""What changes pictures."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from django.db import router, transaction
from django.utils import timezone
from PIL import Image as Pillow

from gallery.accounts.models import User
from gallery.images import files
from gallery.images.models import Image, ImageQuerySet, Like, Visibility
from gallery.images.signals import hidden, liked, shown, unliked
from gallery.images.tasks import make_renditions
from slipstream.rankings import forget_views
from slipstream.sql import delete_rows, insert_or_ignore, retrying_deadlocks

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
        if image.is_shown:
            shown.send(sender=Image, image=image)
        return image

    return _keeping_files_only_if_written(folder, write, public=public)


def edit(image: Image, *, title: str, description: str, visibility: int) -> None:
    """Change what is said of a picture and who may see it.

    Raises ``Image.DoesNotExist`` where it was deleted meanwhile.
    """
    rows = Image.objects.filter(pk=image.pk, deleted_at=None)
    _change(rows, title=title, description=description, visibility=visibility)
    image.refresh_from_db()
    image.__dict__.pop("sources", None)


def delete(image: Image) -> None:
    """Take a picture away from everybody; it can be had back for `UNDO_FOR`.

    Purges a few that the same person deleted longer ago, so that nothing stays
    for ever even where nobody runs ``purge_images``.
    """
    now = timezone.now()
    rows = Image.objects.filter(pk=image.pk, deleted_at=None)
    try:
        _change(rows, deleted_at=now)
    except FileNotFoundError:  # there is no file left to be moved
        rows.update(deleted_at=now)
    except Image.DoesNotExist:
        pass  # somebody was quicker
    due = Image.objects.filter(user=image.user_id, deleted_at__lt=now - UNDO_FOR)
    _purge(due.order_by("deleted_at"), at_most=_PURGED_ALONG)


def like(user: User, image: Image) -> bool:
    """Make ``user`` like ``image``; return whether that changed anything.

    Idempotent, and part of the caller's transaction, if there is one; outside of
    one, deadlocks are tried again. Raises ``Image.DoesNotExist`` where ``user`` may not
    see ``image``, also where that is so only since it was read.
    """
    row = Like(user_id=user.pk, image_id=image.pk)
    using = router.db_for_write(Like, instance=image)

    def write() -> bool:
        with transaction.atomic(using=using):
            current = lock_visible(user, image, using=using)
            changed = insert_or_ignore(row, using=using)
            if changed:
                liked.send(sender=Like, user=user, image=current)
            return changed

    return retrying_deadlocks(write, using=using)


def unlike(user: User, image: Image) -> bool:
    """Make ``user`` no longer like ``image``; return whether that changed anything.

    Idempotent, and part of the caller's transaction, as with `like`. Also where they may
    not see it any more: a like is theirs.
    """
    using = router.db_for_write(Like, instance=image)
    rows = Like.objects.using(using).filter(user=user.pk, image=image.pk)

    def write() -> bool:
        with transaction.atomic(using=using):
            changed = delete_rows(rows, using=using) > 0
            if changed:
                unliked.send(sender=Like, user=user, image=image)
            return changed

    return retrying_deadlocks(write, using=using)


def lock_visible(user: User, image: Image, *, using: str) -> Image:
    """Return ``image`` as it is now, locked; raise ``Image.DoesNotExist`` unless ``user`` sees it.

    Who hides it meanwhile finds what is written now, or has told us of it. Two queries,
    part of the caller's transaction.
    """
    images = Image.objects.using(using).filter(pk=image.pk)
    current = images.filter(deleted_at=None).select_for_update().get()
    if not images.visible_to(user).exists():
        raise Image.DoesNotExist
    return current


def hide(image: Image) -> bool:
    """Take a picture from everybody but its owner, as a moderator; return whether it was shown.

    Its files leave the public folder, as those of a private one do. Its owner cannot
    show it again, whatever else they change.
    """
    rows = Image.objects.filter(pk=image.pk, hidden_at=None)
    return _set_hidden(rows, timezone.now())


def unhide(image: Image) -> bool:
    """Show a picture again to whom its owner lets see it; return whether it was hidden."""
    return _set_hidden(Image.objects.filter(pk=image.pk, hidden_at__isnull=False), None)


def _set_hidden(rows: ImageQuerySet, at: datetime | None) -> bool:
    try:
        _change(rows, hidden_at=at)
    except FileNotFoundError:  # there is no file left to be moved
        return rows.update(hidden_at=at) > 0
    except Image.DoesNotExist:  # somebody was quicker
        return False
    return True


def restorable(user: User) -> ImageQuerySet:
    """Return what ``user`` deleted and can still have back."""
    return Image.objects.filter(user=user, deleted_at__gte=timezone.now() - UNDO_FOR)


def restore(user: User, key: int) -> Image | None:
    """Give ``user`` back a picture that they deleted; None if it is not theirs or too late."""
    try:
        return _change(restorable(user).filter(pk=key), deleted_at=None)
    except (Image.DoesNotExist, FileNotFoundError):
        return None


def purge(*, before: datetime, batch: int = 100) -> int:
    """Remove for good what was deleted ``before``, with its files; return how many.

    In batches, each a transaction of its own.
    """
    return _purge_all(Image.objects.filter(deleted_at__lt=before).order_by("deleted_at"), batch)


def remove_all_of(user: int) -> int:
    """Remove for good all pictures of the person with the key ``user``, as `purge` does."""
    return _purge_all(Image.objects.filter(user=user).newest(), 100)


def _purge_all(due: ImageQuerySet, batch: int) -> int:
    purged = 0
    while count := _purge(due, at_most=batch):
        purged += count
    return purged


def _purge(due: ImageQuerySet, *, at_most: int) -> int:
    def write() -> int:
        with transaction.atomic():
            # Locked, so that each names its files as they are now.
            rows = due.select_for_update()[:at_most]
            keys = list(rows.values_list("pk", flat=True))
            if keys:
                Image.objects.filter(pk__in=keys).delete()
                transaction.on_commit(partial(forget_views, Image, keys), robust=True)
            return len(keys)

    return retrying_deadlocks(write, using=router.db_for_write(Image))


def _change(rows: ImageQuerySet, **changes: Any) -> Image:
    """Make ``changes`` to the one picture in ``rows`` and return it as it is then.

    Where it becomes public or ceases to be, its files get new names on the
    other side; the old ones go after commit. Locks the picture's row: where the
    files are says that, not an instance that was read before. Raises
    ``Image.DoesNotExist``, or ``FileNotFoundError`` where the master is gone,
    with nothing changed.
    """
    folder, public = "", False
    try:
        with transaction.atomic():
            image = rows.select_for_update().get()
            was_public, was_shown, old_folder = image.is_public, image.is_shown, image.image
            for name, value in changes.items():
                setattr(image, name, value)
            public = image.is_public
            if was_public != public:
                image.image = folder = files.move(old_folder, public=public)
                # Robust: what fails after the commit must not remove the new files below.
                discard = partial(files.discard, old_folder, public=was_public)
                transaction.on_commit(discard, robust=True)
                enqueue = partial(make_renditions.enqueue, folder, public=public)
                transaction.on_commit(enqueue, robust=True)
            image.save(update_fields=[*changes, "image"])
            if was_shown != image.is_shown:
                (shown if image.is_shown else hidden).send(sender=Image, image=image)
    except Exception:
        if folder:
            files.discard(folder, public=public)
        raise
    return image


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
