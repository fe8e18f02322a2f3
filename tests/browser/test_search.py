"""Search, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from gallery.accounts.models import User
from gallery.images.models import Image

from .people import hang_many, log_in, make_people

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def pictures(db):
    make_people(6)
    hang_many(User.objects.get(username="mina"), 40)
    Image.objects.update(title="밤바다")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_slash_leads_to_what_is_found(
    live_server, open_page, complaints, screenshot, pictures, language
):
    complaints.expect("404")  # these have no files
    page = open_page(locale=language)
    log_in(page)
    page.goto("/popular/")
    page.keyboard.press("/")
    field = page.locator("#site-search")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    page.keyboard.type("바다")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    expect(page.locator(".tile")).to_have_count(12)
    screenshot(page, f"search-{language}")
    # On its own page, the slash goes to the page's own field; typed into it, it is a slash.
    page.keyboard.press("/")
    expect(page.locator("main [data-search]")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.locator("main [data-search]")).to_have_value("a/b")


def test_all_that_is_found_scrolls_to_its_end(live_server, open_page, complaints, pictures):
    complaints.expect("404")  # these have no files
    page = open_page()
    log_in(page)
    page.goto("/search/?q=바다")
    page.locator(".search-part", has_text="Pictures").get_by_role("link", name="See all").click()
    page.wait_for_url("**/search/pictures/**")
    tiles = page.locator(".tile")
    for _ in range(40):
        page.mouse.wheel(0, 4000)
        page.wait_for_timeout(100)
        if tiles.count() == 40:
            break
    expect(tiles).to_have_count(40)
    keys = tiles.evaluate_all("tiles => tiles.map(tile => tile.id)")
    assert len(set(keys)) == 40


def test_on_a_phone_and_without_javascript(live_server, open_page, complaints, pictures):
    complaints.expect("404")  # these have no files
    page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/popular/")
    page.locator("header .search-link").click()
    page.wait_for_url("**/search/")
    page.locator("main [name=q]").fill("바다")
    page.locator("main form[role=search] button").click()
    expect(page.locator(".tile")).to_have_count(12)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
