"""Sharing, looking, deleting, in a real browser."""

from __future__ import annotations

import base64

import pytest
from playwright.sync_api import expect

from gallery.accounts.models import User
from gallery.images.models import Image

from .people import eventually, hang_many, jpeg, log_in, make_people

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "en": {"delete": "Delete", "undo": "Undo", "share": "Share picture"},
    "ko": {"delete": "삭제", "undo": "되돌리기", "share": "사진 올리기"},
}


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = {**settings.STORAGES, "private": private}


@pytest.fixture
def mina(db):
    make_people(6)
    return User.objects.get(username="mina")


def drop(page, files: dict[str, bytes]) -> None:
    """Let go of ``files`` over the page, as after dragging them from a folder."""
    transfer = page.evaluate_handle(
        """files => {
            const transfer = new DataTransfer();
            for (const [name, data] of Object.entries(files)) {
                const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
                transfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
            }
            return transfer;
        }""",
        {name: base64.b64encode(data).decode() for name, data in files.items()},
    )
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})


@pytest.mark.parametrize("language", ["en", "ko"])
def test_two_pictures_are_dropped_found_deleted_and_had_back(
    live_server, open_page, screenshot, mina, language
):
    words = WORDS[language]
    page = open_page(locale=language)
    log_in(page)
    page.goto("/share/")
    drop(page, {"morning_light.jpg": jpeg("#a42"), "IMG 2.jpg": jpeg("#24a", (400, 700))})
    cards = page.locator(".share-card")
    expect(cards).to_have_count(2)
    expect(cards.first.locator("[name=title]")).not_to_be_empty()
    cards.last.locator("[name=title]").fill("밤의 정류장")
    screenshot(page, f"share-{language}")
    page.locator("[data-share-send]").click()
    page.wait_for_url("**/@mina/**")
    expect(page.locator(".tile")).to_have_count(2)
    assert sorted(Image.objects.values_list("width", "height")) == [(400, 700), (600, 500)]

    # Every picture on the page is really there.
    page.wait_for_function(
        "[...document.querySelectorAll('.tile-picture')].every(i => i.complete && i.naturalWidth)"
    )

    # Two were sent at a time, so either may be the newer.
    page.locator(".tile", has_text="밤의 정류장").locator("a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("밤의 정류장")
    screenshot(page, f"picture-{language}")
    page.get_by_role("main").get_by_role("button", name=words["delete"]).click()
    page.wait_for_url("**/@mina/?deleted=*")
    expect(page.locator(".tile")).to_have_count(1)
    page.locator(".notice button").click()
    page.wait_for_url("**/pictures/**")
    assert Image.objects.visible_to(mina).count() == 2


def test_progress_is_shown_and_what_is_refused_keeps_its_words(
    live_server, open_page, complaints, mina
):
    page = open_page()
    log_in(page)
    page.goto("/share/")
    # Longer on its way, so that there is something to see.
    page.route("**/share/", lambda route: (page.wait_for_timeout(300), route.continue_())[1])
    broken = jpeg()[:-120]
    drop(page, {"good.jpg": jpeg(), "broken.jpg": broken})
    cards = page.locator(".share-card")
    cards.last.locator("[name=description]").fill("words worth keeping")
    complaints.expect("400")
    page.locator("[data-share-send]").click()
    expect(cards.locator("progress").first).to_be_visible()
    refused = page.locator(".share-card", has_text="not a picture that can be read")
    expect(refused).to_have_count(1)
    expect(refused.locator("[name=description]")).to_have_value("words worth keeping")
    # The other one may still be on its way.
    expect(page.locator(".share-card progress:visible")).to_have_count(0)
    assert [image.title.lower() for image in Image.objects.all()] == ["good"]


def test_the_grid_scrolls_to_its_end(live_server, open_page, complaints, mina):
    hang_many(mina, 60)
    complaints.expect("404")  # these have no files
    page = open_page()
    log_in(page)
    page.goto("/explore/")
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(24)
    for _ in range(40):
        page.mouse.wheel(0, 4000)
        page.wait_for_timeout(100)
        if tiles.count() == 60:
            break
    expect(tiles).to_have_count(60)
    titles = tiles.locator(".tile-title").all_text_contents()
    assert sorted(titles) == sorted(f"Picture {number}" for number in range(60))


def test_without_javascript(live_server, open_page, complaints, mina):
    hang_many(mina, 30)
    complaints.expect("404")  # these have no files
    complaints.expect("400")  # a form that is refused
    page = open_page(java_script_enabled=False)
    log_in(page)
    page.goto("/explore/")
    expect(page.locator(".tile")).to_have_count(24)
    page.locator(".pager [rel=next]").click()
    expect(page.locator(".tile")).to_have_count(6)
    page.goto("/share/")
    form = page.locator("[data-share-plain]")
    form.locator("[name=title]").fill("Plain")
    form.locator("button").last.click()
    expect(form.locator(".field-errors")).to_be_visible()
    expect(form.locator("[name=title]")).to_have_value("Plain")
    file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    form.locator("[name=image]").set_input_files(file)
    form.locator("button").last.click()
    page.wait_for_url("**/pictures/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Plain")


def test_arrow_keys_turn_the_pages(live_server, open_page, complaints, mina):
    hang_many(mina, 3)
    complaints.expect("404")  # these have no files
    newest, second, _ = Image.objects.all().newest()
    page = open_page()
    page.goto(second.get_absolute_url())
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**{newest.get_absolute_url()}")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**{second.get_absolute_url()}")


