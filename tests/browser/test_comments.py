"""Comments, in a real browser: written, changed and deleted, with JavaScript and without."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from gallery.accounts.models import User
from gallery.comments import services
from gallery.comments.models import Comment
from gallery.images.models import Image

from .people import eventually, log_in, make_people
from .test_feed import share

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "en": {
        "post": "Post comment",
        "save": "Save",
        "cancel": "Cancel",
        "edit": "Edit",
        "delete": "Delete",
        "edited": "edited",
        "one": "1 comment",
        "two": "2 comments",
        "earlier": "Show earlier comments",
        "empty": "Please fill this in.",
        "failed": "That did not work. Please try again.",
        "posted": "Your comment is posted.",
        "more": "20 more",
        "log in": "Log in to comment",
    },
    "ko": {
        "post": "댓글 남기기",
        "save": "저장",
        "cancel": "취소",
        "edit": "수정",
        "delete": "삭제",
        "edited": "수정됨",
        "one": "댓글 1개",
        "two": "댓글 2개",
        "earlier": "이전 댓글 더 보기",
        "empty": "내용을 입력해 주세요.",
        "failed": "처리하지 못했어요. 다시 시도해 주세요.",
        "posted": "댓글을 남겼어요.",
        "more": "20개를 더 불러왔어요.",
        "log in": "로그인하고 댓글 쓰기",
    },
}
LANGUAGES = pytest.mark.parametrize("language", ["en", "ko"])


@pytest.fixture
def image(db) -> Image:
    """A picture of seojun's; mina may sign in."""
    make_people(6)
    return share(User.objects.get(username="seojun"))


@pytest.fixture
def seojun(image) -> User:
    return image.user


@pytest.fixture
def mina(image) -> User:
    return User.objects.get(username="mina")


def say_many(user: User, image: Image, count: int) -> None:
    now = timezone.now()
    Comment.objects.bulk_create(
        Comment(
            user=user,
            image=image,
            text=f"Nummer {number}",
            created_at=now - timedelta(minutes=count - number),
        )
        for number in range(count)
    )


def rows(page: Page):
    return page.locator(".comment")


def texts(page: Page):
    return page.locator(".comment-text")


def field(page: Page):
    return page.locator("form[data-comment-form=write] textarea")


@LANGUAGES
def test_written_changed_and_deleted_in_place(
    live_server, open_page, screenshot, image, mina, seojun, language
):
    words = WORDS[language]
    services.write(seojun, image, "제 사진이에요", token=uuid4())
    page = open_page(locale=language)
    log_in(page)
    page.goto(image.get_absolute_url())
    page.evaluate("window.stayed = true")
    expect(page.locator(".comment-count")).to_have_text(words["one"])

    field(page).fill("첫 줄\n<b>둘째 줄</b> https://example.org/bilder")
    page.get_by_role("button", name=words["post"]).click()
    expect(rows(page)).to_have_count(2)
    expect(texts(page).last).to_have_text("첫 줄<b>둘째 줄</b> https://example.org/bilder")
    expect(texts(page).last.locator("a")).to_have_attribute("rel", "nofollow ugc noopener")
    expect(page.locator(".comment-count")).to_have_text(words["two"])
    expect(page.locator(".comments-number")).to_have_text("2")
    expect(field(page)).to_have_value("")
    expect(page.locator("[data-comment-status]")).to_have_text(words["posted"])
    screenshot(page, f"comments-written-{language}")

    # Another with the same form, sent by keyboard; the focus stays.
    field(page).fill("noch einer")
    field(page).press("Control+Enter")
    expect(rows(page)).to_have_count(3)
    expect(field(page)).to_be_focused()

    row = rows(page).nth(1)
    row.get_by_role("link", name=words["edit"]).click()
    editor = row.locator("textarea")
    expect(editor).to_be_focused()
    expect(editor).to_have_value("첫 줄\n<b>둘째 줄</b> https://example.org/bilder")
    screenshot(page, f"comments-editing-{language}")
    editor.press("Escape")
    expect(editor).to_have_count(0)
    expect(row.get_by_role("link", name=words["edit"])).to_be_focused()
    row.get_by_role("link", name=words["edit"]).press("Enter")
    editor.fill("schöner")
    row.get_by_role("button", name=words["save"]).click()
    expect(row.locator(".comment-text")).to_have_text("schöner")
    expect(row.locator(".comment-edited")).to_have_text(words["edited"])
    expect(row.get_by_role("link", name=words["edit"])).to_be_focused()

    row.get_by_role("link", name=words["delete"]).click()
    screenshot(page, f"comments-deleting-{language}")
    row.get_by_role("link", name=words["cancel"]).click()
    expect(row.get_by_role("link", name=words["delete"])).to_be_focused()
    row.get_by_role("link", name=words["delete"]).click()
    row.get_by_role("button", name=words["delete"]).click()
    expect(texts(page)).to_have_text(["제 사진이에요", "noch einer"])
    expect(page.locator(".comment-count")).to_have_text(words["two"])
    # Of somebody else's, on somebody else's picture, nothing can be changed.
    expect(rows(page).first.locator("[data-comment-open]")).to_have_count(0)
    assert page.evaluate("window.stayed")
    page.reload()
    expect(texts(page)).to_have_text(["제 사진이에요", "noch einer"])


