"""How often one may do what is dear, or what nobody does often but to guess.

Tries to sign in are counted per visitor and name: both together, so that nobody can
lock somebody else out of their account. Counts are kept in the cache: shared by all
processes where Redis is on, counted per process where it is not.
"""

import hashlib
from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from gallery.accounts.models import User

#: Seconds for which tries are remembered, from the first.
WINDOW = 15 * 60


def may_try(request: HttpRequest | None, username: str) -> bool:
    """Count a try to sign in, and return whether it may be made. Two cache round trips.

    Counted before it is made: of many at once, no more than allowed pass.
    """
    return _count(_key(request, username), WINDOW) <= settings.GALLERY_SIGN_IN_TRIES


def forget_tries(request: HttpRequest | None, username: str) -> None:
    """Begin anew after a try that succeeded. One cache round trip."""
    cache.delete(_key(request, username))


def may_export(user: User) -> bool:
    """Count an export of ``user``'s data, and return whether it may be made. As `may_try`."""
    return _count(f"export:{user.pk}", 60 * 60) <= settings.GALLERY_EXPORTS_PER_HOUR


def _count(key: str, window: int) -> int:
    """Count one more under ``key``, and return how many there were in the ``window``."""
    cache.add(key, 0, window)
    # It may have expired in between, or there is no cache at the moment.
    with suppress(ValueError):
        # Without Redis for the moment, django-redis answers None.
        return cache.incr(key) or 0
    return 0


def _key(request: HttpRequest | None, username: str) -> str:
    address = request.META.get("REMOTE_ADDR", "") if request else ""
    # Hashed: a cache key may hold neither spaces nor long names.
    who = f"{address} {username.strip().lower()}"
    return f"sign-in:{hashlib.sha256(who.encode()).hexdigest()}"
