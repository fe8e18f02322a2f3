"""Which usernames are allowed, and when two are too alike.

A username is part of addresses and of how people recognise each other, so it is
plain ASCII; what a person is called, in any script, is their `name`.
"""

import re
from functools import cache

from django.core.exceptions import ValidationError
from django.db.models import Func, Value
from django.db.models.functions import Lower, Replace
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import gettext as _

MIN_LENGTH, MAX_LENGTH = 3, 30

_ALLOWED = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")

#: What each character that looks like others is taken for, after the ASCII part of
#: Unicode's table of confusables (UTS #39, "Confusable Detection"), and pairs that
#: a narrow gap makes one. Single characters only, and no result is replaced again:
#: so the order does not matter, and lookalikes of lookalikes meet as well.
_LOOKALIKES = {
    ".": "",
    "-": "",
    "_": "",
    "0": "o",
    "1": "l",
    "i": "l",
    "5": "s",
    "m": "rn",
    "w": "vv",
    "d": "cl",
}
_KEY = str.maketrans(_LOOKALIKES)
KEY_LENGTH = 2 * MAX_LENGTH

#: Words that would pass for Gallery itself, besides the first parts of its addresses.
_RESERVED = frozenset(
    "about admin administrator api app assets blog contact explore feed gallery help home images"
    " join legal login logout mail me media moderator new news notifications official people"
    " popular privacy root search security settings slipstream staff static status support system"
    " tags terms trending upload uploads user users www".split()
)


def normalise_username(raw: str) -> str:
    """Return ``raw`` as usernames are stored: lower case, no space around."""
    return raw.strip().lower()


def username_key(username: str) -> str:
    """Return what two usernames that look alike have in common.

    ``min.ji``, ``minji``, ``m1nji`` and ``rninji`` share one key; the database
    allows each key once.
    """
    return normalise_username(username).translate(_KEY)


def username_key_expression(field: str) -> Func:
    """Return `username_key` of ``field`` as an expression that the database computes."""
    key: Func = Lower(field)
    for lookalike, plain in _LOOKALIKES.items():
        key = Replace(key, Value(lookalike), Value(plain))
    return key


def validate_username(username: str) -> None:
    """Raise ``ValidationError`` unless ``username`` (normalised) may be taken by somebody."""
    if not MIN_LENGTH <= len(username) <= MAX_LENGTH:
        raise ValidationError(
            _("A username has %(min)s to %(max)s characters."),
            code="length",
            params={"min": MIN_LENGTH, "max": MAX_LENGTH},
        )
    if not _ALLOWED.fullmatch(username):
        raise ValidationError(
            _(
                "A username is made of the letters a–z, digits, and single dots, hyphens or"
                " underscores in between. Your name can be in any script."
            ),
            code="characters",
        )
    if username_key(username) in _reserved_keys():
        raise ValidationError(
            _("This username is reserved. Please choose another."), code="reserved"
        )


@cache
def _reserved_keys() -> frozenset[str]:
    return frozenset(map(username_key, _RESERVED | _first_parts_of_addresses()))


def _first_parts_of_addresses() -> set[str]:
    parts = set()

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> None:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            first, slash, _rest = route.partition("/")
            if isinstance(pattern, URLResolver) and not slash:
                walk(pattern.url_patterns, route)
            elif first.isalnum():
                parts.add(first)

    walk(get_resolver().url_patterns, "")
    return parts
