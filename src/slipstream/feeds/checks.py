"""System check of this capability.

- ``slipstream_feeds.E001``: ``SLIPSTREAM_FEED_AUDIENCE`` names no function.
"""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from slipstream.conf import FEED_AUDIENCE
from slipstream.feeds.audiences import audience_function

__all__ = ["check_audience"]


def check_audience(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E001: the setting can be imported and called."""
    try:
        audience_function()
    except ImproperlyConfigured as error:
        return [
            checks.Error(
                str(error),
                hint=f"{FEED_AUDIENCE.name} is the dotted path of a function that takes a user"
                " and returns a queryset of the keys of those whose activities they see.",
                id="slipstream_feeds.E001",
            )
        ]
    return []
