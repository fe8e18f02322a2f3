"""What can be done here, and how it is said. When it is recorded: `gallery.config.wiring`."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from slipstream.activity import Verb, register

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
