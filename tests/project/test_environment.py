from __future__ import annotations

from pathlib import Path

import pytest

from devtools import environment as module
from devtools import places
from devtools.environment import Environment


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Replace the requirements, and what installs them: note it instead."""
    names: list[str] = []
    for file in ("run.txt", "dev.txt"):
        (tmp_path / file).write_text(file)
    monkeypatch.setattr(module, "REQUIREMENTS", tmp_path)
    monkeypatch.setattr(places, "MADE", tmp_path / ".dev")
    monkeypatch.setattr(Environment, "_install", lambda self, name: names.append(name))
    return names


@pytest.fixture
def environment(tmp_path: Path, installed: list[str]) -> Environment:
    return Environment(tmp_path / ".dev" / "venv")


def test_made_once(environment: Environment, installed: list[str]) -> None:
    assert not environment.has("run")
    environment.ensure("run")
    environment.ensure("run")
    assert installed == ["run.txt"]
    assert environment.has("run")
    assert Path(environment.python).exists()
    assert str(places.ROOT) in (environment.site_packages / "repository.pth").read_text()


def test_what_is_there_is_added_to(environment: Environment, installed: list[str]) -> None:
    environment.ensure("run")
    (environment.folder / "mark").touch()
    environment.ensure("dev")
    environment.ensure("run")
    assert installed == ["run.txt", "dev.txt"]
    assert (environment.folder / "mark").exists()


def test_other_requirements_mean_a_new_one(
    environment: Environment, installed: list[str], tmp_path: Path
) -> None:
    environment.ensure("dev")
    (environment.folder / "mark").touch()
    (tmp_path / "run.txt").write_text("changed")
    assert not environment.has("dev")
    environment.ensure("dev")
    assert installed == ["dev.txt", "dev.txt"]
    assert not (environment.folder / "mark").exists()


def test_an_interrupted_one_is_made_again(
    environment: Environment, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: Environment, name: str) -> None:
        (self.folder / "half").touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Environment, "_install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            environment.ensure("run")
    assert not environment.has("run")
    environment.ensure("run")
    assert installed == ["run.txt"]
    assert not (environment.folder / "half").exists()


@pytest.mark.parametrize("stamp", ["", "{", "[]", "null"])
def test_a_damaged_stamp_is_none(environment: Environment, stamp: str) -> None:
    environment.ensure("run")
    (environment.folder / "requirements.json").write_text(stamp)
    assert not environment.has("run")


def test_a_lost_interpreter_means_a_new_one(environment: Environment, installed: list[str]) -> None:
    environment.ensure("run")
    Path(environment.python).unlink()
    environment.ensure("run")
    assert installed == ["run.txt", "run.txt"]
