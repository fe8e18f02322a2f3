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

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from slipstream.activity.verbs import get_verb, placeholders
from slipstream.exceptions import UndeclaredVerb
from slipstream.korean import with_particles

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

__all__ = ["sentence_html", "sentence_text"]

_UNDECLARED = "{actor}: {verb}"
# What embeds, overrides and isolates directions: it could reach beyond the name.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
# Not javascript:, where a project takes addresses from its users.
_LINKABLE = re.compile(r"(https?:/)?/", re.IGNORECASE)


def sentence_text(activity: Any) -> str:
    """Return what ``activity`` says as plain text, for titles, notifications and mails.

    One line, nothing escaped. A name that is written in the other direction
    than the reader's language is isolated, so that it moves nothing else.

    No query if actor and target are loaded (``with_targets``), else one for each.
    Raises only what ``str(object)`` and ``activity_name()`` of a project raise.
    """
    return "".join(_say(activity, str, _isolated))


def sentence_html(activity: Any, *, actor_class: str = "", target_class: str = "") -> SafeString:
    """Return what ``activity`` says as HTML, with actor and target linked to their pages.

    ``actor_class`` and ``target_class`` are put on the links. Everything is
    escaped, whatever it was marked as, the sentence of the verb included. Each
    name is in an element that keeps its direction to itself: ``<a dir="auto">``,
    or ``<bdi>`` where there is no page to link.

    Costs and raises as `sentence_text`, and what ``get_absolute_url()`` raises.
    """
    classes = {"actor": actor_class, "target": target_class}

    def render(name: _Name) -> str:
        return _element(name, classes.get(name.role, ""))

    # Each part is escaped or was made by format_html.
    return mark_safe("".join(_say(activity, escape, render)))  # noqa: S308


@dataclass(frozen=True)
class _Name:
    """Who or what is put in the place of a placeholder."""

    role: str
    text: str
    object: Any = None


def _say(
    activity: Any, literal: Callable[[str], str], render: Callable[[_Name], str]
) -> Iterator[str]:
    """Yield the sentence in parts, the words by ``literal`` and the names by ``render``."""
    plain = ""
    sentence, names = _sentence_and_names(activity)
    for words, role, *_rest in Formatter().parse(sentence):
        # Names are given apart: a title that contains 을(를) stays what it is.
        words = with_particles(words, word=plain)
        yield literal(words)
        plain += words
        if role is not None:
            yield render(names[role])
            plain += names[role].text


def _sentence_and_names(activity: Any) -> tuple[str, dict[str, _Name]]:
    actor = getattr(activity, "actor", None)
    # An unsaved activity may have none yet, and its repr() must not fail for that.
    called = gettext("somebody") if actor is None else _name_of(actor)
    names = {"actor": _Name("actor", called, actor)}
    try:
        verb = get_verb(activity.verb)
    except UndeclaredVerb:
        return _UNDECLARED, names | {"verb": _Name("verb", _one_line(str(activity.verb)))}
    sentence = _translated(verb.sentence)
    target = activity.target
    if target is not None:
        names["target"] = _Name("target", _name_of(target), target)
    elif verb.alone:
        sentence = _translated(verb.alone)
    if target is None:
        kept = _one_line(str(getattr(activity, "target_text", "") or ""))
        names["target"] = _Name("target", kept or gettext("something that is gone"))
    return sentence, names


def _translated(text: _StrOrPromise) -> str:
    """Return ``text`` for the reader, or as it was written if the translation cannot be filled."""
    translated = str(text)
    with translation.override(None):
        original = str(text)
    return translated if placeholders(translated) == placeholders(original) else original


def _name_of(something: Any) -> str:
    name = getattr(something, "activity_name", None)
    text = _one_line(str(name() if callable(name) else something))
    return text or _one_line(str(something._meta.verbose_name))


def _one_line(text: str) -> str:
    # "".join makes a plain text of one that is marked as safe.
    return " ".join("".join(text).translate(_TURNING).split())


def _isolated(name: _Name) -> str:
    """Return the name as text, kept apart if it runs against the language of the reader."""
    against = {"L"} if translation.get_language_bidi() else {"R", "AL", "AN"}
    if any(unicodedata.bidirectional(character) in against for character in name.text):
        return f"{_FIRST_STRONG_ISOLATE}{name.text}{_POP_ISOLATE}"
    return name.text


def _element(name: _Name, css_class: str) -> SafeString:
    text = escape(name.text)
    attributes = format_html(' class="{}"', escape(css_class)) if css_class else SafeString("")
    url = _address_of(name.object)
    if url:
        return format_html('<a href="{}"{} dir="auto">{}</a>', escape(url), attributes, text)
    return format_html("<bdi{}>{}</bdi>", attributes, text)


def _address_of(something: Any) -> str:
    get_absolute_url = getattr(something, "get_absolute_url", None)
    url = str(get_absolute_url() or "") if callable(get_absolute_url) else ""
    return url if _LINKABLE.match(url) else ""
