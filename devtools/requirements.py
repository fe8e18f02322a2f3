"""The pinned requirements, compiled from pyproject.toml and checked against it."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from typing import Any

from devtools.environment import Group, ensure
from devtools.places import REQUIREMENTS, ROOT
from devtools.problems import Problem

__all__ = ["compile_all", "problems"]

_GROUPS: tuple[Group, ...] = ("dev", "run")
_HEADER = "# Compiled by ./dev lock; pyproject.toml asked for "
_NAME = re.compile(r"^[A-Za-z0-9._-]+")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_ADDRESS = re.compile(
    r"\S+://\S+|^--?(?:index-url|extra-index-url|find-links|i|f)\b.*", re.MULTILINE
)


def compile_all(*, upgrade: bool) -> int:
    """Write ``requirements/*.txt``; versions stay as they are unless ``upgrade``."""
    python = ensure("dev").python
    for group in _GROUPS:
        command = [python, "-m", "uv", "pip", "compile", "pyproject.toml", "--group", group]
        command += ["--universal", "--generate-hashes", "--no-header", "--quiet"]
        command += ["--python-version", _oldest_python(), "-o", f"requirements/{group}.txt"]
        if group != "dev":
            # Then "dev" holds what "run" does, in the same versions.
            command += ["--constraint", "requirements/dev.txt"]
        elif upgrade:
            command.append("--upgrade")
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise Problem(f"uv could not compile requirements/{group}.txt; see above.")
        file = REQUIREMENTS / f"{group}.txt"
        pins = "".join(
            line for line in file.read_text().splitlines(keepends=True) if _HEADER not in line
        )
        file.write_text(f"{_HEADER}{_asked(group)}\n{pins}")
        print(f"requirements/{group}.txt: {len(_PIN.findall(pins))} packages")
    return 0


def problems() -> list[str]:
    """Return how ``requirements/*.txt`` differ from what pyproject.toml asks for."""
    texts = {group: (REQUIREMENTS / f"{group}.txt").read_text() for group in _GROUPS}
    found = []
    for group, text in texts.items():
        name = f"requirements/{group}.txt"
        if not text.startswith(f"{_HEADER}{_asked(group)}\n"):
            found.append(f"{name} is not what pyproject.toml asks for: run ./dev lock.")
        pinned = {_normal(package) for package, _ in _PIN.findall(text)}
        missing = sorted(set(map(_normal, _wanted(group))) - pinned)
        if missing:
            found.append(f"{name} lacks {', '.join(missing)}: run ./dev lock.")
        found += [f"{name} holds an address: {match.group()}" for match in _ADDRESS.finditer(text)]
    strangers = sorted(set(_PIN.findall(texts["run"])) - set(_PIN.findall(texts["dev"])))
    found += [
        f"requirements/run.txt has {name}=={version}, requirements/dev.txt has not."
        for name, version in strangers
    ]
    return found


def _asked(group: Group) -> str:
    """Return a digest of everything that decides what is compiled for ``group``."""
    asked = [_oldest_python(), sorted(_lines(group))]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def _wanted(group: Group) -> Iterator[str]:
    """Yield the names of the packages that ``group`` asks for, itself."""
    for line in _lines(group):
        match = _NAME.match(line)
        if match:
            yield match.group()


def _lines(group: str) -> Iterator[str]:
    pyproject = _pyproject()
    yield from pyproject["project"]["dependencies"]
    yield from _group_lines(pyproject["dependency-groups"], group)


def _group_lines(groups: dict[str, list[Any]], name: str) -> Iterator[str]:
    for entry in groups[name]:
        if isinstance(entry, str):
            yield entry
        else:
            yield from _group_lines(groups, entry["include-group"])


def _pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def _oldest_python() -> str:
    asked: str = _pyproject()["project"]["requires-python"]
    return asked.removeprefix(">=")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
