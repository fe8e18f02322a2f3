"""Message catalogues: English in the source, Korean in the catalogue.

There is one for Gallery as a whole and one in each app of the package, since
Django looks for an app's catalogue inside the app.
"""

from __future__ import annotations

import gettext
import os
import re
import shutil
import tempfile
from pathlib import Path

from devtools.debian import GETTEXT
from devtools.environment import Environment, ensure
from devtools.places import ROOT
from devtools.problems import Problem
from devtools.processes import captured

__all__ = ["compile_catalogue", "problems", "problems_of", "update"]

_LANGUAGE = "ko"
# Changes with every extraction and says nothing.
_DATE = re.compile(r'^"POT-Creation-Date: .*\n', re.MULTILINE)


def update() -> int:
    """Extract the messages of every root and compile its catalogue; return the exit code."""
    environment = ensure("dev")
    for root in _roots(ROOT):
        before = {file: file.read_text() for file in _catalogues(root)}
        _extract(root, environment)
        for file in _catalogues(root):
            if _undated(before.get(file, "")) == _undated(file.read_text()):
                file.write_text(before[file])
            compile_catalogue(file)
            statistics = _gettext("msgfmt", "--statistics", "-o", os.devnull, file).strip()
            print(f"{file.relative_to(ROOT)}: {statistics}")
    return 0


def problems(environment: Environment) -> list[str]:
    """Return what is missing, unfinished or stale in the catalogues; change nothing."""
    found: list[str] = []
    with tempfile.TemporaryDirectory(prefix="slipstream-") as folder:
        copy = Path(folder)
        for name in ("gallery", "src"):
            ignore = shutil.ignore_patterns("__pycache__", "static")
            shutil.copytree(ROOT / name, copy / name, ignore=ignore)
        for root in _roots(copy):
            _extract(root, environment)
            for fresh in _catalogues(root):
                found += problems_of(ROOT / fresh.relative_to(copy), fresh)
    return found


def problems_of(kept: Path, fresh: Path) -> list[str]:
    """Return what is wrong with ``kept``, where ``fresh`` has just been extracted."""
    name = kept.relative_to(ROOT)
    if not kept.exists():
        return [f"{name} is missing: run ./dev messages."]
    found = []
    if _undated(kept.read_text()) != _undated(fresh.read_text()):
        found.append(f"{name} is not what the source holds: run ./dev messages.")
    for kind in ("untranslated", "only-fuzzy"):
        entries = _gettext("msgattrib", f"--{kind}", "--no-wrap", "--force-po", str(kept))
        ids = re.findall(r'^msgid "(.+)"$', entries, re.MULTILINE)
        found += [f"{name}: {kind}: {message}" for message in ids]
    compiled = kept.with_suffix(".mo")
    with tempfile.TemporaryDirectory(prefix="slipstream-") as folder:
        again = compile_catalogue(kept, into=Path(folder))
        if not compiled.exists() or _messages(compiled) != _messages(again):
            compiled_name = compiled.relative_to(ROOT)
            found.append(f"{compiled_name} is not compiled from {kept.name}: run ./dev messages.")
    return found


def compile_catalogue(catalogue: Path, *, into: Path | None = None) -> Path:
    """Compile ``catalogue`` beside it, or into another folder; return what was made."""
    compiled = (into or catalogue.parent) / f"{catalogue.stem}.mo"
    _gettext("msgfmt", "--check", "-o", compiled, catalogue)
    return compiled


def _messages(compiled: Path) -> object:
    """Return what a compiled catalogue says: bytes differ between versions of msgfmt."""
    with compiled.open("rb") as file:
        return vars(gettext.GNUTranslations(file))["_catalog"]


def _roots(repository: Path) -> list[Path]:
    package = repository / "src" / "slipstream"
    apps = sorted(file.parent for file in package.glob("*/apps.py"))
    return [folder for folder in (repository / "gallery", *apps) if folder.exists()]


def _catalogues(root: Path) -> list[Path]:
    return sorted(root.glob(f"locale/{_LANGUAGE}/LC_MESSAGES/*.po"))


def _extract(root: Path, environment: Environment) -> None:
    locale = root / "locale"
    locale.mkdir(exist_ok=True)
    domains = {"django", *(file.stem for file in _catalogues(root))}
    for domain in sorted(domains):
        # Not `python -m`: that would take the app's modules for Python's own.
        admin = str(environment.folder / "bin" / "django-admin")
        command = [admin, "makemessages", "--domain", domain]
        command += ["--locale", _LANGUAGE, "--no-location", "--no-obsolete", "--no-wrap"]
        _run(command, cwd=root, env={**_variables(), "DJANGO_SETTINGS_MODULE": ""})
    if not any(locale.iterdir()):
        locale.rmdir()


def _undated(text: str) -> str:
    return _DATE.sub("", text)


def _gettext(program: str, *arguments: str | Path) -> str:
    return _run([program, *map(str, arguments)], cwd=ROOT, env=_variables())


def _variables() -> dict[str, str]:
    GETTEXT.find()
    return {**GETTEXT.variables(), "LC_ALL": "C.UTF-8"}


def _run(command: list[str], *, cwd: Path, env: dict[str, str]) -> str:
    program = shutil.which(command[0], path=env.get("PATH", os.defpath)) or command[0]
    done = captured([program, *command[1:]], env=env, cwd=cwd)
    if done.returncode:
        raise Problem(f"{done.stdout}\n{command[0]} failed on {cwd}.")
    return done.stdout
