"""What can be done here, how it is said, and who is told. When: `gallery.config.wiring`."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from slipstream.activity import Verb, register
from slipstream.notifications import Rule, declare

JOINED = register(Verb("joined", _("{actor} joined Gallery"), icon="smile"))
FOLLOWED = register(Verb("followed", _("{actor} followed {target}"), icon="follow"))
SHARED = register(
    Verb(
        "shared",
        _("{actor} shared {target}"),
        icon="picture",
        # A picture is shared once; hidden and shown again, it is to come back at once.
        window=timedelta(),
    )
)
LIKED = register(Verb("liked", _("{actor} liked {target}"), icon="heart"))
COMMENTED = register(
    Verb(
        "commented",
        _("{actor} commented on {target}"),
        icon="comment",
        # Each comment is one of its own.
        window=timedelta(),
    )
)


def _whom(activity: Any) -> Any:
    """Return who was followed."""
    return activity.target


def _owner(activity: Any) -> Any:
    """Return whose picture it is; of what its owner alone sees nobody is told."""
    image = activity.target
    return image.user if image.is_shown else None


FOLLOWED_RULE = declare(
    Rule(
        FOLLOWED,
        recipients=_whom,
        label=_("New followers"),
        sentence=_("{actor} followed you"),
        grouped=ngettext_lazy(
            "{actor} and {others} other followed you",
            "{actor} and {others} others followed you",
            "others",
        ),
    )
)
LIKED_RULE = declare(
    Rule(
        LIKED,
        recipients=_owner,
        label=_("Likes of your pictures"),
        grouped=ngettext_lazy(
            "{actor} and {others} other liked {target}",
            "{actor} and {others} others liked {target}",
            "others",
        ),
    )
)
COMMENTED_RULE = declare(
    Rule(
        COMMENTED,
        recipients=_owner,
        label=_("Comments on your pictures"),
        grouped=ngettext_lazy(
            "{actor} and {others} other commented on {target}",
            "{actor} and {others} others commented on {target}",
            "others",
        ),
    )
)
