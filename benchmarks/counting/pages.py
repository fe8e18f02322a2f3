"""Reading pictures with their counts: the column, and counting there and then."""

from __future__ import annotations

from typing import Any

from django.db import connection, models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from benchmarks.counting.models import KeptLike, KeptPicture
from benchmarks.project import Way

PAGE = 24
OURS, HAND = "ours", "SQL by hand"
COUNTED, COUNTED_EACH, QUERIES = "COUNT annotation", "COUNT subquery", "count() for each"

Rows = list[tuple[int, str, int]]


def most_liked() -> dict[str, Way]:
    """Read the pictures with the most likes."""
    return _ways("-like_count", "-count")


def newest() -> dict[str, Way]:
    """Read the newest pictures."""
    ways = _ways()
    newest = KeptPicture.objects.order_by("-pk")[:PAGE]
    ways[QUERIES] = lambda: [(p.pk, p.title, p.users_like.count()) for p in newest.all()]
    assert ways[QUERIES]() == ways[OURS]()
    return ways


def _ways(stored: str = "", counted: str = "") -> dict[str, Way]:
    pictures = KeptPicture.objects.all()
    likes = KeptLike.objects.filter(picture=OuterRef("pk")).order_by().values("picture")
    each = Subquery(likes.annotate(n=Count("*")).values("n"), output_field=models.IntegerField())
    annotated = {
        COUNTED: pictures.annotate(count=Count("users_like")),
        COUNTED_EACH: pictures.annotate(count=Coalesce(each, 0)),
    }
    first = "like_count DESC, " if stored else ""
    sql = (
        f"SELECT id, title, like_count FROM {KeptPicture._meta.db_table}"
        f" ORDER BY {first}id DESC LIMIT {PAGE}"
    )

    def by_hand() -> Rows:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    ways: dict[str, Way] = {
        OURS: _page(pictures, stored, "like_count"),
        HAND: by_hand,
        **{name: _page(found, counted, "count") for name, found in annotated.items()},
    }
    pages = {name: list(way()) for name, way in ways.items()}  # type: ignore[call-overload]
    assert all(page == pages[OURS] for page in pages.values()), pages
    return ways


def _page(pictures: Any, order: str, name: str) -> Way:
    page = pictures.order_by(*filter(None, [order]), "-pk")[:PAGE]
    return lambda: [(p.pk, p.title, int(getattr(p, name))) for p in page.all()]
