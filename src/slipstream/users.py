"""The project's users, whichever model that is."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from slipstream.exceptions import InvalidUser

__all__ = ["check_user"]


def check_user(user: Any) -> None:
    """Raise `InvalidUser` unless ``user`` is a saved instance of the user model. No query."""
    model = get_user_model()
    if not isinstance(user, model):
        raise InvalidUser(f"Expected a {model._meta.label}, got {type(user).__name__}.")
    if user._state.adding or user.pk is None:
        raise InvalidUser(f"This {model._meta.label} is not saved yet.")
