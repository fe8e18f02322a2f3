from datetime import timedelta

from slipstream.activity import Verb, register
from slipstream.notifications import Rule, declare

register(
    Verb("liked", "{actor} liked {target}", icon="heart"),
    Verb("joined", "{actor} joined"),
    Verb("shared", "{actor} shared {target}", window=timedelta()),
    Verb("viewed", "{actor} looked at {target}", in_feeds=False),
    Verb("said", "{actor} commented on {target}", window=timedelta()),
)


def owner_of_target(activity):
    return getattr(activity.target, "owner", None)


declare(
    Rule("liked", recipients=owner_of_target, label="Likes"),
    Rule("said", recipients=owner_of_target, label="Comments"),
    # Off until somebody wants it.
    Rule("viewed", recipients=owner_of_target, label="Looks", on=False),
)
