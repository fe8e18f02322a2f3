"""Stems and leaves."""

from collections.abc import Callable
from math import atan2, cos, pi, sin, sqrt
from random import Random

from gallery.demo.art.canvas import Canvas, Point
from gallery.demo.art.colour import Colour, mix
from gallery.demo.art.curves import bend, blob, ribbon
from gallery.demo.art.palettes import PALETTES, Palette
from gallery.demo.art.style import LANDSCAPE, SQUARE, TALL, UPRIGHT, Style
from gallery.demo.art.titles import Facts, titles
from gallery.demo.art.words import QUALITIES, TIMES

_Leaf = Callable[[Canvas, Point, float, float, tuple[Colour, Colour]], None]
_Kind = tuple[_Leaf, int, float]


def _paint_leaves(random: Random, canvas: Canvas) -> Facts:
    """A few stems with leaves in two tones, as cut from paper, before a calm shape."""
    palette = random.choice(PALETTES)
    dark = random.random() < 0.25
    ground = palette.ink if dark else palette.paper
    canvas.fill(ground)
    _backdrop(random, canvas, palette, ground)
    tones = sorted(
        palette.colours, key=lambda c: sum((a - b) ** 2 for a, b in zip(c, ground, strict=True))
    )[1:]
    count = random.choice((1, 2, 3, 3, 5)) + round(canvas.width / canvas.height)
    kinds = random.sample(_KINDS, random.randint(1, 3))
    vase = random.random() < 0.6
    for stem in range(count):
        place = (stem + 0.5) / count
        spread = canvas.width * (0.8 if canvas.width > canvas.height else 0.7)
        foot = canvas.width / 2 + (place - 0.5) * spread * (0.12 if vase else 0.75)
        tip = canvas.width / 2 + (place - 0.5) * spread * 1.05 + random.gauss(0, 3)
        top = canvas.height * (0.06 + 0.35 * abs(place - 0.5) + random.uniform(0, 0.12))
        colour = random.choice(tones)
        line = bend((foot, canvas.height + 2), (tip, top), sag=random.gauss(0, 5), steps=40)
        _stem(random, canvas, line, random.choice(kinds), (colour, mix(colour, ground, 0.22)))
    return {"tone": palette.tone}


def _backdrop(random: Random, canvas: Canvas, palette: Palette, ground: Colour) -> None:
    colour = mix(random.choice(palette.colours), ground, random.choice((0.35, 0.55, 0.7)))
    x, y = canvas.width / 2 + random.gauss(0, 8), canvas.height * random.uniform(0.36, 0.5)
    shape = random.choice(("disc", "disc", "arch", "pebbles", "none", "band"))
    if shape == "disc":
        canvas.disc(x, y, random.uniform(22, 36), colour)
    elif shape == "arch":
        radius = random.uniform(26, 36)
        canvas.wedge(x, y, radius, (180, 360), colour)
        canvas.rectangle(x - radius, y - 0.1, x + radius, canvas.height, colour)
    elif shape == "pebbles":
        for _ in range(3):
            place = (canvas.width * random.random(), canvas.height * random.random())
            size = (random.uniform(14, 32), random.uniform(14, 32))
            tint = mix(random.choice(palette.colours), ground, random.uniform(0.5, 0.75))
            canvas.polygon(blob(random, *place, size, wobble=0.1), tint)
    elif shape == "band":
        floor = canvas.height * random.uniform(0.6, 0.8)
        canvas.rectangle(0, floor, canvas.width, canvas.height, colour)


def _stem(
    random: Random,
    canvas: Canvas,
    line: list[Point],
    kind: _Kind,
    tones: tuple[Colour, Colour],
) -> None:
    canvas.polygon(ribbon(line, lambda t: 0.9 - 0.6 * t), tones[0])
    leaf, many, size = kind
    size *= random.uniform(0.85, 1.3)
    opposite = random.random() < 0.6
    for pair in range(many):
        place = 0.22 + 0.76 * pair / (many - 1)
        grown = size * (1.05 - 0.75 * place**1.6) * min(1, 0.55 + place * 1.5)
        for side in (-1, 1):
            shift = 0 if opposite or side < 0 else 0.38 / many
            index = min(len(line) - 2, int((place + shift) * (len(line) - 1)))
            (x, y), (u, v) = line[index], line[index + 1]
            angle = atan2(v - y, u - x) + side * random.uniform(0.6, 0.85) * (1.25 - 0.5 * place)
            leaf(canvas, (x, y), angle, grown * random.uniform(0.85, 1.1), tones)
    (x, y), (u, v) = line[-2:]
    leaf(canvas, (u, v), atan2(v - y, u - x), size * 0.4, tones)


