"""Programs from Debian's archive, unpacked for this repository alone.

apt resolves, fetches and verifies; nothing is installed, so neither root nor a
changed system is needed. Each program is looked for on the system first.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools.places import PACKAGES, alone
from devtools.problems import Problem, masked
from devtools.processes import captured

__all__ = [
    "CHROMIUM",
    "FONTS",
    "GETTEXT",
    "LIBATOMIC",
    "MARIADB",
    "POSTGRES",
    "REDIS",
    "Bundle",
    "can_fetch",
    "with_libraries",
]

_APT = PACKAGES / "apt"
_TOOLS = ("apt-get", "dpkg-deb")

# Later than the machine's own settings, and before the command line. Hooks of
# the system's package manager act on the system's folders: not our business.
_APT_CONFIGURATION = """\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Install-Pkgs;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
Dir::State "{state}";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "{cache}";
Dir::Log "{state}";
Debug::NoLocking "true";
APT::Install-Recommends "false";
APT::Keep-Downloaded-Packages "true";
Acquire::Languages "none";
Acquire::Retries "3";
"""


@dataclass(frozen=True)
class Bundle:
    """A few Debian packages that bring one program."""

    name: str
    packages: tuple[str, ...]
    programs: tuple[str, ...] = ()
    """Any of these is as good, on the system or in the bundle; best first."""

    @property
    def root(self) -> Path:
        """Where the packages are unpacked, as if it were ``/``."""
        return PACKAGES / self.name / "root"

    def on_system(self) -> str | None:
        """Return the system's program, if it has one."""
        return next(filter(None, map(shutil.which, self.programs)), None)

    def is_at_hand(self) -> bool:
        """Whether the program is there without fetching anything."""
        return bool(self.on_system()) or self.is_fetched()

    def is_fetched(self) -> bool:
        """Whether the packages were unpacked, completely."""
        try:
            return (self.root.parent / "complete").read_text() == " ".join(self.packages)
        except OSError:
            return False

    def fetch(self) -> None:
        """Fetch and unpack the packages, once."""
        if self.is_fetched():
            return
        with alone("fetching Debian packages"):
            if not self.is_fetched():
                _unpack(self)

    def find(self) -> str:
        """Return the path of the program: the system's, else from the bundle."""
        system = self.on_system()
        if system:
            return system
        self.fetch()
        for program in self.programs:
            found = shutil.which(program, path=self._path())
            if found:
                return found
        raise Problem(f"{', '.join(self.packages)} brought none of {', '.join(self.programs)}.")

    def variables(self, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        """Return ``base`` so that what was fetched runs in it; as it is, if nothing was."""
        if not self.is_fetched():
            return dict(base)
        path = os.pathsep.join([self._path(), base.get("PATH", os.defpath)])
        return {**with_libraries(self.root, base), "PATH": path}

    def _path(self) -> str:
        # The package's own folder first: what lies in usr/bin may start the system's copy.
        folders = ("usr/lib/chromium", "usr/bin", "usr/sbin", "bin", "sbin")
        return os.pathsep.join(str(self.root / folder) for folder in folders)


CHROMIUM = Bundle(
    "chromium",
    ("chromium-headless-shell",),
    ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome"),
)
FONTS = Bundle("fonts", ("fonts-nanum",))
# What the program that drives the browser is linked against.
LIBATOMIC = Bundle("libatomic", ("libatomic1",))
GETTEXT = Bundle("gettext", ("gettext",), ("xgettext",))
REDIS = Bundle("redis", ("redis-server",), ("redis-server",))
# Whichever version this release has; with its extensions, which wheels lack.
POSTGRES = Bundle("postgres", ("postgresql",), ("postgres",))
MARIADB = Bundle("mariadb", ("mariadb-server-core", "mariadb-client-core"), ("mariadbd", "mysqld"))


def can_fetch() -> bool:
    """Whether this system has the tools that fetch and unpack packages."""
    return all(map(shutil.which, _TOOLS))


def with_libraries(root: Path, base: Mapping[str, str]) -> dict[str, str]:
    """Return ``base`` so that programs find the libraries of packages unpacked in ``root``."""
    # Some packages keep libraries in a folder of their own, with an absolute path to it.
    files = [*root.glob("lib/*-*/**/lib*.so*"), *root.glob("usr/lib/*-*/**/lib*.so*")]
    folders = [*map(str, sorted({file.parent for file in files})), base.get("LD_LIBRARY_PATH", "")]
    return {**base, "LD_LIBRARY_PATH": os.pathsep.join(filter(None, folders))}


def _unpack(bundle: Bundle) -> None:
    wanted = " ".join(bundle.packages)
    if not can_fetch():
        raise Problem(
            f"{bundle.name} is not on this machine. This is no Debian or Ubuntu "
            f"(without {' and '.join(_TOOLS)}), so install it yourself: what Debian calls {wanted}."
        )
    print(f"Fetching {wanted} (first time only, the system stays as it is) …", flush=True)
    folder = bundle.root.parent
    shutil.rmtree(folder, ignore_errors=True)
    archives = folder / "archives"
    (archives / "partial").mkdir(parents=True)
    bundle.root.mkdir()
    _apt_get("update")
    _apt_get(
        # Again even what is installed: its program was looked for and not found.
        *("install", "--download-only", "--reinstall", "--yes"),
        *("-o", f"Dir::Cache::archives={archives}"),
        *bundle.packages,
    )
    for archive in sorted(archives.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(archive), str(bundle.root)])
    shutil.rmtree(archives)
    (folder / "complete").write_text(wanted)


def _apt_get(*arguments: str) -> None:
    state, cache = _APT / "state", _APT / "cache"
    (state / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (cache / "archives" / "partial").mkdir(parents=True, exist_ok=True)
    configuration = _APT / "apt.conf"
    configuration.write_text(_APT_CONFIGURATION.format(state=state, cache=cache))
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    _run(["apt-get", "-qq", "-c", str(configuration), *arguments], env=variables)


def _run(command: Sequence[str], env: dict[str, str] | None = None) -> None:
    done = captured(command, env=env)
    if done.returncode:
        raise Problem(f"{masked(done.stdout)}\n{command[0]} failed; its output is above.")
