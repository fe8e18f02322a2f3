"""Notifications, in a real browser: the bell, the list, and the switches."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from PIL import Image as Pillow
from playwright.sync_api import Page, expect

from gallery.accounts.models import User
from gallery.activity.models import Activity
from gallery.comments.services import write
from gallery.images import services
from gallery.images.models import Image
from slipstream.follows import follow, is_following
from slipstream.notifications import preferences, unread_count

from .people import eventually, hang_many

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 390, "height": 844}
TABLET = {"width": 800, "height": 900}


def person(username: str, name: str) -> User:
    return User.objects.create_user(username, f"{username}@example.com", "a password", name=name)


@pytest.fixture
def mina(db) -> User:
    return person("mina", "김미나")


@pytest.fixture
def minjun(db) -> User:
    return person("minjun", "민준")


@pytest.fixture
def picture(mina) -> Image:
    drawn = Pillow.new("RGB", (600, 400), "#246")
    return services.share(mina, drawn, title="밤의 바다", description="", visibility=0)


def bell(page: Page):
    return page.locator("a.bell")


def lines(page: Page):
    return page.locator(".notification")


def many(owner: User, liker: User, count: int) -> None:
    """Tell ``owner`` of so many likes; the pictures have no files."""
    hang_many(owner, count)
    for image in Image.objects.filter(user=owner):
        services.like(liker, image)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_told_read_and_gone(open_as, mina, minjun, picture, scripts):
    comment, _is_new = write(minjun, picture, "한참 봤어요", token=uuid4())
    services.like(minjun, picture)
    page = open_as(mina, java_script_enabled=scripts)
    page.goto("/explore/")
    expect(bell(page)).to_have_accessible_name("Notifications, 2 unread")
    expect(bell(page).locator(".bell-count")).to_have_text("2")
    bell(page).click()
    expect(page.locator(".notification.is-unread")).to_have_count(2)
    expect(lines(page).first).to_contain_text(f"New: 민준 liked {picture.title}")
    expect(bell(page)).to_have_accessible_name("Notifications")
    expect(bell(page).locator(".bell-count")).to_be_hidden()
    # All of a line leads there, not only its words.
    box = lines(page).last.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 130, box["y"] + box["height"] - 8)
    page.wait_for_url(f"**{picture.get_absolute_url()}#{comment.anchor}")
    page.goto("/notifications/")
    expect(lines(page)).to_have_count(2)
    expect(page.locator(".is-unread")).to_have_count(0)


def test_the_follower_is_followed_back(open_as, mina, minjun):
    follow(minjun, mina)
    page = open_as(mina)
    page.goto("/notifications/")
    page.get_by_role("button", name="Follow 민준").click()
    expect(page.get_by_role("button", name="Unfollow 민준")).to_be_visible()
    eventually(page, lambda: is_following(mina, minjun))
    lines(page).get_by_role("link", name="민준").click()
    page.wait_for_url("**/@minjun/")


def test_more_comes_by_itself_under_one_heading(open_as, mina, minjun, complaints):
    complaints.expect(r"404 .*\.webp")
    many(mina, minjun, 45)
    page = open_as(mina)
    page.goto("/notifications/")
    for _ in range(5):
        page.mouse.wheel(0, 6000)
        page.wait_for_timeout(150)
    expect(lines(page)).to_have_count(45)
    expect(page.get_by_role("heading", level=2).and_(page.locator(":visible"))).to_have_count(1)
    eventually(page, lambda: unread_count(mina) == 0)


def test_page_by_page_and_all_at_once_without_scripts(open_as, mina, minjun, complaints):
    complaints.expect(r"404 .*\.webp")
    many(mina, minjun, 45)
    page = open_as(mina, java_script_enabled=False)
    page.goto("/notifications/")
    expect(lines(page)).to_have_count(20)
    page.get_by_role("link", name="Show what came before").click()
    expect(lines(page)).to_have_count(20)
    expect(page.locator(".notifications-period")).to_be_visible()
    assert unread_count(mina) == 5
    page.get_by_role("button", name="Mark all as read").click()
    page.wait_for_url("**/notifications/")
    expect(page.get_by_role("button", name="Mark all as read")).to_have_count(0)
    assert unread_count(mina) == 0


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_what_is_switched_off_is_not_told(open_as, mina, minjun, picture, scripts):
    page = open_as(mina, java_script_enabled=scripts)
    page.goto("/account/settings/")
    page.get_by_role("link", name="Choose what you are told of").click()
    likes = page.get_by_role("switch", name="Likes of your pictures")
    expect(likes).to_be_checked()
    page.get_by_text("Likes of your pictures").click()
    expect(likes).not_to_be_checked()
    assert all(is_on for _rule, is_on in preferences(mina))  # not before it is saved
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").get_by_text("Saved")).to_be_visible()
    expect(likes).not_to_be_checked()
    services.like(minjun, picture)
    assert Activity.objects.with_verb("liked").exists()
    assert unread_count(mina) == 0


@pytest.mark.parametrize("width", [320, 390, 800, 1280])
def test_the_bell_has_room(open_as, mina, minjun, picture, width):
    services.like(minjun, picture)
    page = open_as(mina, viewport={"width": width, "height": 800})
    for path in ("/explore/", "/notifications/", "/account/settings/notifications/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(bell(page)).to_be_in_viewport()
        box = bell(page).bounding_box()
        assert min(box["width"], box["height"]) >= 44
    face = page.locator(".menu-face").bounding_box()
    assert box["x"] + box["width"] <= face["x"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("viewport", [PHONE, TABLET], ids=["phone", "tablet"])
def test_how_it_looks(open_as, mina, minjun, picture, screenshot, scheme, language, viewport):
    follow(minjun, mina)
    for n in range(4):
        services.like(person(f"fan{n}", f"Fan {n}"), picture)
    write(minjun, picture, "색을 이렇게 쓸 수도 있군요. 배워 갑니다.", token=uuid4())
    page = open_as(mina, viewport=viewport, locale=language, color_scheme=scheme)
    page.goto("/notifications/")
    expect(lines(page)).to_have_count(3)
    name = re.sub(r"\W", "", f"{language}{scheme}{viewport['width']}")
    screenshot(page, f"notifications-{name}")
