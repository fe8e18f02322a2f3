from __future__ import annotations

import json

import pytest

from devtools import audit, audit_lighthouse, audit_packages
from devtools.places import REQUIREMENTS

NPM = REQUIREMENTS / "npm"


def pinned() -> dict:
    return json.loads((NPM / "package-lock.json").read_text())


class TestWhatIsFetched:
    def test_the_lock_file_says_what_and_not_from_where(self):
        text = (NPM / "package-lock.json").read_text()
        assert "://" not in text
        assert '"resolved"' not in text

    def test_everything_is_held_to_a_hash(self):
        without = [
            name
            for name, package in pinned()["packages"].items()
            if name and not package.get("integrity", "").startswith("sha512-")
        ]
        assert without == []

    def test_nothing_is_run_while_it_is_installed(self):
        packages = pinned()["packages"].values()
        assert not [package for package in packages if package.get("hasInstallScript")]

    def test_the_lock_file_is_of_what_is_asked_for(self):
        asked = json.loads((NPM / "package.json").read_text())["dependencies"]
        assert pinned()["packages"][""]["dependencies"] == asked

    @pytest.mark.parametrize("name", ["axe", "node"])
    def test_wheels_are_held_to_hashes_as_well(self, name):
        lines = (REQUIREMENTS / f"{name}.txt").read_text().splitlines()
        assert sum("==" in line for line in lines) == 1
        assert any("--hash=sha256:" in line for line in lines)
        assert not any("://" in line for line in lines)

    def test_addresses_are_taken_out_wherever_they_are(self):
        found = {"a": {"resolved": "https://x", "version": "1", "b": {"funding": {"url": "y"}}}}
        assert audit_packages.stripped(found) == {"a": {"version": "1", "b": {}}}


class TestLighthouse:
    def test_the_best_of_each_category_counts(self):
        tries = iter([{"a": 90, "b": 100}, {"a": 94, "b": 97}, {"a": 96, "b": 80}])
        assert audit_lighthouse.best_of(tries) == {"a": 96, "b": 100}

    def test_what_is_good_is_not_tried_again(self):
        tries = iter([{"a": 95, "b": 99}, {"a": 100, "b": 100}])
        assert audit_lighthouse.best_of(tries) == {"a": 95, "b": 99}
        assert next(tries) == {"a": 100, "b": 100}

    def test_what_is_bad_is_not_tried_for_ever(self):
        tries = iter([{"a": score} for score in (1, 3, 2, 100)])
        assert audit_lighthouse.best_of(tries) == {"a": 3}

    def test_the_dearest_fault_comes_first(self):
        report = {
            "categories": {
                "seo": {"auditRefs": [{"id": "x", "weight": 1}, {"id": "none", "weight": 0}]},
                "performance": {"auditRefs": [{"id": "lcp", "weight": 25}]},
            },
            "audits": {
                "x": {"score": 0, "title": "Links say nothing"},
                "none": {"score": 0, "title": "Weighs nothing"},
                "lcp": {"score": 0.5, "title": "Largest paint", "displayValue": "3 s"},
            },
        }
        assert audit_lighthouse.failing(report, ["seo", "performance"]) == [
            "performance: Largest paint 3 s",
            "seo: Links say nothing",
        ]


def test_an_unknown_audit_is_named(capsys):
    with pytest.raises(SystemExit) as end:
        audit.main(["html", "taste"])
    assert end.value.code == 2
    assert "no audit taste" in capsys.readouterr().err
