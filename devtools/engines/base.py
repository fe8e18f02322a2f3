"""What all private servers have in common."""

from __future__ import annotations

import importlib.machinery
import os
import pwd
import shutil
import socket
import tempfile
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from devtools.problems import Problem
from devtools.processes import Child

__all__ = ["Engine", "EngineMissing", "free_port", "package_folder", "unprivileged"]

_ATTEMPTS = 3


class EngineMissing(Problem):
    """A server's program is not on this machine, or does not run here."""


class Engine(ABC):
    """A server with a temporary folder of its own; ``url`` is set while it runs."""

    name: ClassVar[str]
    patience: ClassVar[float] = 30
    """Seconds that a start may take."""

    url: str = ""

    def __init__(self, *, site_packages: Path | None = None) -> None:
        # Where to look for servers that wheels carry; by default, where imports look.
        self.site_packages = site_packages
        self.folder = Path()
        self._child: Child | None = None

    # -- what a server says of itself

    @abstractmethod
    def prepare(self) -> None:
        """Find the programs and fill ``folder``; raise EngineMissing where that fails."""

    @abstractmethod
    def launch(self, port: int) -> Child:
        """Start the server and set ``url``."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it takes connections."""

    # -- how it is used

    def start(self) -> Self:
        """Start the server and return when it takes connections."""
        self.folder = Path(tempfile.mkdtemp(prefix="slipstream-"))
        try:
            self.prepare()
            for _ in range(_ATTEMPTS):
                # Another process may take the free port first: then once more.
                self._child = self.launch(free_port())
                if self._wait():
                    return self
                self._child.stop()
            raise EngineMissing(f"{self.name} does not start here:\n{self._log_tail()}")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and remove its folder; harmless when it has ended already."""
        if self._child is not None:
            self._child.stop()
        if self.folder != Path():
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def is_alive(self) -> bool:
        """Whether the server still runs."""
        return self._child is not None and self._child.is_alive()

    @property
    def pid(self) -> int:
        """The server's process id."""
        if self._child is None:
            raise Problem(f"{self.name} has not been started.")
        return self._child.pid

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.folder / "log"

    # -- how it starts

    def _wait(self) -> bool:
        deadline = time.monotonic() + self.patience
        while self.is_alive() and time.monotonic() < deadline:
            if self.is_ready():
                return True
            time.sleep(0.01)
        return False

    def _log_tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-15:]) or "it says nothing."


def free_port() -> int:
    """Return a loopback port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def package_folder(name: str, site_packages: Path | None = None) -> Path | None:
    """Return where an installed package lies, without importing it."""
    path = None if site_packages is None else [str(site_packages)]
    spec = importlib.machinery.PathFinder.find_spec(name, path)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def unprivileged() -> tuple[int, int] | None:
    """Return the user and group that a server runs as when we are root, else None.

    Database servers refuse to run as root. ``nobody`` is on every system, so no
    account has to be made.
    """
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid
