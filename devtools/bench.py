"""``./dev bench``: what things cost, beside a peer or SQL by hand in the same run."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from devtools.environment import ensure
from devtools.places import ROOT
from devtools.problems import UsageProblem

__all__ = ["main"]

_SHARED = ("__init__", "project")


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark that ``arguments`` begin with; return its exit code."""
    names = sorted(file.stem for file in (ROOT / "benchmarks").glob("*.py"))
    names = [name for name in names if name not in _SHARED]
    if not arguments or arguments[0] not in names:
        raise UsageProblem(f"which one? There are: {', '.join(names)}.")
    environment = ensure("dev")
    name, *rest = arguments
    command = [environment.python, "-m", f"benchmarks.{name}", *rest]
    return subprocess.run(command, cwd=ROOT, env=environment.variables(), check=False).returncode
