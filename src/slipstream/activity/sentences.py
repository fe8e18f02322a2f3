"""Saying what was done: "{actor} liked {target}", in the language of the reader.

The sentence is that of the verb, translated when it is rendered, under the
language that is active then. Particles of Korean fit what is really shown, see
`slipstream.korean`.

An object is called ``str(object)``, or what its method ``activity_name()``
returns, if it has one; where that is empty, it is called by its model. Line
breaks become spaces, and characters that would turn the direction of other
text are left out. It is linked in HTML if its ``get_absolute_url()`` gives a path
or an http(s) address.

Where there is no target, none is loaded or it is gone, the sentence is the
verb's ``alone``; else ``sentence`` with what the target was called, if that was
kept (the ready-made model does); else with "something that is gone".

What cannot be said is never an error: a verb that is not declared any more gives
"Kim: liked", and a translation with other placeholders than the original
gives the original, see the check ``slipstream_activity.E002``.
"""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString

from slipstream.activity.verbs import get_verb
from slipstream.activity.wording import (
    Name,
    actor_name,
    as_html,
    as_text,
    one_line,
    target_name,
    translated,
)
from slipstream.exceptions import UndeclaredVerb

__all__ = ["sentence_html", "sentence_text"]

_UNDECLARED = "{actor}: {verb}"


def sentence_text(activity: Any) -> str:
    """Return what ``activity`` says as plain text, for titles, notifications and mails.

    One line, nothing escaped. A name that is written in the other direction
    than the reader's language is isolated, so that it moves nothing else.

    No query if actor and target are loaded (``with_targets``), else one for each.
    Raises only what ``str(object)`` and ``activity_name()`` of a project raise.
    """
    return as_text(*_sentence_and_names(activity))


def sentence_html(activity: Any, *, actor_class: str = "", target_class: str = "") -> SafeString:
    """Return what ``activity`` says as HTML, with actor and target linked to their pages.

    ``actor_class`` and ``target_class`` are put on the links. Everything is
    escaped, whatever it was marked as, the sentence of the verb included. Each
    name is in an element that keeps its direction to itself: ``<a dir="auto">``,
    or ``<bdi>`` where there is no page to link.

    Costs and raises as `sentence_text`, and what ``get_absolute_url()`` raises.
    """
    classes = {"actor": actor_class, "target": target_class}
    return as_html(*_sentence_and_names(activity), classes=classes)


def _sentence_and_names(activity: Any) -> tuple[str, dict[str, Name]]:
    names = {"actor": actor_name(getattr(activity, "actor", None))}
    try:
        verb = get_verb(activity.verb)
    except UndeclaredVerb:
        return _UNDECLARED, names | {"verb": Name("verb", one_line(str(activity.verb)))}
    target = activity.target
    names["target"] = target_name(target, kept=getattr(activity, "target_text", ""))
    is_alone = target is None and verb.alone
    return translated(verb.alone if is_alone else verb.sentence), names