def _halves(
    canvas: Canvas,
    spine: list[Point],
    width: Callable[[float], float],
    tones: tuple[Colour, Colour],
) -> None:
    """Draw a leaf's two halves, the lower in the second tone."""
    outline = ribbon(spine, width)
    canvas.polygon(outline, tones[0])
    canvas.polygon(outline[: len(spine)] + spine[::-1], tones[1])


def _lance(
    canvas: Canvas, at: Point, angle: float, length: float, tones: tuple[Colour, Colour]
) -> None:
    tip = (at[0] + length * cos(angle), at[1] + length * sin(angle))
    spine = bend(at, tip, sag=length * 0.06 * (1 if cos(angle) > 0 else -1), steps=18)
    _halves(canvas, spine, lambda t: length * 0.27 * sin(pi * t**0.85) ** 0.9, tones)


def _round(
    canvas: Canvas, at: Point, angle: float, length: float, tones: tuple[Colour, Colour]
) -> None:
    tip = (at[0] + length * cos(angle), at[1] + length * sin(angle))
    spine = bend(at, tip, sag=0, steps=22)

    def width(t: float) -> float:
        if t < 0.12:
            return 0.35
        place = 2 * (t - 0.12) / 0.88 - 1
        return length * 0.84 * sqrt(max(0, 1 - place * place)) + 0.3

    _halves(canvas, spine, width, tones)


def _fern(
    canvas: Canvas, at: Point, angle: float, length: float, tones: tuple[Colour, Colour]
) -> None:
    tip = (at[0] + length * cos(angle), at[1] + length * sin(angle))
    spine = bend(at, tip, sag=length * 0.1 * (-1 if cos(angle) > 0 else 1), steps=12)
    _halves(canvas, spine, lambda t: length * 0.13 * sin(pi * min(1, t + 0.12)) ** 0.7, tones)


def _berry(
    canvas: Canvas, at: Point, angle: float, length: float, tones: tuple[Colour, Colour]
) -> None:
    tip = (at[0] + length * cos(angle), at[1] + length * sin(angle))
    canvas.polygon(ribbon(bend(at, tip, sag=length * 0.08, steps=8), lambda t: 0.32), tones[0])
    canvas.disc(*tip, length * 0.17 + 0.4, tones[0])
    canvas.disc(tip[0] - length * 0.04, tip[1] - length * 0.04, length * 0.1 + 0.2, tones[1])


def _fan(
    canvas: Canvas, at: Point, angle: float, length: float, tones: tuple[Colour, Colour]
) -> None:
    """A ginkgo's leaf."""
    base = (at[0] + length * 0.3 * cos(angle), at[1] + length * 0.3 * sin(angle))
    canvas.polygon(ribbon([at, base], lambda t: 0.4), tones[0])
    for tone, span in ((tones[0], (-0.95, 0.95)), (tones[1], (0.04, 0.95))):
        points = [base]
        for step in range(21):
            turn = span[0] + (span[1] - span[0]) * step / 20
            reach = (
                length * 0.72 * (1 - 0.16 * abs(turn) ** 3) * (1 - 0.2 * max(0, 1 - abs(turn) * 9))
            )
            reach *= 1 + 0.02 * cos(turn * 22)
            points.append(
                (base[0] + reach * cos(angle + turn), base[1] + reach * sin(angle + turn))
            )
        canvas.polygon(points, tone)


#: Leaves, how many pairs a stem has of them, and their length.
_KINDS: tuple[_Kind, ...] = (
    (_lance, 10, 17),
    (_round, 9, 11),
    (_fern, 18, 13),
    (_berry, 11, 9),
    (_fan, 6, 15),
)

LEAVES = Style(
    _paint_leaves,
    titles(
        (
            ("{plant} {when}", "{when} {plant}"),
            ("{plant} in {tone}", "{tone} {plant}"),
            ("{quality} {plant}", "{quality} {plant}"),
            ("{plant} for {whom}", "{whom}에게 건네는 {plant}"),
        ),
        plant="""leaves=잎사귀, stems=줄기, herbarium=식물 표본, branch=나뭇가지, greenery=초록,
        wild grass=들풀, garden=뜰, two branches=두 나뭇가지, foliage=나뭇잎, cuttings=꺾은 가지""",
        when=TIMES,
        quality=QUALITIES,
        whom="my mother=어머니, a teacher=선생님, a neighbour=이웃, a friend=친구, you=당신",
    ),
    (UPRIGHT, TALL, SQUARE, LANDSCAPE),
    grain=6,
)
