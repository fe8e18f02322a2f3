"""Finding the project's model of activities."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from slipstream.conf import ACTIVITY_MODEL

__all__ = ["activity_label", "get_activity_model"]

_READY_MADE = "slipstream.activity.generic"


def activity_label() -> str:
    """Return ``app_label.Model`` of the model of activities that the project has chosen.

    That is `SLIPSTREAM_ACTIVITY_MODEL`, or else the ready-made one. For foreign keys and
    migrations, which come before models may be looked up.
    """
    return ACTIVITY_MODEL.get() or f"{_READY_MADE.replace('.', '_')}.Activity"


def get_activity_model() -> Any:
    """Return the model of activities that the project has chosen.

    Raises ``ImproperlyConfigured`` if ``SLIPSTREAM_ACTIVITY_MODEL`` names none, and
    ``slipstream.activity.generic``, which brings one, is not installed.
    """
    label = ACTIVITY_MODEL.get()
    if not label and apps.is_installed(_READY_MADE):
        label = activity_label()
    try:
        return apps.get_model(label or "", require_ready=False)
    except (LookupError, ValueError, AttributeError) as error:
        raise ImproperlyConfigured(
            f"{ACTIVITY_MODEL.name} must name the model of activities as"
            f' "app_label.Model", not {label!r}; or install slipstream.activity.generic.'
        ) from error
