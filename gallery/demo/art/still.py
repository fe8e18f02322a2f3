"""Vases, bowls and stones on a table."""

from math import pi, sin
from random import Random

from gallery.demo.art.canvas import Canvas, Point
from gallery.demo.art.colour import Colour, fade, mix
from gallery.demo.art.curves import bend, blob, ribbon
from gallery.demo.art.palettes import PALETTES, Palette
from gallery.demo.art.style import LANDSCAPE, SQUARE, UPRIGHT, Style
from gallery.demo.art.titles import Facts, titles
from gallery.demo.art.words import QUALITIES, WHEN

#: Half widths from foot to lip, and the height, in widths of the whole.
_PROFILES: tuple[tuple[tuple[float, ...], float], ...] = (
    ((0.28, 0.42, 0.5, 0.46, 0.3, 0.14, 0.12, 0.12, 0.16), 1.7),  # a bottle with a belly
    ((0.24, 0.3, 0.34, 0.36, 0.36, 0.34, 0.2, 0.1, 0.1, 0.12), 2.5),  # a tall bottle
    ((0.3, 0.44, 0.5, 0.5, 0.44, 0.3, 0.24, 0.3), 1.25),  # a moon jar with a neck
    ((0.26, 0.3, 0.36, 0.43, 0.48, 0.5, 0.47, 0.36, 0.28, 0.32), 1.6),  # a jar with shoulders
    ((0.2, 0.32, 0.42, 0.48, 0.5), 0.5),  # a bowl
    ((0.36, 0.4, 0.42, 0.42, 0.42, 0.42), 0.95),  # a cup
    ((0.4, 0.34, 0.26, 0.2, 0.17, 0.18, 0.24, 0.34), 2.1),  # a trumpet
    ((0.42, 0.5, 0.48, 0.38, 0.26, 0.18, 0.15, 0.2), 1.5),  # a drop
)
_OPEN = 0.15


def _paint_still(random: Random, canvas: Canvas) -> Facts:
    """A few vessels, fruit and stones, one side in shade, as in Giorgio Morandi's rooms."""
    palette = random.choice(PALETTES)
    table = canvas.height * random.uniform(0.64, 0.76)
    wall = mix(random.choice((palette.paper, *palette.colours[2:4])), palette.paper, 0.45)
    if random.random() < 0.2:
        wall = mix(palette.ink, palette.by_lightness[0], 0.35)
    wood = mix(random.choice(palette.colours), wall, random.uniform(0.25, 0.5))
    canvas.gradient((wall, mix(wall, palette.paper, 0.25)), 0, table)
    canvas.gradient((wood, mix(wood, palette.ink, 0.1)), table)
    _window(random, canvas, palette, wall, table)
    tones = [c for c in (*palette.colours, palette.paper, palette.ink) if _apart(c, wall)]
    count = random.randint(3, 4) + round(canvas.width / 60)
    behind = [i for i in range(count) if i % 2] + [i for i in range(count) if not i % 2]
    for turn, index in enumerate(behind):
        near = turn >= count // 2
        x = canvas.width * (0.13 + 0.74 * (index + 0.5 + random.uniform(-0.15, 0.15)) / count)
        y = table + (13 if near else 5) + random.uniform(-2, 2)
        size = canvas.width / count * random.uniform(0.85, 1.3)
        if not near or random.random() < 0.4:
            _vessel(random, canvas, (x, y), min(size, 34), (tones, palette))
        else:
            _small(random, canvas, (x, y + 4), min(size, 24), (random.choice(tones), palette))
    return {"tone": palette.tone}


def _apart(one: Colour, other: Colour) -> bool:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) > 90


def _window(random: Random, canvas: Canvas, palette: Palette, wall: Colour, table: float) -> None:
    """Something on the wall: the sun's light through a window, a round mirror, an arch."""
    kind = random.choice(("light", "disc", "arch", "none"))
    x, tint = canvas.width * random.uniform(0.25, 0.75), random.choice(palette.colours)
    if kind == "light":
        for pane in range(2):
            left, slant = x - 18 + pane * 19, 14
            points = [(left, 12), (left + 17, 12), (left + 17 + slant, table - 8)]
            canvas.polygon([*points, (left + slant, table - 8)], fade(palette.paper, 0.35))
    elif kind == "disc":
        canvas.disc(
            x, table * random.uniform(0.35, 0.6), random.uniform(14, 26), mix(tint, wall, 0.45)
        )
    elif kind == "arch":
        radius = random.uniform(18, 26)
        canvas.wedge(x, table * 0.5, radius, (180, 360), mix(tint, wall, 0.5))
        canvas.rectangle(x - radius, table * 0.5 - 0.1, x + radius, table, mix(tint, wall, 0.5))


def _outline(profile: tuple[float, ...], height: float, width: float) -> list[Point]:
    """Return half widths by height above the foot, smooth between the profile's."""
    points = []
    for step in range(41):
        place = step / 40 * (len(profile) - 1)
        index = min(int(place), len(profile) - 2)
        half = _spline(profile, index, place - index)
        points.append((half * width, height * step / 40))
    return points


