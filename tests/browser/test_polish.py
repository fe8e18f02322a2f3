"""What all pages share, in a real browser: messages, waiting, errors of forms, numbers, paper."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from gallery.accounts.models import User
from slipstream.follows import follow, is_following
from tests.gallery.test_numbers import SHORT

from .people import eventually, log_in, make_people

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "en": {"unfollow": "Unfollow", "undo": "Undo", "said": "You no longer follow"},
    "ko": {"unfollow": "언팔로우", "undo": "되돌리기", "said": "팔로우하지 않아요"},
}
LONG = {
    "word": "가나다라마바사아자차카타파하" * 4 + "긴이름",
    "latin": "Wolfeschlegelsteinhausenbergerdorff" + "x" * 25,
    "emoji": "👩‍👩‍👧‍👦" * 8,
    "rtl": "عبد الرحمن بن محمد بن خلدون الحضرمي",
}


@pytest.fixture
def mina(db) -> User:
    make_people(8)
    return User.objects.get(username="mina")


@pytest.fixture
def seojun(mina) -> User:
    seojun = User.objects.get(username="seojun")
    follow(mina, seojun)
    return seojun


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_unfollowing_is_undone(live_server, open_page, mina, seojun, language, script):
    words = WORDS[language]
    page = open_page(locale=language, java_script_enabled=script)
    log_in(page)
    page.goto(seojun.get_absolute_url())
    button = page.locator(f'form[data-slipstream-follow="{seojun.pk}"] button').first
    button.click()
    messages = page.locator(".messages")
    expect(messages).to_contain_text(words["said"])
    expect(messages).to_have_attribute("role", "status")
    eventually(page, lambda: not is_following(mina, seojun))
    messages.get_by_role("button", name=words["undo"]).click()
    expect(button).to_have_text(words["unfollow"])
    eventually(page, lambda: is_following(mina, seojun))
    expect(messages.locator(".message")).to_have_count(0)


def test_messages_wait_for_who_is_at_them(live_server, open_page, mina, seojun):
    page = open_page()
    page.clock.install()
    log_in(page)
    page.goto(seojun.get_absolute_url())
    button = page.locator(f'form[data-slipstream-follow="{seojun.pk}"] button').first
    message = page.locator(".messages .message")
    button.click()
    expect(message).to_have_count(1)
    page.clock.run_for(7_000)
    expect(message).to_have_count(1)
    message.hover()
    page.clock.run_for(60_000)
    expect(message).to_have_count(1)
    page.mouse.move(5, 600)
    message.get_by_role("button", name="Undo").focus()
    page.clock.run_for(60_000)
    expect(message).to_have_count(1)
    # The focus goes back to where it came from, and nothing is undone.
    button.focus()
    message.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Escape")
    expect(message).to_have_count(0)
    expect(button).to_be_focused()
    assert not is_following(mina, seojun)


def test_messages_go_by_themselves(live_server, open_page, mina, seojun):
    page = open_page()
    page.clock.install()
    log_in(page)
    page.goto(seojun.get_absolute_url())
    page.locator(f'form[data-slipstream-follow="{seojun.pk}"] button').first.click()
    expect(page.locator(".messages .message")).to_have_count(1)
    page.mouse.move(5, 600)
    page.clock.run_for(9_000)
    expect(page.locator(".messages .message")).to_have_count(0)


def test_following_again_takes_the_offer_away(live_server, open_page, mina, seojun):
    page = open_page()
    log_in(page)
    page.goto(seojun.get_absolute_url())
    button = page.locator(f'form[data-slipstream-follow="{seojun.pk}"] button').first
    button.click()
    expect(page.locator(".messages .message")).to_have_count(1)
    button.click()
    expect(page.locator(".messages .message")).to_have_count(0)
    eventually(page, lambda: is_following(mina, seojun))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_scripts_say_numbers_as_the_server_does(live_server, open_page, db, language):
    page = open_page(locale=language)
    page.goto("/account/login/")
    numbers = [number for number, *_ in SHORT]
    told = page.evaluate(
        """async (numbers) => {
            const { short } = await import("/static/gallery/js/numbers.js");
            return numbers.map(short);
        }""",
        numbers,
    )
    column = 1 if language == "en" else 2
    assert told == [row[column] for row in SHORT]


def test_a_short_number_changes_with_the_exact_one(live_server, open_page, mina, seojun):
    page = open_page()
    log_in(page)
    page.goto(seojun.get_absolute_url())
    count = page.locator(f'[data-follower-count="{seojun.pk}"]').first
    count.evaluate("e => { e.dataset.number = 1000; e.textContent = '1K'; e.title = '1,000' }")
    # Until the answer is there, which has what is true.
    page.route("**/follow/", lambda route: None)
    page.locator(f'form[data-slipstream-follow="{seojun.pk}"] button').first.click()
    expect(count).to_have_text("999")
    expect(count).not_to_have_attribute("title", "1,000")
    expect(page.locator("[data-follower-phrase]").first).to_have_text("999 followers")


def test_a_form_under_way_says_so_and_is_sent_once(live_server, open_page, mina):
    page = open_page()
    log_in(page)
    page.goto("/account/settings/")
    # Held here, after all others have had their say.
    page.evaluate(
        """() => {
            window.sent = 0;
            addEventListener("submit", (event) => {
                if (!event.defaultPrevented) window.sent += 1;
                event.preventDefault();
            });
        }"""
    )
    button = page.locator("form#profile button.button-primary")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    button.click()
    assert page.evaluate("window.sent") == 1
    # One comes back to it by "Back", and may send it again.
    page.evaluate('dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))')
    expect(button).not_to_have_attribute("aria-busy", "true")
    button.click()
    assert page.evaluate("window.sent") == 2


FORMS = {
    "join": ("/account/join/", {"username": "a", "name": "나", "email": "x"}, "id_username"),
    "login": ("/account/login/", {"username": "mina", "password": "wrong"}, None),
    "reset": ("/account/password/reset/", {"email": "nowhere"}, "id_email"),
    "settings": ("/account/settings/", {"name": "", "bio": "kept"}, "id_name"),
    "password": (
        "/account/settings/password/",
        {"old_password": "wrong", "new_password1": "1", "new_password2": "2"},
        "id_old_password",
    ),
    "close": ("/account/settings/close/", {"password": "wrong"}, "id_password"),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_is_wrong_stands_beside_its_field(live_server, open_page, complaints, mina, name):
    path, values, first = FORMS[name]
    complaints.expect("400")
    page = open_page()
    if name not in ("join", "login", "reset"):
        log_in(page)
    page.goto(path)
    form = page.locator("main form[method=post]").filter(has=page.locator("input:visible")).last
    if name == "settings":
        form = page.locator("form#profile")
    for field, value in values.items():
        form.locator(f"[name={field}]").fill(value)
    form.locator("button:not([type=button])").last.click() if name != "settings" else form.locator(
        "button.button-primary"
    ).click()
    expect(page.locator("main .field-errors, main .form-error").first).to_be_visible()
    if first is None:
        expect(page.locator(".form-error")).to_be_focused()
        expect(page.locator("#id_username")).to_have_value("mina")
        return
    field = page.locator(f"#{first}")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    described = (field.get_attribute("aria-describedby") or "").split()
    assert f"{first}_error" in described
    for part in described:
        expect(page.locator(f"#{part}")).to_be_visible()
    # What was right stays.
    for field_name, value in values.items():
        if "password" not in field_name:
            expect(page.locator(f"main [name={field_name}]")).to_have_value(value)


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("kind", LONG)
def test_any_name_has_room(live_server, open_page, mina, seojun, kind, width):
    User.objects.filter(pk__in=[mina.pk, seojun.pk]).update(name=LONG[kind][:60])
    page = open_page(viewport={"width": width, "height": 700})
    log_in(page)
    for path in ("/", "/people/", "/@seojun/", "/@seojun/followers/", "/@mina/", "/insights/"):
        page.goto(path)
        too_wide = page.evaluate("(e => e.scrollWidth - e.clientWidth)(document.documentElement)")
        assert too_wide <= 0, f"{path} at {width}px"
    page.locator("summary.menu-face").click()
    box = page.locator(".site-header .menu-panel").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("width", [320, 390])
def test_a_thumb_reaches_all_of_the_header(live_server, open_page, mina, width):
    page = open_page(viewport={"width": width, "height": 700}, has_touch=True, is_mobile=True)
    log_in(page)
    page.goto("/people/")
    for target in page.locator(".site-header :is(a, button, summary):visible").all():
        box = target.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert min(box["width"], box["height"]) >= 43, target.evaluate("e => e.outerHTML")
    nav = page.locator(".site-nav").bounding_box()
    assert nav
    assert nav["y"] + nav["height"] == pytest.approx(700, abs=1)
    # Nothing hides behind it at the end of the page.
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    footer = page.locator(".site-footer").bounding_box()
    assert footer
    assert footer["y"] + footer["height"] <= nav["y"] + 1


def test_insights_on_paper(live_server, open_page, mina):
    page = open_page(color_scheme="dark")
    log_in(page)
    page.goto("/insights/")
    page.emulate_media(media="print", color_scheme="dark")
    for gone in (".site-header", ".site-footer", ".site-nav", ".insight-csv"):
        for element in page.locator(gone).all():
            expect(element).to_be_hidden()
    expect(page.locator(".chart").first).to_be_visible()
    colour = page.locator(".page-title").evaluate("e => getComputedStyle(e).color")
    assert colour == "rgb(24, 24, 27)", json.dumps(colour)


def test_who_has_chosen_fewer_movements_sees_none(live_server, open_page, mina):
    page = open_page(reduced_motion="reduce")
    log_in(page)
    page.goto("/")
    moving = page.evaluate("document.getAnimations().length")
    assert moving == 0


def test_colours_of_the_system_leave_the_place_visible(live_server, open_page, mina):
    page = open_page(forced_colors="active")
    log_in(page)
    page.goto("/people/")
    here = page.locator('.site-nav [aria-current="page"]')
    assert here.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
