from __future__ import annotations

from pathlib import Path

import pytest

from devtools import requirements
from devtools.places import REQUIREMENTS


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the requirements, to be changed."""
    for name in ("run.txt", "dev.txt"):
        (tmp_path / name).write_text((REQUIREMENTS / name).read_text())
    monkeypatch.setattr(requirements, "REQUIREMENTS", tmp_path)
    return tmp_path / "run.txt"


def test_they_are_what_is_asked_for() -> None:
    assert requirements.problems() == []


@pytest.mark.parametrize(
    "line",
    ["--index-url https://mirror.test/simple", "-i //mirror", "x @ https://mirror.test/x.whl"],
)
def test_an_address_is_found(changed: Path, line: str) -> None:
    changed.write_text(f"{changed.read_text()}{line}\n")
    assert [problem for problem in requirements.problems() if "holds an address" in problem]


def test_a_changed_wish_is_found(changed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        requirements,
        "_pyproject",
        lambda: {
            "project": {"dependencies": ["Django>=5.2"], "requires-python": ">=3.11"},
            "dependency-groups": {"run": ["new_Thing>=1"], "dev": [{"include-group": "run"}]},
        },
    )
    problems = requirements.problems()
    assert "requirements/run.txt is not what pyproject.toml asks for: run ./dev lock." in problems
    assert "requirements/run.txt lacks new-thing: run ./dev lock." in problems


def test_a_version_that_development_does_not_have_is_found(changed: Path) -> None:
    changed.write_text(f"{changed.read_text()}granian==0.0.1 \\\n")
    assert any("granian==0.0.1" in problem for problem in requirements.problems())
