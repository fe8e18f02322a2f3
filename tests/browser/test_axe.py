"""What keeps people from using a page: axe finds nothing on any, light or dark."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page as Tab

from devtools.audit_packages import axe_script

from .pages import PAGES
from .scene import Scene

pytestmark = pytest.mark.django_db(transaction=True)

#: Each combined with the others once: words, colours and widths go wrong on their own.
LOOKS = {
    "light-en-desktop": {"color_scheme": "light", "locale": "en-US", "viewport": (1280, 900)},
    "dark-ko-phone": {"color_scheme": "dark", "locale": "ko", "viewport": (390, 844)},
}
#: Everything that axe knows, and what it calls best practice; not what it cannot decide. It does
#: not fetch style sheets itself: what they import it would look for beside the page.
RUN = """
axe.run(document, {resultTypes: ['violations'], preload: false}).then(found => found.violations)
"""
#: Forms that are sent empty, and so come back with errors.
FORMS = ("join", "login", "settings", "password", "close", "edit", "comment-edit")


@pytest.fixture(scope="session")
def axe() -> str:
    return axe_script()


def violations(tab: Tab, axe: str) -> list[str]:
    """Return what axe finds: the rule, what it asks for, and where it is broken."""
    # Not as an element of the page, which its policy forbids.
    tab.evaluate(axe)
    found: list[dict[str, Any]] = tab.evaluate(RUN)
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {node['target']} {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]


def options(look: str) -> dict[str, Any]:
    chosen: dict[str, Any] = dict(LOOKS[look])
    width, height = chosen.pop("viewport")
    # What moves in is not judged halfway.
    return {
        **chosen,
        "viewport": {"width": width, "height": height},
        "reduced_motion": "reduce",
    }


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_keeps_anybody_out(live_server, open_as, complaints, scene: Scene, axe, look):
    complaints.expect("404|400|405")
    tabs: dict[str, Tab] = {}
    found: dict[str, list[str]] = {}
    for page in PAGES:
        if not page.is_ours:
            continue
        if page.viewer not in tabs:
            tabs[page.viewer] = open_as(scene.viewer(page), **options(look))
        tab = tabs[page.viewer]
        tab.goto(scene.address(page))
        found[page.name] = violations(tab, axe)
    told = [f"{name}: {text}" for name, texts in found.items() for text in texts]
    assert not told, "\n" + "\n".join(told)


@pytest.mark.parametrize("look", LOOKS)
def test_nor_does_a_form_with_errors(live_server, open_as, complaints, scene: Scene, axe, look):
    """Sent empty, and without a script, so that the server answers with the page."""
    complaints.expect("400")
    told = []
    for page in (page for page in PAGES if page.name in FORMS):
        tab = open_as(scene.viewer(page), **options(look))
        tab.goto(scene.address(page))
        form = "main form:not(.search)"
        tab.evaluate(
            """selector => {
                const form = [...document.querySelectorAll(selector)]
                    .find(form => form.method === "post" && form.querySelector(".field"));
                for (const field of form.elements)
                    if (["text", "email", "password", "textarea"].includes(field.type))
                        field.value = "";
                form.submit();
            }""",
            form,
        )
        tab.wait_for_selector(".field-errors, .form-error")
        told += [f"{page.name}, refused: {text}" for text in violations(tab, axe)]
        tab.context.close()
    assert not told, "\n" + "\n".join(told)
