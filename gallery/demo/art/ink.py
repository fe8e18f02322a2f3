"""Ink on paper: brush circles and bamboo."""

from math import cos, pi, radians, sin, tau
from random import Random

from gallery.demo.art.canvas import Canvas, Point
from gallery.demo.art.colour import Colour, fade, mix, rgb
from gallery.demo.art.curves import bend, moved, ribbon, rolling
from gallery.demo.art.palettes import PALETTES
from gallery.demo.art.style import LANDSCAPE, SQUARE, TALL, UPRIGHT, Style
from gallery.demo.art.titles import Facts, titles
from gallery.demo.art.words import QUALITIES, TIMES

_PAPERS = tuple(rgb(code) for code in ("#f3ede0", "#efe8d8", "#f6f2e9", "#e9e4d8", "#f1e6d2"))
_INKS = tuple(rgb(code) for code in ("#1c1b1d", "#23262b", "#2a2421", "#1d2a44", "#22383a"))
_SEAL = rgb("#b2402f")


def _paint_enso(random: Random, canvas: Canvas) -> Facts:
    """One circle, drawn in one breath with a brush that runs dry: the ensō of Zen."""
    paper, ink = random.choice(_PAPERS), random.choice(_INKS)
    tone = ("ink", "먹빛")
    if random.random() < 0.35:
        palette = random.choice(PALETTES)
        paper, ink, tone = palette.paper, palette.by_lightness[0], palette.tone
    canvas.fill(paper)
    x = canvas.width / 2 + random.gauss(0, 2.5)
    y = canvas.height / 2 + random.gauss(0, 2.5)
    radius = random.uniform(25, 33)
    accent = random.random()
    if accent < 0.3:  # a sun within or behind
        size = radius * random.uniform(0.3, 0.6)
        spot = (x + random.gauss(0, 6), y + random.gauss(0, 6))
        canvas.disc(*spot, size, mix(random.choice((_SEAL, rgb("#d9a441"), ink)), paper, 0.12))
    elif accent < 0.5:  # a wash of thinned ink below
        canvas.disc(x, y, radius * 1.02, mix(paper, ink, 0.1))
    _brush_circle(random, canvas, (x, y, radius), ink)
    _splashes(random, canvas, (x, y, radius), ink)
    corner = random.choice((0.12, 0.88))
    _seal(canvas, canvas.width * corner, canvas.height * 0.88)
    return {"tone": tone}


def _brush_circle(
    random: Random, canvas: Canvas, circle: tuple[float, float, float], ink: Colour
) -> None:
    """Draw each bristle's own arc; many lift before the end."""
    stencil = canvas.stencil(scale=1)
    x, y, radius = circle
    start, sweep = random.uniform(60, 150), random.uniform(318, 352)
    thick = random.uniform(4.5, 11)
    wobble, press = rolling(random, period=2.5), rolling(random, period=3.5)
    turn = random.choice((-1, 1))
    bristles, steps = 84, 110
    dry = random.uniform(0.35, 0.7)
    for bristle in range(bristles):
        across = 2 * bristle / (bristles - 1) - 1
        across += random.gauss(0, 0.02)
        lifts = dry + random.expovariate(2.2) * (1.25 - 0.75 * abs(across) ** 2)
        begin = random.uniform(0, 0.012) + 0.012 * across**2
        points: list[Point] = []
        for step in range(steps + 1):
            t = step / steps
            if t > begin and (t < lifts or random.random() < 0.22):
                angle = radians(start + turn * sweep * t)
                width = thick * (
                    0.62 + 0.5 * sin(pi * min(1, t * 1.35 + 0.18)) + 0.12 * press(t * 3)
                )
                reach = radius * (1 + 0.035 * wobble(t * 3) - 0.05 * t) + across * width / 2
                points.append((x + reach * cos(angle), y + reach * sin(angle)))
            elif points:
                _hair(random, stencil, points, thick / bristles)
                points = []
        _hair(random, stencil, points, thick / bristles)
    canvas.stamp(stencil, ink)


def _hair(random: Random, stencil: Canvas, points: list[Point], width: float) -> None:
    if len(points) > 1:
        level = (random.randint(205, 255),)
        stencil.line(points, level, width=width * random.uniform(1.1, 2.1))


def _splashes(
    random: Random, canvas: Canvas, circle: tuple[float, float, float], ink: Colour
) -> None:
    x, y, radius = circle
    for _ in range(random.randint(0, 12)):
        angle, reach = random.uniform(0, tau), radius * random.uniform(1.1, 1.45)
        size = min(0.8, random.expovariate(4))
        canvas.disc(x + reach * cos(angle), y + reach * sin(angle), size, ink)


def _seal(canvas: Canvas, x: float, y: float) -> None:
    """A red seal with a picture for a name."""
    canvas.rectangle(x - 2.4, y - 2.4, x + 2.4, y + 2.4, _SEAL)
    paper = mix(_SEAL, (255, 250, 240), 0.88)
    canvas.arc(x, y - 0.1, 1.35, (0, 360), paper, width=0.42)
    canvas.rectangle(x - 1.6, y + 1.55, x + 1.6, y + 1.85, paper)


