"""Reading follows as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db.models import QuerySet

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

__all__ = ["FollowQuerySet"]


class FollowQuerySet(QuerySet[Any]):
    """Follows, newest first unless ordered otherwise."""

    def by(self, user: AbstractBaseUser) -> Self:
        """The follows that ``user`` made: whom they follow."""
        return self.filter(follower=user)

    def of(self, user: AbstractBaseUser) -> Self:
        """The follows of ``user``: who follows them."""
        return self.filter(following=user)
