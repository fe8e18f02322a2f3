"""A private MariaDB: the system's, or packages unpacked for this repository alone."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from devtools import debian
from devtools.engines.base import Engine, EngineMissing
from devtools.processes import Child

__all__ = ["MariaDB"]

_DATABASE = "slipstream"

_SETTINGS = (
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    "--max-connections=150",
    # Lets an account without SUPER make triggers.
    "--log-bin-trust-function-creators=1",
    # A test database is thrown away: what guards against a power cut only costs time.
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=128M",
    "--innodb-fast-shutdown=2",
    "--innodb-stats-persistent=0",
    "--performance-schema=0",
    "--sync-frm=0",
)

# Read at every start, before the first connection. The accounts that the
# installation makes have no password.
_SETUP = """\
CREATE DATABASE IF NOT EXISTS {database};
CREATE OR REPLACE USER slipstream@'127.0.0.1' IDENTIFIED BY '{password}';
GRANT ALL ON *.* TO slipstream@'127.0.0.1' WITH GRANT OPTION;
DELETE FROM mysql.global_priv WHERE User NOT IN ('slipstream', 'mariadb.sys');
FLUSH PRIVILEGES;
"""


class MariaDB(Engine):
    """On a loopback port, with a folder of its own."""

    name = "MariaDB"

    def prepare(self) -> None:
        """Make the system tables."""
        self._program = debian.MARIADB.find()
        self._variables = debian.MARIADB.variables()
        self._data = self.folder / "data"
        self._password = secrets.token_hex(16)
        self._common = ["--no-defaults", f"--datadir={self._data}"]
        if os.geteuid() == 0:
            # It wants to be told; a test server can stay what its parent is.
            self._common.append("--user=root")
        base = Path(self._program).parent.parent
        if (base / "share" / "mysql").exists():
            self._common.append(f"--basedir={base}")
        setup = _SETUP.format(database=_DATABASE, password=self._password)
        (self.folder / "setup.sql").write_text(setup)
        self._install()

    def launch(self, port: int) -> Child:
        """Start on ``port``."""
        self._port = port
        self.url = f"mysql://slipstream:{self._password}@127.0.0.1:{port}/{_DATABASE}"
        own = (
            f"--port={port}",
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            f"--init-file={self.folder / 'setup.sql'}",
            f"--tmpdir={self.folder}",
        )
        return Child(
            [self._program, *self._common, *own, *_SETTINGS],
            env=self._variables,
            cwd=self.folder,
            log=self.log,
            lost_signal=signal.SIGKILL,
        )

    def is_ready(self) -> bool:
        """Whether it greets: the fifth byte of a greeting is the protocol's version."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as client:
                return client.recv(5)[4:] == b"\n"
        except OSError:
            return False

    def _install(self) -> None:
        program = find_installer(self._program, self._variables["PATH"])
        done = subprocess.run(
            [
                *(program, *self._common, f"--tmpdir={self.folder}"),
                *("--auth-root-authentication-method=normal", "--skip-test-db"),
                *("--skip-name-resolve", "--innodb-flush-method=nosync"),
            ],
            env=self._variables,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise EngineMissing(f"MariaDB cannot make its tables here:\n{done.stdout}")


def find_installer(server: str, path: str) -> str:
    """Return the program that makes the system tables for ``server``."""
    folders = [str(Path(server).resolve().parent.parent / "bin"), path]
    for name in ("mariadb-install-db", "mysql_install_db"):
        found = shutil.which(name, path=os.pathsep.join(folders))
        if found:
            return found
    raise EngineMissing(
        f"{server} is there, but mariadb-install-db is not "
        "(Debian, Ubuntu: apt install mariadb-server-core)."
    )
