"""Saying who did what: "Ann and 3 others liked …", in the language of the reader.

One person is named, the newest, and how many others there are. Names, particles, directions
and links are as in `slipstream.activity.sentences`. What cannot be said is never an error.
"""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.safestring import SafeString

from slipstream.activity.reads import get_activity_model
from slipstream.activity.sentences import sentence_html, sentence_text
from slipstream.activity.verbs import placeholders
from slipstream.activity.wording import Name, actor_name, as_html, as_text, target_name, translated
from slipstream.notifications.rules import Rule, rule_or_none, with_number

__all__ = ["notification_html", "notification_text"]


def notification_text(notification: Any) -> str:
    """Return what ``notification`` says as plain text: one line, nothing escaped.

    No query for lines of `get_notifications`, else some. Raises only what ``str(object)`` and
    ``activity_name()`` of a project raise.
    """
    said = _sentence_and_names(notification)
    return as_text(*said) if said else sentence_text(_newest(notification))


def notification_html(
    notification: Any, *, actor_class: str = "", target_class: str = ""
) -> SafeString:
    """Return what ``notification`` says as HTML, with person and target linked to their pages.

    Escaped and linked as `slipstream.activity.sentence_html` does; costs as `notification_text`.
    """
    classes = {"actor": actor_class, "target": target_class}
    said = _sentence_and_names(notification)
    if said:
        return as_html(*said, classes=classes)
    return sentence_html(_newest(notification), actor_class=actor_class, target_class=target_class)


def _sentence_and_names(notification: Any) -> tuple[str, dict[str, Name]] | None:
    """Return what is said by the rule; None where the verb's own sentence says it."""
    rule = rule_or_none(notification.verb)
    if rule is None:
        return None
    others = notification.others
    if others and rule.grouped:
        sentence = _of_several(rule, others)
    elif rule.sentence:
        sentence = translated(rule.sentence)
    else:
        return None
    activity = notification.activity
    return sentence, {
        "actor": actor_name(activity and activity.actor),
        "target": target_name(notification.target, kept=getattr(activity, "target_text", "")),
    }


def _newest(notification: Any) -> Any:
    """Return its newest activity, or one of nobody where none is left."""
    return notification.activity or get_activity_model()(verb=notification.verb)


def _of_several(rule: Rule, others: int) -> str:
    """Return the sentence for several, or the original if the translation cannot be filled."""
    with translation.override(None):
        original = with_number(rule.grouped, others)
    try:
        found = with_number(rule.grouped, others)
    except (KeyError, IndexError, ValueError):
        return original
    return found if placeholders(found) == placeholders(original) else original
