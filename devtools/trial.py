"""The wheel in an empty project: stock user model, one app, nothing of this repository.

The project is what README.md tells a reader to write. A comment before a block
says which file it is::

    <!-- quickstart: settings.py -->
    ```python
    INSTALLED_APPS += ["slipstream.follows"]
    ```

``settings.py`` and ``urls.py`` are appended to those that Django makes,
``tasks/models.py`` and ``tasks/verbs.py`` are in the app ``tasks``; any other file
is run, in the order of the page, with Django set up.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from devtools.environment import Environment, pip
from devtools.places import REQUIREMENTS, ROOT
from devtools.problems import Problem
from devtools.processes import captured

__all__ = ["quickstart", "run"]

_BLOCK = re.compile(
    r"<!-- quickstart: (?P<file>\S+) -->\s*```python\n(?P<code>.*?)^```", re.DOTALL | re.MULTILINE
)
_APPENDED = ("settings.py", "urls.py")

# What Django itself needs; `pip check` notices if it comes to need more.
_DJANGO = ("django", "asgiref", "sqlparse", "tzdata")

# Where README.md shows nothing of its own.
_SETTINGS = """\
INSTALLED_APPS += ["slipstream.follows"]
"""
_SCRIPT = """\
from django.contrib.auth import get_user_model

from slipstream.follows import follow, is_following, unfollow

User = get_user_model()
ann = User.objects.create_user("ann")
ben = User.objects.create_user("ben")

assert follow(ann, ben)
assert not follow(ann, ben)
assert is_following(ann, ben)
assert list(ann.follows.all()) == [ben]
assert list(ben.followers.all()) == [ann]
assert unfollow(ann, ben)
assert not is_following(ann, ben)
"""


def quickstart(readme: str) -> list[tuple[str, str]]:
    """Return the files that a page tells its reader to write, in order."""
    return [(match["file"], match["code"]) for match in _BLOCK.finditer(readme)]


def run(wheel: Path, folder: Path) -> None:
    """Install ``wheel`` in ``folder`` and try it there; raise a Problem if it does not work."""
    environment = Environment(folder / "venv")
    environment.make_empty()
    _install(wheel, folder, environment)
    project = folder / "project"
    project.mkdir()
    _call(environment, folder, "-m", "django", "startproject", "mysite", str(project))

    blocks = quickstart((ROOT / "README.md").read_text()) if (ROOT / "README.md").exists() else []
    names = [name for name, _ in blocks]
    if "settings.py" not in names:
        blocks.insert(0, ("settings.py", _SETTINGS))
    if not any(_is_run(name) for name in names):
        blocks.append(("quickstart.py", _SCRIPT))
    for name, code in blocks:
        if name in _APPENDED:
            with (project / "mysite" / name).open("a") as file:
                file.write(f"\n{code}")
        elif not _is_run(name):
            app = (project / name).parent
            (app / "migrations").mkdir(parents=True, exist_ok=True)
            (app / "migrations" / "__init__.py").touch()
            (project / name).write_text(code)
    _manage(environment, project)
    for name, code in blocks:
        if _is_run(name):
            print(f"Running {name} …", flush=True)
            (project / name).write_text(code)
            _call(environment, project, "manage.py", "shell", "-c", f"exec(open({name!r}).read())")


def _is_run(name: str) -> bool:
    return name not in _APPENDED and "/" not in name


def _manage(environment: Environment, project: Path) -> None:
    django = environment.site_packages / "django"
    before = _files(django) | _files(environment.site_packages / "slipstream")
    commands = (
        ("check", "--fail-level", "WARNING"),
        # In earnest: this is how a package comes to write into another.
        ("makemigrations",),
        ("migrate",),
        ("makemigrations", "--check", "--dry-run"),
    )
    for command in commands:
        print(f"Running manage.py {' '.join(command)} …", flush=True)
        _call(environment, project, "manage.py", *command)
    added = (_files(django) | _files(environment.site_packages / "slipstream")) - before
    if added:
        raise Problem("Written into an installed package: " + ", ".join(map(str, sorted(added))))


def _files(folder: Path) -> set[Path]:
    return {file for file in folder.rglob("*") if file.suffix not in (".pyc", "")}


def _install(wheel: Path, folder: Path, environment: Environment) -> None:
    print("Installing it with the pinned Django into an empty environment …", flush=True)
    pins = folder / "django.txt"
    pins.write_text("".join(_pins((REQUIREMENTS / "run.txt").read_text())))
    into = [*pip(), "--disable-pip-version-check", "--python", environment.python]
    hashes = ("--require-hashes", "--only-binary", ":all:", "--requirement", str(pins))
    for command in (
        [*into, "install", *hashes],
        [*into, "install", "--no-deps", "--no-index", str(wheel)],
        [*into, "check"],
    ):
        _run(command, folder)


def _pins(requirements: str) -> Iterator[str]:
    """Yield the entries, hashes and all, of what Django needs."""
    for entry in re.split(r"^(?=\S)", requirements, flags=re.MULTILINE):
        if entry.partition("==")[0].lower() in _DJANGO:
            yield entry


def _call(environment: Environment, folder: Path, *arguments: str) -> None:
    _run([environment.python, *arguments], folder)


def _run(command: list[str], folder: Path) -> None:
    # Nothing of this repository, and of no other project, may leak in.
    hidden = ("DJANGO_", "PYTHONPATH", "DATABASE_URL", "COVERAGE_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    done = captured(command, env=env, cwd=folder)
    if done.returncode:
        raise Problem(f"{done.stdout}\nFailed: {' '.join(command[-3:])}")
