"""What each page costs: an exact number of queries, however much there is to show.

The numbers are those of SQLite, session and person included. Where one changes for a
reason, the test prints the whole table as it is now, to be put here.
"""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.browser.pages import PAGES
from tests.browser.scene import Scene, make_rows

pytestmark = [pytest.mark.django_db, pytest.mark.any_engine]

#: A test runs in a transaction of its own, so that those of pages become savepoints.
SAVEPOINTS = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")
MOST = 12
MOST_AT_HOME = 7
#: Beyond a page of anything, and not.
FEW, MANY = 3, 30
HOMES = ("landing", "home", "home-newcomer")

#: Two numbers where few and many are not asked the same: few hits are followed by words
#: that are alike, and beyond a page of news it is asked whether all the rest can be seen.
QUERIES: dict[str, int | tuple[int, int]] = {
    "landing": 5,
    "explore-visitor": 1,
    "popular-visitor": 3,
    "picture-visitor": 9,
    "person-visitor": 3,
    "comments-visitor": 2,
    "likes-visitor": 3,
    "join": 0,
    "login": 0,
    "reset": 0,
    "reset-sent": 0,
    "reset-new": 5,
    "reset-invalid": 1,
    "reset-done": 0,
    "settings": 3,
    "settings-newcomer": 3,
    "password": 2,
    "preferences": 3,
    "export": 2,
    "close": 2,
    "home": 7,
    "home-newcomer": 7,
    "explore": 3,
    "explore-likes": 3,
    "popular": 5,
    "popular-day": 4,
    "people": 4,
    "search": (6, 5),
    "search-visitor": (2, 1),
    "search-empty": 4,
    "search-none": 10,
    "search-pictures": (4, 3),
    "search-people": 4,
    "notifications": (10, 11),
    "notifications-none": 3,
    "person": 5,
    "own": 5,
    "own-newcomer": 5,
    "person-activity": 7,
    "activity-newcomer": 5,
    "followers": 5,
    "followers-none": 4,
    "following": 5,
    "following-none": 4,
    "picture": 11,
    "picture-own": 11,
    "picture-activity": 5,
    "likes": 5,
    "share": 2,
    "edit": 3,
    "insights-picture": 8,
    "insights": 10,
    "insights-newcomer": 6,
    "comments": 4,
    "comment-edit": 3,
    "comment-delete": 4,
    "missing": 2,
    "missing-visitor": 0,
    "bad-request": 2,
    "wrong-method": 2,
    "report-picture": 3,
    "report-comment": 3,
    "report-person": 3,
    "report-thanks": 3,
}


def counts(scene: Scene) -> dict[str, int]:
    """Open every page of ours, each in a browser of its own."""
    found = {}
    for page in PAGES:
        if page.is_ours:
            client, address = scene.client(page), scene.address(page)
            cache.clear()
            with CaptureQueriesContext(connection) as made:
                answer = client.get(address, follow=True)
            assert answer.status_code == page.status, page.name
            found[page.name] = sum(not q["sql"].startswith(SAVEPOINTS) for q in made)
    return found


def as_table(found: dict[str, int]) -> str:
    return "\n".join(f'    "{name}": {count},' for name, count in found.items())


def told(rows: int) -> dict[str, int]:
    """Return what the table says of a scene with so many rows."""
    is_many = rows > FEW
    return {n: told[is_many] if isinstance(told, tuple) else told for n, told in QUERIES.items()}


@pytest.mark.parametrize("rows", [FEW, MANY])
def test_each_page_costs_what_it_says(db, rows):
    expected, found = told(rows), counts(make_rows(rows))
    differing = [
        f"{name}: {expected.get(name)} → {found.get(name)}"
        for name in {**expected, **found}
        if expected.get(name) != found.get(name)
    ]
    assert not differing, f"With {rows} rows: {', '.join(differing)}\n\n{as_table(found)}"


def test_no_page_is_dear():
    dear = {name: count for name, count in told(MANY).items() if count > MOST}
    assert not dear


@pytest.mark.parametrize("name", HOMES)
def test_what_one_comes_to_first_is_cheap(name):
    assert told(MANY)[name] <= MOST_AT_HOME
