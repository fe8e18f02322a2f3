"""What changes comments."""

import re
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import router, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gallery.accounts.forms import check_readable
from gallery.accounts.models import User
from gallery.comments.models import TEXT_LENGTH, Comment, CommentQuerySet
from gallery.comments.signals import commented, uncommented
from gallery.images.models import Image
from gallery.images.services import lock_visible
from slipstream.sql import insert_or_ignore, retrying_deadlocks

_MINUTE = timedelta(minutes=1)
_AT_ONCE = 200


class TooManyComments(Exception):
    """Somebody has written ``GALLERY_COMMENTS_PER_MINUTE`` within a minute."""


def write(user: User, image: Image, text: str, *, token: UUID) -> tuple[Comment, bool]:
    """Say ``text`` about ``image``; return the comment, and whether it is a new one.

    With a ``token`` that ``user`` has sent before, it is the comment made then, and
    nothing changes; unless this is said elsewhere or in other words, from a page that they
    went back to. Locks the picture's row: one that was hidden or deleted meanwhile
    gets none. Five statements and what the wiring adds, part of the caller's transaction;
    outside of one, deadlocks are tried again.

    Raises ``ValidationError`` as `clean_text` does, ``Image.DoesNotExist`` where
    ``user`` may not see ``image``, and `TooManyComments`.
    """
    row = Comment(user_id=user.pk, image_id=image.pk, text=clean_text(text), token=token)
    using = router.db_for_write(Comment, instance=image)
    comments = Comment.objects.using(using).filter(user=user.pk)

    def save() -> tuple[Comment, bool]:
        with transaction.atomic(using=using):
            current = lock_visible(user, image, using=using)
            recent = comments.filter(created_at__gt=timezone.now() - _MINUTE).exclude(token=token)
            if recent.count() >= settings.GALLERY_COMMENTS_PER_MINUTE:
                raise TooManyComments
            is_new = insert_or_ignore(row, using=using)
            comment = comments.get(token=row.token)
            if not is_new and _says_something_else(row, comment):
                row.token = uuid4()
                is_new = insert_or_ignore(row, using=using)
                comment = comments.get(token=row.token)
            if is_new:
                comment.user, comment.image = user, current
                commented.send(sender=Comment, comment=comment)
            return comment, is_new

    return retrying_deadlocks(save, using=using)


def edit(comment: Comment, text: str) -> bool:
    """Change what ``comment`` says; return whether that is anything else than before.

    Raises ``ValidationError`` as `clean_text` does, and ``Comment.DoesNotExist``
    where it was deleted meanwhile. Two statements.
    """
    text = clean_text(text)
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        changed = current.text != text
        if changed:
            current.text, current.edited_at = text, timezone.now()
            current.save(update_fields=["text", "edited_at"])
    comment.text, comment.edited_at = current.text, current.edited_at
    return changed


def delete(comment: Comment) -> bool:
    """Delete ``comment`` for good; return whether it was still there. At most six statements.

    What was reported about it goes too.
    """
    using = router.db_for_write(Comment, instance=comment)
    rows = Comment.objects.using(using).filter(pk=comment.pk)

    def remove() -> bool:
        with transaction.atomic(using=using):
            _lock_images([comment.image_id], using=using)
            changed = rows.delete()[0] > 0
            if changed:
                uncommented.send(sender=Comment, comment=comment)
            return changed

    return retrying_deadlocks(remove, using=using)


def hide(comments: CommentQuerySet) -> int:
    """Take ``comments`` from everybody but who wrote them; return how many were shown before.

    In batches, each a transaction of its own, unless the caller has begun one.
    """
    return len(moderate(comments, hidden=True))


def unhide(comments: CommentQuerySet) -> int:
    """Show ``comments`` again; return how many were hidden before. In batches, as `hide`.

    Not those of people who are suspended: nobody would see them, and they would be counted.
    """
    return len(moderate(comments, hidden=False))


def moderate(comments: CommentQuerySet, *, hidden: bool) -> list[int]:
    """Do what `hide` or `unhide` does; return the keys of the comments that changed."""
    using = router.db_for_write(Comment)
    chosen = comments.filter(hidden_at__isnull=hidden)
    if not hidden:
        chosen = chosen.filter(user__suspended_at=None)
    keys = list(chosen.order_by().values_list("pk", flat=True))
    changed: list[int] = []
    for start in range(0, len(keys), _AT_ONCE):
        batch = partial(_set_hidden, keys[start : start + _AT_ONCE], hidden=hidden, using=using)
        changed += retrying_deadlocks(batch, using=using)
    return changed


def clean_text(text: str) -> str:
    """Return ``text`` as it is kept: without blanks around it, and one empty line at most.

    Raises ``ValidationError`` where nothing is left, where that is longer than
    `TEXT_LENGTH`, and as `check_readable` does.
    """
    text = re.sub(r"\n\s*\n", "\n\n", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    if not text:
        raise ValidationError(_("Please fill this in."), code="required")
    if len(text) > TEXT_LENGTH:
        message = _("At most %(limit_value)d characters, please; these are %(show_value)d.")
        params = {"limit_value": TEXT_LENGTH, "show_value": len(text)}
        raise ValidationError(message, code="max_length", params=params)
    check_readable(text.replace("\n", " ").replace("\t", " "))
    return text


def _says_something_else(row: Comment, known: Comment) -> bool:
    """Whether ``row`` is not ``known`` sent again."""
    is_changed = known.edited_at is None and known.text != row.text
    return known.image_id != row.image_id or is_changed


def _lock_images(keys: Iterable[int], *, using: str) -> None:
    # Pictures before comments, in one order, as whoever writes a comment does.
    images = Image.objects.using(using).filter(pk__in=set(keys)).order_by("pk")
    list(images.select_for_update().values_list("pk", flat=True))


def _set_hidden(keys: list[int], *, hidden: bool, using: str) -> list[int]:
    rows = Comment.objects.using(using).filter(pk__in=keys)
    with transaction.atomic(using=using):
        _lock_images(rows.values_list("image", flat=True), using=using)
        locked = rows.filter(hidden_at__isnull=hidden).order_by("pk").select_for_update()
        changed = list(locked.values_list("pk", flat=True))
        ours = rows.filter(pk__in=changed)
        ours.update(hidden_at=timezone.now() if hidden else None)
        signal = uncommented if hidden else commented
        for comment in ours.select_related("user", "image"):
            signal.send(sender=Comment, comment=comment)
    return changed
