from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image as Pillow

from gallery.images import services
from gallery.images.models import Image
from slipstream.follows import follow

from .pictures import PUBLIC, VIEWERS


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """Do what waits for the commit: ``with commit(): ...``."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def share(commit):
    """Share a picture as the site does: ``share(mina, PRIVATE, title="달")``."""

    def share(user, visibility=PUBLIC, size=(60, 40), **words) -> Image:
        words = {"title": "달", "description": "", **words}
        with commit():
            picture = Pillow.new("RGB", size, "teal")
            return services.share(user, picture, visibility=visibility, **words)

    return share


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
