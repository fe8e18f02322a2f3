"""What changes accounts."""

import logging
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from gallery.accounts.forms import JoinForm
from gallery.accounts.models import User
from gallery.accounts.photos import discard_photo, store_photo
from gallery.accounts.signals import joined
from gallery.images.services import remove_all_of
from slipstream.sql import retrying_deadlocks

Result = TypeVar("Result")

logger = logging.getLogger(__name__)

_TRIES = 5


class LastSuperuser(Exception):
    """Without this account nobody could look after the site any more."""


def join(form: JoinForm) -> User:
    """Make the account that a valid ``form`` asks for.

    Raises ``IntegrityError`` where somebody took the name or address meanwhile.
    """
    with transaction.atomic():
        user: User = form.save()
        joined.send(sender=User, user=user)
    return user


def change_photo(user: User, picture: Image.Image | None) -> None:
    """Make ``picture`` the photo of ``user``; None removes it.

    The old files go once the new row is committed, the new files if this call
    fails, so that no row ever names files that are not there. (A caller that
    rolls back afterwards leaves new files behind that nothing names.) One
    UPDATE, and a row lock on the user until the transaction ends.
    """
    folder = store_photo(picture) if picture else ""
    try:
        with transaction.atomic():
            old = User.objects.select_for_update().values_list("photo", flat=True).get(pk=user.pk)
            User.objects.filter(pk=user.pk).update(photo=folder)
            if old:
                transaction.on_commit(partial(discard_photo, old), robust=True)
    except Exception:
        if folder:
            discard_photo(folder)
        raise
    user.photo = folder
    user.__dict__.pop("face_urls", None)


def close(user: User) -> None:
    """Close the account of ``user`` for good, with all that is theirs.

    One transaction makes it inactive: that ends all its sessions, and takes what is
    theirs out of sight. After its commit the row is removed with all that refers to it,
    and every count follows; after that commit the files. Should the removal fail, that
    is logged, and ``manage.py purge_accounts`` does it later.

    Not part of a caller's transaction: in one it raises ``RuntimeError``. Raises
    `LastSuperuser`, with nothing changed. As many statements however many likes and
    follows there are; some more for every hundred pictures, comments and activities.
    """
    with transaction.atomic(durable=True):
        if user.is_superuser:
            _check_not_last(user)
        now = timezone.now()
        User.objects.filter(pk=user.pk, closed_at=None).update(is_active=False, closed_at=now)
    try:
        _remove(user.pk)
    except Exception:
        # For who closes it, it is closed.
        logger.exception("Account %s is closed, but could not be removed yet", user.pk)


def purge() -> tuple[int, int]:
    """Remove what accounts are closed but still there; return how many went, and how many not.

    Why one could not be removed is logged.
    """
    removed = failed = 0
    for key in list(User.objects.closed().values_list("pk", flat=True)):
        try:
            removed += _remove(key)
        except Exception:
            logger.exception("Account %s could not be removed", key)
            failed += 1
    return removed, failed


def _check_not_last(user: User) -> None:
    superusers = User.objects.active().filter(is_superuser=True)
    # Locked: of the last two who close at once, one stays.
    keys = list(superusers.select_for_update().order_by("pk").values_list("pk", flat=True))
    if keys == [user.pk]:
        raise LastSuperuser


def _remove(key: int) -> bool:
    """Remove the closed account ``key``; return whether it was there.

    The pictures first, some at a time, so that nobody waits long for what they touch.
    """
    remove_all_of(key)

    def write() -> bool:
        with transaction.atomic():
            # Locked: who follows them at this moment waits, and then finds nobody.
            user = User.objects.closed().select_for_update().filter(pk=key).first()
            if user:
                user.delete()
            return user is not None

    return _trying_again(write)


def _trying_again(write: Callable[[], Result]) -> Result:
    """Return what ``write`` returns, called again where others came in between."""
    for _ in range(_TRIES - 1):
        try:
            return retrying_deadlocks(write, using=DEFAULT_DB_ALIAS)
        except IntegrityError:
            continue  # somebody referred to what was being removed; that is seen now
    return retrying_deadlocks(write, using=DEFAULT_DB_ALIAS)
