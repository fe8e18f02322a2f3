from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from PIL import Image as Pillow

from gallery.accounts.models import User
from gallery.images import services
from gallery.images.models import Image, Visibility


@pytest.fixture
def make_person(db: None) -> Callable[..., User]:
    """Make an account: ``make_person("mina", name="김미나")``."""

    def make(username: str, **fields: Any) -> User:
        fields.setdefault("name", username.title())
        fields.setdefault("password", "correct horse")
        return User.objects.create_user(username, f"{username}@example.com", **fields)

    return make


@pytest.fixture
def mina(make_person: Callable[..., User]) -> User:
    return make_person("mina", name="김미나")


@pytest.fixture
def signed_in(mina: User) -> Client:
    """A browser in which mina is signed in."""
    client = Client()
    client.force_login(mina)
    return client


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """Do what waits for the commit: ``with commit(): ...``."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def share(commit):
    """Share a picture as the site does: ``share(mina, PRIVATE, title="달")``."""

    def share(user, visibility=Visibility.PUBLIC, size=(60, 40), **words) -> Image:
        words = {"title": "달", "description": "", **words}
        with commit():
            picture = Pillow.new("RGB", size, "teal")
            return services.share(user, picture, visibility=visibility, **words)

    return share


@pytest.fixture(autouse=True)
def _own_files_and_cache(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    private = settings.STORAGES["private"]
    options = {**private["OPTIONS"], "location": tmp_path / "private"}
    settings.STORAGES = {**settings.STORAGES, "private": {**private, "OPTIONS": options}}
    cache.clear()
