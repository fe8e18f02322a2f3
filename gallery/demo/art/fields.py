"""Fields seen from above."""

from math import cos, pi, sin
from random import Random

from gallery.demo.art.canvas import Canvas, Point
from gallery.demo.art.colour import Colour, fade, mix
from gallery.demo.art.curves import bend, ribbon
from gallery.demo.art.palettes import PALETTES, Palette
from gallery.demo.art.style import LANDSCAPE, SQUARE, UPRIGHT, WIDE, Style
from gallery.demo.art.titles import Facts, titles
from gallery.demo.art.words import QUALITIES, WHEN

_Shape = list[Point]


def _paint_fields(random: Random, canvas: Canvas) -> Facts:
    """Farmland from the air: patches split again and again, ploughed, with hedges and a river."""
    palette = random.choice(PALETTES)
    hedge = random.choice((mix(palette.paper, palette.colours[3], 0.3), palette.ink))
    canvas.fill(hedge)
    tilt = random.uniform(0, pi)
    right, bottom = canvas.width + 5, canvas.height + 5
    land: _Shape = [(-5, -5), (right, -5), (right, bottom), (-5, bottom)]
    patches = _split(random, land, tilt, random.choice((5, 6, 6, 7)))
    gap = random.choice((0.3, 0.5, 0.9))
    for patch in patches:
        _plough(random, canvas, _shrunk(patch, gap), palette, tilt)
    if random.random() < 0.65:
        _river(random, canvas, palette)
    if random.random() < 0.75:
        _trees(random, canvas, palette, patches)
    return {"tone": palette.tone}


def _cut(shape: _Shape, normal: Point, offset: float) -> _Shape:
    """Return the part of a convex shape where a place's share along ``normal`` is larger."""
    kept: _Shape = []
    for (x, y), (u, v) in zip(shape, shape[1:] + shape[:1], strict=True):
        here = x * normal[0] + y * normal[1] - offset
        there = u * normal[0] + v * normal[1] - offset
        if here >= 0:
            kept.append((x, y))
        if (here >= 0) != (there >= 0):
            share = here / (here - there)
            kept.append((x + (u - x) * share, y + (v - y) * share))
    return kept


def _span(shape: _Shape, normal: Point) -> tuple[float, float]:
    places = [x * normal[0] + y * normal[1] for x, y in shape]
    return min(places), max(places)


def _split(random: Random, shape: _Shape, tilt: float, depth: int) -> list[_Shape]:
    """Split across the longer way until ``depth`` or until small."""
    ways = [(cos(tilt + a), sin(tilt + a)) for a in (0, pi / 2)]
    spans = [_span(shape, way) for way in ways]
    longer = max((0, 1), key=lambda i: spans[i][1] - spans[i][0])
    low, high = spans[longer]
    if depth == 0 or high - low < 14 or (depth < 3 and random.random() < 0.2):
        return [shape]
    angle = tilt + longer * pi / 2 + random.gauss(0, 0.09)
    normal = (cos(angle), sin(angle))
    low, high = _span(shape, normal)
    offset = low + (high - low) * random.uniform(0.33, 0.67)
    one = _cut(shape, normal, offset)
    other = _cut(shape, (-normal[0], -normal[1]), -offset)
    return [part for half in (one, other) for part in _split(random, half, tilt, depth - 1)]


def _shrunk(shape: _Shape, gap: float) -> _Shape:
    """Return the shape without a margin at each side."""
    x, y = (sum(p[i] for p in shape) / len(shape) for i in (0, 1))
    for (a, b), (c, d) in zip(shape, shape[1:] + shape[:1], strict=True):
        length = ((c - a) ** 2 + (d - b) ** 2) ** 0.5 or 1
        normal = ((b - d) / length, (c - a) / length)
        offset = a * normal[0] + b * normal[1]
        if x * normal[0] + y * normal[1] < offset:
            normal, offset = (-normal[0], -normal[1]), -offset
        shape = _cut(shape, normal, offset + gap)
        if len(shape) < 3:
            return []
    return shape


