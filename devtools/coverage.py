"""How much of the package the tests run, all jobs taken together."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from devtools.environment import Environment
from devtools.places import MADE, ROOT

__all__ = ["Coverage"]


class Coverage:
    """Collects what several processes write, then holds it against the threshold."""

    runner = ("-m", "coverage", "run")

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._folder = Path(MADE / "coverage")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)

    def variables(self) -> dict[str, str]:
        """Return what tells a measured process where to write."""
        return {"COVERAGE_FILE": str(self._folder / "data")}

    def report(self) -> bool:
        """Print the report; return whether it reaches the threshold in pyproject.toml."""
        print("\nCoverage of src/slipstream, all jobs together:", flush=True)
        return self._run("combine", "--quiet") and self._run("report")

    def _run(self, *arguments: str) -> bool:
        command = [self._environment.python, "-m", "coverage", *arguments]
        variables = {**self._environment.variables(), **self.variables()}
        return subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode == 0
