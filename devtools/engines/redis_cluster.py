"""A private Redis Cluster of three masters, for tests."""

from __future__ import annotations

import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from devtools import debian
from devtools.engines.base import EngineMissing, free_port
from devtools.engines.redis import find_redis
from devtools.processes import Child

__all__ = ["RedisCluster"]

_MASTERS, _SLOTS = 3, 16_384
_BUS = 10_000  # above its port, a node listens for the others
_HIGHEST = 65_535
_ATTEMPTS, _PATIENCE = 3, 15


class RedisCluster:
    """On loopback ports behind a password; ``url`` is set while it runs."""

    url: str = ""

    def __init__(self, *, site_packages: Path | None = None) -> None:
        self.site_packages = site_packages
        self.folder = Path()
        self.ports: list[int] = []
        self._nodes: list[Child] = []
        self._password = secrets.token_hex(16)

    def start(self) -> Self:
        """Start the masters and return when each knows who has which slots."""
        self.folder = Path(tempfile.mkdtemp(prefix="slipstream-"))
        try:
            program = find_redis(self.site_packages)
            for _ in range(_ATTEMPTS):
                # Another process may take a free port first: then once more.
                if self._start_nodes(program):
                    hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
                    self.url = f"redis+cluster://:{self._password}@{hosts}"
                    return self
                self._stop_nodes()
            raise EngineMissing("Redis Cluster does not start here.")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End all nodes and remove their folder; harmless when they have ended already."""
        self._stop_nodes()
        if self.folder != Path():
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def pids(self) -> list[int]:
        """The process ids of the masters."""
        return [node.pid for node in self._nodes]

    # -- how it starts

    def _start_nodes(self, program: str) -> bool:
        self.ports = _free_ports(_MASTERS)
        self._nodes = [self._launch(program, port) for port in self.ports]
        deadline = time.monotonic() + _PATIENCE
        if not self._until(deadline, lambda port: self._ask(port, "PING").startswith("+PONG")):
            return False
        for number, port in enumerate(self.ports):
            first, beyond = (_SLOTS * each // _MASTERS for each in (number, number + 1))
            self._ask(port, "CLUSTER", "ADDSLOTS", *map(str, range(first, beyond)))
            self._ask(port, "CLUSTER", "SET-CONFIG-EPOCH", str(number + 1))
            self._ask(self.ports[0], "CLUSTER", "MEET", "127.0.0.1", str(port))
        return self._until(deadline, self._is_joined)

    def _launch(self, program: str, port: int) -> Child:
        folder = self.folder / str(port)
        folder.mkdir()
        # In a file, since every user can read a command line.
        configuration = folder / "redis.conf"
        configuration.write_text(
            f'requirepass {self._password}\nport {port}\nbind 127.0.0.1\ndir "{folder}"\n'
            'save ""\nappendonly no\ncluster-enabled yes\ncluster-node-timeout 2000\n'
            "cluster-announce-ip 127.0.0.1\n"
        )
        command = [program, str(configuration)]
        return Child(command, env=debian.REDIS.variables(), log=folder / "log")

    def _is_joined(self, port: int) -> bool:
        known = self._ask(port, "CLUSTER", "INFO")
        return f"cluster_known_nodes:{_MASTERS}" in known and "cluster_state:ok" in known

    def _until(self, deadline: float, is_so: Callable[[int], bool]) -> bool:
        waiting = list(self.ports)
        while waiting and time.monotonic() < deadline:
            if not all(node.is_alive() for node in self._nodes):
                return False
            waiting = [port for port in waiting if not is_so(port)]
            time.sleep(0.02)
        return not waiting

    def _ask(self, port: int, *words: str) -> str:
        """Return what a node answers, or nothing; without a driver, as all of devtools."""
        sent = "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as client:
            client.settimeout(1)
            client.sendall(f"AUTH {self._password}\r\n".encode())
            client.recv(64)
            client.sendall(f"*{len(words)}\r\n{sent}".encode())
            return client.recv(4096).decode()
        return ""

    def _stop_nodes(self) -> None:
        for node in self._nodes:
            node.stop()
        self._nodes = []
        for port in self.ports:
            shutil.rmtree(self.folder / str(port), ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    """Return loopback ports that are free at this moment, as are those of their buses."""
    found: set[int] = set()
    while len(found) < count:
        port = free_port()
        port = port if port + _BUS <= _HIGHEST else port - _BUS
        if all(map(_is_free, (port, port + _BUS))):
            found.add(port)
    return sorted(found)


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False
