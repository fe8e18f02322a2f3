"""The virtual environment that everything but ``devtools`` itself runs in.

Made without ensurepip, which Debian keeps in a package of its own: an empty
environment that the pip of the calling Python fills from outside.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from devtools.places import MADE, REQUIREMENTS, ROOT, alone
from devtools.problems import Problem, masked
from devtools.processes import captured

__all__ = ["Environment", "Group", "ensure", "pip"]

Group = Literal["run", "dev"]

# What each group asks for. "dev" holds everything that "run" does.
_FILES: dict[Group, tuple[str, ...]] = {"run": ("run.txt",), "dev": ("run.txt", "dev.txt")}


@dataclass(frozen=True)
class Environment:
    """A virtual environment for one minor version of Python."""

    folder: Path
    interpreter: str = sys.executable
    """The Python that makes it."""

    @property
    def python(self) -> str:
        """Its own interpreter."""
        return str(self.folder / "bin" / "python")

    @property
    def site_packages(self) -> Path:
        """Where its packages lie."""
        return next(self.folder.glob("lib/python3.*/site-packages"))

    def has(self, group: Group) -> bool:
        """Whether it holds exactly what the requirement files of ``group`` ask for now."""
        return all(self._stamp().get(name) == _digest(name) for name in _FILES[group]) and (
            Path(self.python).exists()
        )

    def ensure(self, group: Group) -> None:
        """Make it, or bring it up to date; nothing to do takes no time."""
        if self.has(group):
            return
        with alone(f"setting up {self.folder.name}"):
            if self.has(group):
                return
            if not self._only_lacks(group):
                self.make_empty()
                self._show_repository()
            self._install(_FILES[group][-1])
            self._write_stamp(group)

    def make_empty(self) -> None:
        """Make it anew, with nothing in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        command = [self.interpreter, "-m", "venv", "--without-pip", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Problem(f"Cannot make a virtual environment:\n{done.stdout}{done.stderr}")

    def variables(self) -> dict[str, str]:
        """The environment variables that make it the active one."""
        path = os.pathsep.join([str(self.folder / "bin"), os.environ.get("PATH", os.defpath)])
        return {**os.environ, "VIRTUAL_ENV": str(self.folder), "PATH": path}

    # -- how it is made

    def _stamp(self) -> dict[str, str]:
        try:
            stamp = json.loads((self.folder / "requirements.json").read_text())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def _write_stamp(self, group: Group) -> None:
        stamp = {name: _digest(name) for name in _FILES[group]}
        (self.folder / "requirements.json").write_text(json.dumps(stamp))

    def _only_lacks(self, group: Group) -> bool:
        """Whether what is there is right as far as it goes, so that pip can add to it."""
        stamp = self._stamp()
        return bool(stamp) and all(
            stamp.get(name) in (None, _digest(name)) for name in _FILES[group]
        )

    def _show_repository(self) -> None:
        # Says where the code is, with no build and no copy of it.
        paths = f"{ROOT / 'src'}\n{ROOT}\n"
        (self.site_packages / "repository.pth").write_text(paths)

    def _install(self, name: str) -> None:
        # The stamp goes first: an interrupted installation then counts as none.
        (self.folder / "requirements.json").unlink(missing_ok=True)
        print(f"Installing requirements/{name} into {_shown(self.folder)} (first time only) …")
        sys.stdout.flush()
        command = [*pip(), "--python", self.python, "install", "--quiet"]
        command += ["--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
        command += ["--requirement", str(REQUIREMENTS / name)]
        variables = {**os.environ, "PIP_NO_INPUT": "1", "PIP_USER": "0"}
        done = captured(command, env=variables)
        if done.returncode:
            raise Problem(f"{masked(done.stdout)}\npip could not install requirements/{name}.")


def ensure(group: Group, *, interpreter: str = sys.executable, minor: str = "") -> Environment:
    """Return the environment of ``interpreter``, with everything in ``group``.

    ``minor`` is the interpreter's version, such as ``"3.12"``.
    """
    minor = minor or f"{sys.version_info.major}.{sys.version_info.minor}"
    environment = Environment(MADE / f"venv-{minor}", interpreter)
    environment.ensure(group)
    return environment


def _digest(name: str) -> str:
    try:
        return hashlib.sha256((REQUIREMENTS / name).read_bytes()).hexdigest()
    except OSError as error:
        raise Problem(f"Cannot read requirements/{name}: {error.strerror}.") from error


def pip() -> list[str]:
    """Return the command that starts the pip of the calling Python."""
    candidates = [[sys.executable, "-m", "pip"], ["pip3"], ["pip"]]
    for command in candidates:
        if shutil.which(command[0]) and _runs([*command, "--version"]):
            break
    else:
        raise Problem(
            f"pip is missing: {sys.executable} -m pip does not run.\n"
            "Install it (Debian, Ubuntu: apt install python3-pip) and try again."
        )
    if not _runs([*command, "--python", sys.executable, "--version"]):
        raise Problem(f"{' '.join(command)} is too old: version 22.3 or newer is needed.")
    return command


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
