from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model


@pytest.fixture
def people(db: None) -> Callable[[int], list[Any]]:
    """Make so many users, whichever the user model: u0, u1, …"""

    def make(count: int) -> list[Any]:
        model = get_user_model()
        return [model.objects.create_user(username=f"u{i}") for i in range(count)]

    return make
