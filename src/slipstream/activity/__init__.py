"""Who did what to what.

Declare verbs (`Verb`, `register`), record with `log_activity`, read with the
methods of ``ActivityQuerySet``, and say it with `sentence_text` or `sentence_html`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipstream.lazy import lazily

if TYPE_CHECKING:
    from slipstream.activity.reads import get_activity_model
    from slipstream.activity.sentences import sentence_html, sentence_text
    from slipstream.activity.services import (
        Entry,
        alog_activity,
        log_activities,
        log_activity,
        prune_activities,
        take_back,
    )
    from slipstream.activity.signals import activity_logged
    from slipstream.activity.verbs import Verb, declared_verbs, feed_verbs, get_verb, register

__all__ = [
    "Entry",
    "Verb",
    "activity_logged",
    "alog_activity",
    "declared_verbs",
    "feed_verbs",
    "get_activity_model",
    "get_verb",
    "log_activities",
    "log_activity",
    "prune_activities",
    "register",
    "sentence_html",
    "sentence_text",
    "take_back",
]


__getattr__ = lazily(__name__, __all__, ("verbs", "reads", "signals", "sentences", "services"))
