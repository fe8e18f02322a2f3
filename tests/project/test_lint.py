from __future__ import annotations

from pathlib import Path
from subprocess import run
from sys import executable

import pytest

from devtools import catalogues, lint
from devtools.environment import Environment
from devtools.places import MADE, ROOT

HERE = Environment(Path(executable).parent.parent)


def test_a_path_of_this_machine_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(lint, "ROOT", tmp_path)
    (tmp_path / "fine.txt").write_text(f"see ./dev, x{tmp_path}, {tmp_path}x and a/root\n")
    assert lint.CHECKS["paths"](HERE) == ""
    (tmp_path / "bad.txt").write_text(f"fine\ncd {tmp_path}/src\n")
    (tmp_path / "worse.txt").write_text(f'"{Path.home()}"\n')
    assert lint.CHECKS["paths"](HERE).splitlines() == [
        "bad.txt:2: a path of this machine",
        "worse.txt:1: a path of this machine",
    ]


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("keyset.py", "import slipstream.follows"),
        ("follows/apps.py", "import gallery"),
        ("follows/apps.py", "import tests"),
        ("stranger.py", ""),
    ],
)
def test_an_import_against_the_architecture_is_found(
    tmp_path: Path, module: str, line: str
) -> None:
    for name in ("src", "gallery", "tests", "devtools"):
        copy_python(ROOT / name, tmp_path / name)
    with (tmp_path / "src" / "slipstream" / module).open("a") as file:
        file.write(f"\n{line}\n")
    program = str(HERE.folder / "bin" / "lint-imports")
    done = run(
        [program, "--no-cache", "--config", str(ROOT / ".importlinter")],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path / 'src'}:{tmp_path}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "1 broken" in done.stdout


def copy_python(source: Path, target: Path) -> None:
    for file in source.rglob("*.py"):
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())


ENTRY = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

{comment}msgid "Follow"
msgstr "{translation}"
"""


@pytest.mark.parametrize(
    ("comment", "translation", "complaint"),
    [
        ("", "팔로우", ""),
        ("", "", "untranslated: Follow"),
        ("#, fuzzy\n", "팔로우", "only-fuzzy: Follow"),
    ],
)
def test_an_unfinished_catalogue_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, comment: str, translation: str, complaint: str
) -> None:
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    kept = tmp_path / "django.po"
    kept.write_text(ENTRY.format(comment=comment, translation=translation))
    catalogues.compile_catalogue(kept)
    found = catalogues.problems_of(kept, kept)
    assert found == ([f"django.po: {complaint}"] if complaint else [])


def test_a_stale_catalogue_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    kept, fresh = tmp_path / "django.po", tmp_path / "fresh.po"
    kept.write_text(ENTRY.format(comment="", translation="팔로우"))
    catalogues.compile_catalogue(kept)
    kept.write_text(ENTRY.format(comment="", translation="따르기"))
    fresh.write_text(kept.read_text().replace("Follow", "Follow me"))
    assert catalogues.problems_of(kept, fresh) == [
        "django.po is not what the source holds: run ./dev messages.",
        "django.mo is not compiled from django.po: run ./dev messages.",
    ]


def test_everything_made_is_ignored_by_git() -> None:
    assert MADE.parent == ROOT
    assert f"/{MADE.name}/" in (ROOT / ".gitignore").read_text().splitlines()