def _plough(random: Random, canvas: Canvas, patch: _Shape, palette: Palette, tilt: float) -> None:
    if len(patch) < 3:
        return
    colour = mix(random.choice(palette.colours), palette.paper, random.uniform(0, 0.25))
    canvas.polygon(patch, colour)
    if random.random() < 0.15:
        return
    other = mix(
        colour,
        random.choice((palette.ink, palette.paper, random.choice(palette.colours))),
        random.uniform(0.14, 0.34),
    )
    angle = tilt + random.choice((0, pi / 2)) + random.gauss(0, 0.12)
    normal = (cos(angle), sin(angle))
    low, high = _span(patch, normal)
    step = random.choice((1.0, 1.4, 2, 3))
    width = step * random.choice((0.3, 0.5))
    while low < high:
        row = _cut(_cut(patch, normal, low), (-normal[0], -normal[1]), -(low + width))
        if len(row) > 2:
            canvas.polygon(row, other)
        low += step


def _river(random: Random, canvas: Canvas, palette: Palette) -> None:
    """A river, or a road where the palette has no water."""
    along = random.random() < 0.5
    if along:
        ends = (
            (-6.0, canvas.height * random.random()),
            (canvas.width + 6, canvas.height * random.random()),
        )
    else:
        ends = (
            (canvas.width * random.random(), -6.0),
            (canvas.width * random.random(), canvas.height + 6),
        )
    swing, phase = random.uniform(4, 11), random.uniform(0, pi)
    line = [
        (x + swing * 0.6 * sin(phase + i / 9), y + swing * sin(phase + i / 6.5))
        for i, (x, y) in enumerate(bend(*ends, sag=random.gauss(0, 9), steps=70))
    ]
    wide = random.uniform(1.6, 4.5)
    water = max(palette.colours, key=lambda c: c[2] - c[0])
    canvas.polygon(ribbon(line, lambda t: wide + 1.6), mix(palette.paper, water, 0.15))
    canvas.polygon(ribbon(line, lambda t: wide + 0.5 * sin(9 * t)), mix(water, palette.paper, 0.12))


def _trees(random: Random, canvas: Canvas, palette: Palette, patches: list[_Shape]) -> None:
    """Trees along some of the hedges, each with its shadow."""
    crown = mix(palette.by_lightness[0], palette.ink, 0.25)
    for patch in random.sample(patches, max(1, len(patches) // 4)):
        at = random.randrange(len(patch))
        (x, y), (u, v) = patch[at], patch[(at + 1) % len(patch)]
        count = max(2, int(((u - x) ** 2 + (v - y) ** 2) ** 0.5 / 2.6))
        for tree in range(count):
            if random.random() < 0.75:
                place = (tree + random.uniform(0.2, 0.8)) / count
                size = random.uniform(0.7, 1.4)
                _tree(canvas, (x + (u - x) * place, y + (v - y) * place), size, crown)


def _tree(canvas: Canvas, at: Point, size: float, crown: Colour) -> None:
    canvas.disc(at[0] + size * 0.45, at[1] + size * 0.5, size, fade((0, 0, 0), 0.22))
    canvas.disc(*at, size, crown)
    canvas.disc(
        at[0] - size * 0.25, at[1] - size * 0.25, size * 0.5, mix(crown, (255, 250, 220), 0.2)
    )


FIELDS = Style(
    _paint_fields,
    titles(
        (
            ("{place} {when}", "{when} {place}"),
            ("{place} in {tone}", "{tone} {place}"),
            ("{quality} {place}", "{quality} {place}"),
        ),
        place="""fields=들판, farmland=농지, patchwork=조각보, harvest=추수, orchards=과수원,
        barley and rye=보리와 호밀, furrows=밭고랑, plain=평야, flight over farms=농장 위의 비행""",
        when=WHEN,
        quality=QUALITIES,
    ),
    (LANDSCAPE, WIDE, SQUARE, UPRIGHT),
    grain=6,
)
