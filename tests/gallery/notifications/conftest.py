from __future__ import annotations

import pytest

from gallery.accounts.models import User


@pytest.fixture
def haru(make_person) -> User:
    return make_person("haru", name="하루")


@pytest.fixture
def minjun(make_person) -> User:
    return make_person("minjun", name="민준")
