"""Arches within arches."""

from random import Random

from gallery.demo.art.canvas import Canvas
from gallery.demo.art.colour import Colour, mix
from gallery.demo.art.palettes import PALETTES, Palette
from gallery.demo.art.style import LANDSCAPE, SQUARE, TALL, UPRIGHT, Style
from gallery.demo.art.titles import Facts, titles
from gallery.demo.art.words import QUALITIES, TIMES


def _paint_arches(random: Random, canvas: Canvas) -> Facts:
    """Concentric arches as rainbows or doorways: one, a few on the ground, or a grid of them."""
    palette = random.choice(PALETTES)
    dark = random.random() < 0.2
    ground = (
        palette.ink if dark else mix(palette.paper, palette.colours[3], random.choice((0, 0.2)))
    )
    canvas.fill(ground)
    random.choice((_one, _family, _grid, _grid, _skyline))(random, canvas, palette, ground)
    return {"tone": palette.tone}


def _bands(random: Random, palette: Palette, count: int) -> list[Colour]:
    start, step = random.randrange(5), random.choice((1, 2, 3, 4))
    return [palette.colours[(start + step * i) % 5] for i in range(count)]


def _arch(
    canvas: Canvas,
    at: tuple[float, float, float, float],
    colours: list[Colour],
    ground: Colour,
    *,
    gap: float,
) -> None:
    """Draw an arch at x, y with such a radius and legs; ``gap`` of each band is bare."""
    x, y, radius, legs = at
    band = radius / (len(colours) + 1)
    for index, colour in enumerate(colours):
        outer = radius - index * band
        for size, paint in ((outer, colour), (outer - band * (1 - gap), ground)):
            canvas.wedge(x, y - legs, size, (180, 360), paint)
            if legs > 0:
                canvas.rectangle(x - size, y - legs - 0.1, x + size, y, paint)


def _one(random: Random, canvas: Canvas, palette: Palette, ground: Colour) -> None:
    count = random.randint(4, 7)
    radius = random.uniform(38, 44)
    legs = random.choice((12, 25, 40)) if canvas.height > canvas.width else random.choice((8, 18))
    x, y = canvas.width / 2, canvas.height / 2 + (radius + legs) / 2
    colours = _bands(random, palette, count)
    _arch(canvas, (x, y, radius, legs), colours, ground, gap=random.choice((0, 0.18, 0.3)))
    if random.random() < 0.7:
        canvas.disc(x, y - legs, radius / (count + 1) * 0.8, random.choice(palette.colours))


def _family(random: Random, canvas: Canvas, palette: Palette, ground: Colour) -> None:
    floor = canvas.height * random.uniform(0.8, 0.9)
    if random.random() < 0.7:
        x, y = canvas.width * random.uniform(0.25, 0.75), canvas.height * random.uniform(0.2, 0.3)
        canvas.disc(x, y, random.uniform(7, 12), palette.colours[random.randrange(5)])
    canvas.rectangle(0, floor, canvas.width, canvas.height, palette.colours[2])
    count = random.randint(2, 5)
    for index in range(count):
        x = canvas.width * (index + 0.5 + random.uniform(-0.15, 0.15)) / count
        radius = min(46, canvas.width / count * random.uniform(0.42, 0.75))
        legs = random.choice((0, 6, 14, 24)) * canvas.height / canvas.width
        colours = _bands(random, palette, random.randint(3, 5))
        _arch(canvas, (x, floor, radius, legs), colours, ground, gap=0)


def _grid(random: Random, canvas: Canvas, palette: Palette, ground: Colour) -> None:
    count = random.choice((2, 3, 4, 5))
    margin = 8
    cell = (100 - 2 * margin) / count
    columns, rows = (round((s - 2 * margin) / cell) for s in (canvas.width, canvas.height))
    left, top = (canvas.width - columns * cell) / 2, (canvas.height - rows * cell) / 2
    gap = random.choice((0, 0, 0.25))
    bands = random.choice((3, 4, 5))
    for row in range(rows):
        for column in range(columns):
            x, y = left + (column + 0.5) * cell, top + (row + 1) * cell - cell * 0.06
            colours = _bands(random, palette, bands)
            _arch(canvas, (x, y, cell * 0.45, cell * 0.43), colours, ground, gap=gap)


def _skyline(random: Random, canvas: Canvas, palette: Palette, ground: Colour) -> None:
    """Rows of arches, the lower before the upper, each filled."""
    radius = random.uniform(11, 22)
    rows = int(canvas.height / (radius * 0.8)) + 2
    for row in range(rows):
        y = canvas.height * 0.25 + radius * 0.8 * row + radius
        shift = row % 2 * radius
        for column in range(int(canvas.width / (2 * radius)) + 2):
            x = 2 * radius * column + shift
            colours = _bands(random, palette, random.choice((3, 3, 4)))
            _arch(canvas, (x, y, radius, 0), colours, mix(ground, palette.colours[2], 0.4), gap=0)
    canvas.disc(
        canvas.width * random.uniform(0.2, 0.8), canvas.height * 0.13, 7, palette.colours[0]
    )


ARCHES = Style(
    _paint_arches,
    titles(
        (
            ("{quality} {thing}", "{quality} {thing}"),
            ("{thing} in {tone}", "{tone} {thing}"),
            ("{thing} {when}", "{when} {thing}"),
        ),
        thing="""rainbow=무지개, arches=아치, doorways=문간, gate=문, bridge=다리, tunnel=굴,
        arcade=회랑, little theatre=작은 극장, welcome=환영, shelter=쉼터""",
        quality=QUALITIES,
        when=TIMES,
    ),
    (UPRIGHT, SQUARE, TALL, LANDSCAPE),
    grain=6,
)
