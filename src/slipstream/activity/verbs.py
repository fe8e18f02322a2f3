"""What people can do, declared once: the verbs.

An app of the project declares its verbs in its module ``verbs``, which is
imported at start::

    from django.utils.translation import gettext_lazy as _
    from slipstream.activity import Verb, register

    LIKED = register(Verb("liked", _("{actor} liked {target}"), icon="heart"))

In Korean, in the catalogue: ``{actor}님이 {target}을(를) 좋아합니다``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from string import Formatter
from typing import TYPE_CHECKING

from django.utils import translation

from slipstream.exceptions import UndeclaredVerb

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

__all__ = ["Verb", "declared_verbs", "feed_verbs", "get_verb", "placeholders", "register"]

CODE_LENGTH = 32
_CODE = re.compile(rf"[a-z][a-z0-9_]{{0,{CODE_LENGTH - 1}}}")
_PLACEHOLDERS = {"actor", "target"}

_declared: dict[str, Verb] = {}


@dataclass(frozen=True)
class Verb:
    """One thing that people do.

    Raises ``ValueError`` for a ``code`` that is not lower-case letters, digits and
    underscores, for a sentence without ``{actor}`` or with other placeholders
    than ``{actor}`` and ``{target}``, and for a negative ``window``.
    """

    code: str
    """What the database holds: short, and not translated."""
    sentence: _StrOrPromise
    """What is read, with ``{actor}`` and ``{target}``; lazily translated."""
    alone: _StrOrPromise = ""
    """What is read where there is no target. Default: ``sentence``, if it has no ``{target}``."""
    icon: str = ""
    """A name for the site's own use."""
    window: timedelta = timedelta(seconds=60)
    """How long the same actor, verb and target are not recorded again; zero: always recorded."""
    in_feeds: bool = True
    """Whether feeds show it."""

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise ValueError(
                f"The code of a verb is 1 to {CODE_LENGTH} of a-z, 0-9 and _, and begins with a"
                f" letter; not {self.code!r}."
            )
        if self.window < timedelta():
            raise ValueError(f"The window of {self.code!r} is negative.")
        # The original: what is wrong in a translation, a system check tells.
        with translation.override(None):
            texts = [str(text) for text in (self.sentence, self.alone) if text]
        for text in texts:
            found = placeholders(text)
            if "actor" not in found or found - _PLACEHOLDERS:
                raise ValueError(
                    f"The sentence of {self.code!r} has {{actor}} and may have {{target}},"
                    f" nothing else: {text!r}."
                )

    def __str__(self) -> str:
        return self.code


def placeholders(text: _StrOrPromise) -> set[str]:
    """Return the names in braces in ``text``; one that is malformed is "" or what it was."""
    try:
        return {name for _, name, *_ in Formatter().parse(str(text)) if name is not None}
    except ValueError:
        return {""}


def register(*declared: Verb) -> Verb:
    """Declare verbs; return the last, for ``LIKED = register(Verb("liked", …))``.

    Raises ``ValueError`` if another verb has that code.
    """
    for verb in declared:
        if _declared.setdefault(verb.code, verb) != verb:
            raise ValueError(f"Two verbs have the code {verb.code!r}.")
    return declared[-1]


def get_verb(verb: Verb | str) -> Verb:
    """Return the verb with a code; raise `UndeclaredVerb` if it was not declared."""
    code = verb.code if isinstance(verb, Verb) else verb
    try:
        return _declared[code]
    except (KeyError, TypeError):
        names = ", ".join(sorted(_declared)) or "none"
        raise UndeclaredVerb(
            f"{code!r} is no verb; declared are {names}. Verbs are declared in an app's verbs.py."
        ) from None


def declared_verbs() -> tuple[Verb, ...]:
    """Return all verbs, in the order of their declaration."""
    return tuple(_declared.values())


def feed_verbs() -> tuple[str, ...]:
    """Return the codes of the verbs that feeds show."""
    return tuple(verb.code for verb in _declared.values() if verb.in_feeds)
