"""What the people whom one follows do, newest first.

Install the app ``slipstream.feeds`` beside ``slipstream.activity``. Read a page with
`get_activity_feed`, and how much is new since with `count_new`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipstream.lazy import lazily

if TYPE_CHECKING:
    from slipstream.feeds.reads import MOST_COUNTED, FeedPage, count_new, get_activity_feed

__all__ = ["MOST_COUNTED", "FeedPage", "count_new", "get_activity_feed"]


__getattr__ = lazily(__name__, __all__, ("reads",))
