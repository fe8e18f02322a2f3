"""Who follows whom.

Install the app ``slipstream.follows``; every user then has ``user.follows`` and
``user.followers``. Write with `follow` and `unfollow`; read with the functions of `reads`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slipstream.follows.reads import (
        FollowCount,
        follow_counts,
        following_among,
        is_following,
        with_follow_counts,
        with_follow_state,
    )
    from slipstream.follows.services import follow, unfollow
    from slipstream.follows.signals import followed, unfollowed

__all__ = [
    "FollowCount",
    "follow",
    "follow_counts",
    "followed",
    "following_among",
    "is_following",
    "unfollow",
    "unfollowed",
    "with_follow_counts",
    "with_follow_state",
]


def __getattr__(name: str) -> Any:
    # Django imports this package before models may be imported, so the public
    # names are looked up at first use.
    if name in __all__:
        for module in ("reads", "services", "signals"):
            home = import_module(f"slipstream.follows.{module}")
            if name in home.__all__:
                return getattr(home, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
