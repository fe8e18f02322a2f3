"""What other code may listen to, to push what is new to whoever is looking at the site.

Both are sent after commit, with ``user_ids``, the primary keys of those whose number of
unread notifications may have changed, and ``using``, the database alias. Ask `unread_counts`
for the numbers: after commit they are those of the database, whichever signal comes first.
A receiver that fails is logged, and keeps nothing else from happening.
"""

from __future__ import annotations

from django.dispatch import Signal

__all__ = ["marked_read", "notified"]

notified = Signal()
"""Sent once for each call of `notify` or `notify_many` by which anybody was told anything.

With ``activities`` as well, the list of those that were news to somebody.
"""

marked_read = Signal()
"""Sent once for each call of `mark_read` or `mark_all_read` that changed anything.

For the recipient's other windows.
"""
