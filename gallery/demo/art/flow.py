"""Lines that follow a field."""

from math import cos, pi, sin
from random import Random

from gallery.demo.art.canvas import Canvas, Point
from gallery.demo.art.colour import Colour
from gallery.demo.art.curves import Field, ribbon, smooth_field
from gallery.demo.art.palettes import PALETTES
from gallery.demo.art.style import LANDSCAPE, SQUARE, TALL, UPRIGHT, Style
from gallery.demo.art.titles import Facts, titles
from gallery.demo.art.words import QUALITIES, TIMES

_STEP = 0.8
_CELL = 0.5


def _paint_flow(random: Random, canvas: Canvas) -> Facts:
    """Ribbons that follow a smooth field of directions and never touch.

    Flow fields are common in generative art, Tyler Hobbs's "Fidenza" (2021)
    the best known; keeping lines apart is from Jobard and Lefer, "Creating
    Evenly-Spaced Streamlines of Arbitrary Density" (1997).
    """
    palette = random.choice(PALETTES)
    dark = random.random() < 0.35
    ground = palette.ink if dark else palette.paper
    canvas.fill(ground)
    colours = [c for c in palette.colours if c != ground]
    bend = smooth_field(random, period=random.uniform(130, 280))
    hue = smooth_field(random, period=random.uniform(60, 160))
    tilt, turn = random.uniform(0, pi), random.uniform(0.7, 1.6)
    widths = random.choice(
        ((0.7, 1.1), (0.8, 1.6, 3.2), (1.2, 2.2), (0.6, 1.2, 4.5), (1, 2.4, 4.2))
    )
    tapered = random.random() < 0.5
    margin = random.choice((-3, 6, 9))
    space = _Space(canvas, margin)

    def direction(x: float, y: float) -> float:
        return tilt + turn * pi * bend(x, y)

    for width in sorted(widths, reverse=True):
        for _ in range(round(6000 / (0.5 + width) ** 0.6 / len(widths))):
            start = (random.uniform(0, canvas.width), random.uniform(0, canvas.height))
            points = _trace(direction, space, start, width, limit=random.randint(30, 110))
            if len(points) * _STEP > 5 * width:
                colour = _choose(random, colours, hue(*start))
                space.take(points, width)
                _draw_ribbon(canvas, points, width, colour, tapered=tapered)
    return {"tone": palette.tone}


class _Space:
    """Which cells of the picture are taken."""

    def __init__(self, canvas: Canvas, margin: float) -> None:
        self._low = margin
        self._right, self._bottom = canvas.width - margin, canvas.height - margin
        self._columns = int((canvas.width + 20) / _CELL)
        self._taken = bytearray(self._columns * int((canvas.height + 20) / _CELL))

    def is_free(self, x: float, y: float) -> bool:
        if not (self._low < x < self._right and self._low < y < self._bottom):
            return False
        return not self._taken[int((y + 10) / _CELL) * self._columns + int((x + 10) / _CELL)]

    def take(self, points: list[Point], width: float) -> None:
        reach = int((width / 2 + 0.45) / _CELL)
        columns = range(-reach, reach + 1)
        for x, y in points[:: 1 if reach < 2 else 2]:
            at = int((y + 10) / _CELL) * self._columns + int((x + 10) / _CELL)
            for row in columns:
                begin = max(0, at + row * self._columns - reach)
                self._taken[begin : begin + 2 * reach + 1] = b"\1" * (2 * reach + 1)


def _trace(
    direction: Field, space: _Space, start: Point, width: float, *, limit: int
) -> list[Point]:
    x, y = start
    half = width / 2 + 0.3
    points: list[Point] = []
    for _ in range(limit):
        angle = direction(x, y)
        u, v = cos(angle), sin(angle)
        u, v = u * half, v * half
        around = ((x, y), (x - v, y + u), (x + v, y - u), (x + u, y + v), (x - u, y - v))
        if not all(space.is_free(*place) for place in around):
            break
        points.append((x, y))
        x, y = x + u * _STEP / half, y + v * _STEP / half
    return points


def _choose(random: Random, colours: list[Colour], hue: float) -> Colour:
    """Choose by place, with some that stray."""
    place = (hue + 1) / 2 + random.gauss(0, 0.16)
    return colours[min(len(colours) - 1, max(0, int(place * len(colours))))]


def _draw_ribbon(
    canvas: Canvas, points: list[Point], width: float, colour: Colour, *, tapered: bool
) -> None:
    if tapered:
        canvas.polygon(ribbon(points, lambda t: width * sin(pi * (0.06 + 0.9 * t)) ** 0.7), colour)
    else:
        canvas.line(points, colour, width=width)


FLOW = Style(
    _paint_flow,
    titles(
        (
            ("{quality} {thing}", "{quality} {thing}"),
            ("{thing} in {tone}", "{tone} {thing}"),
            ("{thing} {when}", "{when} {thing}"),
        ),
        thing="""current=물살, wind=바람, grass=풀밭, drift=흐름, river=강, tide=조류,
        migration=긴 이동, field of barley=보리밭, weather=날씨, murmur=웅성거림""",
        quality=QUALITIES,
        when=TIMES,
    ),
    (LANDSCAPE, UPRIGHT, SQUARE, TALL),
)
