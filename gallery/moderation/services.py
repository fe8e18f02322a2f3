"""Reporting, and what moderators do about it.

Whatever moderators do is one transaction: the thing itself, what becomes of the reports
about it, and the lines in the admin's log that say who did it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.utils import timezone

from gallery.accounts.models import User
from gallery.comments import services as comment_services
from gallery.comments.models import Comment
from gallery.images import services as image_services
from gallery.images.models import Image
from gallery.moderation.models import Report, State, may_report
from gallery.moderation.reads import reportable
from slipstream.sql import retrying_deadlocks

Result = TypeVar("Result")
Reported = Image | Comment | User

#: How many pictures, comments or people one action may be about.
MOST_AT_ONCE = 200

HIDDEN, SHOWN = "Hidden.", "Shown again."
SUSPENDED, LET_BACK_IN = "Suspended.", "Let back in."
DISMISSED, ACTED = "Dismissed.", "Acted upon."


class OwnThing(Exception):
    """Somebody would report themselves."""


class TooManyAtOnce(Exception):
    """An action is about more than `MOST_AT_ONCE`."""


def report(
    reporter: User, target: Reported, *, reason: str, words: str = ""
) -> tuple[Report, bool]:
    """Tell moderators that something is wrong with ``target``; return the report, and if it is new.

    With one of theirs about it still open, that one, and nothing changes. Locks the
    target's row. Four statements, part of the caller's transaction, if there is one.

    Raises `OwnThing`, and the ``DoesNotExist`` of the target's model where ``reporter`` may not
    see it.
    """
    if not may_report(reporter, target):
        raise OwnThing

    def write() -> tuple[Report, bool]:
        with transaction.atomic():
            # Locked: of the same form sent twice the second one finds the first.
            type(target).objects.select_for_update().get(pk=target.pk)
            reportable(reporter, type(target)).get(pk=target.pk)
            known = Report.objects.open().filter(reporter=reporter, target=target).first()
            if known:
                return known, False
            made = Report(reporter=reporter, reason=reason, words=words)
            # Of a field without a column the type checker knows nothing.
            setattr(made, "target", target)  # noqa: B010
            made.save()
            return made, True

    return _in_one(write)


def dismiss(moderator: User, reports: Iterable[int]) -> int:
    """Close the open ones of the ``reports``, since nothing is wrong; return how many."""
    keys = _few(reports)
    return _in_one(lambda: _settle(moderator, Report.objects.filter(pk__in=keys), State.DISMISSED))


def act(moderator: User, reports: Iterable[int], *, suspending: bool) -> int:
    """Hide what the ``reports`` are about, or suspend whose it is; return how many changed.

    All open reports about the same are closed with them. A report about a person has
    nothing to hide: it stays open then.
    """
    keys = _few(reports)

    def write() -> int:
        rows = list(Report.objects.open().filter(pk__in=keys).with_all_targets())
        if suspending:
            changed = suspend(moderator, {owner_of(row.target).pk for row in rows})
            away = [row.pk for row in rows if not _is_active(owner_of(row.target))]
            _settle(moderator, Report.objects.filter(pk__in=away), State.ACTED)
            return changed
        return sum(
            hide(moderator, {row.target.pk for row in rows if isinstance(row.target, model)})
            for model, hide in ((Image, hide_images), (Comment, hide_comments))
        )

    return _in_one(write)


def hide_images(moderator: User, keys: Iterable[int]) -> int:
    """Take pictures from everybody but their owners; return how many were shown before.

    As `gallery.images.services.hide`; what was reported about them is closed.
    """
    pictures = _few(keys)

    def write() -> int:
        images = Image.objects.filter(pk__in=pictures).order_by("pk")
        changed = [image for image in images if image_services.hide(image)]
        _log(moderator, changed, HIDDEN)
        _settle(moderator, Report.objects.filter(target_image__in=pictures), State.ACTED)
        return len(changed)

    return _in_one(write)


def unhide_images(moderator: User, keys: Iterable[int]) -> int:
    """Show pictures again to whom their owners let see them; return how many were hidden."""
    pictures = _few(keys)

    def write() -> int:
        images = Image.objects.filter(pk__in=pictures, hidden_at__isnull=False).order_by("pk")
        changed = [image for image in images if image_services.unhide(image)]
        _log(moderator, changed, SHOWN)
        return len(changed)

    return _in_one(write)


def hide_comments(moderator: User, keys: Iterable[int]) -> int:
    """As `hide_images`, with comments."""
    return _moderate_comments(moderator, _few(keys), hidden=True)


def unhide_comments(moderator: User, keys: Iterable[int]) -> int:
    """As `unhide_images`, with comments; those of suspended people stay hidden."""
    return _moderate_comments(moderator, _few(keys), hidden=False)


def suspend(moderator: User, people: Iterable[int]) -> int:
    """Keep ``people`` out until further notice; return how many were in.

    Their sessions end with the next request. Their pictures are out of sight, as those of
    every account that is not active; their comments are hidden, so that no count has them.
    Passes over oneself and, unless ``moderator`` is a superuser, all who are staff.
    """
    keys = _few(people)

    def write() -> int:
        rows = [user for user in _lock(moderator, keys) if user.is_active]
        found = [user.pk for user in rows]
        now = timezone.now()
        User.objects.filter(pk__in=found).update(is_active=False, suspended_at=now)
        # By the same moment they are known again. No signal for each: whatever they did is out
        # of sight with them, and back with them.
        Comment.objects.filter(user__in=found, hidden_at=None).update(hidden_at=now)
        _log(moderator, rows, SUSPENDED)
        _settle(moderator, Report.objects.filter(target_person__in=found), State.ACTED)
        return len(found)

    return _in_one(write)


def unsuspend(moderator: User, people: Iterable[int]) -> int:
    """Let ``people`` back in, with the comments that were hidden with them; return how many."""
    keys = _few(people)

    def write() -> int:
        rows = [user for user in _lock(moderator, keys) if user.suspended_at]
        for user in rows:
            hidden = Comment.objects.filter(user=user, hidden_at=user.suspended_at)
            hidden.update(hidden_at=None)
        found = [user.pk for user in rows if not user.closed_at]
        User.objects.filter(pk__in=found).update(is_active=True, suspended_at=None)
        _log(moderator, rows, LET_BACK_IN)
        return len(found)

    return _in_one(write)


def owner_of(target: Reported) -> User:
    """Return whose ``target`` is. No query, if that is read."""
    return target if isinstance(target, User) else target.user


def _lock(moderator: User, keys: set[int]) -> list[User]:
    """Return those of ``keys`` whom ``moderator`` may suspend, locked.

    Raises ``PermissionDenied`` where ``moderator`` was suspended meanwhile.
    """
    rows = User.objects.filter(pk__in=keys | {moderator.pk}).order_by("pk").select_for_update()
    people = {user.pk: user for user in rows}
    judge = people.pop(moderator.pk, None)
    if judge is None or not judge.is_active:
        raise PermissionDenied
    return [
        user
        for user in people.values()
        if judge.is_superuser or not (user.is_staff or user.is_superuser)
    ]


def _is_active(user: User) -> bool:
    return User.objects.active().filter(pk=user.pk).exists()


def _moderate_comments(moderator: User, keys: set[int], *, hidden: bool) -> int:
    rows = Comment.objects.filter(pk__in=keys)

    def write() -> int:
        found = comment_services.moderate(rows, hidden=hidden)
        changed = list(Comment.objects.filter(pk__in=found))
        _log(moderator, changed, HIDDEN if hidden else SHOWN)
        if hidden:
            _settle(moderator, Report.objects.filter(target_comment__in=keys), State.ACTED)
        return len(changed)

    return _in_one(write)


def _settle(moderator: User, reports: Any, state: State) -> int:
    """Close the open ones of ``reports``; return how many. At most three statements."""
    rows = list(reports.open().order_by("pk").select_for_update())
    keys = [row.pk for row in rows]
    if keys:
        Report.objects.filter(pk__in=keys).update(
            state=state, handled_by=moderator, handled_at=timezone.now()
        )
        _log(moderator, rows, DISMISSED if state == State.DISMISSED else ACTED)
    return len(keys)


def _log(moderator: User, rows: Sequence[models.Model], message: str) -> None:
    """Write into the admin's log who did that."""
    if rows:
        objects: Any = rows  # of which the manager asks nothing but to be gone through
        LogEntry.objects.log_actions(moderator.pk, objects, CHANGE, message)


def _few(keys: Iterable[int]) -> set[int]:
    few = set(keys)
    if len(few) > MOST_AT_ONCE:
        raise TooManyAtOnce
    return few


def _in_one(write: Callable[[], Result]) -> Result:
    """Return what ``write`` returns, in one transaction, begun anew after a deadlock."""

    def begin() -> Result:
        with transaction.atomic():
            return write()

    return retrying_deadlocks(begin, using=DEFAULT_DB_ALIAS)
