"""Hills behind hills, and ridges drawn as lines."""

from math import exp, pi, sin
from random import Random

from gallery.demo.art.canvas import Canvas, Point
from gallery.demo.art.colour import Colour, along, fade, mix
from gallery.demo.art.curves import Curve, bend, ribbon, ridge, rolling
from gallery.demo.art.palettes import NIGHT_SKIES, PALETTES, SKIES, Sky
from gallery.demo.art.style import LANDSCAPE, SQUARE, TALL, UPRIGHT, WIDE, Style
from gallery.demo.art.titles import Facts, titles
from gallery.demo.art.words import TIMES, WHEN


def _paint_hills(random: Random, canvas: Canvas) -> Facts:
    """Layers of hills, paler with distance and standing in mist, below a sun or a moon.

    The paling is the aerial perspective of painters since Leonardo.
    """
    sky = random.choice(SKIES)
    horizon = canvas.height * random.uniform(0.4, 0.6)
    canvas.gradient((sky.top, sky.middle, sky.low), 0, horizon + 20)
    canvas.gradient((sky.low, sky.low), horizon + 19)
    light_at = _hang_light(random, canvas, sky, horizon)
    if random.random() < 0.5:
        draw_clouds(random, canvas, sky, horizon)
    _lay_hills(random, canvas, sky, horizon)
    if random.random() < 0.4:
        _birds(random, canvas, sky, horizon, light_at)
    light = ("moon", "달") if sky in NIGHT_SKIES else ("sun", "해")
    return {"light": light, "tone": sky.tone}


def _lay_hills(random: Random, canvas: Canvas, sky: Sky, horizon: float) -> None:
    count, make = random.randint(4, 8), random.choice((ridge, ridge, rolling))
    # The far ones are the high ones in half of the pictures, hills like waves in the others.
    swing, tower = random.uniform(4, 9), random.choice((0, 0, 9, 15) if make is ridge else (0, 3))
    pines = random.random() < 0.55
    for layer in range(count):
        depth = layer / (count - 1)
        curve = make(random, period=random.uniform(45, 80) * (0.8 + 0.5 * depth))
        base = horizon + (canvas.height - horizon) * (layer / count) ** 1.15
        high = swing * (0.8 + 0.4 * depth) + tower * (1 - depth) ** 1.5
        colour = mix(sky.far, sky.near, depth**1.1)
        foot = mix(colour, sky.low, 0.7 * (1 - 0.75 * depth))
        outline = _outline(canvas, curve, base, high)
        if pines and depth > 0.6:
            outline = _with_pines(random, outline, height=3 + 7 * depth)
        bottom = base + 2 * swing + 90 / count
        canvas.shaded([(0, bottom), *outline, (canvas.width, bottom)], (colour, foot))


def _hang_light(random: Random, canvas: Canvas, sky: Sky, horizon: float) -> float:
    """Draw the sun or the moon and return how far right it is."""
    x = canvas.width * random.uniform(0.2, 0.8)
    radius = random.choice((4, 6, 9, 14)) * random.uniform(0.85, 1.15)
    y = horizon - random.uniform(-0.3, 1) * radius - random.uniform(2, 22)
    canvas.glow(x, y, radius * 8, sky.light, 0.55)
    canvas.shaded_disc(x, y, radius, (sky.light, mix(sky.light, sky.low, 0.35)))
    return x


def draw_clouds(random: Random, canvas: Canvas, sky: Sky, horizon: float) -> None:
    """Draw long thin clouds, in a few groups."""
    for _ in range(random.randint(2, 5)):
        x, y = random.uniform(0, canvas.width), horizon * random.uniform(0.15, 0.85)
        tint = mix(sky.low, sky.light, random.random())
        for _ in range(random.randint(2, 5)):
            half, thick = random.uniform(8, 26), random.uniform(0.5, 2)
            middle = (x + random.gauss(0, 14), y + random.gauss(0, 2.2))
            shape = bend((middle[0] - half, middle[1]), (middle[0] + half, middle[1]), sag=0)
            outline = ribbon(shape, _puffs(rolling(random, period=0.7), thick))
            canvas.polygon(outline, fade(tint, random.uniform(0.12, 0.3)))


def _puffs(swell: Curve, thick: float) -> Curve:
    return lambda t: thick * sin(pi * t) * (1.2 + 0.5 * swell(t))


def _outline(canvas: Canvas, curve: Curve, base: float, swing: float) -> list[Point]:
    steps = round(canvas.width * 2.5)
    return [
        (x, base - swing * curve(x)) for x in (i * canvas.width / steps for i in range(steps + 1))
    ]


def _with_pines(random: Random, outline: list[Point], *, height: float) -> list[Point]:
    """Return the outline with pines standing on it, in groups."""
    group = rolling(random, period=60)
    points: list[Point] = []
    clear = 0.0
    for x, y in outline:
        if x < clear:
            continue
        points.append((x, y))
        if group(x) < -0.1:
            continue
        tall = height * random.uniform(0.45, 1) * (0.5 + 0.5 * min(1, group(x) + 0.4))
        half = tall * 0.2
        tiers = [(half * (1 - i / 4), tall * (0.12 + 0.88 * i / 4)) for i in range(5)]
        points += [(x + half - w * d, y - h) for w, h in tiers for d in (1, 0.45)]
        points += [(x + half + w * d, y - h) for w, h in tiers[::-1] for d in (0.45, 1)]
        clear = x + 2 * half + random.uniform(0, 1) * tall * 0.3
    return points


