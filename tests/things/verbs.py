from datetime import timedelta

from slipstream.activity import Verb, register

register(
    Verb("liked", "{actor} liked {target}", icon="heart"),
    Verb("joined", "{actor} joined"),
    Verb("shared", "{actor} shared {target}", window=timedelta()),
    Verb("viewed", "{actor} looked at {target}", in_feeds=False),
)
