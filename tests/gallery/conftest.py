from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from gallery.accounts.models import User


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


@pytest.fixture(autouse=True)
def _own_files_and_cache(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    private = settings.STORAGES["private"]
    options = {**private["OPTIONS"], "location": tmp_path / "private"}
    settings.STORAGES = {**settings.STORAGES, "private": {**private, "OPTIONS": options}}
    cache.clear()
