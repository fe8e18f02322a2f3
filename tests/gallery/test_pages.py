"""The list of pages is complete, and says of each what is true."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.urls import get_resolver, resolve

from tests.browser.pages import ADMIN, NO_PAGES, PAGES, address_names
from tests.browser.scene import make_rows

pytestmark = [pytest.mark.django_db, pytest.mark.any_engine]

KEYS = {
    **dict.fromkeys(("member", "newcomer", "person"), "somebody"),
    **dict.fromkeys(("picture", "own", "comment", "answer"), 1),
    "uid": "MQ",
    "word": "word",
    "token": "a-b",
}


def name_of(address: str) -> str:
    path = urlsplit(address.format_map(KEYS)).path
    return "" if path == "/nowhere/" else resolve(path).view_name


def test_every_address_is_a_page_or_has_a_reason_not_to_be():
    seen = {name_of(page.address) for page in PAGES}
    known = set(address_names(get_resolver().url_patterns))
    forgotten = sorted(known - seen - set(NO_PAGES))
    assert not forgotten, f"In neither PAGES nor NO_PAGES of tests/browser/pages.py: {forgotten}"
    gone = sorted({name for name in NO_PAGES if not name.startswith(f"{ADMIN}:")} - known)
    assert not gone, f"NO_PAGES of tests/browser/pages.py names what is gone: {gone}"


def test_names_are_unique():
    names = [page.name for page in PAGES]
    assert len(set(names)) == len(names)


def test_each_page_answers_as_the_list_says(db):
    scene = make_rows(3)
    answers = {
        page.name: scene.client(page).get(scene.address(page), follow=True).status_code
        for page in PAGES
    }
    assert answers == {page.name: page.status for page in PAGES}


def test_pages_of_our_own_in_the_admin_are_on_the_list():
    """Beyond those that Django makes for each model."""
    ours = [
        f"{ADMIN}:{name}"
        for name in address_names(admin.site.get_urls())
        if not name.endswith(("_changelist", "_add", "_change", "_delete", "_history"))
        and name not in DJANGOS
        and name != "<path:object_id>/"
    ]
    seen = {name_of(page.address) for page in PAGES}
    assert set(ours) <= seen | set(NO_PAGES)


DJANGOS = (
    *("index", "login", "logout", "password_change", "password_change_done", "autocomplete"),
    *("jsi18n", "view_on_site", "app_list", "auth_user_password_change", "(?P<url>.*)$"),
)
