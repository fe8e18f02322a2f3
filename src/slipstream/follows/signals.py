"""What other code may listen to. Slipstream itself never does.

Each is sent after the commit of the transaction that made the change, once per
real change made through `slipstream.follows.follow` and ``unfollow``; never
for a call that changed nothing, and not for ``user.follows.add()``, bulk and raw
writes, or the admin. A
receiver that raises is logged and does not keep the others from being called.

Arguments: ``sender`` (the `Follow` model), ``follower``, ``following`` (the
users as they were given) and ``using`` (the database alias).
"""

from __future__ import annotations

from django.dispatch import Signal

__all__ = ["followed", "unfollowed"]

followed = Signal()
unfollowed = Signal()
