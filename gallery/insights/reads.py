"""What an owner gets to know of their pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from gallery.accounts.models import User
from gallery.images.models import Image, Like
from gallery.insights.series import Series, gained, looks
from slipstream.follows import follow_counts
from slipstream.follows.models import Follow
from slipstream.rankings import Totals, Window, view_count, view_counts

#: Of more pictures than that, an account's insights are those of the newest.
MOST_PICTURES = 2000
TOP = 10


class Figure(NamedTuple):
    """One number, and what it is of."""

    words: str
    number: int


class Looked(NamedTuple):
    """A picture, and how often it was seen."""

    image: Image
    totals: Totals


@dataclass
class ImageInsights:
    """Those of one picture."""

    image: Image
    now: datetime

    @property
    def series(self) -> dict[str, Callable[[], Series]]:
        """What there is over time, by name; one query each."""
        # By the index images_like_of_image.
        likes = partial(gained, "likes", self.image.likes.all(), "created_at")
        return {
            "hours": lambda: looks([self.image], Window.HOUR, self.now),
            "days": lambda: looks([self.image], Window.DAY, self.now),
            "likes": lambda: likes(total=self.image.like_count, now=self.now),
        }

    def figures(self) -> list[Figure]:
        """Return the totals. Two queries."""
        totals = view_count(self.image)
        return [
            Figure(_("Views"), totals.views),
            Figure(_("Viewers"), totals.viewers),
            Figure(_("Views today"), view_count(self.image, window=Window.DAY).views),
            Figure(_("Likes"), self.image.like_count),
            Figure(_("Comments"), self.image.comment_count),
        ]


@dataclass
class AccountInsights:
    """Those of all pictures of a person, and of their followers."""

    person: User
    now: datetime

    @property
    def series(self) -> dict[str, Callable[[], Series]]:
        """What there is over time, by name; one query each, and one for all pictures."""
        # By the indexes images_newest_of_user, then images_like_of_image.
        likes = Like.objects.filter(image__user=self.person, image__deleted_at=None)
        # By the index slipstream_follow_of_following.
        follows = Follow.objects.of(self.person)
        return {
            "hours": lambda: looks(self._pictures, Window.HOUR, self.now),
            "days": lambda: looks(self._pictures, Window.DAY, self.now),
            "likes": lambda: gained(
                "likes", likes, "created_at", total=self._sum("like_count"), now=self.now
            ),
            "followers": lambda: gained(
                "followers", follows, "followed_at", total=self._followers, now=self.now
            ),
        }

    def figures(self) -> list[Figure]:
        """Return the totals. Four queries."""
        today = view_counts(self._pictures, window=Window.DAY).values()
        return [
            Figure(_("Views"), sum(looked.totals.views for looked in self.pictures)),
            Figure(_("Views today"), sum(totals.views for totals in today)),
            Figure(_("Likes"), self._sum("like_count")),
            Figure(_("Comments"), self._sum("comment_count")),
            Figure(_("Followers"), self._followers),
            Figure(_("Pictures"), len(self._pictures)),
        ]

    @cached_property
    def pictures(self) -> list[Looked]:
        """Each picture, the most seen first. Two queries."""
        totals = view_counts(self._pictures)
        found = [Looked(image, totals[image]) for image in self._pictures]
        # Stable: among equals, the newest first.
        return sorted(found, key=lambda looked: -looked.totals.views)

    @property
    def top(self) -> list[Looked]:
        """The few that were seen most."""
        return [looked for looked in self.pictures[:TOP] if looked.totals.views]

    def pictures_table(self) -> list[list[Any]]:
        """Return all pictures with their numbers, and a head."""
        head = ["picture", "title", "views", "viewers", "likes", "comments"]
        rows = (
            [image.pk, image.title, *totals, image.like_count, image.comment_count]
            for image, totals in self.pictures
        )
        return [head, *rows]

    @cached_property
    def _pictures(self) -> list[Image]:
        own = Image.objects.filter(user=self.person, deleted_at=None)
        # By the index images_newest_of_user.
        return list(own.newest().defer("description")[:MOST_PICTURES])

    @cached_property
    def _followers(self) -> int:
        return follow_counts(self.person).followers

    def _sum(self, name: str) -> int:
        return sum(getattr(image, name) for image in self._pictures)
