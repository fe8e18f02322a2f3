"""``./dev docs``: the documentation, with every warning an error."""

from __future__ import annotations

import subprocess

from devtools.environment import ensure
from devtools.places import MADE, ROOT

__all__ = ["build"]


def build() -> int:
    """Build ``docs/`` into ``.dev/docs``; return the exit code."""
    environment = ensure("dev")
    target = MADE / "docs"
    command = [environment.python, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    command += ["-d", str(MADE / "doctrees"), str(ROOT / "docs"), str(target)]
    code = subprocess.run(command, cwd=ROOT, env=environment.variables(), check=False).returncode
    if code == 0:
        print(f"Built {(target / 'index.html').relative_to(ROOT)}.")
    return code
