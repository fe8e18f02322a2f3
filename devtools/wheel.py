"""``./dev wheel``: the package as others get it."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from devtools import trial
from devtools.environment import Environment, ensure
from devtools.places import MADE, ROOT
from devtools.problems import Problem
from devtools.processes import captured

__all__ = ["build_and_try", "problems"]

_PACKAGE = ROOT / "src" / "slipstream"
_NOT_SHIPPED = ("__pycache__", ".pyc", ".pot")


def build_and_try() -> int:
    """Build the wheel, look into it, and use it in an empty project; return the exit code."""
    environment = ensure("dev")
    wheel = _build(environment)
    print(f"Built {wheel.relative_to(ROOT)}", flush=True)
    with zipfile.ZipFile(wheel) as archive:
        found = problems(archive.namelist(), _sources())
    if found:
        raise Problem("The wheel is not what it should be:\n" + "\n".join(found))
    with tempfile.TemporaryDirectory(prefix="slipstream-") as folder:
        trial.run(wheel, Path(folder))
    print("The wheel works in an empty project on the stock user model.")
    return 0


def problems(shipped: Iterable[str], sources: Iterable[str]) -> list[str]:
    """Return what a wheel holds too much, and what it lacks of the package's ``sources``."""
    files = {name for name in shipped if not name.endswith("/")}
    inside = {name for name in files if name.startswith("slipstream/")}
    metadata = {name for name in files if name.partition("/")[0].endswith(".dist-info")}
    extra = (files - inside - metadata) | (inside - set(sources))
    found = [f"{name} does not belong there." for name in sorted(extra)]
    found += [f"{name} is missing." for name in sorted(set(sources) - inside)]
    if "slipstream/py.typed" not in inside:
        found.append("slipstream/py.typed is missing: type checkers would not look inside.")
    return found


def _sources() -> list[str]:
    names = [
        str(file.relative_to(_PACKAGE.parent)) for file in _PACKAGE.rglob("*") if file.is_file()
    ]
    return [name for name in names if not any(part in name for part in _NOT_SHIPPED)]


def _build(environment: Environment) -> Path:
    target = MADE / "dist"
    shutil.rmtree(target, ignore_errors=True)
    command = [environment.python, "-m", "build", "--no-isolation", "--outdir", str(target), "."]
    done = captured(command, env=environment.variables(), cwd=ROOT)
    wheels = list(target.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        raise Problem(f"{done.stdout}\nThe wheel could not be built; see above.")
    return wheels[0]
