"""Likes, in a real browser: in the grid, in the feed, and who they are of."""

from __future__ import annotations

import pytest
from PIL import Image as Pillow
from playwright.sync_api import Page, expect

from gallery.accounts.models import User
from gallery.images import services
from gallery.images.models import Image, Like
from slipstream.follows import follow, is_following

from .people import eventually, hang_many, log_in, make_people

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "en": {
        "order": "Most liked",
        "likers": "People who like it",
        "nobody": "No likes yet",
        "likes": "2 likes",
        "follow": "Follow",
        "unfollow": "Unfollow",
        "last": "That was the last picture.",
    },
    "ko": {
        "order": "좋아요순",
        "likers": "좋아하는 사람들",
        "nobody": "아직 좋아요가 없어요",
        "likes": "좋아요 2개",
        "follow": "팔로우",
        "unfollow": "언팔로우",
        "last": "마지막 사진이에요.",
    },
}


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = {**settings.STORAGES, "private": private}


@pytest.fixture
def mina(db) -> User:
    make_people(6)
    return User.objects.get(username="mina")


@pytest.fixture
def seojun(mina) -> User:
    return User.objects.get(username="seojun")


def share(user: User, title: str, size: tuple[int, int] = (900, 600)) -> Image:
    picture = Pillow.new("RGB", size, "#c96")
    return services.share(user, picture, title=title, description="", visibility=0)


def tile(page: Page, image: Image):
    return page.locator(f"#image-{image.pk}")


def likes(image: Image) -> int:
    return Image.objects.get(pk=image.pk).like_count


@pytest.mark.parametrize("language", ["en", "ko"])
def test_from_the_grid_to_who_likes_it(live_server, open_page, mina, seojun, language):
    words = WORDS[language]
    first, second = share(seojun, "첫 사진"), share(seojun, "둘째 사진")
    services.like(seojun, first)
    page = open_page(locale=language)
    log_in(page)
    page.goto("/explore/")
    page.evaluate("window.stayed = true")
    number = tile(page, first).locator(".like-number")
    expect(number).to_have_text("1")
    tile(page, first).get_by_role("button").click()
    expect(number).to_have_text("2")
    expect(tile(page, first).locator(".like-count")).to_have_text(words["likes"])
    # Nobody likes it: told when one comes near.
    none = tile(page, second).locator(".like-number")
    expect(none).to_be_hidden()
    tile(page, second).get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(none).to_have_text("1")
    page.keyboard.press("Enter")
    expect(none).to_be_hidden()
    eventually(page, lambda: (likes(first), likes(second)) == (2, 0))
    assert page.evaluate("window.stayed")

    page.get_by_role("link", name=words["order"]).click()
    page.wait_for_url("**/explore/?order=likes")
    titles = [first.title, second.title]
    expect(page.locator(".tile-title")).to_have_text(titles)
    tile(page, first).locator(".tile-link").click()
    page.locator("a.like-count").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words["likers"])
    expect(page.locator(".card-name")).to_have_text([mina.name, seojun.name])
    button = page.locator(f'form[data-slipstream-follow="{seojun.pk}"] button')
    following = is_following(mina, seojun)
    expect(button).to_have_text(words["unfollow" if following else "follow"])
    button.click()
    eventually(page, lambda: is_following(mina, seojun) != following)
    page.goto(f"/images/{second.pk}/likes/")
    expect(page.locator(".empty h2")).to_have_text(words["nobody"])


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_most_liked_scroll_to_their_end(
    live_server, open_page, complaints, mina, seojun, language
):
    hang_many(seojun, 60)
    complaints.expect("404")  # these have no files
    keys = list(Image.objects.order_by("pk").values_list("pk", flat=True))
    Like.objects.bulk_create(Like(user=mina, image_id=key) for key in keys[::3])
    page = open_page(locale=language)
    log_in(page)
    page.goto("/explore/?order=likes")
    tiles = page.locator(".tile")
    for _ in range(150):
        page.mouse.wheel(0, 6000)
        page.wait_for_timeout(100)
        if tiles.count() == 60:
            break
    expect(tiles).to_have_count(60)
    ids = page.evaluate("[...document.querySelectorAll('.tile')].map(tile => tile.id)")
    assert ids == [f"image-{image.pk}" for image in Image.objects.all().most_liked()]
    expect(page.locator("[data-endless] [role=status]")).to_contain_text(WORDS[language]["last"])
    # Those that came later are as good as the first.
    last = tiles.last
    last.scroll_into_view_if_needed()
    last.hover()
    last.get_by_role("button").click()
    expect(last.locator(".like-number")).to_have_text("1")
    eventually(page, lambda: likes(Image.objects.all().get(pk=min(keys[1:]))) == 1)


