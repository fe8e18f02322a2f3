"""The docs are true: examples run, and no public name goes unmentioned."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest

from .test_public_names import PUBLIC

ROOT = Path(__file__).resolve().parents[2]
PAGES = "\n".join(path.read_text() for path in sorted((ROOT / "docs").rglob("*.md")))


def test_the_tutorial_runs(db):
    text = (ROOT / "docs" / "tutorial.md").read_text()
    examples = "\n".join(
        block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if ">>>" in block
    )
    test = doctest.DocTestParser().get_doctest(examples, {}, "tutorial", None, 0)
    assert len(test.examples) > 10
    runner = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    runner.run(test)
    assert runner.summarize(verbose=False).failed == 0


@pytest.mark.parametrize("module", [name for name in PUBLIC if name != "slipstream.sql"])
def test_every_public_name_is_documented(module):
    home = importlib.import_module(module)
    covered = f"automodule:: {module}" in PAGES
    for name in home.__all__:
        value = getattr(home, name)
        if callable(value):
            assert value.__doc__, f"{module}.{name} has no docstring"
        where = getattr(value, "__module__", module)
        assert covered or f"automodule:: {where}" in PAGES or re.search(rf"\b{name}\b", PAGES), (
            f"{module}.{name} is not in docs/"
        )


@pytest.mark.parametrize(
    "code",
    sorted(
        set(
            re.findall(
                r"slipstream_\w+\.[EW]\d{3}",
                (ROOT / "src/slipstream/follows/checks.py").read_text(),
            )
        )
    ),
)
def test_every_check_is_in_the_reference(code):
    checks = importlib.import_module("slipstream.follows.checks")
    assert code in checks.__doc__
