"""Reading the list and the number in the header."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db import connections, router
from django.db.models import QuerySet

from slipstream.activity.reads import get_activity_model
from slipstream.keyset import Page, keyset_page
from slipstream.notifications.models import Inbox, Notification
from slipstream.notifications.querysets import NEWEST_FIRST, SHOWN
from slipstream.users import check_user

__all__ = ["get_notifications", "load", "unread_count", "unread_counts"]

# As in feeds: rows that are found by their keys can be joined with more than others.
_MOST_JOINS = {"mysql": 7, "postgresql": 7}


def unread_count(user: Any) -> int:
    """Return how many lines ``user`` has not read.

    One query by key; none for a visitor, nor where the inbox was loaded with the user
    (``select_related("notification_inbox")``), which is as of then. `mark_read` and
    `mark_all_read` forget what was loaded.
    """
    if user.pk is None:
        return 0
    if Inbox._meta.get_field("user").remote_field.is_cached(user):
        inbox = getattr(user, "notification_inbox", None)
        return int(inbox.unread) if inbox else 0
    return unread_counts([user])[user.pk]


def unread_counts(users: Iterable[Any]) -> dict[Any, int]:
    """Return how many lines each of ``users``, or of their primary keys, has not read.

    By primary key, for all that were given. One query by keys.
    """
    keys = [getattr(user, "pk", user) for user in users]
    rows = Inbox.objects.using(router.db_for_read(Inbox)).filter(pk__in=keys)
    found = {key: int(number) for key, number in rows.values_list("pk", "unread")}
    return {key: found.get(key, 0) for key in keys}


def get_notifications(
    user: Any,
    *,
    limit: int = 20,
    cursor: str | None = None,
    targets: Sequence[QuerySet[Any]] = (),
) -> Page[Notification]:
    """Return a page of the lines of ``user``, newest first, with people and target loaded.

    ``targets`` are querysets, at most one per model, as ``with_targets`` takes them: they say
    what to load of the targets, and a line whose target they leave out is not on the page,
    which is shorter then, or empty with a ``next_cursor``. Nor is a line of which everybody
    is inactive. Reading marks nothing as read: see `mark_read`.

    Two queries where actors and targets can be joined (see ``with_targets``), whatever the
    number of lines and of people in them; never a count. Raises `InvalidUser` for an
    anonymous or unsaved user, `InvalidLimit` and `InvalidCursor`; see `keyset_page`.
    """
    check_user(user)
    using = router.db_for_read(Notification, instance=user)
    lines = Notification.objects.using(using).of(user).with_newest()
    page = keyset_page(lines, order_by=NEWEST_FIRST, limit=limit, cursor=cursor)
    found = load(page.items, targets)
    items = []
    for line in page.items:
        line.activities = found[line.pk]
        is_left_out = targets and line.activity and line.activity.has_lost_its_target
        if line.activities and not is_left_out:
            items.append(line)
    return replace(page, items=items)


def load(
    lines: Sequence[Notification], targets: Sequence[QuerySet[Any]] = ()
) -> dict[Any, list[Any]]:
    """Return the newest activities of each line, by its key, with actors and targets.

    One query and those of ``with_targets``; one more for lines that were not read
    ``with_newest``, all of one database.
    """
    if not lines:
        return {}
    using = lines[0]._state.db or router.db_for_read(Notification)
    if not hasattr(lines[0], "newest_0"):
        rows = Notification.objects.using(using).with_newest()
        lines = list(rows.filter(pk__in=[line.pk for line in lines]).order_by())
    keys = {line.pk: _keys(line) for line in lines}
    wanted = {key for found in keys.values() for key in found}
    if not wanted:
        return {pk: [] for pk in keys}
    model = get_activity_model()
    activities = model.objects.using(using).filter(pk__in=wanted)
    most = _MOST_JOINS.get(connections[using].vendor)
    loaded = {row.pk: row for row in activities.with_targets(*targets, most_joins=most).order_by()}
    return {pk: [loaded[key] for key in found if key in loaded] for pk, found in keys.items()}


def _keys(line: Any) -> list[Any]:
    found = (getattr(line, f"newest_{i}") for i in range(SHOWN))
    return [key for key in found if key is not None]
