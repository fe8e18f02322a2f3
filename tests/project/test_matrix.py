from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from devtools import jobs, matrix
from devtools.jobs import Result
from devtools.places import ROOT
from devtools.problems import UsageProblem
from tests.plugin import ENGINES, FOLDERS, LIBRARY


def test_names_are_unique() -> None:
    names = [job.name for job in matrix.JOBS]
    assert len(names) == len(set(names))


def test_every_test_belongs_to_a_job() -> None:
    folders = {ROOT / job.folder for job in matrix.JOBS}
    orphans = [
        file
        for file in (ROOT / "tests").rglob("test_*.py")
        if not any(file.is_relative_to(folder) for folder in folders)
    ]
    assert orphans == []


def test_every_job_runs_where_its_folder_does() -> None:
    assert {ROOT / job.folder for job in matrix.JOBS} == set(FOLDERS)
    for job in matrix.JOBS:
        assert job.project in FOLDERS[ROOT / job.folder], job.name


def test_the_package_meets_every_user_model_and_on_every_engine_keys_that_are_no_integers() -> None:
    covered = {(job.project, job.engine) for job in matrix.JOBS if job.folder == matrix.LIBRARY}
    assert covered >= set(product(["stock"], ("sqlite", *ENGINES)))
    assert {project for project, _ in covered} == set(LIBRARY)
    others = {engine for project, engine in covered if project != "stock"}
    assert others == {"sqlite", *ENGINES}
    covered = {(job.project, job.engine) for job in matrix.JOBS if job.folder == matrix.SITE}
    assert covered >= set(product(["gallery"], ("sqlite", *ENGINES)))


def test_slow_tests_run_on_each_engine() -> None:
    """The package's own; of the site's, two engines see what takes long."""
    engines = {job.engine for job in matrix.JOBS if job.slow and job.folder == matrix.LIBRARY}
    assert engines == {"sqlite", "postgres", "mariadb"}
    engines = {job.engine for job in matrix.JOBS if job.slow and job.folder == matrix.SITE}
    assert engines == {"sqlite", "postgres"}


def test_fast_means_sqlite_without_browser() -> None:
    fast = [job for job in matrix.JOBS if job.fast]
    assert {job.engine for job in fast} == {"sqlite"}
    assert {job.folder for job in fast} == {matrix.LIBRARY, matrix.SITE}


def test_paths_choose_their_jobs(capsys: pytest.CaptureFixture[str]) -> None:
    assert matrix.main(["--list", "tests/project/test_matrix.py::test_x"]) == 0
    assert capsys.readouterr().out == "project\n"
    assert matrix.main(["--list", "--job", "library-*-postgres", "tests"]) == 0
    named = {job.name for job in matrix.JOBS if job.name.startswith("library-")}
    wanted = {name for name in named if name.endswith("-postgres")}
    assert set(capsys.readouterr().out.split()) == wanted != set()


def test_a_pattern_that_fits_nothing_is_refused() -> None:
    with pytest.raises(UsageProblem, match="no job fits"):
        matrix.main(["--job", "libary-*"])


@pytest.mark.parametrize(
    ("results", "good", "last"),
    [
        ([Result("a", 0, 1, {"passed": 3}), Result("b", 0, 1, {"passed": 4})], True, "7 passed"),
        ([Result("a", 1, 1, {"passed": 3, "failed": 1, "error": 1})], False, "3 passed, 2 failed"),
        ([Result("a", 0, 1, {"passed": 3, "skipped": 2})], True, "3 passed, 0 failed, 2 skipped"),
        ([Result("a", 5, 1, {})], False, "0 passed, 0 failed"),
        ([Result("a", 5, 1, {}, may_be_empty=True)], False, "0 passed, 0 failed"),
        (
            [Result("a", 5, 1, {}, may_be_empty=True), Result("b", 0, 1, {"passed": 1})],
            True,
            "1 passed, 0 failed",
        ),
        ([Result("a", -11, 1, {}), Result("b", 0, 1, {"passed": 1})], False, "1 passed, 0 failed"),
        ([], False, "0 passed, 0 failed"),
    ],
)
def test_the_sum(
    results: list[Result], *, good: bool, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert jobs.summarize(results, watched=False) is good
    assert capsys.readouterr().out.splitlines()[-1].startswith(last)


def test_a_job_is_run_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = 'import os, pathlib; pathlib.Path(os.environ["SLIPSTREAM_TEST_COUNTS"]).write_text'
    command = jobs.Command(
        "one", ["python3", "-c", program + "('{\"passed\": 2}')"], {"PATH": "/usr/bin"}
    )
    broken = jobs.Command("two", ["python3", "-c", "raise SystemExit('boo')"], {})
    results = jobs.run([command, broken], watched=False)
    assert {result.name: (result.exit_code, dict(result.counts)) for result in results} == {
        "one": (0, {"passed": 2}),
        "two": (1, {}),
    }
    assert "boo" in capsys.readouterr().out
