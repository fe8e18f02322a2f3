"""Chips of stone in a polished floor."""

from math import cos, hypot, sin, tau
from random import Random

from gallery.demo.art.canvas import Canvas, Point
from gallery.demo.art.colour import Colour, mix
from gallery.demo.art.palettes import PALETTES
from gallery.demo.art.style import LANDSCAPE, SQUARE, UPRIGHT, Style
from gallery.demo.art.titles import Facts, titles
from gallery.demo.art.words import QUALITIES

_CELL = 12.0


def _paint_terrazzo(random: Random, canvas: Canvas) -> Facts:
    """Chips of marble in several sizes, none touching another."""
    palette = random.choice(PALETTES)
    ground = random.choice((palette.paper, palette.paper, palette.ink, palette.colours[2]))
    ground = mix(ground, palette.paper, 0.0 if ground == palette.ink else 0.5)
    canvas.fill(ground)
    colours = [c for c in (*palette.colours, palette.ink, palette.paper) if c != ground]
    weights = [random.uniform(0.2, 1) for _ in colours]
    largest = random.choice((4, 6, 8, 11))
    taken: dict[tuple[int, int], list[tuple[float, float, float]]] = {}
    for size, tries in ((largest, 160), (largest * 0.6, 380), (largest * 0.3, 1000), (0.7, 1300)):
        for _ in range(tries):
            x, y = random.uniform(0, canvas.width), random.uniform(0, canvas.height)
            reach = size * random.uniform(0.7, 1.15)
            if _fits(taken, (x, y, reach)):
                colour = random.choices(colours, weights)[0]
                _chip(random, canvas, (x, y), reach, colour)
    return {"tone": palette.tone}


def _fits(
    taken: dict[tuple[int, int], list[tuple[float, float, float]]],
    chip: tuple[float, float, float],
) -> bool:
    """Say whether nothing is in the way, and if so take the place."""
    x, y, reach = chip
    column, row = int(x // _CELL), int(y // _CELL)
    for i in (column - 2, column - 1, column, column + 1, column + 2):
        for j in (row - 2, row - 1, row, row + 1, row + 2):
            for u, v, other in taken.get((i, j), ()):
                if hypot(u - x, v - y) < (reach + other) * 0.93:
                    return False
    taken.setdefault((column, row), []).append(chip)
    return True


def _chip(random: Random, canvas: Canvas, at: Point, reach: float, colour: Colour) -> None:
    corners = random.randint(4, 7)
    start, stretch = random.uniform(0, tau), random.uniform(0.7, 1)
    turn = random.uniform(0, tau)
    points = []
    for corner in range(corners):
        angle = start + tau * (corner + random.uniform(-0.28, 0.28)) / corners
        u, v = reach * cos(angle), reach * sin(angle) * stretch
        points.append(
            (at[0] + u * cos(turn) - v * sin(turn), at[1] + u * sin(turn) + v * cos(turn))
        )
    canvas.polygon(_softened(points) if reach > 1 else points, colour)


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _softened(points: list[Point]) -> list[Point]:
    """Cut the corners twice, after Chaikin (1974)."""
    for cut in (0.16, 0.28):
        points = [
            _between(one, other, share)
            for one, other in zip(points, points[1:] + points[:1], strict=True)
            for share in (cut, 1 - cut)
        ]
    return points


TERRAZZO = Style(
    _paint_terrazzo,
    titles(
        (
            ("{quality} {thing}", "{quality} {thing}"),
            ("{thing} in {tone}", "{tone} {thing}"),
            ("{thing} of {place}", "{place}의 {thing}"),
        ),
        thing="""terrazzo=테라초, stone floor=돌바닥, pebbles=조약돌, confetti=색종이,
        fragments=조각들, nougat=누가, crumbs=부스러기, gravel=자갈""",
        quality=QUALITIES,
        place="""the old school=옛 학교, a café=카페, the station=역, the swimming pool=수영장,
        the library=도서관, Busan=부산, Venice=베네치아, the lobby=로비, the market=시장""",
    ),
    (SQUARE, LANDSCAPE, UPRIGHT),
)
