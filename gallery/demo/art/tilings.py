"""Tiles: arcs that meet, quarters of circles, hexagons."""

from math import cos, pi, sin
from random import Random

from gallery.demo.art.canvas import Canvas, Point
from gallery.demo.art.colour import Colour, along, mix
from gallery.demo.art.curves import smooth_field
from gallery.demo.art.palettes import PALETTES, Palette
from gallery.demo.art.style import LANDSCAPE, SQUARE, TALL, UPRIGHT, Style
from gallery.demo.art.titles import Facts, titles
from gallery.demo.art.words import QUALITIES


def _paint_truchet(random: Random, canvas: Canvas) -> Facts:
    """Square tiles with arcs in two opposite corners, turned at random.

    After Cyril Stanley Smith's arcs (1987) on Sébastien Truchet's tiles (1704).
    """
    palette = random.choice(PALETTES)
    dark = random.random() < 0.4
    ground = palette.ink if dark else palette.paper
    canvas.fill(ground)
    tile = 100 / random.choice((4, 5, 6, 8, 10))
    band = tile * random.choice((0.28, 0.36, 0.5))
    lines = random.choice((1, 2, 3))
    hue = smooth_field(random, period=random.uniform(90, 200))
    lights = palette.by_lightness
    stops = lights[2:] if dark else lights[:3] if random.random() < 0.5 else lights[1:4]
    rows, columns = int(canvas.height / tile) + 1, int(canvas.width / tile) + 1
    turned = {(i, j): random.random() < 0.5 for i in range(columns) for j in range(rows)}
    strands = _strands(turned)
    width = band / (2 * lines - 1)
    for (i, j), turn in turned.items():
        for (u, v, angle), edge in zip(_ARCS[turn], _EDGES[turn], strict=True):
            first = strands[2 * i + edge[0][0], 2 * j + edge[0][1]]
            # By where the strand begins, so that each keeps one colour.
            place = (hue(first[0] * tile, first[1] * tile) + 1.15) / 2.3
            for line in range(lines):
                at = tile / 2 - band / 2 + width * (2 * line + 0.5)
                # A little more than a quarter, so that neighbours overlap.
                angles = (angle - 0.6, angle + 90.6)
                corner = ((i + u) * tile, (j + v) * tile)
                canvas.arc(*corner, at, angles, along(stops, place), width=width)
    return {"tone": palette.tone}


#: For a tile, turned or not: where its arcs have their centres and begin.
_ARCS = (((0, 0, 0), (1, 1, 180)), ((1, 0, 90), (0, 1, 270)))
#: And which middles of edges they join, in half tiles.
_EDGES = ((((1, 0), (0, 1)), ((1, 2), (2, 1))), (((1, 0), (2, 1)), ((0, 1), (1, 2))))


def _strands(turned: dict[tuple[int, int], bool]) -> dict[tuple[int, int], tuple[int, int]]:
    """Return for each middle of an edge the first one of the strand it is on."""
    first: dict[tuple[int, int], tuple[int, int]] = {}

    def find(place: tuple[int, int]) -> tuple[int, int]:
        while first.setdefault(place, place) != place:
            place = first[place]
        return place

    for (i, j), turn in turned.items():
        for one, other in _EDGES[turn]:
            ends = [find((2 * i + u, 2 * j + v)) for u, v in (one, other)]
            first[max(ends)] = min(ends)
    return {place: find(place) for place in list(first)}


