"""Translucent discs."""

from math import cos, pi, sin, sqrt, tau
from random import Random

from gallery.demo.art.canvas import Canvas
from gallery.demo.art.colour import mix
from gallery.demo.art.palettes import PALETTES
from gallery.demo.art.style import LANDSCAPE, SQUARE, TALL, UPRIGHT, Style
from gallery.demo.art.titles import Facts, titles
from gallery.demo.art.words import QUALITIES, TIMES

_Disc = tuple[float, float, float]


def _paint_discs(random: Random, canvas: Canvas) -> Facts:
    """Discs, rings and halves overprinted in a few inks, darker where they overlap.

    As in a screen print, or on the Delaunays' canvases.
    """
    palette = random.choice(PALETTES)
    canvas.fill(palette.paper)
    arrange = random.choice((_cluster, _row, _grid, _orbit, _spiral))
    discs = arrange(random, canvas)
    inks = random.sample(palette.colours, random.randint(2, 4))
    orderly = arrange in (_row, _grid)
    halves = random.choice((0, 0.3, 0.7)) if orderly else 0
    rings = random.choice((0, 0, 0.2, 0.4))
    thin = random.uniform(0.12, 0.4)
    for x, y, radius in discs:
        start = random.choice((0, 90, 180, 270))
        angles = (start, start + (180 if random.random() < halves else 360))
        hole = random.choice((0.35, 0.6, 0.8)) if random.random() < rings else 0
        ink = mix(random.choice(inks), palette.paper, thin)
        canvas.overprint(x, y, radius, ink, angles=angles, hole=hole)
    return {"tone": palette.tone}


def _cluster(random: Random, canvas: Canvas) -> list[_Disc]:
    x, y = canvas.width / 2, canvas.height / 2
    spread = (canvas.width * 0.2, canvas.height * 0.2)
    sizes = [min(26, 3 + random.expovariate(1 / 8)) for _ in range(random.randint(9, 30))]
    return [(random.gauss(x, spread[0]), random.gauss(y, spread[1]), size) for size in sizes]


def _row(random: Random, canvas: Canvas) -> list[_Disc]:
    count = random.randint(5, 9)
    step = canvas.width * 0.8 / count
    lines = random.randint(1, 3) + (2 if canvas.height > canvas.width else 0)
    return [
        (
            canvas.width * 0.1 + step * (i + 0.5),
            canvas.height * (line + 1) / (lines + 1),
            step * random.uniform(0.45, 1.05),
        )
        for line in range(lines)
        for i in range(count)
    ]


def _grid(random: Random, canvas: Canvas) -> list[_Disc]:
    count = random.randint(4, 7)
    cell = 84 / count
    size = cell * random.choice((0.5, 0.62, 0.72, 0.9))
    columns, rows = (int((side - 16 + 0.5) / cell) for side in (canvas.width, canvas.height))
    left, top = (canvas.width - cell * columns) / 2, (canvas.height - cell * rows) / 2
    places = [(column, row) for row in range(rows) for column in range(columns)]
    random.shuffle(places)
    return [(left + (x + 0.5) * cell, top + (y + 0.5) * cell, size) for x, y in places]


def _orbit(random: Random, canvas: Canvas) -> list[_Disc]:
    count = random.choice((6, 7, 8, 9, 12))
    reach, size = random.uniform(20, 26), random.uniform(13, 23)
    x, y, start = canvas.width / 2, canvas.height / 2, random.uniform(0, tau)
    angles = [start + tau * i / count for i in range(count)]
    around = [(x + reach * cos(a), y + reach * sin(a), size) for a in angles]
    return [*around, (x, y, size * random.uniform(0.4, 0.9))]


def _spiral(random: Random, canvas: Canvas) -> list[_Disc]:
    """As seeds stand in a sunflower's head."""
    count = random.randint(30, 90)
    golden, reach = pi * (3 - sqrt(5)), 40 / sqrt(count)
    x, y = canvas.width / 2, canvas.height / 2
    grow = random.choice((0.3, 1.0, 1.7))
    return [
        (
            x + reach * sqrt(i) * cos(golden * i),
            y + reach * sqrt(i) * sin(golden * i),
            reach * (0.95 + grow * 0.7 * i / count),
        )
        for i in range(1, count)
    ]


DISCS = Style(
    _paint_discs,
    titles(
        (
            ("{quality} {thing}", "{quality} {thing}"),
            ("{thing} in {tone}", "{tone} {thing}"),
            ("{thing} {when}", "{when} {thing}"),
            ("{thing} and {other}", "{thing:과/와} {other}"),
        ),
        thing="""discs=원반, moons=달들, planets=행성들, bubbles=비눗방울, gathering=모임,
        conversation=대화, overlap=겹침, coins=동전, lanterns=등불, chorus=합창, orbits=궤도""",
        other="""echo=메아리, their shadows=그림자, the light between=사이의 빛, a pause=쉼표,
        an answer=대답, laughter=웃음소리, a secret=비밀, a slow waltz=느린 왈츠""",
        quality=QUALITIES,
        when=TIMES,
    ),
    (SQUARE, LANDSCAPE, UPRIGHT, TALL),
    scale=1,
    grain=7,
)
