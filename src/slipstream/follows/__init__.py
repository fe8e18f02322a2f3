"""Who follows whom.

Install the app ``slipstream.follows``; every user then has ``user.follows`` and
``user.followers``. Write with `follow` and `unfollow`; read with the functions of `reads`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipstream.lazy import lazily

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


__getattr__ = lazily(__name__, __all__, ("reads", "services", "signals"))
