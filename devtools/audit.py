"""``./dev audit``: whole pages, as a validator of HTML and as Lighthouse judge them.

Apart from ``./dev test``, since it needs Node.js and packages of npm.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Callable, Sequence

from devtools import audit_lighthouse
from devtools.audit_packages import npm_packages
from devtools.browser import find_browser
from devtools.environment import ensure
from devtools.places import ROOT

__all__ = ["main"]


def main(arguments: Sequence[str]) -> int:
    """Make the audits that are named, or all; return the exit code."""
    parser = argparse.ArgumentParser("./dev audit", allow_abbrev=False)
    parser.add_argument("audits", nargs="*", metavar="AUDIT", help=", ".join(AUDITS))
    options = parser.parse_args(arguments)
    unknown = set(options.audits) - set(AUDITS)
    if unknown:
        parser.error(f"there is no audit {', '.join(sorted(unknown))}")
    passed = [AUDITS[name]() for name in options.audits or AUDITS]
    return 0 if all(passed) else 1


def _html() -> bool:
    """Validate what the server sends for each page; it is a test, but for what it needs."""
    environment = ensure("dev")
    npm_packages()
    find_browser()
    command = [environment.python, "-m", "pytest", "--quiet", "tests/browser/validity.py"]
    command += ["--project", "gallery", "--engine", "sqlite"]
    done = subprocess.run(command, cwd=ROOT, env=environment.variables(), check=False)
    return done.returncode == 0


AUDITS: dict[str, Callable[[], bool]] = {"html": _html, "lighthouse": audit_lighthouse.judge}
