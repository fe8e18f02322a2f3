"""Every setting of Slipstream: what it means and what it is where a project says nothing.

Read when they are needed, so that tests can override them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver

__all__ = [
    "ACTIVITY_MODEL",
    "FEED_AUDIENCE",
    "RANKINGS_BACKEND",
    "REDIS_PREFIX",
    "REDIS_TIMEOUT",
    "REDIS_URL",
    "SETTINGS",
    "Setting",
]


@dataclass(frozen=True)
class Setting:
    """One setting of the project."""

    name: str
    default: Any
    about: str

    def get(self) -> Any:
        """Return its value now."""
        if self.name in _unset:
            return self.default
        try:
            return getattr(settings, self.name)
        except AttributeError:
            _unset.add(self.name)
            return self.default


# What the project does not set. Django looks for it anew each time, and takes long to give up.
_unset: set[str] = set()


@receiver(setting_changed)
def _note_change(*, setting: str, **_kwargs: Any) -> None:
    _unset.discard(setting)


ACTIVITY_MODEL = Setting(
    "SLIPSTREAM_ACTIVITY_MODEL",
    None,
    'The model of activities, "app_label.Model": a concrete AbstractActivity of the project.'
    " Not needed with slipstream.activity.generic.",
)
FEED_AUDIENCE = Setting(
    "SLIPSTREAM_FEED_AUDIENCE",
    None,
    "Whose activities a person sees: the dotted path of a function that takes the user and"
    " returns a queryset of one column, the actors' primary keys. Those the person follows,"
    " where slipstream.follows is installed; otherwise everyone.",
)

RANKINGS_BACKEND = Setting(
    "SLIPSTREAM_RANKINGS_BACKEND",
    "slipstream.rankings.backends.database.Database",
    "Where views are counted and ranked: the dotted path of a Backend.",
)

REDIS_URL = Setting(
    "SLIPSTREAM_REDIS_URL",
    None,
    "The address of a Redis, for the backends that use one: redis://, rediss://, unix://,"
    " redis+sentinel:// or redis+cluster://.",
)
REDIS_TIMEOUT = Setting(
    "SLIPSTREAM_REDIS_TIMEOUT",
    0.2,
    "Seconds that a command to Redis may take, and the connecting; then it counts as absent.",
)

REDIS_PREFIX = Setting(
    "SLIPSTREAM_REDIS_PREFIX",
    "slipstream",
    "What the keys in Redis begin with, to share one with others.",
)

SETTINGS = (
    *(ACTIVITY_MODEL, FEED_AUDIENCE, RANKINGS_BACKEND),
    *(REDIS_URL, REDIS_TIMEOUT, REDIS_PREFIX),
)
