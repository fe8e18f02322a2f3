"""Woven threads."""

from random import Random

from gallery.demo.art.canvas import Canvas
from gallery.demo.art.colour import Colour, mix
from gallery.demo.art.palettes import PALETTES, Palette
from gallery.demo.art.style import LANDSCAPE, SQUARE, UPRIGHT, Style
from gallery.demo.art.titles import Facts, titles
from gallery.demo.art.words import QUALITIES


def _paint_weave(random: Random, canvas: Canvas) -> Facts:
    """Cloth from close by: coloured warp and weft, over and under as on a loom.

    The patterns are the weaver's: plain, basket, twill, herringbone.
    """
    palette = random.choice(PALETTES)
    canvas.fill(mix(palette.ink, (0, 0, 0), 0.2))
    pitch = random.choice((1.6, 2.2, 2.8, 3.6))
    columns, rows = int(canvas.width / pitch) + 1, int(canvas.height / pitch) + 1
    warp = _stripes(random, palette, columns)
    weft = (warp * 2)[:rows] if random.random() < 0.4 else _stripes(random, palette, rows)
    is_over = random.choice((_plain, _basket, _twill, _twill, _herringbone))
    gap = pitch * 0.045
    for row in range(rows):
        for column in range(columns):
            x, y = column * pitch, row * pitch
            if is_over(column, row):
                ends = (is_over(column, row - 1), is_over(column, row + 1))
                colour = mix(warp[column], palette.ink, random.choice((0, 0.02, 0.04)))
                _down(canvas, (x + gap, y, x + pitch - gap, y + pitch), colour, palette.ink, ends)
            else:
                ends = (not is_over(column - 1, row), not is_over(column + 1, row))
                colour = mix(weft[row], palette.ink, random.choice((0.06, 0.08, 0.1)))
                _across(canvas, (x, y + gap, x + pitch, y + pitch - gap), colour, palette.ink, ends)
    return {"tone": palette.tone}


def _stripes(random: Random, palette: Palette, count: int) -> list[Colour]:
    """Return the threads' colours: a repeat of stripes, mirrored as in a tartan."""
    colours = random.sample((*palette.colours, palette.paper), random.randint(2, 4))
    repeat: list[Colour] = []
    for colour in colours + random.sample(colours, random.randint(0, 2)):
        repeat += [colour] * random.choice((1, 2, 2, 4, 6, 8))
    repeat += repeat[::-1]
    return (repeat * (count // len(repeat) + 1))[:count]


def _plain(column: int, row: int) -> bool:
    return (column + row) % 2 == 0


def _basket(column: int, row: int) -> bool:
    return (column // 2 + row // 2) % 2 == 0


def _twill(column: int, row: int) -> bool:
    return (column + row) % 4 < 2


def _herringbone(column: int, row: int) -> bool:
    column %= 16
    return ((column if column < 8 else 15 - column) + row) % 4 < 2


#: How far the shade at an end reaches, and how dark it is.
_DIPS = ((0.3, 0.1), (0.18, 0.22), (0.09, 0.4))
_Box = tuple[float, float, float, float]
_Ends = tuple[bool, bool]


def _down(canvas: Canvas, box: _Box, colour: Colour, ink: Colour, ends: _Ends) -> None:
    """A warp thread's piece; an end that does not go on dips below the next thread."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    canvas.rectangle(*box, colour)
    canvas.rectangle(left + wide * 0.3, top, left + wide * 0.5, bottom, mix(colour, _LIGHT, 0.16))
    canvas.rectangle(right - wide * 0.18, top, right, bottom, mix(colour, ink, 0.16))
    for reach, depth in _DIPS:
        if not ends[0]:
            canvas.rectangle(left, top, right, top + high * reach, mix(colour, ink, depth))
        if not ends[1]:
            canvas.rectangle(left, bottom - high * reach, right, bottom, mix(colour, ink, depth))


def _across(canvas: Canvas, box: _Box, colour: Colour, ink: Colour, ends: _Ends) -> None:
    """A weft thread's piece."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    canvas.rectangle(*box, colour)
    canvas.rectangle(left, top + high * 0.3, right, top + high * 0.5, mix(colour, _LIGHT, 0.16))
    canvas.rectangle(left, bottom - high * 0.18, right, bottom, mix(colour, ink, 0.16))
    for reach, depth in _DIPS:
        if not ends[0]:
            canvas.rectangle(left, top, left + wide * reach, bottom, mix(colour, ink, depth))
        if not ends[1]:
            canvas.rectangle(right - wide * reach, top, right, bottom, mix(colour, ink, depth))


_LIGHT: Colour = (255, 252, 244)

WEAVE = Style(
    _paint_weave,
    titles(
        (
            ("{quality} {cloth}", "{quality} {cloth}"),
            ("{cloth} in {tone}", "{tone} {cloth}"),
            ("{cloth} for {whom}", "{whom:을/를} 위한 {cloth}"),
        ),
        cloth="""cloth=천, blanket=담요, scarf=목도리, linen=리넨, wool=양털, table runner=식탁보,
        twill=능직, homespun=손으로 짠 천, thread upon thread=씨실과 날실, shawl=숄""",
        quality=QUALITIES,
        whom="""winter=겨울, a cold morning=추운 아침, my aunt=이모, the long journey=긴 여행,
        the first snow=첫눈, the sofa=소파, an old friend=오랜 벗, the cradle=요람""",
    ),
    (SQUARE, LANDSCAPE, UPRIGHT),
    grain=8,
)