@pytest.fixture
def liked(mina):
    """A picture of somebody else, which mina may like."""
    hang_many(User.objects.exclude(pk=mina.pk)[0], 1)
    return Image.objects.get()


def test_a_key_likes_and_no_longer(live_server, open_page, complaints, mina, liked):
    complaints.expect("404")  # it has no files
    page = open_page()
    log_in(page)
    page.goto(liked.get_absolute_url())
    button = page.locator(".picture-likes .like-button")
    page.keyboard.press("l")
    expect(button).to_have_attribute("value", "unlike")
    expect(page.locator(".stage-heart")).to_have_count(0)  # gone again by itself
    eventually(page, mina.likes.exists)
    page.keyboard.press("l")
    expect(button).to_have_attribute("value", "like")
    eventually(page, lambda: not mina.likes.exists())
    # Not while one writes.
    page.keyboard.press("c")
    field = page.locator("#comments textarea")
    expect(field).to_be_focused()
    page.keyboard.type("lovely?")
    expect(field).to_have_value("lovely?")
    expect(button).to_have_attribute("value", "like")


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_two_taps_like_and_never_take_back(live_server, open_page, complaints, mina, liked, motion):
    complaints.expect("404")  # it has no files
    page = open_page(reduced_motion=motion)
    log_in(page)
    page.goto(liked.get_absolute_url())
    button = page.locator(".picture-likes .like-button")
    for _ in range(2):
        page.locator("[data-stage]").dblclick()
        expect(page.locator(".stage-heart")).to_have_count(1 if motion != "reduce" else 0)
        expect(page.locator(".stage-heart")).to_have_count(0)
        expect(button).to_have_attribute("value", "unlike")
    eventually(page, mina.likes.exists)


def test_the_keys_are_told_in_a_dialog(live_server, open_page, complaints, mina, liked):
    complaints.expect("404")  # it has no files
    page = open_page()
    page.goto(liked.get_absolute_url())
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_hidden()
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    page.keyboard.press("ArrowRight")
    assert page.url.endswith(liked.get_absolute_url())
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Keys").click()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_a_link_is_handed_on_where_the_browser_can(live_server, open_page, complaints, mina, liked):
    complaints.expect("404")  # it has no files
    page = open_page()
    page.add_init_script("navigator.share = async (data) => { window.handedOn = data; };")
    page.goto(liked.get_absolute_url())
    page.get_by_role("main").get_by_role("button", name="Share", exact=True).click()
    handed_on = page.evaluate("window.handedOn")
    assert handed_on["title"] == liked.title
    assert handed_on["url"].endswith(liked.get_absolute_url())
