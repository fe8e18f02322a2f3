from __future__ import annotations

import pytest

from devtools import wheel
from devtools.trial import quickstart

SOURCES = ["slipstream/__init__.py", "slipstream/py.typed", "slipstream/follows/locale/ko.mo"]
METADATA = ["slipstream-1.dist-info/METADATA", "slipstream-1.dist-info/licenses/LICENSE"]


def test_package_and_metadata_are_what_is_shipped() -> None:
    assert wheel.problems([*SOURCES, *METADATA, "slipstream/"], SOURCES) == []


@pytest.mark.parametrize(
    "stranger",
    [
        "tests/conftest.py",
        "gallery/manage.py",
        "benchmarks/follow.py",
        "slipstream/__pycache__/x.pyc",
        "README.md",
    ],
)
def test_a_stranger_is_found(stranger: str) -> None:
    found = wheel.problems([*SOURCES, *METADATA, stranger], SOURCES)
    assert found == [f"{stranger} does not belong there."]


@pytest.mark.parametrize("lost", SOURCES)
def test_a_lost_file_is_found(lost: str) -> None:
    shipped = [name for name in SOURCES if name != lost] + METADATA
    assert f"{lost} is missing." in wheel.problems(shipped, SOURCES)


def test_quickstart_takes_the_marked_blocks_in_order() -> None:
    page = """\
Text.

<!-- quickstart: settings.py -->
```python
INSTALLED_APPS += ["slipstream.follows"]
```

```python
not_marked()
```

<!-- quickstart: use.py -->

```python
follow(ann, ben)
unfollow(ann, ben)
```
"""
    assert quickstart(page) == [
        ("settings.py", 'INSTALLED_APPS += ["slipstream.follows"]\n'),
        ("use.py", "follow(ann, ben)\nunfollow(ann, ben)\n"),
    ]