@LANGUAGES
def test_what_is_refused_keeps_the_text(live_server, open_page, complaints, image, mina, language):
    words = WORDS[language]
    page = open_page(locale=language)
    log_in(page)
    page.goto(image.get_absolute_url())
    send, error = page.get_by_role("button", name=words["post"]), page.locator(".field-errors")

    complaints.expect("400")
    field(page).fill("   ")
    send.click()
    expect(error).to_have_text(words["empty"])
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_attribute("aria-invalid", "true")

    complaints.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED")
    page.context.set_offline(True)
    field(page).fill("bleibt stehen")
    send.click()
    expect(error).to_have_text(words["failed"])
    expect(field(page)).to_have_value("bleibt stehen")
    page.context.set_offline(False)

    # The answer was lost, not the comment: the same form again is the same comment.
    page.route("**/comments/", lambda route: (route.fetch(), route.abort()))
    send.click()
    eventually(page, Comment.objects.exists)
    expect(error).to_have_text(words["failed"])
    page.unroute("**/comments/")
    send.click()
    expect(rows(page)).to_have_count(1)
    expect(error).to_have_count(0)
    expect(page.locator(".comment-count")).to_have_text(words["one"])

    # Who was signed out meanwhile can sign in elsewhere.
    complaints.expect("401")
    page.context.clear_cookies(name="sessionid")
    field(page).fill("auch das bleibt")
    send.click()
    expect(error.locator("a")).to_have_attribute("href", re.compile("/account/login/"))
    expect(field(page)).to_have_value("auch das bleibt")


@LANGUAGES
def test_earlier_ones_come_above(live_server, open_page, image, mina, language):
    words = WORDS[language]
    say_many(mina, image, 50)
    page = open_page(locale=language, viewport={"width": 390, "height": 844})
    page.goto(image.get_absolute_url())
    expect(texts(page)).to_have_text([f"Nummer {number}" for number in range(30, 50)])
    earlier = page.get_by_role("link", name=words["earlier"])
    earlier.scroll_into_view_if_needed()
    first = page.get_by_text("Nummer 30", exact=True)
    place = first.bounding_box()["y"]
    earlier.click()
    expect(rows(page)).to_have_count(40)
    assert abs(first.bounding_box()["y"] - place) < 2  # what one reads stays where it is
    expect(page.locator("[data-comment-status]")).to_have_text(words["more"])
    earlier.click()
    expect(texts(page)).to_have_text([f"Nummer {number}" for number in range(50)])
    expect(earlier).to_have_count(0)


