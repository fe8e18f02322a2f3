"""Other versions of Python on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

__all__ = ["find_python"]


def find_python(minor: str) -> str | None:
    """Return a Python of version ``minor``, such as ``"3.13"``: from PATH, else from pyenv."""
    return next((path for path in _candidates(minor) if _is(path, minor)), None)


def _candidates(minor: str) -> Iterator[str]:
    found = shutil.which(f"python{minor}")
    if found:
        yield found
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for folder in sorted(root.glob(f"versions/{minor}.*"), reverse=True):
        yield str(folder / "bin" / "python")


def _is(path: str, minor: str) -> bool:
    # Asked, since a shim of pyenv exists for versions that are not active.
    command = [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.strip() == minor
