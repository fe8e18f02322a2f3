from __future__ import annotations

from random import Random

import pytest
from PIL import Image, ImageStat

from gallery.demo.art import STYLES, Artwork, draw
from gallery.demo.art.titles import Korean

pytestmark = pytest.mark.slow

_EDGE = 240


@pytest.fixture(scope="module")
def six_hundred() -> list[Artwork]:
    random = Random(7)
    return [draw(random, edge=64) for _ in range(600)]


@pytest.mark.parametrize("style", STYLES)
def test_the_same_seed_draws_the_same_picture(style: str) -> None:
    one, other = (draw(Random(11), style=style, edge=_EDGE) for _ in range(2))
    assert one.image.tobytes() == other.image.tobytes()
    assert (one.title_en, one.title_ko) == (other.title_en, other.title_ko)


def test_another_seed_draws_another_picture() -> None:
    pictures = {draw(Random(seed), edge=_EDGE).image.tobytes() for seed in range(20)}
    assert len(pictures) == 20


@pytest.mark.parametrize("edge", [120, 241])
@pytest.mark.parametrize("style", STYLES)
def test_the_longer_side_is_the_edge(style: str, edge: int) -> None:
    image = draw(Random(5), style=style, edge=edge).image
    assert image.mode == "RGB"
    assert max(image.size) == edge
    assert min(image.size) >= edge // 2


@pytest.mark.parametrize("style", STYLES)
def test_a_style_has_pictures_of_several_shapes(style: str) -> None:
    ratios = {draw(Random(seed), style=style, edge=60).image.size for seed in range(24)}
    assert len(ratios) >= 2


@pytest.mark.parametrize(
    ("style", "seed"), [(style, seed) for style in STYLES for seed in range(3)]
)
def test_a_picture_is_neither_dark_nor_blank(style: str, seed: int) -> None:
    grey = draw(Random(seed), style=style, edge=_EDGE).image.convert("L")
    statistics = ImageStat.Stat(grey)
    assert 12 < statistics.mean[0] < 248
    assert statistics.stddev[0] > 4
    # Grain alone is not a picture: something is left when it is smoothed away.
    low, high = grey.resize((24, 24), Image.Resampling.BOX).getextrema()
    assert isinstance(low, float | int)
    assert isinstance(high, float | int)
    assert high - low > 12


def test_all_styles_come_up(six_hundred: list[Artwork]) -> None:
    assert {artwork.style for artwork in six_hundred} == set(STYLES)


def test_titles_are_short_and_in_their_language(six_hundred: list[Artwork]) -> None:
    for artwork in six_hundred:
        assert 0 < len(artwork.title_en) <= 80
        assert 0 < len(artwork.title_ko) <= 80
        assert not any("가" <= letter <= "힣" for letter in artwork.title_en)
        assert artwork.title_en[0].isupper() or artwork.title_en[0].isdigit()
        assert any("가" <= letter <= "힣" for letter in artwork.title_ko)
        assert not set("{}=/") & set(artwork.title_en + artwork.title_ko)


def test_titles_are_many(six_hundred: list[Artwork]) -> None:
    assert len({artwork.title_en for artwork in six_hundred}) >= 300
    assert len({artwork.title_ko for artwork in six_hundred}) >= 300


@pytest.mark.parametrize(
    ("word", "particles", "expected"),
    [
        ("달", "과/와", "달과"),
        ("바다", "과/와", "바다와"),
        ("언니", "을/를", "언니를"),
        ("벽", "을/를", "벽을"),
        ("길", "으로/로", "길로"),
        ("산", "으로/로", "산으로"),
        ("안개", "", "안개"),
    ],
)
def test_korean_particles(word: str, particles: str, expected: str) -> None:
    assert format(Korean(word), particles) == expected
