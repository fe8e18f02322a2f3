"""The sea at night, and waves as scales."""

from math import exp, pi, sin
from random import Random

from gallery.demo.art.canvas import Canvas, Point
from gallery.demo.art.colour import Colour, along, fade, mix
from gallery.demo.art.curves import ridge, smooth_field
from gallery.demo.art.hills import draw_clouds
from gallery.demo.art.palettes import DAY_SKIES, NIGHT_SKIES, PALETTES, Sky
from gallery.demo.art.style import LANDSCAPE, SQUARE, UPRIGHT, WIDE, Style
from gallery.demo.art.titles import Facts, titles
from gallery.demo.art.words import QUALITIES, TIMES, WHEN


def _paint_sea(random: Random, canvas: Canvas) -> Facts:
    """The sea below a moon or a low sun, with its path of light on the water."""
    night = random.random() < 0.55
    sky = random.choice(NIGHT_SKIES if night else DAY_SKIES)
    horizon = canvas.height * random.uniform(0.36, 0.6)
    canvas.gradient((sky.top, sky.middle, sky.low), 0, horizon)
    deep = mix(sky.near, sky.top, 0.35)
    canvas.gradient((mix(sky.far, sky.low, 0.3), mix(sky.far, deep, 0.5), deep), horizon)
    x = canvas.width * random.uniform(0.25, 0.75)
    size = random.uniform(3.5, 9)
    y = horizon - size * random.choice((-0.2, 0.4, 2.2, 3)) - random.uniform(0, 6)
    if night:
        _stars(random, canvas, sky, horizon)
    canvas.glow(x, y, size * 8, sky.light, 0.5)
    canvas.disc(x, y, size, sky.light)
    if random.random() < 0.45:
        draw_clouds(random, canvas, sky, horizon)
    if y + size > horizon:  # what has set already is below the water
        water = (mix(sky.far, sky.low, 0.3), mix(sky.far, deep, 0.5))
        canvas.gradient(water, horizon, horizon + (canvas.height - horizon) / 2)
    if random.random() < 0.6:
        _islands(random, canvas, sky, horizon)
    _swell(random, canvas, horizon, (mix(sky.far, sky.low, 0.5), deep))
    _path(random, canvas, (x, size), horizon, sky.light)
    if random.random() < 0.55:
        _boat(random, canvas, sky, horizon)
    return {"light": ("moon", "달") if night else ("sun", "해"), "tone": sky.tone}


def _stars(random: Random, canvas: Canvas, sky: Sky, horizon: float) -> None:
    for _ in range(random.randint(20, 110)):
        height = random.random() ** 1.5
        size = 0.1 + min(0.22, random.expovariate(14))
        star = fade(sky.light, random.uniform(0.35, 0.95) * (1 - 0.8 * height))
        canvas.disc(random.uniform(0, canvas.width), height * horizon * 0.85, size, star)


def _islands(random: Random, canvas: Canvas, sky: Sky, horizon: float) -> None:
    for depth in (0.25, 0.6)[: random.randint(1, 2)]:
        curve = ridge(random, period=random.uniform(14, 30), octaves=4)
        middle, spread = canvas.width * random.uniform(0, 1), random.uniform(14, 38)
        high = random.uniform(3, 8)
        points: list[Point] = []
        for step in range(161):
            x = canvas.width * step / 160
            rise = exp(-(((x - middle) / spread) ** 2)) - 0.08
            points.append((x, horizon - max(0, high * rise * (1 + 0.45 * curve(x)))))
        colour = mix(sky.far, sky.near, depth)
        canvas.polygon([(0, horizon), *points, (canvas.width, horizon)], colour)


def _swell(random: Random, canvas: Canvas, horizon: float, colours: tuple[Colour, Colour]) -> None:
    """Long faint streaks, finer near the horizon."""
    depth = canvas.height - horizon
    for _ in range(220):
        near = random.random() ** 1.4
        colour = fade(random.choice(colours), random.uniform(0.1, 0.3))
        at = (random.uniform(0, canvas.width), horizon + 0.5 + depth * near)
        _glint(canvas, at, random.uniform(5, 16) * (0.4 + near), 0.15 + 0.55 * near, colour)


def _glint(canvas: Canvas, at: Point, half: float, thick: float, colour: Colour) -> None:
    x, y = at
    upper = [(x - half + half * i / 4, y - thick / 2 * sin(pi * i / 8)) for i in range(9)]
    lower = [(u, 2 * y - v) for u, v in upper[::-1]]
    canvas.polygon(upper + lower, colour)


def _path(
    random: Random, canvas: Canvas, light: tuple[float, float], horizon: float, colour: Colour
) -> None:
    x, size = light
    depth = canvas.height - horizon
    spread = random.uniform(0.7, 1.5)
    for _ in range(300):
        near = random.random() ** 1.25
        wide = size * (0.45 + spread * 1.6 * near)
        off = random.gauss(0, wide * 0.5)
        shine = exp(-((off / wide) ** 2)) * (1 - 0.55 * near) * random.uniform(0.35, 1)
        half = (0.8 + 2.6 * near) * random.uniform(0.5, 1.6) * exp(-((off / wide / 1.4) ** 2))
        at = (x + off, horizon + 0.4 + (depth - 1) * near)
        _glint(canvas, at, half, 0.22 + 0.5 * near, fade(colour, shine))


