"""The docs are true: examples run, and no public name goes unmentioned."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from .test_public_names import PUBLIC

ROOT = Path(__file__).resolve().parents[2]
PAGES = "\n".join(path.read_text() for path in sorted((ROOT / "docs").rglob("*.md")))


RUN = ["tutorial.md", "how-to/point-at-several-models.md", "how-to/audit-trail-and-tags.md"]


def blocks(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / "docs" / page).read_text(), re.DOTALL)


@pytest.mark.parametrize("page", RUN)
def test_the_examples_of_a_page_run(db, page):
    examples = "\n".join(block for block in blocks(page) if ">>>" in block)
    test = doctest.DocTestParser().get_doctest(examples, {}, page, None, 0)
    assert len(test.examples) > 8
    runner = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    runner.run(test)
    assert runner.summarize(verbose=False).failed == 0


@pytest.mark.parametrize(
    ("page", "models"),
    [("how-to/point-at-several-models.md", "tasks"), ("how-to/audit-trail-and-tags.md", "trail")],
)
def test_the_models_of_a_page_are_those_that_are_tested(page, models):
    source = (ROOT / "tests" / models / "models.py").read_text()
    shown = [
        part.strip()
        for block in blocks(page)
        for part in block.split("\n\n\n")
        if re.match(r"class \w+\((\w+Model|models\.Model|TargetLink)\)", part)
    ]
    assert len(shown) >= 2
    for part in shown:
        assert part in source


def test_the_form_and_the_admin_of_a_page_work(db):
    from django import forms
    from django.contrib import admin

    from tests.tasks.models import Task

    [block] = [text for text in blocks(RUN[1]) if "TaskForm" in text]
    names: dict[str, Any] = {"admin": admin, "forms": forms, "Task": Task}
    exec(block, names)
    try:
        assert list(admin.site.get_model_admin(Task).list_filter) == ["owner"]
        assert names["TaskAdmin"](Task, admin.site).check() == []
        form = names["TaskForm"]({"title": "Row"})
        assert form.non_field_errors() == ["Choose exactly one: owner user or owner group."]
    finally:
        admin.site.unregister(Task)


# What the core has for the capabilities, and no project needs.
INTERNAL = {
    *("slipstream.conf", "slipstream.lazy", "slipstream.progress", "slipstream.sql"),
    *("slipstream.triggers", "slipstream.users"),
}


def test_every_setting_is_documented():
    from slipstream.conf import SETTINGS

    reference = (ROOT / "docs/reference/settings.md").read_text()
    for setting in SETTINGS:
        assert f"`{setting.name}`\n" in reference
        assert " ".join(setting.about.split())[:60] in " ".join(reference.replace("`", "").split())


@pytest.mark.parametrize("module", [name for name in PUBLIC if name not in INTERNAL])
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
    ("capability", "code"),
    sorted(
        (path.parent.name, code)
        for path in (ROOT / "src/slipstream").glob("*/checks.py")
        for code in set(re.findall(r"slipstream_\w+\.[EIW]\d{3}", path.read_text()))
    ),
)
def test_every_check_is_in_the_reference(capability, code):
    checks = importlib.import_module(f"slipstream.{capability}.checks")
    assert f"``{code}``" in checks.__doc__
    assert f"automodule:: slipstream.{capability}.checks" in PAGES
