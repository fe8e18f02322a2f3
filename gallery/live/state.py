"""What open pages show that may change: one small state, and its digest.

A page that comes back says which digest it has. It gets the state of now where that differs,
and nothing where it does not: so nothing can be missed, and nobody has to remember what a page
has been told.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import IntegerField, QuerySet, Value

from gallery.accounts.models import User
from gallery.images.models import Image
from slipstream.notifications import unread_counts

_KEYS_AT_ONCE = 5000
# Far below what engines allow in one statement.
_VIEWERS_AT_ONCE = 50


class Counts(NamedTuple):
    """The counts of a picture."""

    like_count: int
    comment_count: int


@dataclass(frozen=True, slots=True)
class State:
    """What one page shows of all that."""

    unread: int | None
    """None where nobody is signed in."""
    images: Mapping[int, Counts]


@dataclass(frozen=True, slots=True)
class Found:
    """What was read for many pages at once."""

    unread: Mapping[int, int]
    public: Mapping[int, Counts]
    others: Mapping[tuple[int, int], Counts]

    def image(self, viewer: int | None, key: int) -> Counts | None:
        """Return the counts of picture ``key``; None where ``viewer`` may not see it."""
        if key in self.public:
            return self.public[key]
        return None if viewer is None else self.others.get((viewer, key))


def encode(state: State) -> str:
    """Return ``state`` as the script gets it."""
    images = {key: counts._asdict() for key, counts in state.images.items()}
    return json.dumps({"unread": state.unread, "images": images}, separators=(",", ":"))


def digest(state: State) -> str:
    """Return what stands for ``state``: the id of its event, and the ETag of its answer."""
    return hashlib.sha256(encode(state).encode()).hexdigest()[:20]


def read(users: Collection[int], images: Mapping[int, Collection[int | None]]) -> Found:
    """Read how much ``users`` have not read, and ``images`` by who looks at each.

    However many pages that is for: one query for the members, and one for the pictures that
    everybody may see. For the others one per fifty members who look at them, since what each
    may see is up to `ImageQuerySet.visible_to`.
    """
    public: dict[int, Counts] = {}
    visible = Image.objects.visible_to(AnonymousUser())
    for keys in _in_parts(sorted(images), _KEYS_AT_ONCE):
        public |= {key: Counts(*counts) for key, *counts in _rows(visible.filter(pk__in=keys))}
    looking: dict[int, list[int]] = {}
    for key in images.keys() - public.keys():
        for viewer in images[key]:
            if viewer is not None:
                looking.setdefault(viewer, []).append(key)
    others: dict[tuple[int, int], Counts] = {}
    for viewers in _in_parts(sorted(looking), _VIEWERS_AT_ONCE):
        for viewer, key, *counts in _seen_by({viewer: looking[viewer] for viewer in viewers}):
            others[viewer, key] = Counts(*counts)
    return Found(unread_counts(users) if users else {}, public, others)


def _rows(images: QuerySet[Image]) -> QuerySet[Image, tuple[int, ...]]:
    return images.order_by().values_list("pk", "like_count", "comment_count")


def _seen_by(looking: Mapping[int, Sequence[int]]) -> QuerySet[Image, tuple[int, ...]]:
    parts = [
        Image.objects.visible_to(User(pk=viewer))
        .filter(pk__in=keys)
        .order_by()
        .annotate(viewer=Value(viewer, output_field=IntegerField()))
        .values_list("viewer", "pk", "like_count", "comment_count")
        for viewer, keys in looking.items()
    ]
    first, *rest = parts
    return first.union(*rest, all=True) if rest else first


def _in_parts(keys: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    source = iter(keys)
    while part := list(islice(source, size)):
        yield part