def _spline(values: tuple[float, ...], index: int, share: float) -> float:
    """Return what is between two values, after Catmull and Rom."""
    a, d = values[max(0, index - 1)], values[min(len(values) - 1, index + 2)]
    b, c = values[index], values[index + 1]
    cubic = (3 * (b - c) + d - a) * share + 2 * a - 5 * b + 4 * c - d
    return b + share / 2 * (c - a + share * cubic)


def _vessel(
    random: Random, canvas: Canvas, foot: Point, size: float, look: tuple[list[Colour], Palette]
) -> None:
    x, y = foot
    tones, palette = look
    colour = random.choice(tones)
    profile, stretch = random.choice(_PROFILES)
    tall = min(size * stretch * random.uniform(0.85, 1.1), y - 20)
    sides = _outline(profile, tall, size)
    mouth = sides[-1][0]
    if mouth > _OPEN * size * 0.7 and stretch > 0.9 and random.random() < 0.75:
        _flowers(random, canvas, (x, y - tall), tones)
    _shadow(canvas, foot, size * profile[0] * 2.2, palette.ink)
    right = [(x + half, y - up) for half, up in sides]
    canvas.polygon([(x - half, y - up) for half, up in sides] + right[::-1], colour)
    shade = [(x + half * (0.25 + 0.1 * sin(pi * up / tall)), y - up) for half, up in sides]
    canvas.polygon(shade + right[::-1], mix(colour, palette.ink, 0.2))
    canvas.ellipse(x, y - tall, mouth, mouth * 0.16, mix(colour, palette.ink, 0.42))
    if random.random() < 0.35:
        begin = random.randint(10, 22)
        band = sides[begin : begin + random.randint(3, 9)]
        stripe = [(x - half, y - up) for half, up in band]
        stripe += [(x + half, y - up) for half, up in band[::-1]]
        canvas.polygon(stripe, fade(palette.paper, 0.45))


def _shadow(canvas: Canvas, foot: Point, wide: float, ink: Colour) -> None:
    canvas.ellipse(foot[0] + wide * 0.4, foot[1] - 0.3, wide * 0.85, 1.5, fade(ink, 0.2))


def _flowers(random: Random, canvas: Canvas, mouth: Point, tones: list[Colour]) -> None:
    stem, bloom = random.choice(tones), random.choice(tones)
    leafy = random.random() < 0.5
    for _ in range(random.randint(2, 5)):
        tip = (mouth[0] + random.gauss(0, 9), max(6, mouth[1] - random.uniform(10, 24)))
        line = bend((mouth[0], mouth[1] + 3), tip, sag=random.gauss(0, 2), steps=16)
        canvas.polygon(ribbon(line, lambda t: 0.6 - 0.25 * t), stem)
        for place in (6, 9, 11, 13, 15) if leafy else ():
            for side in (-1, 1):
                end = (line[place][0] + side * 3.6, line[place][1] - 2.4)
                leaf = bend(line[place], end, sag=0.4, steps=8)
                canvas.polygon(ribbon(leaf, lambda t: 1.9 * sin(pi * t)), stem)
        if not leafy:
            canvas.disc(*tip, random.uniform(1.6, 3.2), bloom)
            canvas.disc(tip[0] - 0.3, tip[1] - 0.3, 0.9, mix(bloom, (255, 250, 240), 0.6))


def _small(
    random: Random, canvas: Canvas, foot: Point, size: float, look: tuple[Colour, Palette]
) -> None:
    """A fruit or a pile of stones."""
    x, y = foot
    colour, palette = look
    if random.random() < 0.55:
        radius = size * 0.26
        _shadow(canvas, foot, radius * 1.1, palette.ink)
        canvas.disc(x, y - radius, radius, colour)
        canvas.disc(
            x - radius * 0.14, y - radius * 1.12, radius * 0.8, mix(colour, palette.paper, 0.16)
        )
        stalk = bend((x, y - 1.9 * radius), (x + 0.9, y - 2.4 * radius), sag=0.3, steps=5)
        canvas.polygon(ribbon(stalk, lambda t: 0.5), mix(palette.ink, colour, 0.2))
        return
    wide = size * 0.42
    _shadow(canvas, foot, wide, palette.ink)
    for stone in range(random.randint(1, 3)):
        high = wide * random.uniform(0.42, 0.55)
        tint = mix(colour, palette.paper, 0.18 * stone)
        middle = (x + random.gauss(0, wide * 0.08), y - high)
        canvas.polygon(blob(random, *middle, (wide, high), wobble=0.03), tint)
        y, wide = y - high * 1.82, wide * 0.72


STILL = Style(
    _paint_still,
    titles(
        (
            ("{thing} and {other}", "{thing:과/와} {other}"),
            ("{thing} {when}", "{when} {thing}"),
            ("{quality} {thing}", "{quality} {thing}"),
            ("{thing} in {tone}", "{tone} {thing}"),
        ),
        thing="""table=식탁, vessels=그릇들, still life=정물, vases=꽃병들, windowsill=창가,
        kitchen shelf=부엌 선반, jars=항아리들, pottery=도자기""",
        other="""a stone=돌 하나, afternoon light=오후의 빛, company=식구들, silence=고요,
        a visitor=손님, sunlight=햇살, an empty chair=빈 의자, breakfast=아침밥""",
        when=WHEN,
        quality=QUALITIES,
    ),
    (LANDSCAPE, SQUARE, UPRIGHT),
    grain=6,
)