def _paint_quarters(random: Random, canvas: Canvas) -> Facts:
    """A grid of quarter circles, halves, leaves and rings, as in prints of the Bauhaus."""
    palette = random.choice(PALETTES)
    count = random.choice((3, 4, 4, 5, 6, 7))
    margin = random.choice((0, 7, 10))
    tile = (100 - 2 * margin) / count
    columns, rows = (max(1, round((s - 2 * margin) / tile)) for s in (canvas.width, canvas.height))
    left, top = (canvas.width - columns * tile) / 2, (canvas.height - rows * tile) / 2
    canvas.fill(palette.paper)
    shapes = random.sample((_quarter, _half, _leaf, _rings, _dot, _steps), random.randint(2, 4))
    grounds = (palette.paper, *random.sample(palette.colours, 3), palette.ink)
    inks = (*palette.colours, palette.ink, palette.paper)
    for row in range(rows):
        for column in range(columns):
            x, y = left + column * tile, top + row * tile
            ground = random.choice(grounds)
            ink, second = random.sample([c for c in inks if c != ground], 2)
            canvas.rectangle(x, y, x + tile, y + tile, ground)
            random.choice(shapes)(random, canvas, (x, y, tile), (ink, second, ground))
    return {"tone": palette.tone}


_Tile = tuple[float, float, float]
_Inks = tuple[Colour, Colour, Colour]


def _corner(random: Random, at: _Tile) -> tuple[float, float, tuple[float, float]]:
    x, y, size = at
    turn = random.randrange(4)
    corners = ((x, y), (x + size, y), (x + size, y + size), (x, y + size))
    return *corners[turn], (turn * 90, turn * 90 + 90)


def _quarter(random: Random, canvas: Canvas, at: _Tile, inks: _Inks) -> None:
    x, y, angles = _corner(random, at)
    canvas.wedge(x, y, at[2], angles, inks[0])
    if random.random() < 0.4:
        canvas.wedge(x, y, at[2] / 2, angles, inks[1])


def _half(random: Random, canvas: Canvas, at: _Tile, inks: _Inks) -> None:
    x, y, size = at
    turn = random.randrange(2)
    for ink, side in ((inks[0], 0), (inks[1], 1)):
        if turn:
            canvas.wedge(x + size / 2, y + size * (side + 1) / 2, size / 2, (180, 360), ink)
        else:
            canvas.wedge(x + size * side / 2, y + size / 2, size / 2, (-90, 90), ink)


def _leaf(random: Random, canvas: Canvas, at: _Tile, inks: _Inks) -> None:
    """What two quarters have in common."""
    x, y, size = at
    arc = [pi / 2 * i / 24 for i in range(25)]
    points: list[Point] = [(size * sin(a), size * (1 - cos(a))) for a in arc]
    points += [(size * (1 - sin(a)), size * cos(a)) for a in arc]
    if random.random() < 0.5:
        points = [(size - u, v) for u, v in points]
    canvas.polygon([(x + u, y + v) for u, v in points], inks[0])


def _rings(random: Random, canvas: Canvas, at: _Tile, inks: _Inks) -> None:
    x, y, angles = _corner(random, at)
    for ring in range(4):
        canvas.wedge(x, y, at[2] * (1 - ring / 4), angles, inks[0] if ring % 2 == 0 else inks[2])


def _dot(random: Random, canvas: Canvas, at: _Tile, inks: _Inks) -> None:
    x, y, size = at
    canvas.disc(x + size / 2, y + size / 2, size * 0.5, inks[0])
    if random.random() < 0.5:
        canvas.disc(x + size / 2, y + size / 2, size * 0.22, inks[1])


def _steps(random: Random, canvas: Canvas, at: _Tile, inks: _Inks) -> None:
    x, y, size = at
    count = random.choice((3, 4))
    for step in range(count):
        bar = size / (2 * count)
        canvas.rectangle(x, y + bar * (2 * step), x + size, y + bar * (2 * step + 1), inks[0])


def _paint_hexagons(random: Random, canvas: Canvas) -> Facts:
    """Hexagons as blocks seen from above or as nested rings, their colours drifting."""
    palette = random.choice(PALETTES)
    dark = random.random() < 0.3
    ground = palette.ink if dark else palette.paper
    canvas.fill(ground)
    size = random.choice((4.5, 6, 8, 11))
    draw = random.choice((_block, _block, _nest, _petals))
    gap = random.choice((1.0, 0.94, 0.86))
    full = random.choice((1.0, 0.86))
    hue = smooth_field(random, period=random.uniform(70, 180))
    wide, high = size * 3**0.5, size * 1.5
    for row in range(-1, int(canvas.height / high) + 2):
        for column in range(-1, int(canvas.width / wide) + 2):
            x, y = (column + row % 2 / 2) * wide, row * high
            place = (hue(x, y) + 1) / 2 + random.gauss(0, 0.09)
            if random.random() < full:
                draw(canvas, (x, y, size * gap), along(palette.colours, round(place, 2)), palette)
    return {"tone": palette.tone}


