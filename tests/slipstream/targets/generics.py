"""What the tests of the guarded generic key have in common."""

from __future__ import annotations

from tests.trail.models import TaggedItem

KINDS = ["picture", "document", "tag", "cover", "restaurant", "user"]


def tagged(target, tag="t"):
    return TaggedItem.objects.create(tag=tag, target=target)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def point(row, **columns):
    """Write the columns by hand."""
    type(row).objects.filter(pk=row.pk).update(**columns)
    return fresh(row)
