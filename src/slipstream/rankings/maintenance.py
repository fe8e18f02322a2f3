"""What a site does now and then: flush, rebuild, prune."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django.db import router
from django.utils import timezone

from slipstream.rankings.backends.choice import get_backend
from slipstream.rankings.models import Viewing, Views
from slipstream.rankings.policies import kind_of, ranked_models
from slipstream.rankings.windows import Window, period_starts
from slipstream.sql import delete_rows, retrying_deadlocks

__all__ = ["KEPT", "flush_views", "prune_views", "rebuild_rankings"]

#: How long the rows of each window are kept after their period began; others stay for ever.
KEPT = {
    Window.HOUR: timedelta(days=14),
    Window.DAY: timedelta(days=400),
    Window.WEEK: timedelta(days=800),
}
_BATCH = 1000


def flush_views() -> int:
    """Bring to the database the views that only Redis has; return how many. Exact however often.

    Nothing to do, and no query, with the database backend. Otherwise a transaction for each
    model with a policy, and two round trips to Redis. Run it every few seconds: what it has not
    taken over yet is lost if Redis dies without a copy on disk. Raises `BackendAway` where
    Redis does not answer; nothing is lost, and the next time does it.
    """
    return sum(get_backend().flush(kind_of(model)) for model in ranked_models())


def rebuild_rankings() -> None:
    """Give Redis all rankings anew, from the database; nothing to do with the database backend.

    Not needed where Redis was emptied: that is noticed, and mended, at first need. Some 1,000
    rows per round trip. Raises as `flush_views` does.
    """
    for model in ranked_models():
        get_backend().rebuild(kind_of(model))


def prune_views(*, viewers_older_than: timedelta | None = None) -> int:
    """Remove the rows of hours, days and weeks that are long past; return how many.

    Totals of all time and of months stay. With ``viewers_older_than`` also who has not been
    seen for so long: should they come back, they are new. In batches of 1,000, one statement
    each and a query before it; safe while the site is live.
    """
    now = timezone.now()
    # In their order, or else PostgreSQL, which takes the rows of all time for old ones, would
    # expect to find some anywhere and look through the whole table.
    due: list[Any] = [
        Views.objects.filter(
            period=window, starts_at__lt=period_starts(window, now - kept)
        ).order_by("starts_at")
        for window, kept in KEPT.items()
    ]
    if viewers_older_than is not None:
        late = Viewing.objects.filter(counted_at__lt=now - viewers_older_than)
        due.append(late.order_by("counted_at"))
    return sum(map(_prune, due))


def _prune(rows: Any) -> int:
    using = router.db_for_write(rows.model)
    removed = 0
    while keys := list(rows.using(using).values_list("pk", flat=True)[:_BATCH]):
        # Not who came back since.
        due = rows.using(using).filter(pk__in=keys).order_by()
        removed += retrying_deadlocks(partial(delete_rows, due, using=using), using=using)
    return removed
