"""System checks of this capability.

- ``slipstream_notifications.E001``: the sentence of a rule has other placeholders in one of
  ``LANGUAGES`` than it has in the code; the original would be shown instead.
- ``slipstream_notifications.E002``: a rule is about a verb that is not declared.
- ``slipstream_notifications.W001``: no rule is declared, so that nobody is told of anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.core import checks
from django.utils import translation

from slipstream.activity.checks import languages_to_check
from slipstream.activity.verbs import get_verb, placeholders
from slipstream.exceptions import UndeclaredVerb
from slipstream.notifications.rules import NUMBERS, Rule, declared_rules, with_number

__all__ = ["check_rules"]


def check_rules(_app_configs: Any = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """E001, E002 and W001: rules are about verbs, and can be said in every language. No query."""
    declared = declared_rules()
    if not declared:
        return [
            checks.Warning(
                "No rule is declared, so nobody is told of anything.",
                hint="Declare rules beside the verbs, in the module 'verbs' of an installed app.",
                id="slipstream_notifications.W001",
            )
        ]
    return [message for rule in declared for message in _check(rule)]


def _check(rule: Rule) -> Iterator[checks.CheckMessage]:
    try:
        get_verb(rule.verb)
    except UndeclaredVerb as error:
        hint = "Declare the verb, or remove the rule."
        yield checks.Error(str(error), hint=hint, id="slipstream_notifications.E002")
    for language in languages_to_check():
        if rule.sentence:
            yield from _check_text(rule, language, lambda: str(rule.sentence))
        for number in NUMBERS if rule.grouped else ():
            problems = list(_check_text(rule, language, lambda: with_number(rule.grouped, number)))  # noqa: B023 - called at once
            if problems:
                yield from problems
                break


def _check_text(
    rule: Rule, language: str, text: Callable[[], str]
) -> Iterator[checks.CheckMessage]:
    with translation.override(None):
        original = text()
    try:
        with translation.override(language):
            said = text()
    except (KeyError, IndexError, ValueError):
        said = "{"  # as wrong as can be
    if placeholders(said) != placeholders(original):
        yield checks.Error(
            f"The sentence of the rule for '{rule.code}' has other placeholders in '{language}'"
            f" than {original!r}.",
            hint="Correct the translation, and run 'manage.py compilemessages'. Braces that"
            " are no placeholder are written twice.",
            id="slipstream_notifications.E001",
        )
