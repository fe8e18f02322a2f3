from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from slipstream.follows import follow

from .pictures import VIEWERS


@pytest.fixture
def browsers(mina, make_person) -> dict[str, Client]:
    """A browser for each kind of viewer of mina's pictures."""
    people = {"stranger": make_person("haru"), "follower": make_person("sora"), "owner": mina}
    follow(people["follower"], mina)
    follow(mina, people["stranger"])  # the other way round gives no right
    clients = {name: Client() for name in VIEWERS}
    for name, person in people.items():
        clients[name].force_login(person)
    return clients


@pytest.fixture
def travel(monkeypatch):
    def go(**delta):
        later = timezone.now() + timedelta(**delta)
        monkeypatch.setattr(timezone, "now", lambda: later)

    return go
