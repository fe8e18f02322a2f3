"""Reading activities."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db import connections, models

from slipstream.activity.verbs import Verb, feed_verbs, get_verb
from slipstream.keyset import Page, keyset_page, rows_beyond
from slipstream.targets import TargetQuerySet

__all__ = ["NEWEST_FIRST", "ActivityQuerySet"]

NEWEST_FIRST = ("-created_at", "-id")


class ActivityQuerySet(TargetQuerySet):  # type: ignore[override]
    """Activities."""

    def by(self, actor: models.Model) -> Self:
        """What ``actor`` did."""
        return self.filter(actor=actor)

    def on(self, target: models.Model) -> Self:
        """What was done to ``target``. Raises `InvalidTarget` for what cannot be one."""
        return self.filter(self.model.points_at(target, using=self.db))

    def about_nothing(self) -> Self:
        """Those without a target."""
        return self.filter(self.model.points_at(None, using=self.db))

    def with_verb(self, *verbs: Verb | str) -> Self:
        """Those with one of ``verbs``; raises `UndeclaredVerb`."""
        return self.filter(verb__in=[get_verb(verb).code for verb in verbs])

    def in_feeds(self) -> Self:
        """Those whose verbs feeds show."""
        return self.filter(verb__in=feed_verbs())

    def newest(self) -> Self:
        """Newest first, in a total order."""
        return self.order_by(*NEWEST_FIRST)

    def before(self, cursor: str) -> Self:
        """Those older than where ``cursor``, of a `page`, leads; raises `InvalidCursor`."""
        return rows_beyond(self, order_by=NEWEST_FIRST, cursor=cursor)

    def page(self, *, limit: int = 20, cursor: str | None = None) -> Page[Any]:
        """Return a page, newest first. One query and those of `with_targets`; see `keyset_page`."""
        return keyset_page(self, order_by=NEWEST_FIRST, limit=limit, cursor=cursor)

    def with_targets(self, *querysets: models.QuerySet[Any], most_joins: int | None = None) -> Self:
        """Return activities with actor and target loaded.

        ``querysets``, at most one per model, say what to load of the targets, and
        which: what a queryset leaves out reads as None, see `has_lost_its_target`.
        At most a query for each kind of target on the page, and on MariaDB one
        for the actors, where a join would sort the whole table. ``most_joins`` is as in
        ``with_target``: give it for rows that are found by their keys.
        """
        if connections[self.db].vendor == "mysql" and not most_joins:
            rows = self.prefetch_related("actor")
        else:
            rows = self.select_related("actor")
        if self.model.has_real_targets:
            return rows.with_target(*querysets, most_joins=most_joins)
        return rows.prefetch_related(
            GenericPrefetch("target", list(querysets)) if querysets else "target"
        )
