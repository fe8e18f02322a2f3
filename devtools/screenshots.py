"""``./dev screenshots``: what every page looks like, and all of them on one sheet."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from devtools.browser import find_browser
from devtools.environment import ensure
from devtools.places import ROOT

__all__ = ["main"]


def main(arguments: Sequence[str]) -> int:
    """Take the pictures and put the sheet together; return the exit code.

    Like a test it has a database, a server and a browser of its own; further ``arguments``
    go to pytest.
    """
    environment = ensure("dev")
    find_browser()
    command = [environment.python, "-m", "pytest", "--quiet", "tests/browser/sheet.py"]
    command += ["--project", "gallery", "--engine", "sqlite", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment.variables(), check=False).returncode
