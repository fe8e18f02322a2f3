"""The order in which rows are locked.

A line is locked before its people, and the count of the inbox, which a trigger moves, comes
last: so does a cascade that removes people. On MariaDB a new line, and the foreign keys of new
people, lock the inbox first; there all take the inbox before anything else, cascades in a
transaction included. SQLite has one writer: there a transaction begins with a write, since
one that has begun with reading may not go on to write after another did.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from django.db import connections, models

from slipstream.sql import delete_rows

__all__ = ["begin_to_write", "cascade_in_turn", "make_inboxes", "take_turns"]

# How long to wait for somebody who is making the same inbox; after that only a deadlock is risked.
_SECONDS = 10
_INSERT = "INSERT INTO {table} (user_id, unread) VALUES (%s, 0)"


def take_turns(keys: Iterable[Any], *, using: str) -> None:
    """Wait for those who write to the inboxes ``keys``, where the engine needs that. In key order.

    Makes inboxes that are missing. Nothing on PostgreSQL; on SQLite one statement, on MariaDB
    one, and four for each inbox that is missing.
    """
    vendor = connections[using].vendor
    if vendor == "sqlite":
        _insert(keys, using=using)
    elif vendor == "mysql":
        _lock(keys, using=using)


def begin_to_write(*, using: str) -> None:
    """Begin a transaction with a write, on SQLite, before it is known to which inboxes."""
    connection = connections[using]
    if connection.vendor == "sqlite" and connection.in_atomic_block:
        from slipstream.notifications.models import Inbox

        delete_rows(Inbox.objects.filter(pk__isnull=True), using=using)


def make_inboxes(keys: Iterable[Any], *, using: str) -> None:
    """Make the inboxes of ``keys`` that are missing, where `take_turns` has not done so.

    One statement, and one more if some are missing: an insert in vain would count their lines.
    """
    if connections[using].vendor != "postgresql":
        return
    from slipstream.notifications.models import Inbox

    wanted = set(keys)
    rows = Inbox.objects.using(using).filter(pk__in=wanted)
    missing = wanted - set(rows.values_list("pk", flat=True))
    if missing:
        _insert(missing, using=using)


def cascade_in_turn(collector: Any, field: Any, sub_objs: Any, using: str) -> None:
    """Cascade, as ``models.CASCADE`` does, in the order in which those who notify lock rows.

    One statement or two more on MariaDB, in a transaction. Without one Django collects rows
    before it opens its own, and the two may deadlock there: one of them is then an error.
    """
    connection = connections[using]
    if connection.vendor == "mysql" and connection.in_atomic_block:
        take_turns(sub_objs.values_list("inbox_id", flat=True), using=using)
    models.CASCADE(collector, field, sub_objs, using)


def _insert(keys: Iterable[Any], *, using: str) -> None:
    from slipstream.notifications.models import Inbox

    inboxes = [Inbox(user_id=key) for key in sorted(set(keys))]
    Inbox.objects.using(using).bulk_create(inboxes, ignore_conflicts=True)


def _lock(keys: Iterable[Any], *, using: str) -> None:
    from slipstream.notifications.models import Inbox

    wanted = set(keys)
    missing = wanted - _locked(wanted, using=using)
    connection = connections[using]
    prepared = Inbox._meta.pk.get_db_prep_save
    for key in sorted(missing, key=lambda key: prepared(key, connection)):
        _make_alone(key, using=using)


def _locked(keys: Iterable[Any], *, using: str) -> set[Any]:
    """Lock the inboxes ``keys``, once who made them has committed; return which there are."""
    from slipstream.notifications.models import Inbox

    rows = Inbox.objects.using(using).filter(pk__in=keys).order_by("pk").select_for_update()
    return set(rows.values_list("pk", flat=True))


def _make_alone(key: Any, *, using: str) -> None:
    """Make one inbox on MariaDB, and nobody else at the same time.

    Of several who insert one row, the trigger that counts its lines would let all but the first
    share the locks on those lines, and then deadlock. The second waits at the row instead.
    """
    from slipstream.notifications.models import Inbox

    connection = connections[using]
    value = Inbox._meta.pk.get_db_prep_save(key, connection)
    # One name for a server, at most 64 characters.
    text = f"{connection.settings_dict['NAME']}\0{value}"
    name = f"slipstream_inbox_{blake2b(text.encode(), digest_size=16).hexdigest()}"
    sql = _INSERT.format(table=connection.ops.quote_name(Inbox._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(%s, %s)", [name, _SECONDS])
        try:
            if not _locked([key], using=using):
                cursor.execute(sql, [value])
        finally:
            cursor.execute("SELECT RELEASE_LOCK(%s)", [name])
