"""Taking one's data along and closing the account, in a real browser."""

from __future__ import annotations

import json
import zipfile

import pytest
from PIL import Image as Pillow
from playwright.sync_api import Page, expect

from gallery.accounts.models import User
from gallery.images import services
from gallery.images.models import Image

from .people import PASSWORD, log_in, make_people

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "en": {
        "export": "Download your data",
        "wrong": "That is not your password.",
        "close": "Close my account for good",
        "goodbye": "Thank you for having been here.",
        "readme": "Your data at Gallery",
        "closed": "That combination of username and password is not right.",
    },
    "ko": {
        "export": "내 데이터 내려받기",
        "wrong": "비밀번호가 맞지 않아요.",
        "close": "완전히 탈퇴하기",
        "goodbye": "그동안 함께해 주셔서 고마워요.",
        "readme": "Gallery에 있던 내 데이터",
        "closed": "아이디 또는 비밀번호가 맞지 않아요.",
    },
}


@pytest.fixture
def mina(db) -> User:
    make_people(4)
    mina = User.objects.get(username="mina")
    picture = Pillow.new("RGB", (900, 600), "#369")
    services.share(mina, picture, title="나만 보는 달", description="", visibility=2)
    return mina


def download(page: Page, name: str) -> zipfile.ZipFile:
    with page.expect_download() as begun:
        page.get_by_role("main").get_by_role("button", name=name).click()
    assert begun.value.suggested_filename.startswith("gallery-mina-")
    return zipfile.ZipFile(begun.value.path())


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_one_leaves_with_everything(live_server, open_page, complaints, mina, language, has_script):
    words = WORDS[language]
    page = open_page(locale=language, java_script_enabled=has_script)
    log_in(page)
    page.goto("/account/settings/")
    page.locator('a[href="/account/settings/export/"]').click()
    archive = download(page, words["export"])
    [told] = json.loads(archive.read("pictures.json"))
    assert told["title"] == "나만 보는 달"
    assert archive.read(told["file"]).startswith(b"RIFF")
    assert archive.read("README.txt").decode().startswith(words["readme"])

    page.goto("/account/settings/")
    page.locator('a[href="/account/settings/close/"]').click()
    assert download(page, words["export"]).namelist() == archive.namelist()
    field = page.locator("[name=password]")
    field.fill("something else")
    complaints.expect("400")
    page.get_by_role("button", name=words["close"]).click()
    expect(page.locator(".field-errors")).to_contain_text(words["wrong"])
    expect(field).to_have_attribute("aria-invalid", "true")
    assert User.objects.get(username="mina").is_active
    field.fill(PASSWORD)
    page.get_by_role("button", name=words["close"]).click()
    page.wait_for_url(live_server.url + "/")
    expect(page.locator(".messages")).to_contain_text(words["goodbye"])
    expect(page.locator(".hero")).to_be_visible()
    assert not User.objects.filter(username="mina").exists()
    assert not Image.objects.exists()
    page.goto("/account/settings/")
    page.fill("[name=username]", "mina")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("main").get_by_role("button").last.click()
    expect(page.locator(".form-error")).to_contain_text(words["closed"])


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_no_page_is_wider_than_the_window(
    live_server, open_page, complaints, screenshot, mina, settings, width
):
    """In both languages and themes; pictures for people to look at."""
    settings.GALLERY_EXPORTS_PER_HOUR = 0
    complaints.expect("400|429")
    for language, scheme in (("ko", "light"), ("en", "dark")):
        page = open_page(
            locale=language, color_scheme=scheme, viewport={"width": width, "height": 844}
        )
        log_in(page)
        for name in ("settings", "export", "close", "close-wrong", "export-again"):
            place = {"settings": ""}.get(name, f"{name.partition('-')[0]}/")
            page.goto(f"/account/settings/{place}")
            if name == "close-wrong":
                page.get_by_role("button", name=WORDS[language]["close"]).click()
                expect(page.locator(".field-errors")).to_be_visible()
            elif name == "export-again":
                page.get_by_role("button", name=WORDS[language]["export"]).click()
                expect(page.locator(".form-error")).to_be_visible()
            too_wide = page.evaluate(
                "(e => e.scrollWidth - e.clientWidth)(document.documentElement)"
            )
            assert too_wide <= 0, f"{name} in {language} at {width}px"
            screenshot(page, f"account-{name}-{language}-{scheme}-{width}")