def test_a_refusal_is_taken_back_and_said(live_server, open_page, complaints, mina, seojun):
    image = share(seojun, "첫 사진")
    services.like(seojun, image)
    page = open_page()
    log_in(page)
    page.goto("/explore/")
    services.delete(image)
    complaints.expect("404")
    tile(page, image).hover()
    tile(page, image).get_by_role("button").click()
    expect(page.locator("[data-slipstream-messages]")).to_contain_text("There is no such picture.")
    expect(tile(page, image).locator(".like-number")).to_have_text("1")
    expect(tile(page, image).get_by_role("button")).not_to_have_class("is-liked")


def test_a_visitor_is_asked_to_log_in(live_server, open_page, complaints, mina, seojun):
    image = share(seojun, "첫 사진")
    complaints.expect("401")
    page = open_page()
    page.goto("/explore/")
    tile(page, image).hover()
    tile(page, image).get_by_role("button").click()
    page.wait_for_url("**/account/login/**")


def test_without_javascript(live_server, open_page, mina, seojun):
    image = share(seojun, "첫 사진")
    page = open_page(java_script_enabled=False)
    log_in(page)
    page.goto("/explore/")
    tile(page, image).hover()
    tile(page, image).get_by_role("button").click()
    page.wait_for_url(f"**/explore/#image-{image.pk}")
    expect(tile(page, image).locator(".like-number")).to_have_text("1")
    page.get_by_role("link", name="Most liked").click()
    expect(page.locator(".tile")).to_have_count(1)
    page.goto(image.get_absolute_url())
    page.locator("a.like-count").click()
    expect(page.locator(".card-name")).to_have_text([mina.name])


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_no_page_is_wider_than_the_window(live_server, open_page, screenshot, mina, seojun, width):
    """In both languages and themes; pictures for people to look at."""
    shapes = [(900, 600), (600, 900), (1200, 500), (800, 800), (500, 900), (1000, 700)]
    shared = [share(seojun, f"밤의 바다 {n}", size) for n, size in enumerate(shapes)]
    follow(mina, seojun)
    for person in User.objects.all():
        services.like(person, shared[1])
    for image in shared[::2]:
        services.like(mina, image)
    pages = {
        "likes": f"/images/{shared[1].pk}/likes/",
        "likes-none": f"/images/{shared[5].pk}/likes/",
        "explore-liked": "/explore/?order=likes",
        "picture-liked-by-many": shared[1].get_absolute_url(),
        "person-liked": seojun.get_absolute_url(),
        "feed-liked": "/",
    }
    for language, scheme in (("ko", "light"), ("en", "dark")):
        viewport = {"width": width, "height": 844}
        is_phone = width < 768
        options = {"locale": language, "color_scheme": scheme, "viewport": viewport}
        page = open_page(**options, has_touch=is_phone, is_mobile=is_phone)
        page.goto("/?order=likes")
        screenshot(page, f"home-liked-{language}-{scheme}-{width}")
        log_in(page)
        for name, path in pages.items():
            page.goto(path)
            too_wide = page.evaluate(
                "(e => e.scrollWidth - e.clientWidth)(document.documentElement)"
            )
            assert too_wide <= 0, f"{name} in {language} at {width}px"
            screenshot(page, f"{name}-{language}-{scheme}-{width}")
