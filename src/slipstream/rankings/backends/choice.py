"""The backend that the project has chosen."""

from __future__ import annotations

from functools import lru_cache

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from slipstream.conf import RANKINGS_BACKEND
from slipstream.rankings.backends.base import Backend

__all__ = ["get_backend"]


def get_backend() -> Backend:
    """Return the backend that ``SLIPSTREAM_RANKINGS_BACKEND`` names, one for the process.

    Raises ``ImproperlyConfigured`` where it names none.
    """
    path = RANKINGS_BACKEND.get()
    if not isinstance(path, str):
        raise ImproperlyConfigured(f"{RANKINGS_BACKEND.name} = {path!r}, which is no path.")
    return _made(path)


@lru_cache
def _made(path: str) -> Backend:
    try:
        made = import_string(path)()
    except (ImportError, TypeError) as error:
        raise ImproperlyConfigured(f"{RANKINGS_BACKEND.name} = {path!r}: {error}") from error
    if not isinstance(made, Backend):
        raise ImproperlyConfigured(f"{RANKINGS_BACKEND.name} = {path!r}, which is no Backend.")
    return made
