from __future__ import annotations

import pytest
from django.test import Client

from gallery.images.models import Image, Visibility
from slipstream.follows import follow

from .sayings import VIEWERS


@pytest.fixture
def haru(make_person):
    return make_person("haru", name="하루")


@pytest.fixture
def hang(db):
    """Make a picture's row, without files: ``hang(mina, Visibility.PRIVATE, title="달")``."""

    def hang(user, visibility=Visibility.PUBLIC, *, title="달") -> Image:
        return Image.objects.create(
            user=user,
            title=title,
            visibility=visibility,
            image=f"images/{Image.objects.count()}",
            width=900,
            height=600,
            colour="#123456",
        )

    return hang


@pytest.fixture
def image(mina, hang) -> Image:
    """A picture of mina's that everyone sees."""
    return hang(mina)


@pytest.fixture
def browsers(mina, haru, make_person) -> dict[str, Client]:
    """A browser for each kind of viewer of mina's pictures; haru is the stranger."""
    people = {"stranger": haru, "follower": make_person("sora"), "owner": mina}
    follow(people["follower"], mina)
    clients = {name: Client() for name in VIEWERS}
    for name, person in people.items():
        clients[name].force_login(person)
    return clients