def _paint_bamboo(random: Random, canvas: Canvas) -> Facts:
    """Bamboo in ink, pale behind and dark in front, perhaps before a sun or a moon.

    One of the four noble plants of East Asian ink painting.
    """
    paper, ink = random.choice(_PAPERS), random.choice(_INKS)
    tone = ("ink", "먹빛")
    if random.random() < 0.4:
        palette = random.choice(PALETTES)
        paper, ink, tone = palette.paper, palette.by_lightness[0], palette.tone
    canvas.gradient((mix(paper, ink, 0.1), paper, mix(paper, ink, random.choice((0.03, 0.18)))))
    if random.random() < 0.6:
        colour = random.choice((mix(_SEAL, paper, 0.2), rgb("#fdf9ee"), mix(paper, ink, 0.14)))
        size = random.uniform(9, 17)
        x, y = canvas.width * random.uniform(0.25, 0.75), canvas.height * random.uniform(0.2, 0.4)
        canvas.glow(x, y, size * 2.2, mix(colour, paper, 0.4), 0.5)
        canvas.disc(x, y, size, colour)
    count = random.randint(3, 6) + round(canvas.width / canvas.height)
    places = [(i + random.uniform(0.1, 0.9)) / count for i in range(count)]
    random.shuffle(places)
    for stalk, place in enumerate(places):
        near = stalk / (count - 1)
        shade = mix(ink, paper, 0.86 - 0.86 * near**0.8)
        width = random.uniform(1.6, 2.6) * (0.6 + near)
        _stalk(random, canvas, canvas.width * place, width, (shade, paper))
    _seal(canvas, canvas.width * random.choice((0.1, 0.9)), canvas.height * 0.9)
    return {"tone": tone}


def _stalk(
    random: Random, canvas: Canvas, x: float, width: float, colours: tuple[Colour, Colour]
) -> None:
    shade, paper = colours
    lean = random.gauss(0, 0.06)
    y, length = canvas.height + random.uniform(0, 12), random.uniform(13, 19)
    while y > -5:
        top = y - length
        end = x + lean * length
        half, gap = width / 2, width * 0.1
        flare = half * 1.16
        outline = [(x - flare, y - gap), (x - half, y - 1.4), (end - half, top + 1.4)]
        outline += [(end - flare, top + gap), (end + flare, top + gap), (end + half, top + 1.4)]
        outline += [(x + half, y - 1.4), (x + flare, y - gap)]
        canvas.polygon(outline, shade)
        streak = [(x - half * 0.3, y - 2), (end - half * 0.3, top + 2)]
        streak += [(end + half * 0.15, top + 2), (x + half * 0.15, y - 2)]
        canvas.polygon(streak, mix(shade, paper, 0.2))
        if y < canvas.height * 0.85 and random.random() < 0.65:
            _twig(random, canvas, (end, top), width, shade)
        x, y, lean = end, top, lean + random.gauss(0, 0.015)
        length *= random.uniform(0.95, 1.12)


def _twig(random: Random, canvas: Canvas, start: Point, width: float, shade: Colour) -> None:
    """A thin branch with leaves that hang in bunches."""
    side = random.choice((-1, 1))
    tip = (start[0] + side * random.uniform(8, 17), start[1] - random.uniform(2, 9))
    points = bend(start, tip, sag=side * random.uniform(0.5, 2.5), steps=12)
    canvas.polygon(ribbon(points, lambda t: 0.55 - 0.35 * t), shade)
    for index in (5, 9, 12):
        for _ in range(random.randint(2, 3)):
            angle = pi / 2 - side * random.uniform(0.1, 1.25)
            _leaf(random, canvas, points[index], angle, 5 + 2.2 * width, shade)


def _leaf(
    random: Random, canvas: Canvas, at: Point, angle: float, length: float, shade: Colour
) -> None:
    length *= random.uniform(0.6, 1.1)
    end = (length * cos(angle), length * sin(angle))
    points = bend((0, 0), end, sag=random.gauss(0, length * 0.05), steps=14)
    wide = length * random.uniform(0.13, 0.18)
    outline = ribbon(moved(points, *at), lambda t: wide * sin(pi * t**0.7) ** 1.1 + 0.05)
    canvas.polygon(outline, fade(shade, random.uniform(0.82, 1)))


ENSO = Style(
    _paint_enso,
    titles(
        (
            ("{quality} {thing}", "{quality} {thing}"),
            ("{thing} {when}", "{when} {thing}"),
            ("{thing} in {tone}", "{tone} {thing}"),
        ),
        thing="""circle=동그라미, breath=한 호흡, full moon=보름달, emptiness=비움, ring=고리,
        homecoming=귀향, beginning=시작, stillness=고요, plenty=넉넉함, wholeness=온전함""",
        quality=QUALITIES,
        when=TIMES,
    ),
    (SQUARE, UPRIGHT, SQUARE, TALL),
    grain=9,
)
BAMBOO = Style(
    _paint_bamboo,
    titles(
        (
            ("{thing} {when}", "{when} {thing}"),
            ("{thing} and {other}", "{thing:과/와} {other}"),
            ("{thing} in {tone}", "{tone} {thing}"),
            ("{quality} {thing}", "{quality} {thing}"),
        ),
        thing="""bamboo=대나무, bamboo grove=대숲, leaves=댓잎, rustling=댓잎 소리,
        stalks=대나무 줄기""",
        other="""wind=바람, the moon=달, a sparrow=참새, early snow=이른 눈, shade=그늘,
        a temple bell=절의 종소리, mist=안개, the poet=시인, tea=차 한 잔, evening=저녁""",
        quality=QUALITIES,
        when=TIMES,
    ),
    (TALL, UPRIGHT, LANDSCAPE, TALL),
    grain=8,
)
