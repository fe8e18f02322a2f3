"""A headless browser that can show Korean."""

from __future__ import annotations

import ctypes
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from devtools.debian import CHROMIUM, FONTS, LIBATOMIC
from devtools.places import MADE

__all__ = ["Browser", "find_browser"]

# The system's fonts and rules first; the fetched folder is there for what they lack.
_FONTS_CONFIGURATION = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>/usr/share/fonts</dir>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias binding="weak">
    <family>sans-serif</family>
    <prefer><family>DejaVu Sans</family><family>NanumGothic</family></prefer>
  </alias>
  <alias binding="weak">
    <family>system-ui</family>
    <prefer><family>DejaVu Sans</family><family>NanumGothic</family></prefer>
  </alias>
</fontconfig>
"""


@dataclass(frozen=True)
class Browser:
    """Where it is, and the environment that it and its driver run in."""

    path: str
    variables: dict[str, str]
    has_sandbox: bool
    """Whether its sandbox works: not for root, nor in most containers."""


def find_browser() -> Browser:
    """Return the system's Chromium or our own, with a Korean font in either case."""
    path = CHROMIUM.find()
    variables = CHROMIUM.variables() if not CHROMIUM.on_system() else dict(os.environ)
    if not _has_libatomic():
        LIBATOMIC.fetch()
        variables = LIBATOMIC.variables(variables)
    if not _has_korean_font():
        FONTS.fetch()
        variables["FONTCONFIG_FILE"] = str(_write_fonts_configuration())
    return Browser(path, variables, has_sandbox=os.geteuid() != 0 and _has_user_namespaces())


def _has_user_namespaces() -> bool:
    command = ["unshare", "--user", "true"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _has_libatomic() -> bool:
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def _has_korean_font() -> bool:
    names = ("Nanum*", "NotoSansCJK*", "NotoSansKR*")
    folder = Path("/usr/share/fonts")
    return any(next(folder.rglob(name), None) for name in names)


def _write_fonts_configuration() -> Path:
    file = MADE / "fonts.conf"
    content = _FONTS_CONFIGURATION.format(
        fonts=FONTS.root / "usr/share/fonts", cache=MADE / "fonts-cache"
    )
    if not file.exists() or file.read_text() != content:
        file.write_text(content)
    return file
