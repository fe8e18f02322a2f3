"""The feed, in a real browser: what one sees of what others do."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image as Pillow
from playwright.sync_api import Page, expect

from gallery.accounts.models import User
from gallery.activity.models import Activity
from gallery.activity.verbs import FOLLOWED, JOINED, LIKED, SHARED
from gallery.images import services
from gallery.images.models import Image, Like
from slipstream.activity import Entry, log_activities
from slipstream.follows import follow, is_following

from .people import eventually, hang_many, jpeg, log_in, make_people

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "en": {
        "follow": "Follow",
        "share": "Share picture",
        "like": "Like",
        "unlike": "Unlike",
        "shared": "박서준 shared 밤의 바다",
        "liked": "박서준 liked 밤의 바다",
        "ago": r"just now|\d minutes? ago",
        "delete": "Delete",
        "new": "2 new",
        "end": "That was everything.",
    },
    "ko": {
        "follow": "팔로우",
        "share": "사진 올리기",
        "like": "좋아요",
        "unlike": "좋아요 취소",
        "shared": "박서준님이 밤의 바다를 올렸습니다",
        "liked": "박서준님이 밤의 바다를 좋아합니다",
        "ago": r"방금 전|\d분 전",
        "delete": "삭제",
        "new": "새 소식 2개",
        "end": "모두 보셨어요.",
    },
}


@pytest.fixture
def seojun(db) -> User:
    """Of six people, mina follows nobody and seojun has not done anything."""
    make_people(6)
    Activity.objects.all().delete()
    User.objects.get(username="mina").follows.clear()
    seojun = User.objects.get(username="seojun")
    seojun.set_password("a good password")
    seojun.save()
    return seojun


@pytest.fixture
def mina(seojun) -> User:
    return User.objects.get(username="mina")


def share(user: User, title: str = "밤의 바다", size: tuple[int, int] = (600, 400)) -> Image:
    picture = Pillow.new("RGB", size, "#246")
    return services.share(user, picture, title=title, description="", visibility=0)


def rows(page: Page):
    return page.locator(".activity")


def all_pictures_are_there(page: Page) -> bool:
    return page.evaluate(
        "[...document.querySelectorAll('.activity img')].every(i => i.complete && i.naturalWidth)"
    )


@pytest.mark.parametrize("language", ["en", "ko"])
def test_from_following_to_what_is_gone(live_server, open_page, screenshot, seojun, mina, language):
    words = WORDS[language]
    page, other = open_page(locale=language), open_page(locale=language)
    log_in(page)
    log_in(other, "seojun")

    page.goto("/@seojun/")
    page.get_by_role("main").locator(f'form[data-slipstream-follow="{seojun.pk}"] button').click()
    eventually(page, lambda: is_following(mina, seojun))

    other.goto("/share/")
    file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg("#246", (900, 600))}
    other.set_input_files("[data-share-files]", file)
    other.locator(".share-card [name=title]").fill("밤의 바다")
    other.locator("[data-share-send]").click()
    other.wait_for_url("**/pictures/**")
    like = other.locator("form[data-like] button")
    expect(like).to_have_text(words["like"])
    like.click()
    expect(like).to_have_text(words["unlike"])
    expect(other.locator("[data-like-count]")).to_have_text("1")
    eventually(page, lambda: Like.objects.filter(user=seojun).exists())

    page.goto("/")
    expect(rows(page).locator(".activity-sentence")).to_have_text([words["liked"], words["shared"]])
    image = Image.objects.get()
    for row in rows(page).all():
        expect(row.locator(".activity-face .face")).to_be_visible()
        box = row.locator(".activity-face .face").bounding_box()
        assert (box["width"], box["height"]) == (50, 50)
        links = row.locator(".activity-sentence a")
        expect(links.first).to_have_attribute("href", seojun.get_absolute_url())
        expect(links.last).to_have_attribute("href", image.get_absolute_url())
        expect(row.locator("time")).to_have_text(re.compile(words["ago"]))
        expect(
            row.locator(f'a.activity-picture[href="{image.get_absolute_url()}"]')
        ).to_be_visible()
    eventually(page, lambda: all_pictures_are_there(page))
    screenshot(page, f"feed-two-{language}")

    other.get_by_role("main").get_by_role("button", name=words["delete"], exact=True).click()
    other.wait_for_url("**/@seojun/?deleted=*")
    page.reload()
    expect(page.locator(".empty")).to_be_visible()
    expect(rows(page)).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_scrolls_to_its_end(live_server, open_page, complaints, seojun, mina, language):
    follow(mina, seojun)
    hang_many(seojun, 60)
    complaints.expect("404")  # these have no files
    log_activities(Entry(seojun, SHARED, image) for image in Image.objects.all())
    page = open_page(locale=language)
    log_in(page)
    expect(rows(page)).to_have_count(20)
    for _ in range(60):
        page.mouse.wheel(0, 6000)
        page.wait_for_timeout(100)
        if rows(page).count() == 60:
            break
    expect(rows(page)).to_have_count(60)
    ids = page.evaluate("[...document.querySelectorAll('.activity')].map(row => row.id)")
    newest = Activity.objects.by(seojun).with_verb(SHARED).newest().values_list("pk", flat=True)
    assert ids == [f"activity-{key}" for key in newest]
    expect(page.locator(".list-end")).to_have_text(WORDS[language]["end"])


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_is_new_is_told_and_brought(live_server, open_page, seojun, mina, language):
    follow(mina, seojun)
    first = share(seojun, "첫 사진")
    page = open_page(locale=language)
    page.clock.install(time=timezone.now())
    log_in(page)
    expect(rows(page)).to_have_count(1)
    services.like(seojun, first)
    share(seojun, "둘째 사진")
    page.evaluate("window.stayed = true")
    page.clock.fast_forward(31_000)
    news = page.locator("[data-news] button")
    expect(news).to_have_text(WORDS[language]["new"])
    news.click()
    expect(rows(page)).to_have_count(3)
    expect(rows(page).first).to_contain_text("둘째 사진")
    expect(news).to_have_count(0)
    assert page.evaluate("window.stayed")  # it was not loaded anew
    # The next time nothing is new, and times have gone on.
    page.clock.fast_forward(120_000)
    page.wait_for_timeout(300)
    expect(news).to_have_count(0)
    expect(rows(page).last.locator("time")).to_have_text(
        "2 minutes ago" if language == "en" else "2분 전"
    )


def test_likes_in_place(live_server, open_page, complaints, seojun, mina):
    follow(mina, seojun)
    image = share(seojun)
    services.like(seojun, image)
    page = open_page()
    log_in(page)
    buttons = page.locator(f'form[data-like="{image.pk}"] button')
    expect(buttons).to_have_text(["Like", "Like"])
    buttons.first.click()
    expect(buttons).to_have_text(["Unlike", "Unlike"])
    eventually(page, lambda: Like.objects.filter(user=mina).exists())
    buttons.last.focus()
    page.keyboard.press("Enter")
    expect(buttons).to_have_text(["Like", "Like"])
    expect(buttons.last).to_be_focused()
    eventually(page, lambda: not Like.objects.filter(user=mina).exists())
    # What the server refuses is taken back and said.
    Image.objects.update(visibility=2)
    complaints.expect("404")
    buttons.first.click()
    expect(page.locator("[data-slipstream-messages]")).to_contain_text("There is no such picture.")
    expect(buttons).to_have_text(["Like", "Like"])
    # Who was signed out meanwhile is asked to sign in.
    page.context.clear_cookies(name="sessionid")
    complaints.expect("401")
    buttons.first.click()
    page.wait_for_url("**/account/login/**")


def test_without_javascript(live_server, open_page, complaints, seojun, mina):
    hang_many(seojun, 30)
    complaints.expect("404")  # these have no files
    follow(mina, seojun)
    log_activities(Entry(seojun, SHARED, image) for image in Image.objects.all())
    page = open_page(java_script_enabled=False)
    log_in(page)
    expect(rows(page)).to_have_count(20)
    image = Image.objects.get(pk=Activity.objects.newest()[0].target_image_id)
    rows(page).first.get_by_role("button").click()
    expect(rows(page).first.get_by_role("button")).to_have_text("Unlike")
    assert Like.objects.get().image == image
    page.locator(".pager [rel=next]").click()
    expect(rows(page)).to_have_count(10)
    page.goto(image.get_absolute_url())
    expect(page.locator(".picture-likes [data-like-count]")).to_have_text("1")


def test_who_follows_nobody_is_told_whom_to_follow(live_server, open_page, seojun, mina):
    share(seojun)
    page = open_page()
    log_in(page)
    expect(page.locator(".feed-note")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    button = page.locator(".suggestion").first.get_by_role("button")
    button.click()
    expect(button).to_have_text("Unfollow")
    eventually(page, lambda: is_following(mina, seojun))


def varied(people: list[User]) -> None:
    """Some of everything, by hand of the people themselves."""
    now = timezone.now()
    first, second, *_ = people
    wide = share(first, "넓은 들판")
    tall = share(second, "A very long title of a tall picture, really", (400, 900))
    log_activities(
        Entry(*what, at=now - timedelta(minutes=30 * number))
        for number, what in enumerate(
            [
                (first, LIKED, tall),
                (second, FOLLOWED, first),
                (second, LIKED, wide),
                (first, JOINED),
            ]
        )
    )


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_no_page_is_wider_than_the_window(live_server, open_page, screenshot, mina, width):
    """In both languages and themes; pictures for people to look at."""
    people = list(User.objects.exclude(pk=mina.pk).order_by("username"))
    varied(people)
    image = Image.objects.first()
    pages = {
        "feed-everyone": "/",
        "activity": f"/@{people[0].username}/activity/",
        "activity-none": f"/@{people[4].username}/activity/",
        "picture-activity": f"/pictures/{image.pk}/activity/",
        "picture-liked": image.get_absolute_url(),
        "explore": "/explore/",
        "feed": "/",
        "feed-quiet": "/",
    }
    for language, scheme in (("ko", "light"), ("en", "dark")):
        page = open_page(
            locale=language, color_scheme=scheme, viewport={"width": width, "height": 844}
        )
        log_in(page)
        for name, path in pages.items():
            followed = {"feed": people[:2], "feed-quiet": people[4:]}.get(name, [])
            mina.follows.set(followed)
            page.goto(path)
            too_wide = page.evaluate(
                "(e => e.scrollWidth - e.clientWidth)(document.documentElement)"
            )
            assert too_wide <= 0, f"{name} in {language} at {width}px"
            screenshot(page, f"{name}-{language}-{scheme}-{width}")
