"""Finding the project's model of activities."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from slipstream.conf import ACTIVITY_MODEL

__all__ = ["get_activity_model"]

_READY_MADE = "slipstream_activity_generic"


def get_activity_model() -> Any:
    """Return the model of activities that the project has chosen.

    Raises ``ImproperlyConfigured`` if ``SLIPSTREAM_ACTIVITY_MODEL`` names none, and
    ``slipstream.activity.generic``, which brings one, is not installed.
    """
    label = ACTIVITY_MODEL.get()
    if not label and apps.is_installed("slipstream.activity.generic"):
        label = f"{_READY_MADE}.Activity"
    try:
        return apps.get_model(label or "", require_ready=False)
    except (LookupError, ValueError, AttributeError) as error:
        raise ImproperlyConfigured(
            f"{ACTIVITY_MODEL.name} must name the model of activities as"
            f' "app_label.Model", not {label!r}; or install slipstream.activity.generic.'
        ) from error
