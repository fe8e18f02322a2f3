"""Finding pictures and people: `find_pictures` and `find_people`.

Those whose title or name begins with what is searched for come first, then those that contain
each of its words; within either, those that most people like or follow. Where there are none,
those spelled much like it. Each part is a list of its own in a total order, and a page goes on
from the last row of the one before, as with `slipstream.keyset`.
"""

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db.models import Q, QuerySet

from gallery.accounts.models import User
from gallery.images.models import Image
from gallery.people.reads import cards
from gallery.search.matching import begins, contains, forgiving, is_alike
from gallery.search.terms import Terms
from slipstream.exceptions import InvalidCursor
from slipstream.keyset import check_limit


@dataclass(frozen=True)
class Found:
    """A page of what was found, the best first."""

    items: list[Any]
    next_cursor: str | None = None
    is_alike: bool = False
    """Whether these are only spelled much like it."""
    previous_cursor: None = None
    """Never: pages lead on, as a list does that grows."""


def find_pictures(
    terms: Terms, viewer: User | AnonymousUser, *, limit: int, cursor: str | None = None
) -> Found:
    """Return pictures whose title matches, of those that ``viewer`` may see.

    As tiles show them. At most two queries, or three where nothing matches; on PostgreSQL by
    `images_image_search_title` or, where much matches, by `images_most_liked`. Raises
    `InvalidCursor`, and `InvalidLimit`.
    """
    rows = Image.objects.visible_to(viewer).with_like_state(viewer).select_related("user")
    return _Search(rows, ("title",), "like_count", terms).page(limit, cursor)


def find_people(
    terms: Terms, viewer: User | AnonymousUser, *, limit: int, cursor: str | None = None
) -> Found:
    """Return people whose name or username matches, as cards show them to ``viewer``.

    Queries and errors are those of `find_pictures`; by ``accounts_user_search_name`` and
    ``accounts_user_search_username``. All that match are sorted, since how many follow whom
    stands in another table.
    """
    rows = cards(User.objects.active(), viewer)
    terms = Terms(terms.text.removeprefix("@"))
    return _Search(rows, ("name", "username"), "follower_count", terms).page(limit, cursor)


class _Search:
    def __init__(
        self, rows: QuerySet[Any], columns: tuple[str, ...], popularity: str, terms: Terms
    ) -> None:
        self.rows, self.columns, self.popularity, self.terms = rows, columns, popularity, terms
        self.using = rows.db
        self.salt = f"gallery.search:{rows.model._meta.label}"

    def page(self, limit: int, cursor: str | None) -> Found:
        check_limit(limit)
        part, position = self._read(cursor) if cursor else (0, None)
        if not self.terms.text:
            return Found([])
        parts = self._parts()
        found: list[tuple[int, Any]] = []
        while part < len(parts) and len(found) <= limit:
            rows = self.rows.filter(parts[part]).order_by(f"-{self.popularity}", "-pk")
            if position:
                rows = rows.filter(self._beyond(*position))
            # One more than asked for tells whether there is a further page.
            found += [(part, row) for row in rows[: limit + 1 - len(found)]]
            part, position = part + 1, None
        if not (found or cursor):
            return Found(self._alike(limit), is_alike=True)
        items = [row for _part, row in found[:limit]]
        return Found(items, self._cursor(*found[limit - 1]) if len(found) > limit else None)

    def _parts(self) -> list[Q]:
        text, words = self.terms.text, self.terms.words
        first = reduce(or_, (begins(c, text, using=self.using) for c in self.columns))
        each = (
            reduce(or_, (contains(column, word, using=self.using) for column in self.columns))
            for word in words
        )
        return [first, reduce(and_, each) & ~first]

    def _alike(self, limit: int) -> list[Any]:
        conditions, likenesses = zip(
            *(is_alike(column, self.terms.text, using=self.using) for column in self.columns),
            strict=True,
        )
        rows = self.rows.filter(reduce(or_, conditions))
        order = [likeness.desc() for likeness in likenesses]
        with forgiving(self.using):
            return list(rows.order_by(*order, f"-{self.popularity}", "-pk")[:limit])

    def _beyond(self, count: int, key: int) -> Q:
        same = Q(**{self.popularity: count, "pk__lt": key})
        beyond = Q(**{f"{self.popularity}__lt": count}) | same
        # Implied by the rest; it lets the index start there at once.
        return beyond & Q(**{f"{self.popularity}__lte": count})

    def _cursor(self, part: int, row: Any) -> str:
        return signing.dumps([part, getattr(row, self.popularity), row.pk], salt=self.salt)

    def _read(self, cursor: str) -> tuple[int, tuple[int, int]]:
        try:
            part, count, key = signing.loads(cursor, salt=self.salt)
        except (signing.BadSignature, ValueError, TypeError) as error:
            raise InvalidCursor from error
        return part, (count, key)
