"""How often one may do what is dear, or what nobody does often but to guess.

Tries to sign in are counted per visitor and name: both together, so that nobody can
lock somebody else out of their account; and, with a larger limit, per visitor alone, so that
nobody tries one password with many names. Visitors are told apart by address, those of IPv6
by the network, of which one household has a whole. Counts are kept in the cache: shared by
all processes where Redis is on, counted per process where it is not.

What says how long to wait counts one more, and returns the seconds, 0 where it may be done:
counted before it is done, so that of many at once no more than allowed pass. Two or three
cache round trips.
"""

import hashlib
import time
from contextlib import suppress
from ipaddress import ip_interface

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from gallery.accounts.models import User

#: Seconds for which tries are remembered, from the first.
WINDOW = 15 * 60
_HOUR = 60 * 60
_IPV6_NETWORK = 64  # bits


def may_try(request: HttpRequest | None, username: str) -> bool:
    """Count a try to sign in with a name, and return whether it may be made."""
    key = _key("sign-in", _visitor(request), username)
    return _wait(key, settings.GALLERY_SIGN_IN_TRIES, WINDOW) == 0


def wait_to_try(request: HttpRequest | None) -> int:
    """Return for how long a visitor has to wait, whatever names they try."""
    key = _key("sign-in", _visitor(request))
    return _wait(key, settings.GALLERY_SIGN_IN_TRIES_PER_ADDRESS, WINDOW)


def forget_tries(request: HttpRequest | None, username: str) -> None:
    """Begin anew with a name after a try that succeeded, which was none. Two cache round trips."""
    cache.delete(_key("sign-in", _visitor(request), username))
    # Not begun anew: who has an account of their own could try all others for ever.
    with suppress(ValueError):
        cache.decr(_key("sign-in", _visitor(request)))


def wait_to_join(request: HttpRequest) -> int:
    """Return for how long a visitor has to wait before they make another account."""
    return _wait(_key("join", _visitor(request)), settings.GALLERY_JOINS_PER_HOUR, _HOUR)


def wait_to_reset(request: HttpRequest) -> int:
    """Return for how long a visitor has to wait before they ask for another mail."""
    return _wait(_key("reset", _visitor(request)), settings.GALLERY_RESETS_PER_HOUR, _HOUR)


def may_mail(email: str) -> bool:
    """Count a mail to reset a password, and return whether that mailbox should get it."""
    return _wait(_key("mail", email), settings.GALLERY_RESETS_PER_MAILBOX, _HOUR) == 0


def wait_to_export(user: User) -> int:
    """Return for how long ``user`` has to wait before they fetch their data again."""
    return _wait(_key("export", str(user.pk)), settings.GALLERY_EXPORTS_PER_HOUR, _HOUR)


def wait_to_report(user: User) -> int:
    """Return for how long ``user`` has to wait before they report something else."""
    return _wait(_key("report", str(user.pk)), settings.GALLERY_REPORTS_PER_HOUR, _HOUR)


def _wait(key: str, most: int, window: int) -> int:
    """Count one more under ``key``; return the seconds until it counts again below ``most``."""
    now = time.time()
    if cache.add(key, 0, window):
        cache.set(f"{key}:from", now, window)
    # It may have expired in between, or there is no cache at the moment.
    count = 0
    with suppress(ValueError):
        # Without Redis for the moment, django-redis answers None.
        count = cache.incr(key) or 0
    if count <= most:
        return 0
    begun = cache.get(f"{key}:from", now)
    return min(max(1, round(begun + window - now)), window)


def _visitor(request: HttpRequest | None) -> str:
    address = request.META.get("REMOTE_ADDR", "") if request else ""
    with suppress(ValueError):
        interface = ip_interface(address)
        if interface.version == 6 and not interface.ip.ipv4_mapped:
            return str(ip_interface(f"{interface.ip}/{_IPV6_NETWORK}").network)
    return address


def _key(kind: str, *who: str) -> str:
    # Hashed: a cache key may hold neither spaces nor long names.
    text = " ".join(part.strip().lower() for part in who)
    return f"{kind}:{len(who)}:{hashlib.sha256(text.encode()).hexdigest()}"
