"""Windows of a city."""

from random import Random

from gallery.demo.art.canvas import Canvas
from gallery.demo.art.colour import Colour, mix, rgb
from gallery.demo.art.palettes import NIGHT_SKIES, SKIES
from gallery.demo.art.style import LANDSCAPE, SQUARE, TALL, UPRIGHT, WIDE, Style
from gallery.demo.art.titles import Facts, titles
from gallery.demo.art.words import WHEN

_LAMPS = tuple(rgb(code) for code in ("#ffd98a", "#ffc46b", "#fbe6b5", "#f7b267", "#fff0cf"))


def _paint_city(random: Random, canvas: Canvas) -> Facts:
    """Rows of houses at dusk, the near ones darker, with windows lit here and there."""
    sky = random.choice(NIGHT_SKIES if random.random() < 0.35 else SKIES)
    canvas.gradient((sky.top, sky.middle, sky.low))
    if random.random() < 0.7:
        size = random.uniform(3, 9)
        x, y = canvas.width * random.uniform(0.15, 0.85), canvas.height * random.uniform(0.12, 0.3)
        canvas.glow(x, y, size * 8, sky.light, 0.45)
        canvas.disc(x, y, size, sky.light)
    rows, start = random.randint(3, 5), random.uniform(0.3, 0.5)
    lit = random.uniform(0.25, 0.6)
    grand = random.uniform(0.8, 1.5)
    for row in range(rows):
        near = row / (rows - 1)
        wall = mix(mix(sky.far, sky.low, 0.35 * (1 - near)), sky.near, near**0.8)
        top = canvas.height * (start + (0.74 - start) * near)
        canvas.veil(sky.low, top - 12, canvas.height + 40, 0.3 * (1 - near))
        _street(random, canvas, (top, grand * (0.55 + 0.6 * near)), wall, (near, lit))
    return {"tone": sky.tone}


def _street(
    random: Random,
    canvas: Canvas,
    size: tuple[float, float],
    wall: Colour,
    look: tuple[float, float],
) -> None:
    top, scale = size
    x = random.uniform(-8, 0)
    while x < canvas.width:
        wide = random.uniform(8, 19) * scale
        roof = top + random.uniform(-16, 9) * (1.1 - 0.5 * look[0])
        shade = mix(wall, (0, 0, 0), random.uniform(0, 0.12))
        canvas.rectangle(x, roof, x + wide, canvas.height, shade)
        _roof(random, canvas, (x, roof, wide), shade)
        _windows(random, canvas, (x, roof, wide), shade, look)
        x += wide + random.choice((0, 0, 0, 1.5)) * scale


def _roof(random: Random, canvas: Canvas, house: tuple[float, float, float], shade: Colour) -> None:
    x, roof, wide = house
    kind = random.choice(("flat", "flat", "gable", "step", "tank", "mast", "lean"))
    if kind == "gable":
        canvas.polygon([(x, roof), (x + wide / 2, roof - wide * 0.3), (x + wide, roof)], shade)
    elif kind == "lean":
        canvas.polygon([(x, roof), (x + wide, roof - wide * 0.22), (x + wide, roof)], shade)
    elif kind == "step":
        canvas.rectangle(x + wide * 0.22, roof - 3, x + wide * 0.78, roof, shade)
    elif kind == "tank":
        left = x + wide * random.uniform(0.15, 0.55)
        canvas.rectangle(left, roof - 3.6, left + 3.4, roof - 1.2, shade)
        canvas.rectangle(left + 0.5, roof - 1.2, left + 0.9, roof, shade)
        canvas.rectangle(left + 2.5, roof - 1.2, left + 2.9, roof, shade)
    elif kind == "mast":
        canvas.rectangle(x + wide * 0.5, roof - 7, x + wide * 0.5 + 0.35, roof, shade)


def _windows(
    random: Random,
    canvas: Canvas,
    house: tuple[float, float, float],
    shade: Colour,
    look: tuple[float, float],
) -> None:
    x, roof, wide = house
    near, lit = look
    size = random.uniform(0.9, 1.5) * (0.65 + near)
    pitch, floor = size * random.uniform(1.7, 2.3), size * random.uniform(1.9, 2.8)
    tall = size * random.choice((1, 1.35, 1.6))
    count = int((wide - size * 0.8) / pitch)
    left = x + (wide - count * pitch + pitch - size) / 2
    dark = mix(shade, (255, 255, 255), 0.07)
    lamp = random.choice(_LAMPS)
    y = roof + floor * 0.6
    while y < canvas.height:
        for column in range(count):
            at = left + column * pitch
            glow = random.random() < lit
            colour = mix(
                random.choice((lamp, lamp, *_LAMPS)),
                shade,
                random.uniform(0, 0.35) + 0.4 * (1 - near),
            )
            canvas.rectangle(at, y, at + size, y + tall, colour if glow else dark)
        y += floor + tall - size


CITY = Style(
    _paint_city,
    titles(
        (
            ("{place} {when}", "{when} {place}"),
            ("{place} in {tone}", "{tone} {place}"),
            ("{place}, {hour}", "{hour}의 {place}"),
            ("{someone} still awake", "아직 깨어 있는 {someone}"),
        ),
        place="""city windows=도시 창문, rooftops=지붕들, the neighbourhood=동네, downtown=시내,
        apartments=아파트, lit windows=불 켜진 창, the street below=아래 거리,
        my block=우리 골목""",
        hour="""half past six=여섯 시 반, nine o'clock=아홉 시, dusk=해 질 녘, blue hour=푸른 시간,
        almost midnight=자정 무렵, Friday=금요일, the first evening=첫 저녁, November=십일월""",
        someone="""someone=누군가, the baker=빵집 주인, the city=도시, a student=학생,
        everyone=사람들, the pianist=피아니스트, a neighbour=이웃, the fifth floor=오 층""",
        when=WHEN,
    ),
    (LANDSCAPE, UPRIGHT, SQUARE, TALL, WIDE),
)
