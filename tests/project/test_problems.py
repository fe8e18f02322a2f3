from __future__ import annotations

import pytest

from devtools.problems import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgres://ann:secret@db:5432/x", "postgres://ann:***@db:5432/x"),
        ("redis://:secret@db/0", "redis://:***@db/0"),
        ("a postgres://ann:s@cr@t@db/x b", "a postgres://ann:***@db/x b"),
        ("http://localhost:8000/@mina", "http://localhost:8000/@mina"),
        ("postgres://db/x", "postgres://db/x"),
    ],
)
def test_passwords_in_urls_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_known_secrets_are_masked_wherever_they_stand() -> None:
    assert masked("password authentication: hunter2", "", "hunter2") == (
        "password authentication: ***"
    )