def _corners(x: float, y: float, size: float) -> list[Point]:
    return [(x + size * sin(pi / 3 * i), y - size * cos(pi / 3 * i)) for i in range(6)]


def _block(canvas: Canvas, at: _Tile, colour: Colour, palette: Palette) -> None:
    middle, six = at[:2], _corners(*at)
    canvas.polygon([middle, six[5], six[0], six[1]], mix(colour, palette.paper, 0.42))
    canvas.polygon([middle, six[1], six[2], six[3]], colour)
    canvas.polygon([middle, six[3], six[4], six[5]], mix(colour, palette.ink, 0.38))


def _nest(canvas: Canvas, at: _Tile, colour: Colour, palette: Palette) -> None:
    for ring, share in enumerate((0.0, 0.55, 0.15, 0.8)):
        size = at[2] * (1 - 0.25 * ring)
        canvas.polygon(_corners(at[0], at[1], size), mix(colour, palette.paper, share))


def _petals(canvas: Canvas, at: _Tile, colour: Colour, palette: Palette) -> None:
    x, y, size = at
    canvas.polygon(_corners(x, y, size), mix(colour, palette.paper, 0.7))
    for petal, (u, v) in enumerate(_corners(x, y, size)):
        side = ((v - y) * 0.22, -(u - x) * 0.22)
        half = ((x + u) / 2, (y + v) / 2)
        points = [(x, y), (half[0] + side[0], half[1] + side[1]), (u, v)]
        points.append((half[0] - side[0], half[1] - side[1]))
        canvas.polygon(points, mix(colour, palette.ink, 0.12 * (petal % 2)))


_PATTERNS = (
    ("{quality} {thing}", "{quality} {thing}"),
    ("{thing} in {tone}", "{tone} {thing}"),
    ("{thing} for {whom}", "{whom:을/를} 위한 {thing}"),
)
_WHOM = """a hallway=복도, a kitchen floor=부엌 바닥, my sister=언니, a rainy day=비 오는 날,
a long wall=긴 벽, the stairwell=계단, a new house=새집, the courtyard=안뜰, a friend=친구"""

TRUCHET = Style(
    _paint_truchet,
    titles(
        _PATTERNS,
        thing="""maze=미로, winding paths=굽은 길, loops=고리, knots=매듭, crossings=교차로,
        garden paths=정원 길, wandering=산책, detours=돌아가는 길""",
        quality=QUALITIES,
        whom=_WHOM,
    ),
    (SQUARE, LANDSCAPE, UPRIGHT),
)
QUARTERS = Style(
    _paint_quarters,
    titles(
        _PATTERNS,
        thing="""tiles=타일, geometry=기하, building blocks=나무 블록, rounds=동그라미들,
        quarter moons=조각달, game=놀이, alphabet of shapes=도형의 글자들, mosaic=모자이크""",
        quality=QUALITIES,
        whom=_WHOM,
    ),
    (SQUARE, UPRIGHT, LANDSCAPE, TALL),
)
HEXAGONS = Style(
    _paint_hexagons,
    titles(
        _PATTERNS,
        thing="""honeycomb=벌집, little rooms=작은 방들, blocks=상자들, crystals=결정,
        terraces=테라스, hive=꿀벌의 집, rooftops=지붕들, paper flowers=종이꽃""",
        quality=QUALITIES,
        whom=_WHOM,
    ),
    (LANDSCAPE, SQUARE, UPRIGHT),
)
