"""What a person does here, in a real browser: in both languages, and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from gallery.accounts.models import User
from slipstream.follows import follow, follow_counts, is_following

from .people import eventually, jpeg, log_in, make_people

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "en": {
        "create": "Create an account",
        "save": "Save",
        "follow": "Follow",
        "unfollow": "Unfollow",
    },
    "ko": {
        "create": "계정 만들기",
        "save": "저장",
        "follow": "팔로우",
        "unfollow": "언팔로우",
    },
}


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = {**settings.STORAGES, "private": private}


@pytest.fixture
def community(db):
    """Thirty people; the newest is on two cards of the directory."""
    make_people(30)
    return User.objects.newest()[0]


def join(page, words, username="new.person"):
    page.goto("/account/join/")
    page.fill("[name=username]", username)
    page.fill("[name=name]", "새로운 사람")
    page.fill("[name=email]", f"{username}@example.com")
    page.fill("[name=password1]", "a long walk home")
    page.fill("[name=password2]", "a long walk home")
    page.get_by_role("main").get_by_role("button", name=words["create"]).click()
    page.wait_for_url("**/account/settings/")
    return User.objects.get(username=username)


def cards_of(page, person):
    return page.locator(f'form[data-slipstream-follow="{person.pk}"] button')


def counts_of(page, person):
    return page.locator(f'[data-follower-count="{person.pk}"]')


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_from_joining_to_unfollowing(live_server, open_page, community, language, script):
    words = WORDS[language]
    page = open_page(locale=language, java_script_enabled=script)
    me = join(page, words)

    page.set_input_files(
        "[name=photo]", {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    )
    page.fill("[name=bio]", "빛을 모읍니다.")
    page.get_by_role("button", name=words["save"]).first.click()
    eventually(page, lambda: User.objects.get(pk=me.pk).bio == "빛을 모읍니다.")
    assert User.objects.get(pk=me.pk).photo

    page.goto("/people/")
    page.locator("main").locator("[name=q]").fill(community.name)
    page.locator("main form[role=search] button").click()
    page.wait_for_url("**q=*")
    expect(cards_of(page, community)).to_have_count(1)

    page.goto("/people/")
    buttons, counts = cards_of(page, community), counts_of(page, community)
    before = follow_counts(community).followers
    # Oneself is newest now, so the strip above shows both of us.
    expect(buttons).to_have_count(2)
    expect(buttons).to_have_text([words["follow"]] * 2)
    buttons.first.click()
    expect(buttons).to_have_text([words["unfollow"]] * 2)
    expect(counts).to_have_text([str(before + 1)] * counts.count())
    assert counts.count() >= 2
    eventually(page, lambda: is_following(me, community))
    assert page.url.endswith("/people/")

    buttons.last.click()
    expect(buttons).to_have_text([words["follow"]] * 2)
    expect(counts).to_have_text([str(before)] * counts.count())
    eventually(page, lambda: not is_following(me, community))


def test_a_double_click_says_the_same_twice(live_server, open_page, community):
    page = open_page()
    log_in(page)
    mina = User.objects.get(username="mina")
    follow(mina, community)
    page.goto(f"/@{community.username}/")
    button = cards_of(page, community)
    expect(button).to_have_text("Unfollow")
    button.click()
    button.click()
    page.wait_for_timeout(500)
    # Two clicks: unfollow, then follow; the last word counts, on the page and in the database.
    expect(button).to_have_text("Unfollow")
    eventually(page, lambda: is_following(mina, community))
    expect(counts_of(page, community).first).to_have_text(str(follow_counts(community).followers))


def test_the_button_keeps_the_focus(live_server, open_page, community):
    page = open_page()
    log_in(page)
    page.goto(f"/@{community.username}/")
    button = cards_of(page, community)
    was = button.text_content()
    button.focus()
    page.keyboard.press("Enter")
    expect(button).not_to_have_text(was)
    expect(button).to_be_focused()


def test_what_the_server_refuses_is_taken_back_and_said(
    live_server, open_page, complaints, community
):
    page = open_page()
    log_in(page)
    page.goto(f"/@{community.username}/")
    button = cards_of(page, community)
    was = button.text_content()
    User.objects.filter(pk=community.pk).update(is_active=False)
    complaints.expect("404")
    button.click()
    expect(page.locator("[data-slipstream-messages]")).to_contain_text("There is no such person.")
    expect(button).to_have_text(was)


def test_who_was_signed_out_meanwhile_is_asked_to_sign_in(
    live_server, open_page, complaints, community
):
    page = open_page()
    log_in(page)
    page.goto(f"/@{community.username}/")
    page.context.clear_cookies(name="sessionid")
    complaints.expect("401")
    cards_of(page, community).click()
    page.wait_for_url("**/account/login/**")
    assert f"next=/@{community.username}/" in page.url.replace("%40", "@").replace("%2F", "/")


def test_theme_and_language_are_switched(live_server, open_page, community):
    page = open_page(color_scheme="light")
    log_in(page)
    page.goto("/people/")

    def background() -> str:
        return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    light = background()
    page.locator("summary.menu-face").click()
    page.locator("form button[name=theme][value=dark]").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert background() != light
    page.locator("form button[name=language][value=ko]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.get_by_role("heading", level=1)).to_have_text("사람들")


def test_the_keyboard_reaches_the_content_first(live_server, open_page, community):
    page = open_page()
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.get_attribute("href") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"


PAGES = {
    "home": "/",
    "explore": "/explore/",
    "share": "/share/",
    "join": "/account/join/",
    "login": "/account/login/",
    "reset": "/account/password/reset/",
    "people": "/people/",
    "nobody": "/people/?q=zzzz",
    "person": "/@seojun/",
    "own": "/@mina/",
    "followers": "/@seojun/followers/",
    "settings": "/account/settings/",
    "password": "/account/settings/password/",
    "missing": "/nowhere/",
}
VISITORS = {"home", "join", "login", "reset"}


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_no_page_is_wider_than_the_window(
    live_server, open_page, complaints, community, screenshot, width
):
    """Every page in both languages and themes; pictures for people to look at."""
    complaints.expect("404")
    for language, scheme in (("ko", "light"), ("en", "dark")):
        page = open_page(
            locale=language, color_scheme=scheme, viewport={"width": width, "height": 844}
        )
        for visitor in (True, False):
            if not visitor:
                log_in(page)
            for name, path in PAGES.items():
                if (name in VISITORS) is visitor:
                    page.goto(path)
                    too_wide = page.evaluate(
                        "(e => e.scrollWidth - e.clientWidth)(document.documentElement)"
                    )
                    assert too_wide <= 0, f"{name} in {language} at {width}px"
                    screenshot(page, f"{name}-{language}-{scheme}-{width}")
