"""Following and unfollowing.

Both say which state is wanted, not "toggle", so that a double click or a
repeated request changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import IntegrityError, connections, router, transaction
from django.dispatch import Signal

from slipstream.exceptions import CannotFollowSelf
from slipstream.follows.models import Follow, FollowCounts
from slipstream.follows.signals import followed, unfollowed
from slipstream.sql import delete_rows, insert_or_ignore, retrying_deadlocks
from slipstream.users import check_user

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

__all__ = ["follow", "unfollow"]

# Makes the rows where missing, and locks them either way.
_LOCK_COUNTS = """
INSERT IGNORE INTO {table} (user_id, follower_count, following_count)
VALUES (%s, 0, 0), (%s, 0, 0) ON DUPLICATE KEY UPDATE user_id = user_id
"""


def follow(follower: AbstractBaseUser, following: AbstractBaseUser) -> bool:
    """Make ``follower`` follow ``following``; return whether that changed anything.

    Idempotent. Part of the caller's transaction, if there is one; outside of
    one, deadlocks are tried again. One statement; on MariaDB two or three in a
    transaction (see `_taking_turns`). Locks the count rows of both users until
    the transaction ends. Sends `followed` after commit if something changed.

    Raises `InvalidUser` for an anonymous or unsaved user or an instance of
    another model, and a `FollowRefused` where this follow is not allowed:
    `CannotFollowSelf`. Nothing is written then. A user who was deleted in the
    meantime is an ``IntegrityError``: at once outside of a transaction and on
    MariaDB, else at its commit, when the other engines check foreign keys.
    """
    check_user(follower)
    check_user(following)
    _check_allowed(follower, following)
    using = router.db_for_write(Follow, instance=follower)

    def write() -> bool:
        row = Follow(follower_id=follower.pk, following_id=following.pk)
        with _taking_turns(follower, following, using=using):
            inserted = insert_or_ignore(row, using=using)
            if not inserted and connections[using].vendor == "mysql":
                _check_that_it_is_there(row, using=using)
            return inserted

    changed = retrying_deadlocks(write, using=using)
    if changed:
        _send_after_commit(followed, follower, following, using=using)
    return changed


def unfollow(follower: AbstractBaseUser, following: AbstractBaseUser) -> bool:
    """Make ``follower`` no longer follow ``following``; return whether that changed anything.

    Idempotent, also for someone who was never followed, oneself included.
    Part of the caller's transaction, if there is one; outside of one,
    deadlocks are tried again. One statement; on MariaDB two in a transaction
    (see `_taking_turns`). Locks the count rows of both users until the
    transaction ends. Sends `unfollowed` after commit if something changed.

    Raises `InvalidUser` as `follow` does.
    """
    check_user(follower)
    check_user(following)
    using = router.db_for_write(Follow, instance=follower)
    rows = Follow.objects.using(using).filter(follower=follower.pk, following=following.pk)

    def write() -> bool:
        with _taking_turns(follower, following, using=using):
            return delete_rows(rows, using=using) > 0

    changed = retrying_deadlocks(write, using=using)
    if changed:
        _send_after_commit(unfollowed, follower, following, using=using)
    return changed


def _check_allowed(follower: AbstractBaseUser, following: AbstractBaseUser) -> None:
    """Raise `FollowRefused` if ``follower`` may not follow ``following``.

    The one gate of every follow through the service. Blocks and requests to
    follow a private account belong here when they come.
    """
    key = get_user_model()._meta.pk
    # As the database compares them: a key from a form may still be a text.
    if key.to_python(follower.pk) == key.to_python(following.pk):
        raise CannotFollowSelf


def _check_that_it_is_there(row: Follow, *, using: str) -> None:
    """Raise ``IntegrityError`` where MariaDB skipped ``row`` for want of one of the users."""
    rows = Follow.objects.using(using)
    if not rows.filter(follower=row.follower_id, following=row.following_id).exists():
        raise IntegrityError("One of the users is not there any more.")


@contextmanager
def _taking_turns(
    first: AbstractBaseUser, second: AbstractBaseUser, *, using: str
) -> Iterator[None]:
    """On MariaDB, hold the count rows of both users, locked in key order, in a transaction.

    InnoDB shares the lock on a duplicate key among all who wait for it and
    then deadlocks them; writers of one pair must queue before they get there.
    The other engines do this right by themselves and get no statement more.
    (Text and UUID keys may be ordered otherwise by the database than here;
    then a deadlock with a bulk writer is possible, and tried again.)
    """
    connection = connections[using]
    if connection.vendor != "mysql":
        yield
        return
    table = connection.ops.quote_name(FollowCounts._meta.db_table)
    key = FollowCounts._meta.pk
    keys = sorted(key.get_db_prep_save(user.pk, connection) for user in (first, second))
    with transaction.atomic(using=using, savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute(_LOCK_COUNTS.format(table=table), keys)
        yield


def _send_after_commit(
    signal: Signal, follower: AbstractBaseUser, following: AbstractBaseUser, *, using: str
) -> None:
    if not signal.has_listeners(Follow):
        return
    # Robust: what listens must not break a request whose work is done.
    send = partial(
        signal.send_robust, sender=Follow, follower=follower, following=following, using=using
    )
    transaction.on_commit(send, using=using)
