"""What is seen, and what is on top.

Install the app ``slipstream.rankings``, declare a `ViewPolicy` per model in an app's
``rankings.py``, and count with `record_view`, or with the decorator and the mixin of
`slipstream.rankings.requests`. Read with `view_counts`, `top` and `rank_of`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipstream.lazy import lazily

if TYPE_CHECKING:
    from slipstream.rankings.backends.base import Recorded, Totals
    from slipstream.rankings.policies import ViewPolicy, register
    from slipstream.rankings.reads import Ranked, history, rank_of, top, view_count, view_counts
    from slipstream.rankings.services import forget_views, record_view, record_views
    from slipstream.rankings.windows import Window

__all__ = [
    "Ranked",
    "Recorded",
    "Totals",
    "ViewPolicy",
    "Window",
    "forget_views",
    "history",
    "rank_of",
    "record_view",
    "record_views",
    "register",
    "top",
    "view_count",
    "view_counts",
]


__getattr__ = lazily(
    __name__, __all__, ("policies", "windows", "reads", "services", "backends.base")
)
