"""A headless browser for the tests in this folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from devtools.browser import Browser as FoundBrowser
from devtools.browser import find_browser
from devtools.places import SCREENSHOTS
from devtools.problems import Problem
from gallery.accounts.models import User

from .scene import Scene, make_demo

# What a browser does besides showing pages; it must not reach out of the machine.
_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
_SECONDS = 10

OpenPage = Callable[..., Page]


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = {**settings.STORAGES, "private": private}


@pytest.fixture(scope="session", autouse=True)
def _django_beside_an_event_loop() -> Iterator[None]:
    """Let Django work beside playwright, whose event loop lives in the same thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each test has contexts of its own in it."""
    try:
        found = find_browser()
    except Problem as problem:
        pytest.exit(f"No browser to test with: {problem}", returncode=1)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in found.variables.items():
            patch.setenv(name, value)
        yield from _launched(found)


def _launched(found: FoundBrowser) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found.path, args=_FLAGS, chromium_sandbox=found.has_sandbox
        )
        yield chromium
        chromium.close()


class Complaints:
    """What the browser complains about: errors on the console, CSP violations, exceptions."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """Require a complaint that matches the regular expression ``pattern``."""
        self._expected.append(pattern)

    def watch(self, context: BrowserContext) -> None:
        """Collect what the pages of ``context`` cause."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.seen.append(f"uncaught: {error.error}"))

    def settle(self) -> None:
        """Fail unless exactly what was expected was seen."""
        surprises = [
            text for text in self.seen if not any(re.search(p, text) for p in self._expected)
        ]
        silent = [
            pattern
            for pattern in self._expected
            if not any(re.search(pattern, text) for text in self.seen)
        ]
        assert not surprises, "The browser complains:\n" + "\n".join(surprises)
        assert not silent, f"The browser did not complain about: {silent}"

    def _console(self, message: ConsoleMessage) -> None:
        # A violated content security policy is an error on the console too.
        if message.type == "error":
            self.seen.append(f"{message.text} ({message.location.get('url')})")


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Fail the test on whatever the browser complains about and was not expected."""
    complaints = Complaints()
    yield complaints
    complaints.settle()


@pytest.fixture
def open_page(
    browser: Browser, complaints: Complaints, request: pytest.FixtureRequest
) -> Iterator[OpenPage]:
    """Open a page in a fresh context: ``open_page(locale="ko", color_scheme="dark")``.

    Takes what ``Browser.new_context`` takes: viewport, locale, color_scheme,
    java_script_enabled …; addresses may be relative to the live server.
    """
    contexts: list[BrowserContext] = []

    def open_one(**options: Any) -> Page:
        if "base_url" not in options and "live_server" in request.fixturenames:
            options["base_url"] = request.getfixturevalue("live_server").url
        context = browser.new_context(**{"locale": "en-US", **options})
        context.set_default_timeout(_SECONDS * 1000)
        complaints.watch(context)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page in English, on a desktop, with JavaScript."""
    return open_page()


@pytest.fixture
def open_as(open_page: OpenPage, live_server: Any) -> OpenPage:
    """Open a page in which somebody is signed in: ``open_as(mina, locale="ko")``.

    Without the form, which has tests of its own; None is a visitor.
    """

    def open_one(user: User | None, **options: Any) -> Page:
        page = open_page(**options)
        if user:
            client = Client()
            client.force_login(user)
            name = django_settings.SESSION_COOKIE_NAME
            value = client.cookies[name].value
            page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        return page

    return open_one


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    """A small community, with pictures, and somebody of each kind that looks at it."""
    return make_demo()


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    """Save a page under ``.dev/screenshots`` for people to look at."""

    def save(page: Page, name: str) -> None:
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, animations="disabled")

    return save
