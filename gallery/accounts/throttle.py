"""Against guessing passwords: a count of refused sign-ins per visitor and name.

Both together, so that nobody can lock somebody else out of their account, nor
one visitor all who share a proxy. Kept in the cache: shared by all processes
where Redis is on, counted per process where it is not.
"""

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

#: Seconds for which refusals are remembered, from the first.
WINDOW = 15 * 60


def is_throttled(request: HttpRequest, username: str) -> bool:
    """Whether this visitor must wait before trying again. One cache round trip."""
    return int(cache.get(_key(request, username)) or 0) >= settings.GALLERY_SIGN_IN_TRIES


def count_refusal(request: HttpRequest, username: str) -> None:
    """Remember a refused sign-in. Two cache round trips."""
    key = _key(request, username)
    cache.add(key, 0, WINDOW)
    try:
        cache.incr(key)
    except ValueError:
        pass  # expired in between, or no cache at the moment


def _key(request: HttpRequest, username: str) -> str:
    # Hashed: a cache key may hold neither spaces nor long names.
    who = f"{request.META.get('REMOTE_ADDR', '')} {username.strip().lower()}"
    return f"sign-in:{hashlib.sha256(who.encode()).hexdigest()}"