@LANGUAGES
def test_without_javascript(live_server, open_page, complaints, image, mina, language):
    words = WORDS[language]
    say_many(mina, image, 21)
    page = open_page(locale=language, java_script_enabled=False)
    page.goto(image.get_absolute_url())
    page.get_by_role("link", name=words["log in"]).click()
    log_in(page)
    page.goto(image.get_absolute_url())

    # Refused: on a page of its own, with the text.
    complaints.expect("400")
    too_long = "x" * 2001
    page.locator("form[data-comment-form=write] textarea").evaluate(
        "(field, text) => { field.removeAttribute('maxlength'); field.value = text }", too_long
    )
    page.get_by_role("button", name=words["post"]).click()
    expect(page).to_have_url(re.compile(r"/images/\d+/comments/$"))
    expect(field(page)).to_have_value(too_long)
    expect(page.locator(".field-errors")).to_be_visible()
    field(page).fill("kurz")
    page.get_by_role("button", name=words["post"]).click()
    expect(page).to_have_url(re.compile(r"/pictures/\d+/#comment-\d+$"))
    expect(texts(page).last).to_have_text("kurz")

    rows(page).last.get_by_role("link", name=words["edit"]).click()
    field_there = page.locator("form[data-comment-form=edit] textarea")
    expect(field_there).to_have_value("kurz")
    field_there.fill("kürzer")
    page.get_by_role("button", name=words["save"]).click()
    expect(page).to_have_url(re.compile(r"/pictures/\d+/#comment-\d+$"))
    expect(texts(page).last).to_have_text("kürzer")

    page.get_by_role("link", name=words["earlier"]).click()
    expect(texts(page)).to_have_text(["Nummer 0", "Nummer 1"])
    rows(page).last.get_by_role("link", name=words["delete"]).click()
    expect(texts(page)).to_have_text("Nummer 1")
    page.get_by_role("button", name=words["delete"]).click()
    expect(page).to_have_url(re.compile(r"/pictures/\d+/#comments$"))
    assert Comment.objects.count() == 21


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_window(live_server, open_page, screenshot, image, mina, width):
    """In both languages and themes; pictures for people to look at."""
    people = list(User.objects.exclude(pk=mina.pk).order_by("pk"))
    said = [
        "와, 이 색감 정말 좋네요 👏",
        "One question, if you don't mind:\n\ndo you plan these, or do they just happen?",
        "Look: https://example.org/a/very/long/address/that/goes/on/and/on/and/on?and=more#still",
        "w" * 300,
        "한 줄\n두 줄\n세 줄",
    ]
    say_many(people[0], image, 21)
    for person, text in zip(people, said, strict=False):
        services.write(person, image, text, token=uuid4())
    mine, _ = services.write(mina, image, "제가 쓴 댓글이에요.", token=uuid4())
    services.edit(mine, "제가 쓰고 고친 댓글이에요.")
    hidden, _ = services.write(mina, image, "가려진 댓글", token=uuid4())
    services.hide(Comment.objects.filter(pk=hidden.pk))
    empty = share(people[0], "빈 사진")
    pages = {
        "comments": image.get_absolute_url(),
        "comments-all": f"/images/{image.pk}/comments/",
        "comments-none": empty.get_absolute_url(),
        "comment-edit": f"/comments/{mine.pk}/edit/",
        "comment-delete": f"/comments/{mine.pk}/delete/",
    }
    for language, scheme in (("ko", "light"), ("en", "dark")):
        page = open_page(
            locale=language, color_scheme=scheme, viewport={"width": width, "height": 844}
        )
        log_in(page)
        for name, path in pages.items():
            page.goto(path)
            too_wide = page.evaluate(
                "(e => e.scrollWidth - e.clientWidth)(document.documentElement)"
            )
            assert too_wide <= 0, f"{name} in {language} at {width}px"
            screenshot(page, f"{name}-{language}-{scheme}-{width}")