def _birds(random: Random, canvas: Canvas, sky: Sky, horizon: float, light_at: float) -> None:
    # On the other side: before the moon they would make a face of it.
    x = canvas.width * (0.84 if light_at < canvas.width / 2 else 0.16)
    y = horizon * random.uniform(0.25, 0.6)
    colour = mix(sky.near, sky.middle, 0.35)
    for _ in range(random.randint(3, 9)):
        u, v = x + random.gauss(0, 7), y + random.gauss(0, 4)
        span = random.uniform(0.9, 1.9)
        lift = span * random.uniform(0.3, 0.6)
        wings = [(u - span, v - lift), (u - span * 0.4, v - lift * 0.8), (u, v)]
        wings += [(u + span * 0.4, v - lift * 0.8), (u + span, v - lift)]
        wings += [
            (u + span * 0.4, v - lift * 0.45),
            (u, v + 0.3),
            (u - span * 0.4, v - lift * 0.45),
        ]
        canvas.shaded(wings, (colour, colour))


_STEPS = 130


def _paint_ridgelines(random: Random, canvas: Canvas) -> Facts:
    """Lines like the profiles of a range, one before the other.

    After the plot of a pulsar's signals in Harold Craft's thesis (Cornell,
    1970), which many know from a record's cover.
    """
    palette = random.choice(PALETTES)
    dark = random.random() < 0.5
    ground = palette.ink if dark else palette.paper
    tones = palette.by_lightness[::-1] if dark else palette.by_lightness
    canvas.fill(ground)
    _lay_lines(random, canvas, ground, tones[:3], random.choice(palette.colours[:2]))
    return {"tone": palette.tone}


def _lay_lines(
    random: Random, canvas: Canvas, ground: Colour, tones: tuple[Colour, ...], sun: Colour
) -> None:
    margin = random.choice((0, 10, 16))
    if random.random() < 0.4:
        size = random.uniform(9, 17)
        canvas.disc(canvas.width * random.uniform(0.3, 0.7), margin + size + 3, size, sun)
    peaks = [
        (canvas.width * random.uniform(0.25, 0.75), random.uniform(8, 26), random.uniform(0.5, 1))
        for _ in range(random.randint(1, 3))
    ]
    count, swing = random.randint(28, 52), random.uniform(14, 26)
    places = [margin + (canvas.width - 2 * margin) * i / _STEPS for i in range(_STEPS + 1)]
    lifts = [sum(h * exp(-(((x - at) / wide) ** 2)) for at, wide, h in peaks) for x in places]
    top, bottom = margin + swing * max(lifts) * 0.85 + 5, canvas.height - margin - 3
    for row in range(count):
        place = row / (count - 1)
        curve = ridge(random, period=random.uniform(9, 16), octaves=3)
        foot = top + (bottom - top) * place
        points = [
            (x, foot - swing * lift * (0.45 + 0.55 * noise) - noise * 0.35)
            for x, lift, noise in zip(places, lifts, map(curve, places), strict=True)
        ]
        floor = foot + swing
        canvas.polygon([*points, (canvas.width - margin, floor), (margin, floor)], ground)
        canvas.line(points, along(tones, place), width=0.42)


_PLACES = """
hills=언덕, the valley=골짜기, far mountains=먼 산, seven ridges=일곱 능선, the pass=고갯길,
mountains behind mountains=산 너머 산, the border=국경, the long valley=긴 골짜기, the ridge=능선
"""

HILLS = Style(
    _paint_hills,
    titles(
        (
            ("{place} {when}", "{when} {place}"),
            ("{place} and the {light}", "{place:과/와} {light}"),
            ("The {light} over {place}", "{place} 위의 {light}"),
            ("{place} in {tone}", "{tone} {place}"),
            ("{hour} in {tone}", "{tone} {hour}"),
        ),
        place=_PLACES,
        when=WHEN,
        hour="hour=시간, mist=안개, silence=고요, distance=먼 풍경, evening sky=저녁 하늘",
    ),
    (LANDSCAPE, WIDE, LANDSCAPE, UPRIGHT, TALL),
    scale=1,
    grain=5,
)

RIDGELINES = Style(
    _paint_ridgelines,
    titles(
        (
            ("{thing} in {tone}", "{tone} {thing}"),
            ("{thing} {when}", "{when} {thing}"),
            ("{thing}, {count} times", "{count} 번의 {thing}"),
        ),
        thing="""a signal=신호, echoes=메아리, the range=산맥, a pulse=맥박, a breath=숨,
        a heartbeat=심장 소리, the long wave=긴 파동, static=잡음, a mountain song=산의 노래""",
        when=TIMES,
        count="thirty=서른, forty=마흔, fifty=쉰, a hundred=백, a thousand=천",
    ),
    (UPRIGHT, TALL, SQUARE, LANDSCAPE),
)
