"""System checks of this capability.

- ``slipstream_activity.E001``: ``SLIPSTREAM_ACTIVITY_MODEL`` names no model of activities.
- ``slipstream_activity.E002``: the sentence of a verb has other placeholders in one of
  ``LANGUAGES`` than it has in the code; the original would be shown instead. Where a
  project leaves ``LANGUAGES`` to Django, its ``LANGUAGE_CODE`` is checked.
- ``slipstream_activity.W001``: no verb is declared, so that nothing can be recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import global_settings, settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

from slipstream.activity.models import BaseActivity
from slipstream.activity.reads import get_activity_model
from slipstream.activity.verbs import Verb, declared_verbs, placeholders
from slipstream.conf import ACTIVITY_MODEL

__all__ = ["check_model", "check_verbs", "languages_to_check"]


def check_model(_app_configs: Any = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """E001: there is a model of activities. No query."""
    hint = (
        f'Set {ACTIVITY_MODEL.name} = "app_label.Model", a subclass of'
        " slipstream.activity.models.AbstractActivity; or add slipstream.activity.generic to"
        " INSTALLED_APPS, and leave the setting out."
    )
    try:
        model = get_activity_model()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), hint=hint, id="slipstream_activity.E001")]
    if issubclass(model, BaseActivity):
        return []
    return [
        checks.Error(
            f"{ACTIVITY_MODEL.name} names {model._meta.label}, which is no model of activities.",
            hint=hint,
            obj=model,
            id="slipstream_activity.E001",
        )
    ]


def check_verbs(_app_configs: Any = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """E002 and W001: there are verbs, and each can be said in every language. No query."""
    declared = declared_verbs()
    if not declared:
        return [
            checks.Warning(
                "No verb is declared, so log_activity can record nothing.",
                hint="Declare verbs in the module 'verbs' of an installed app.",
                id="slipstream_activity.W001",
            )
        ]
    return [
        message
        for language in languages_to_check()
        for message in _check_language(language, declared)
    ]


def languages_to_check() -> list[str]:
    """Return the languages that the project says it has, or its one where it says nothing."""
    if not settings.USE_I18N:
        return []
    # Django has a hundred, and each would be read from its files.
    unset: Any = global_settings.LANGUAGES
    if unset == settings.LANGUAGES:
        return [settings.LANGUAGE_CODE]
    return [code for code, _name in settings.LANGUAGES]


def _check_language(language: str, declared: tuple[Verb, ...]) -> Iterator[checks.CheckMessage]:
    for verb in declared:
        for text in filter(None, (verb.sentence, verb.alone)):
            with translation.override(None):
                original = str(text)
            with translation.override(language):
                translated = str(text)
            if placeholders(translated) != placeholders(original):
                yield checks.Error(
                    f"The sentence of the verb '{verb.code}' has other placeholders in"
                    f" '{language}': {translated!r}, not those of {original!r}.",
                    hint="Correct the translation, and run 'manage.py compilemessages'."
                    " Braces that are no placeholder are written twice.",
                    id="slipstream_activity.E002",
                )
