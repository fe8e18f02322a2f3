"""Putting names into a sentence, as text and as HTML; what sentences of all kinds share.

A sentence has placeholders in braces, and for each a `Name`. Particles of Korean fit what is
really shown, see `slipstream.korean`. `slipstream.activity.sentences` says how objects are called.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from slipstream.activity.verbs import placeholders
from slipstream.korean import with_particles

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

__all__ = ["Name", "actor_name", "as_html", "as_text", "one_line", "target_name", "translated"]

# What embeds, overrides and isolates directions: it could reach beyond the name.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
# Not javascript:, where a project takes addresses from its users.
_LINKABLE = re.compile(r"(https?:/)?/", re.IGNORECASE)


@dataclass(frozen=True)
class Name:
    """Who or what is put in the place of a placeholder."""

    role: str
    text: str
    object: Any = None


def actor_name(actor: Any) -> Name:
    """Return what ``actor`` is called; None is somebody."""
    # An unsaved activity may have none yet, and its repr() must not fail for that.
    return Name("actor", gettext("somebody") if actor is None else _called(actor), actor)


def target_name(target: Any, *, kept: Any = "") -> Name:
    """Return what ``target`` is called; without one, what was ``kept`` of it."""
    if target is not None:
        return Name("target", _called(target), target)
    return Name("target", one_line(str(kept or "")) or gettext("something that is gone"))


def as_text(sentence: str, names: Mapping[str, Name]) -> str:
    """Return ``sentence`` with ``names`` as plain text: one line, nothing escaped."""
    return "".join(_parts(sentence, names, str, _isolated))


def as_html(sentence: str, names: Mapping[str, Name], *, classes: Mapping[str, str]) -> SafeString:
    """Return ``sentence`` with ``names`` as HTML, each in an element with the class of its role.

    Everything is escaped.
    """

    def render(name: Name) -> str:
        return _element(name, classes.get(name.role, ""))

    # Each part is escaped or was made by format_html.
    return mark_safe("".join(_parts(sentence, names, escape, render)))  # noqa: S308


def translated(text: _StrOrPromise) -> str:
    """Return ``text`` for the reader, or as it was written if the translation cannot be filled."""
    found = str(text)
    with translation.override(None):
        original = str(text)
    return found if placeholders(found) == placeholders(original) else original


def one_line(text: str) -> str:
    """Return ``text`` without line breaks, and without what turns the direction of other text."""
    # "".join makes a plain text of one that is marked as safe.
    return " ".join("".join(text).translate(_TURNING).split())


def _parts(
    sentence: str,
    names: Mapping[str, Name],
    literal: Callable[[str], str],
    render: Callable[[Name], str],
) -> Iterator[str]:
    """Yield the sentence in parts, the words by ``literal`` and the names by ``render``."""
    plain = ""
    for words, role, *_rest in Formatter().parse(sentence):
        # Names are given apart: a title that contains 을(를) stays what it is.
        words = with_particles(words, word=plain)
        yield literal(words)
        plain += words
        if role is not None:
            yield render(names[role])
            plain += names[role].text


def _called(something: Any) -> str:
    name = getattr(something, "activity_name", None)
    text = one_line(str(name() if callable(name) else something))
    return text or one_line(str(something._meta.verbose_name))


def _isolated(name: Name) -> str:
    """Return the name as text, kept apart if it runs against the language of the reader."""
    against = {"L"} if translation.get_language_bidi() else {"R", "AL", "AN"}
    if any(unicodedata.bidirectional(character) in against for character in name.text):
        return f"{_FIRST_STRONG_ISOLATE}{name.text}{_POP_ISOLATE}"
    return name.text


def _element(name: Name, css_class: str) -> SafeString:
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
