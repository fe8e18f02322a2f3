"""From one's first look to one's last, in both languages, with JavaScript and without.

The words are those of the catalogue, so that a better one needs no change here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Locator, Page, expect

from gallery.accounts.models import User
from gallery.comments.models import Comment
from gallery.images.models import Image, Like
from slipstream.follows import follow_counts, is_following

from .people import eventually, jpeg, make_people
from .test_feed import share

pytestmark = pytest.mark.django_db(transaction=True)

NAME, PASSWORD = "new.person", "a long walk home"
Words = Callable[[str], str]


@pytest.fixture(params=["en", "ko"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=[True, False], ids=["script", "plain"])
def has_script(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture
def words(language: str) -> Words:
    """Say what the source says in the language of the journey."""

    def say(text: str) -> str:
        with translation.override(language):
            return gettext(text)

    return say


@pytest.fixture
def picture(transactional_db: None) -> Image:
    """A picture of seojun's, in a community of six."""
    make_people(6)
    return share(User.objects.get(username="seojun"), "밤의 바다")


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def join(page: Page, words: Words) -> User:
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name=words("Join"), exact=True).click()
    for field, value in {
        "username": NAME,
        "name": "새로운 사람",
        "email": "new@example.com",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }.items():
        main(page).locator(f"[name={field}]").fill(value)
    main(page).get_by_role("button", name=words("Create an account")).click()
    page.wait_for_url(lambda url: "/join/" not in url)
    return User.objects.get(username=NAME)


def find(page: Page, person: User) -> None:
    """Go to the page of ``person`` as one does who knows a name."""
    page.goto("/")
    field = page.get_by_role("banner").get_by_role("search").locator("[name=q]")
    field.fill(person.name)
    field.press("Enter")
    page.wait_for_url(re.compile(r"[?&]q="))
    main(page).locator(f'a[href="{person.get_absolute_url()}"]').first.click()
    page.wait_for_url(f"**{person.get_absolute_url()}")


def follow(page: Page, me: User, person: User, words: Words) -> None:
    button = page.locator(f'form[data-slipstream-follow="{person.pk}"] button').first
    expect(button).to_have_text(words("Follow"))
    button.click()
    # Without a script it is another page that says so.
    expect(button).to_have_text(words("Unfollow"))
    eventually(page, lambda: is_following(me, person))


def like_and_comment(page: Page, me: User, image: Image, words: Words) -> None:
    main(page).locator(f'a[href="{image.get_absolute_url()}"]').first.click()
    page.wait_for_url(f"**{image.get_absolute_url()}")
    button = main(page).locator(f'form[data-like="{image.pk}"] button').first
    button.click()
    expect(button).to_have_class(re.compile("is-liked"))
    eventually(page, lambda: Like.objects.filter(user=me, image=image).exists())

    form = page.locator("form[data-comment-form=write]")
    form.locator("textarea").fill("빛이 참 좋아요.")
    form.get_by_role("button", name=words("Post comment")).click()
    expect(page.locator(".comment-text")).to_have_text(["빛이 참 좋아요."])
    assert Comment.objects.get(image=image).user == me


def upload(page: Page, me: User, words: Words, *, has_script: bool) -> Image:
    page.get_by_role("banner").locator('a[href="/share/"]').click()
    page.wait_for_url("**/share/")
    file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg("#246", (900, 600))}
    if has_script:
        page.set_input_files("[data-share-files]", file)
        page.locator(".share-card [name=title]").fill("아침 빛")
        page.locator("[data-share-send]").click()
    else:
        form = page.locator("[data-share-plain]")
        form.locator("[name=image]").set_input_files(file)
        form.locator("[name=title]").fill("아침 빛")
        form.get_by_role("button", name=words("Share picture")).click()
    page.wait_for_url("**/pictures/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("아침 빛")
    return Image.objects.get(user=me)


def leave(page: Page, words: Words) -> None:
    page.goto("/account/settings/")
    page.locator('a[href="/account/settings/close/"]').click()
    main(page).locator("[name=password]").fill(PASSWORD)
    main(page).get_by_role("button", name=words("Close my account for good")).click()
    page.wait_for_url(re.compile(r"/$"))
    goodbye = words("Your account is closed. Thank you for having been here.")
    expect(page.get_by_text(goodbye)).to_be_visible()


def test_from_the_first_look_to_the_last(
    live_server, open_page, picture, words, language, has_script
):
    seojun = picture.user
    followers = follow_counts(seojun).followers
    page = open_page(locale=language, java_script_enabled=has_script)
    me = join(page, words)
    find(page, seojun)
    follow(page, me, seojun, words)
    like_and_comment(page, me, picture, words)
    upload(page, me, words, has_script=has_script)
    counts = Image.objects.values_list("like_count", "comment_count")
    assert counts.get(pk=picture.pk) == (1, 1)
    assert follow_counts(seojun).followers == followers + 1

    leave(page, words)
    assert not User.objects.filter(username=NAME).exists()
    assert counts.get(pk=picture.pk) == (0, 0)
    assert follow_counts(seojun).followers == followers
    assert Image.objects.get() == picture


def test_one_is_told_what_others_did(live_server, open_as, picture, words, language, has_script):
    """Somebody follows one and likes one's picture: it is among the notifications, once new."""
    mina, seojun = User.objects.get(username="mina"), picture.user
    seojun.follows.clear()
    mina.follows.clear()
    other = open_as(mina, locale=language, java_script_enabled=has_script)
    other.goto(seojun.get_absolute_url())
    follow(other, mina, seojun, words)
    like_and_comment(other, mina, picture, words)

    page = open_as(seojun, locale=language, java_script_enabled=has_script)
    page.goto("/")
    page.get_by_role("banner").locator('a[href="/notifications/"]').click()
    page.wait_for_url("**/notifications/")
    expect(main(page)).to_contain_text(mina.name)
    expect(main(page)).to_contain_text(picture.title)