def _boat(random: Random, canvas: Canvas, sky: Sky, horizon: float) -> None:
    size = random.uniform(2.2, 4.5)
    x, y = canvas.width * random.uniform(0.15, 0.85), horizon + size * random.uniform(0.6, 3)
    hull = mix(sky.near, (0, 0, 0), 0.2)
    canvas.polygon(
        [
            (x - size, y - 0.5),
            (x + size * 1.1, y - 0.5),
            (x + size * 0.7, y + size * 0.18),
            (x - size * 0.75, y + size * 0.18),
        ],
        hull,
    )
    sail = mix(sky.light, sky.far, 0.25)
    canvas.polygon([(x, y - size * 2.4), (x + size * 0.95, y - 0.9), (x, y - 0.9)], sail)
    canvas.polygon(
        [(x - 0.25, y - size * 2.1), (x - 0.25, y - 0.9), (x - size * 0.65, y - 0.9)],
        mix(sail, sky.far, 0.35),
    )
    for step in range(5):
        at = (x + random.gauss(0, size * 0.2), y + size * (0.35 + 0.28 * step))
        _glint(canvas, at, size * (0.8 - 0.12 * step), 0.3, fade(hull, 0.5 - 0.08 * step))


def _paint_waves(random: Random, canvas: Canvas) -> Facts:
    """Rows of scales made of rings, each row before the one above.

    From seigaiha, the "blue sea waves" of Japanese cloth and paper.
    """
    palette = random.choice(PALETTES)
    radius = random.choice((6, 8, 9, 12, 16))
    rings = random.randint(3, 6)
    stops = palette.by_lightness
    hue = smooth_field(random, period=random.uniform(80, 200))
    line = random.choice((palette.paper, palette.paper, palette.ink))
    surface = canvas.height * random.choice((-0.2, -0.2, 0.3, 0.42))
    canvas.gradient((mix(stops[-1], palette.paper, 0.5), palette.paper), 0)
    if surface > 0:
        warm = max(palette.colours, key=lambda c: c[0] - c[2])
        x = canvas.width * random.uniform(0.25, 0.75)
        canvas.disc(x, surface - random.uniform(-6, 8), random.uniform(9, 16), warm)
    rise = radius * random.choice((0.5, 0.5, 0.4, 0.62))
    bands = random.choice((1, 2))
    for row in range(int((canvas.height - surface) / rise) + 3):
        y = surface + rise * row + radius
        for column in range(-1, int(canvas.width / (2 * radius)) + 2):
            x = (2 * column + row % 2) * radius
            depth = (y - max(0, surface)) / (canvas.height - max(0, surface))
            place = 0.85 - 0.6 * depth + 0.35 * hue(x, y) + random.gauss(0, 0.05)
            colour = along(stops, round(place, 1))
            other = along(stops, round(place + 0.3, 1))
            _scale(canvas, (x, y), radius, rings, (colour, line, other)[: bands + 1])
    return {"tone": palette.tone}


def _scale(
    canvas: Canvas, at: Point, radius: float, rings: int, colours: tuple[Colour, ...]
) -> None:
    canvas.disc(*at, radius, colours[1])
    step = radius / rings
    for ring in range(rings):
        outer = radius - step * ring - step * 0.12
        canvas.disc(*at, outer, colours[0] if len(colours) == 2 or ring % 2 else colours[2])
        if ring < rings - 1:
            canvas.disc(*at, outer - step * 0.72, colours[1])


SEA = Style(
    _paint_sea,
    titles(
        (
            ("{place} {when}", "{when} {place}"),
            ("The {light} on {place}", "{place} 위의 {light}"),
            ("{place} in {tone}", "{tone} {place}"),
            ("{what} under the {light}", "{light} 아래 {what}"),
        ),
        place="""the bay=만, open water=난바다, the south sea=남쪽 바다, the strait=해협,
        still water=잔잔한 물, the harbour mouth=항구 어귀, the east coast=동해안, low tide=썰물""",
        what="""waiting=기다림, crossing=건너는 길, silver path=은빛 길, the last ferry=마지막 배,
        nobody=아무도 없는 바다, lullaby=자장가, going home=돌아가는 길""",
        when=WHEN,
    ),
    (LANDSCAPE, WIDE, UPRIGHT, LANDSCAPE),
    grain=5,
)
WAVES = Style(
    _paint_waves,
    titles(
        (
            ("{quality} {thing}", "{quality} {thing}"),
            ("{thing} in {tone}", "{tone} {thing}"),
            ("{thing} {when}", "{when} {thing}"),
        ),
        thing="""waves=물결, scales=비늘, tide=밀물, fans=부채, swell=너울, ripples=잔물결,
        sea of clouds=구름바다, shoal=물고기 떼, breakers=파도""",
        quality=QUALITIES,
        when=TIMES,
    ),
    (LANDSCAPE, SQUARE, UPRIGHT, WIDE),
)
