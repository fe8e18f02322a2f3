"""What others do appears in open windows, in a real browser on the real server."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from PIL import Image as Pillow
from playwright.sync_api import Page, Route, expect

from gallery.accounts.models import User
from gallery.images import services
from gallery.images.models import Image
from gallery.live import publishing
from slipstream.follows import follow
from slipstream.notifications.models import Notification
from tests.serving import Site, serving

from .people import log_in, make_people

pytestmark = pytest.mark.django_db(transaction=True)

# Less than any page waits to ask.
SOON = 10_000


@pytest.fixture
def mina(db, settings, tmp_path) -> User:
    settings.MEDIA_ROOT = tmp_path / "media"
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    make_people(6)
    Notification.objects.all().delete()
    return User.objects.get(username="mina")


@pytest.fixture
def seojun(mina) -> User:
    seojun = User.objects.get(username="seojun")
    seojun.set_password("a good password")
    seojun.save()
    return seojun


@pytest.fixture
def site(mina, start_redis, settings, tmp_path) -> Iterator[Site]:
    """Gallery as ``./dev run`` serves it."""
    redis = start_redis()
    settings.SLIPSTREAM_REDIS_URL = redis.url
    with serving(tmp_path, redis=redis.url, workers=2) as site:
        yield site
    publishing._Way.closed_until = 0.0


def share(user: User, title: str = "밤의 바다") -> Image:
    picture = Pillow.new("RGB", (900, 600), "#c96")
    return services.share(user, picture, title=title, description="", visibility=0)


def number_of_likes(page: Page):
    return page.locator(".picture-likes .like-count")


def connected(page: Page, goto: Callable[[], object]) -> None:
    """Wait for the stream of the page that ``goto`` opens."""
    with page.expect_response(lambda r: "/live/?" in r.url and r.status == 200):
        goto()


def test_two_windows(site, open_page, mina, seojun):
    image = share(mina)
    here, there = open_page(base_url=site.url), open_page(base_url=site.url)
    log_in(here)
    log_in(there, "seojun")
    connected(here, lambda: here.goto(image.get_absolute_url()))
    here.evaluate("window.stayed = true")
    there.goto(image.get_absolute_url())
    there.locator(".picture-likes").get_by_role("button").click()
    expect(number_of_likes(here)).to_have_text("1 like", timeout=SOON)
    expect(here.locator("[data-unread-count]")).to_have_text("1", timeout=SOON)
    expect(here).to_have_title(re.compile(r"^\(1\) 밤의 바다"))
    there.locator("[data-comments] textarea").fill("좋은 사진이에요")
    there.locator("[data-comments] form button").first.click()
    expect(here.locator(".comment-count")).to_have_text("1 comment", timeout=SOON)
    expect(here.locator("[data-unread-count]")).to_have_text("2", timeout=SOON)
    there.locator(".picture-likes").get_by_role("button").click()
    expect(number_of_likes(here)).to_have_text("0 likes", timeout=SOON)
    assert here.evaluate("window.stayed")


def test_the_feed_says_at_once_what_came(site, open_page, mina, seojun):
    share(seojun, "달")
    follow(mina, seojun)
    page = open_page(base_url=site.url)
    log_in(page)
    connected(page, lambda: page.goto("/"))
    page.wait_for_timeout(4_000)
    share(seojun, "별")
    expect(page.locator("[data-news] button")).to_have_text("1 new", timeout=SOON)


def test_ones_own_click_wins_while_it_is_under_way(site, open_page, mina, seojun):
    image = share(seojun)
    page = open_page(base_url=site.url)
    log_in(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**/{image.pk}/like/", hold)
    connected(page, lambda: page.goto(image.get_absolute_url()))
    page.locator(".picture-likes").get_by_role("button").click()
    expect(number_of_likes(page)).to_have_text("1 like")
    services.like(seojun, image)
    services.unlike(seojun, image)
    page.wait_for_timeout(1_500)
    expect(number_of_likes(page)).to_have_text("1 like")
    services.like(seojun, image)
    held[0].continue_()
    expect(number_of_likes(page)).to_have_text("2 likes", timeout=SOON)


def test_a_page_that_comes_back_from_the_cache_goes_on(site, open_page, mina):
    image = share(mina)
    page = open_page(base_url=site.url)
    connected(page, lambda: page.goto(image.get_absolute_url()))
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    services.like(mina, image)
    page.wait_for_timeout(1_000)
    expect(number_of_likes(page)).to_have_text("0 likes")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(number_of_likes(page)).to_have_text("1 like", timeout=SOON)


def test_where_the_server_cannot_tell_the_page_asks(live_server, open_page, mina):
    image = share(mina)
    page = open_page()
    page.clock.install()
    statuses: list[int] = []
    page.on("response", lambda r: statuses.append(r.status) if "/live/?" in r.url else None)
    page.goto(image.get_absolute_url())
    asked(page, statuses, 1)
    page.clock.fast_forward(16_000)
    asked(page, statuses, 2)
    page.clock.fast_forward(16_000)
    asked(page, statuses, 3)
    services.like(mina, image)
    page.clock.fast_forward(16_000)
    expect(number_of_likes(page)).to_have_text("1 like", timeout=SOON)
    assert statuses == [204, 200, 304, 200]


def asked(page: Page, statuses: list[int], times: int) -> None:
    deadline = time.monotonic() + 10
    while len(statuses) < times and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert len(statuses) == times


def test_the_badge_and_the_title(live_server, open_page, mina):
    page = open_page()
    log_in(page)
    page.clock.install()
    unread = [0]

    def answer(route: Route) -> None:
        if "event-stream" in route.request.headers.get("accept", ""):
            route.fulfill(status=204)
        else:
            route.fulfill(json={"unread": unread[0], "images": {}}, headers={"ETag": '"a"'})

    page.route("**/live/?*", answer)
    page.goto("/popular/")
    title = page.title()
    badge, number = page.locator("[data-unread]"), page.locator("[data-unread-count]")
    expect(badge).to_have_attribute("aria-label", "Notifications")
    expect(number).to_be_hidden()
    for count, name, shown in (
        (1, "Notifications, 1 unread", "1"),
        (1234, "Notifications, 1,234 unread", "99+"),
    ):
        unread[0] = count
        page.clock.fast_forward(16_000)
        expect(badge).to_have_attribute("aria-label", name)
        expect(number).to_have_text(shown)
        assert page.title() == f"({count:,}) {title}"
    unread[0] = 0
    page.clock.fast_forward(16_000)
    expect(badge).to_have_attribute("aria-label", "Notifications")
    assert page.title() == title
