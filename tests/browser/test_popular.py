"""What is looked at most, and insights, in a real browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image as Pillow
from playwright.sync_api import expect

from gallery.accounts.models import User
from gallery.images import services
from gallery.images.models import Image
from slipstream.follows import follow
from slipstream.rankings import record_views, view_count

from .people import eventually, log_in, make_people

pytestmark = pytest.mark.django_db(transaction=True)

#: What a headless browser calls itself is taken for a robot.
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Safari"
WORDS = {
    "en": {"popular": "Popular", "today": "Today", "insights": "Insights", "table": "As a table"},
    "ko": {"popular": "인기", "today": "오늘", "insights": "통계", "table": "표로 보기"},
}
SHAPES = [(900, 600), (600, 900), (1200, 500), (800, 800), (400, 900), (1000, 700)]


@pytest.fixture
def mina(db) -> User:
    make_people(6)
    return User.objects.get(username="mina")


@pytest.fixture
def seojun(mina) -> User:
    return User.objects.get(username="seojun")


def share(user: User, title: str, size: tuple[int, int] = (900, 600)) -> Image:
    picture = Pillow.new("RGB", size, "#6a8")
    return services.share(user, picture, title=title, description="", visibility=0)


def looks_at(image: Image, count: int, **ago: float) -> None:
    """Let so many people look at ``image``, so long ago."""
    at = timezone.now() - timedelta(**ago)
    record_views([(image, f"{image.pk} {n} {ago}") for n in range(count)], at=at)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_from_the_header_to_the_ranking(live_server, open_page, mina, seojun, language, script):
    words = WORDS[language]
    old, new = share(seojun, "옛 사진"), share(seojun, "새 사진")
    looks_at(old, 5, days=60)
    looks_at(new, 3)
    page = open_page(locale=language, java_script_enabled=script, user_agent=AGENT)
    log_in(page)
    page.get_by_role("banner").get_by_role("link", name=words["popular"], exact=True).click()
    page.wait_for_url("**/popular/")
    places = page.locator(".tile-place-number > [aria-hidden]")
    expect(places).to_have_text(["1", "2"])
    expect(page.locator(".tile-title")).to_have_text([new.title, old.title])
    page.get_by_role("main").get_by_role("link", name=words["today"], exact=True).click()
    page.wait_for_url("**/popular/?window=day")
    expect(page.locator(".tile-title")).to_have_text([new.title])
    expect(page.locator(".tabs [aria-current]")).to_have_text(words["today"])

    # A look counts, once; the number is on the page at once.
    page.locator(".tile-link").click()
    count = page.locator(".picture-likes .view-count b")
    expect(count).to_have_text("4")
    page.reload()
    expect(count).to_have_text("4")
    assert view_count(new) == (4, 4)
    page.locator(".place-badge").click()
    page.wait_for_url("**/popular/?window=day")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_insights_keep_themselves_up_to_date(live_server, open_page, mina, language):
    words = WORDS[language]
    image = share(mina, "밤의 바다")
    looks_at(image, 3, hours=1)
    page = open_page(locale=language, user_agent=AGENT)
    page.clock.install()
    log_in(page)
    page.goto(image.get_absolute_url())
    page.get_by_role("main").get_by_role("link", name=words["insights"]).click()
    page.wait_for_url(f"**/images/{image.pk}/insights/")
    views = page.locator(".figure dd").first
    expect(views).to_have_text("3")
    expect(page.locator("svg.chart")).to_have_count(3)
    table = page.locator(".insight-table").first
    table.get_by_text(words["table"]).click()
    newest = table.locator("tbody tr").first.locator("td").first
    expect(newest).to_have_text("0")
    page.evaluate("window.stayed = true")
    looks_at(image, 2)
    page.clock.run_for(31_000)
    expect(views).to_have_text("5")
    expect(newest).to_have_text("2")
    expect(newest).to_be_visible()  # the table is still open
    assert page.evaluate("window.stayed")
    # Where one is, nothing is taken away.
    page.keyboard.press("Tab")

    # Hidden, it does not ask; coming back, it does at once.
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
    tell = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(hide % "true" + tell)
    page.clock.run_for(120_000)
    assert asked == []
    looks_at(image, 1, minutes=1)
    page.evaluate(hide % "false" + tell)
    expect(views).to_have_text("6")

    # Gone: the last numbers stay, and it asks no more.
    services.delete(image)


def test_it_stops_asking_for_what_is_gone(live_server, open_page, complaints, mina):
    image = share(mina, "밤의 바다")
    page = open_page(user_agent=AGENT)
    page.clock.install()
    log_in(page)
    page.goto(f"/images/{image.pk}/insights/")
    asked = []
    page.on("request", lambda request: "insights" in request.url and asked.append(request.url))
    services.delete(image)
    complaints.expect("404")
    page.clock.run_for(31_000)
    eventually(page, lambda: len(asked) == 1)
    page.wait_for_timeout(300)
    page.clock.run_for(120_000)
    assert len(asked) == 1
    expect(page.locator(".figure dd").first).to_have_text("0")


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_numbers_can_be_taken_along(live_server, open_page, mina, script):
    image = share(mina, "밤의 바다")
    looks_at(image, 2)
    page = open_page(java_script_enabled=script, user_agent=AGENT)
    log_in(page)
    page.goto("/insights/")
    page.locator(".insight-table summary").first.click()
    expect(page.locator(".insight-table td").first).to_have_text("2")
    with page.expect_download() as download:
        page.locator(".insight-csv").last.click()
    assert download.value.suggested_filename == "pictures-mina.csv"
    text = download.value.path().read_text("utf-8-sig")
    assert f"{image.pk},밤의 바다,2,2,0,0" in text
    page.locator(".top-picture").click()
    page.wait_for_url(f"**/images/{image.pk}/insights/")
    with page.expect_download() as download:
        page.locator(".insight-csv").first.click()
    assert re.fullmatch(r"hours-밤의-바다-\d+\.csv", download.value.suggested_filename)


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_no_page_is_wider_than_the_window(live_server, open_page, screenshot, mina, seojun, width):
    """In both languages and themes; pictures for people to look at."""
    shared = [share(seojun, f"밤의 바다 {n}", size) for n, size in enumerate(SHAPES)]
    own = share(mina, "아주 긴 제목을 가진 사진 " * 6)
    for n, image in enumerate([*shared, own]):
        looks_at(image, 1300 if n == 2 else 30 - n)
        looks_at(image, 40 - 3 * n, hours=5)
        looks_at(image, 60 - 4 * n, days=2)
    for person in User.objects.exclude(pk=mina.pk):
        services.like(person, own)
        follow(person, mina)
    pages = {
        "popular": "/popular/",
        "popular-month": "/popular/?window=month",
        "picture-seen": shared[2].get_absolute_url(),
        "picture-seen-own": own.get_absolute_url(),
        "insights": "/insights/",
        "insights-picture": f"/images/{own.pk}/insights/",
    }
    for language, scheme in (("ko", "light"), ("en", "dark")):
        viewport = {"width": width, "height": 844}
        is_phone = width < 768
        options = {"locale": language, "color_scheme": scheme, "viewport": viewport}
        page = open_page(**options, has_touch=is_phone, is_mobile=is_phone)
        for name in ("visitor", "member"):
            if name == "member":
                log_in(page)
            for kind, path in pages.items():
                if name == "visitor" and "insights" in kind:
                    continue
                page.goto(path)
                for summary in page.locator(".insight-table summary").all():
                    summary.click()
                too_wide = page.evaluate(
                    "(e => e.scrollWidth - e.clientWidth)(document.documentElement)"
                )
                assert too_wide <= 0, f"{kind} in {language} at {width}px"
                screenshot(page, f"{kind}-{name}-{language}-{scheme}-{width}")
