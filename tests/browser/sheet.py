"""A picture of every page, and all of them on one sheet: what ``./dev screenshots`` runs.

Not collected by itself: its name does not begin as those of tests do. The clock stands
still and the demo community is the same each time, so that what changes on the sheet has
changed on a page.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont
from playwright.sync_api import Page as Tab

from devtools.places import ROOT, SCREENSHOTS

from .pages import PAGES, Page
from .people import eventually
from .scene import make_demo

pytestmark = pytest.mark.django_db(transaction=True)

SHEET = ROOT / "docs" / "contact-sheet.webp"
NOW = datetime(2026, 5, 14, 20, 30, tzinfo=UTC)
#: Width and height of a window, colours and words: of the four pairs, the two most unlike.
LOOKS: dict[str, dict[str, Any]] = {
    "phone-light-ko": {
        "viewport": {"width": 390, "height": 844},
        "color_scheme": "light",
        "locale": "ko",
    },
    "desktop-dark-en": {
        "viewport": {"width": 1280, "height": 844},
        "color_scheme": "dark",
        "locale": "en-US",
    },
}
#: On the sheet, in pixels; both windows are as high as each other.
HEIGHT, GAP, LABEL, COLUMNS = 300, 14, 20, 4
#: Those that are further away come when one gets near; of some, a frame hides all but the edge.
PICTURES_ARE_THERE = """
[...document.images].every(image => {
    const { top, left, bottom, right } = image.getBoundingClientRect();
    const isSeen = top < innerHeight - 40 && left < innerWidth - 40 && bottom > 40 && right > 40;
    return !isSeen || !image.checkVisibility() || image.complete;
})"""
PAPER, INK = "#808086", "#ffffff"
MOST_BYTES = 1_500_000


def test_take_pictures(live_server, open_as, complaints, monkeypatch):
    complaints.expect("404|400|405")
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    scene = make_demo()
    tabs: dict[tuple[str, str], Tab] = {}
    shots: dict[str, list[Pillow.Image]] = {}
    for page in PAGES:
        for look, options in LOOKS.items():
            tab = tabs.get((look, page.viewer))
            if tab is None:
                tab = open_as(scene.viewer(page), **options, reduced_motion="reduce")
                tab.clock.set_fixed_time(NOW)
                tabs[look, page.viewer] = tab
            tab.goto(scene.address(page))
            shot = _shot(tab, page, look)
            if page.is_shown:
                shots.setdefault(page.name, []).append(shot)
    sheet = _sheet(shots)
    _save(sheet, SHEET)
    print(f"\n{SHEET.relative_to(ROOT)}, and all pages in full: {SCREENSHOTS.relative_to(ROOT)}/")


def _shot(tab: Tab, page: Page, look: str) -> Pillow.Image:
    """Keep the whole page for people to look at; return what is seen of it without scrolling."""
    eventually(tab, lambda: tab.evaluate(PICTURES_ARE_THERE))
    tab.screenshot(
        path=SCREENSHOTS / f"page-{page.name}-{look}.png", full_page=True, animations="disabled"
    )
    return Pillow.open(io.BytesIO(tab.screenshot(animations="disabled"))).convert("RGB")


def _sheet(shots: dict[str, list[Pillow.Image]]) -> Pillow.Image:
    """Put the pictures side by side, telephone and desktop of a page together."""
    pairs = {name: [_fitted(shot) for shot in pair] for name, pair in shots.items()}
    width = max(sum(shot.width for shot in pair) + GAP // 2 for pair in pairs.values())
    rows = -(-len(pairs) // COLUMNS)
    cell = HEIGHT + LABEL + GAP
    sheet = Pillow.new("RGB", (COLUMNS * (width + 2 * GAP), rows * cell + GAP), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for place, (name, pair) in enumerate(pairs.items()):
        row, column = divmod(place, COLUMNS)
        left, top = column * (width + 2 * GAP) + GAP, row * cell + GAP // 2
        draw.text((left, top), name, INK, font)
        for shot in pair:
            sheet.paste(shot, (left, top + LABEL))
            left += shot.width + GAP // 2
    return sheet


def _fitted(shot: Pillow.Image) -> Pillow.Image:
    size = (round(shot.width * HEIGHT / shot.height), HEIGHT)
    return shot.resize(size, Pillow.Resampling.LANCZOS)


def _save(sheet: Pillow.Image, file: Path) -> None:
    """Save as good as fits."""
    for quality in range(82, 30, -8):
        sheet.save(file, "WEBP", quality=quality, method=6)
        if file.stat().st_size <= MOST_BYTES:
            return
    raise AssertionError(f"{file.name} is larger than {MOST_BYTES} bytes.")
