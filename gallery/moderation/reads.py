"""What may be reported, and how often things are."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from gallery.accounts.models import User
from gallery.comments.models import Comment
from gallery.images.models import Image
from gallery.moderation.models import Report

#: The column of a report that points at such a thing.
COLUMNS: dict[type[Any], str] = {
    Image: "target_image",
    Comment: "target_comment",
    User: "target_person",
}


def reportable(viewer: User | AnonymousUser, model: type[Any]) -> QuerySet[Any]:
    """Return those of ``model`` that ``viewer`` may see: nobody reports anything else."""
    if model is User:
        return User.objects.active()
    shown: QuerySet[Any] = model.objects.visible_to(viewer)
    return shown


def with_report_count(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return pictures, comments or people with ``report_count``: how many are open. No query."""
    column = COLUMNS[rows.model]
    reports = Report.objects.open().filter(**{column: OuterRef("pk")})
    return rows.annotate(report_count=_count(reports, column))


def with_same_target_count(reports: QuerySet[Any]) -> QuerySet[Any]:
    """Return ``reports`` with ``same_target``: how many are about the same, closed ones too."""
    counts = [
        _count(Report.objects.filter(**{column: OuterRef(column)}), column)
        for column in COLUMNS.values()
    ]
    # Of a column that is empty there are none.
    return reports.annotate(same_target=counts[0] + counts[1] + counts[2])


def reported(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return those of ``rows`` about which a report is open, found by the queue's index."""
    column = COLUMNS[rows.model]
    keys = Report.objects.open().filter(Q(**{f"{column}__isnull": False})).values(column)
    return rows.filter(pk__in=keys)


def _count(reports: QuerySet[Any], column: str) -> Coalesce:
    counted = reports.order_by().values(column).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
