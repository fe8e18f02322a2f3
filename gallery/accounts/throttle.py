"""Against guessing passwords: a count of refused sign-ins per visitor and name.

Both together, so that nobody can lock somebody else out of their account, nor
one visitor all who share a proxy. Kept in the cache: shared by all processes
where Redis is on, counted per process where it is not.
"""

import hashlib
from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

#: Seconds for which refusals are remembered, from the first.
WINDOW = 15 * 60


def is_throttled(request: HttpRequest | None, username: str) -> bool:
    """Whether this visitor must wait before trying again. One cache round trip."""
    return int(cache.get(_key(request, username)) or 0) >= settings.GALLERY_SIGN_IN_TRIES


def count_refusal(request: HttpRequest | None, username: str) -> None:
    """Remember a refused sign-in. Two cache round trips."""
    key = _key(request, username)
    cache.add(key, 0, WINDOW)
    # It may have expired in between, or there is no cache at the moment.
    with suppress(ValueError):
        cache.incr(key)


def _key(request: HttpRequest | None, username: str) -> str:
    address = request.META.get("REMOTE_ADDR", "") if request else ""
    # Hashed: a cache key may hold neither spaces nor long names.
    who = f"{address} {username.strip().lower()}"
    return f"sign-in:{hashlib.sha256(who.encode()).hexdigest()}"
