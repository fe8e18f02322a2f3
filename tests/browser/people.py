"""What tests of several pages do alike."""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random

from PIL import Image
from playwright.sync_api import Page

from gallery.demo.community import make_community
from gallery.images.models import Image as Picture

PASSWORD = "a good password"


def make_people(size: int) -> None:
    """Make so many people of the demo; mina may sign in."""
    make_community(seed=1, password=PASSWORD, size=size, pictures=0)


def log_in(page: Page, username: str = "mina") -> None:
    """Sign in on ``page``."""
    page.goto("/account/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    main = page.get_by_role("main")
    main.get_by_role("button", name="Log in").or_(main.get_by_role("button", name="로그인")).click()
    page.wait_for_url(lambda url: "login" not in url)


def eventually(page: Page, check: Callable[[], bool]) -> None:
    """Wait until ``check`` holds: the page shows a click before the server has heard of it."""
    for _ in range(100):
        if check():
            return
        page.wait_for_timeout(50)
    raise AssertionError("It did not come to hold within five seconds.")


def jpeg(colour: str = "#4a7", size: tuple[int, int] = (600, 500)) -> bytes:
    """Return a picture to upload."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def hang_many(user, count: int) -> None:
    """Give ``user`` so many pictures of several shapes, without files."""
    random = Random(1)
    Picture.objects.bulk_create(
        Picture(
            user=user,
            title=f"Picture {number}",
            image=f"images/00/{number}",
            width=random.choice((900, 1200, 1600)),
            height=random.choice((800, 1200)),
            colour="#556677",
        )
        for number in range(count)
    )
