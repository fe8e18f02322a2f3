"""Who is told of what, declared once: the rules.

A rule stands beside its verb, in the module ``verbs`` of an app of the project::

    from django.utils.translation import gettext_lazy as _, ngettext_lazy
    from slipstream.activity import Verb, register
    from slipstream.notifications import Rule, declare

    LIKED = register(Verb("liked", _("{actor} liked {target}")))
    declare(
        Rule(
            LIKED,
            recipients=lambda activity: activity.target.user,
            label=_("Likes of my pictures"),
            grouped=ngettext_lazy(
                "{actor} and {others} other liked {target}",
                "{actor} and {others} others liked {target}",
                "others",
            ),
        )
    )

In Korean, in the catalogue: ``{actor}님 외 {others}명이 {target}을(를) 좋아합니다``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import formats, translation

from slipstream.activity.verbs import Verb, get_verb, placeholders
from slipstream.exceptions import UndeclaredRule

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

__all__ = [
    "NUMBERS",
    "Rule",
    "declare",
    "declared_rules",
    "get_rule",
    "recipients_of",
    "rule_or_none",
    "with_number",
]

#: Numbers that between them need every plural form of any language.
NUMBERS = (1, 2, 3, 5, 8, 11, 21, 100, 1_000_000)
_PLACEHOLDERS = {"actor", "target"}
# Characters of private use stand for placeholders while the number is put in.
_KEPT = {"actor": "\ue000", "target": "\ue001"}

_declared: dict[str, Rule] = {}


@dataclass(frozen=True)
class Rule:
    """Who is told of one verb, and in which words.

    Raises ``ValueError`` for a sentence without ``{actor}`` or with other placeholders than
    it may have.
    """

    verb: Verb | str
    """The verb, or its code."""
    recipients: Callable[[Any], Any]
    """Takes an activity, and returns whom to tell: a user, several, or None.

    Called when the activity is told of, in that transaction; a target that is not loaded
    costs a query there. Whoever did it, and who is not active, is left out."""
    label: _StrOrPromise
    """What the kind of notification is called among the preferences; lazily translated."""
    sentence: _StrOrPromise = ""
    """What is read of one person, with ``{actor}`` and ``{target}``. Default: that of the verb."""
    grouped: _StrOrPromise = ""
    """What is read of several, with ``{others}`` as well, how many besides ``{actor}`` there are.

    A lazy plural by ``"others"``. Default: the sentence for one, of the newest."""
    on: bool = True
    """Whether those are told who have not said what they prefer."""

    def __post_init__(self) -> None:
        # The originals: what is wrong in a translation, a system check tells.
        with translation.override(None):
            self._check(self.sentence)
            for number in NUMBERS if self.grouped else ():
                try:
                    text = with_number(self.grouped, number)
                except (KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
                    raise ValueError(
                        f"The sentence of {self.code!r} for several is a text or a plural by"
                        f' "others", with {{actor}}, {{others}} and {{target}}: {error!r}.'
                    ) from error
                self._check(text)

    def _check(self, text: _StrOrPromise) -> None:
        found = placeholders(text)
        if text and ("actor" not in found or found - _PLACEHOLDERS):
            raise ValueError(
                f"The sentence of the rule for {self.code!r} has {{actor}} and may have"
                f" {{target}}, nothing else: {str(text)!r}."
            )

    @property
    def code(self) -> str:
        """The code of the verb."""
        return str(self.verb)

    def __str__(self) -> str:
        return str(self.label)


class _Localized(int):
    """A number that is written as the reader writes numbers."""

    def __format__(self, format_spec: str) -> str:
        return str(formats.localize(int(self)))


def with_number(plural: _StrOrPromise, others: int) -> str:
    """Return ``plural`` in the form for ``others``, with that filled in and nothing else."""
    text = plural.format(others=_Localized(others), **_KEPT)
    for brace in "{}":
        text = text.replace(brace, brace * 2)
    for name, kept in _KEPT.items():
        text = text.replace(kept, f"{{{name}}}")
    return text


def declare(*rules: Rule) -> Rule:
    """Declare rules; return the last, for ``LIKED_RULE = declare(Rule(LIKED, …))``.

    Raises ``ValueError`` if another rule is about that verb.
    """
    for rule in rules:
        if _declared.setdefault(rule.code, rule) != rule:
            raise ValueError(f"Two rules are about the verb {rule.code!r}.")
    return rules[-1]


def declared_rules() -> tuple[Rule, ...]:
    """Return all rules, in the order of their declaration."""
    return tuple(_declared.values())


def get_rule(verb: Verb | str) -> Rule:
    """Return the rule about ``verb``.

    Raises `UndeclaredRule` where there is none, and `UndeclaredVerb` for what is no verb.
    """
    code = get_verb(verb).code
    if code not in _declared:
        names = ", ".join(sorted(_declared)) or "none"
        raise UndeclaredRule(f"Nobody is told of {code!r}; there are rules for: {names}.")
    return _declared[code]


def rule_or_none(verb: str) -> Rule | None:
    """Return the rule about a verb that may have been removed since, or None."""
    return _declared.get(verb)


def recipients_of(rule: Rule, activity: Any) -> Iterable[Any]:
    """Return whom ``rule`` names for ``activity``."""
    named = rule.recipients(activity)
    if named is None:
        return ()
    return named if isinstance(named, Iterable) else (named,)
