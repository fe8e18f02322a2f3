"""Portraits of people who do not exist, drawn with a few flat shapes."""

from random import Random

from PIL import Image, ImageDraw

_EDGE = 384
_SCALE = 2  # drawn larger and reduced, for smooth edges

_BACKGROUNDS = (
    "#f2c6a0",
    "#a9c7c1",
    "#d9b8c4",
    "#b9c4e0",
    "#e3d9a6",
    "#c3d3ae",
    "#e0a899",
    "#9fb4c7",
)
_SKINS = ("#f6d7bd", "#eec3a0", "#d9a27c", "#b97e56", "#8d5a3b", "#5f3b28")
_HAIRS = ("#1d1a1c", "#2d2320", "#4a3226", "#6f4a2f", "#a8763e", "#7c7a80", "#b5523b")
_CLOTHES = ("#2f4858", "#33658a", "#86615c", "#f26419", "#55828b", "#5b5f97", "#3d5a40", "#e9e3d5")


def draw_face(random: Random) -> Image.Image:
    """Return a square portrait; the same ``random`` state always gives the same one."""
    size = _EDGE * _SCALE
    picture = Image.new("RGB", (size, size), random.choice(_BACKGROUNDS))
    pen = _Pen(ImageDraw.Draw(picture), size)
    skin, hair, clothes = (random.choice(c) for c in (_SKINS, _HAIRS, _CLOTHES))
    style = random.choice(("short", "bob", "long", "bun", "curly", "cap"))
    width = random.uniform(0.175, 0.2)

    if style in ("long", "bob"):
        bottom = 0.86 if style == "long" else 0.62
        pen.round(0.5 - width - 0.06, 0.2, 0.5 + width + 0.06, bottom, hair, radius=0.2)
    if style == "bun":
        pen.disc(0.5, 0.16, 0.085, 0.085, hair)
    pen.disc(0.5, 1.04, 0.4, 0.3, clothes)
    pen.round(0.43, 0.55, 0.57, 0.8, _darker(skin), radius=0.07)
    pen.disc(0.5, 0.45, width, 0.23, skin)
    for side in (-1, 1):
        pen.disc(0.5 + side * width, 0.47, 0.03, 0.045, skin)
    _hair_in_front(pen, random, style, (hair, skin), width)
    _features(pen, random, skin)
    return picture.resize((_EDGE, _EDGE), Image.Resampling.LANCZOS)


class _Pen:
    """Draws in fractions of the picture's edge."""

    def __init__(self, draw: ImageDraw.ImageDraw, size: int) -> None:
        self.draw = draw
        self.size = size

    def disc(self, x: float, y: float, rx: float, ry: float, colour: str) -> None:
        self.draw.ellipse(self._box(x - rx, y - ry, x + rx, y + ry), fill=colour)

    def half(self, x: float, y: float, rx: float, ry: float, colour: str) -> None:
        self.draw.pieslice(self._box(x - rx, y - ry, x + rx, y + ry), 180, 360, fill=colour)

    def arc(
        self, box: tuple[float, float, float, float], angles: tuple[int, int], colour: str
    ) -> None:
        self.draw.arc(self._box(*box), *angles, fill=colour, width=self.size // 90)

    def round(
        self, left: float, top: float, right: float, bottom: float, colour: str, *, radius: float
    ) -> None:
        box = self._box(left, top, right, bottom)
        self.draw.rounded_rectangle(box, radius * self.size, fill=colour)

    def _box(self, *sides: float) -> tuple[float, float, float, float]:
        left, top, right, bottom = (side * self.size for side in sides)
        return left, top, right, bottom


def _hair_in_front(
    pen: _Pen, random: Random, style: str, colours: tuple[str, str], width: float
) -> None:
    hair, skin = colours
    if style == "curly":
        for step in range(9):
            angle = step / 8
            x = 0.5 + (angle - 0.5) * 2 * (width + 0.02)
            pen.disc(x, 0.3 - 0.09 * (1 - (2 * angle - 1) ** 2), 0.07, 0.07, hair)
    elif style == "cap":
        cap = random.choice(_CLOTHES)
        pen.half(0.5, 0.36, width + 0.03, 0.19, cap)
        pen.round(0.5 - width - 0.03, 0.34, 0.5 + width + 0.1, 0.375, _darker(cap), radius=0.017)
    else:
        pen.half(0.5, 0.4, width + 0.02, 0.22, hair)
        if random.random() < 0.5:  # a parting that shows the forehead
            pen.disc(0.5 + random.choice((-0.05, 0.05)), 0.4, width * 0.78, 0.1, skin)


def _features(pen: _Pen, random: Random, skin: str) -> None:
    dark = "#2a211f"
    for side in (-1, 1):
        pen.disc(0.5 + side * 0.075, 0.465, 0.014, 0.018, dark)
        left = 0.5 + side * 0.075 - 0.035
        pen.arc((left, 0.405, left + 0.07, 0.46), (200, 340), dark)
    pen.arc((0.48, 0.48, 0.52, 0.535), (30, 150), _darker(skin))
    smile = random.uniform(0.05, 0.075)
    pen.arc((0.5 - smile, 0.51, 0.5 + smile, 0.59), (25, 155), "#8f3f3a")
    if random.random() < 0.3:  # glasses
        for side in (-1, 1):
            x = 0.5 + side * 0.077
            pen.arc((x - 0.055, 0.415, x + 0.055, 0.515), (0, 360), dark)
        pen.arc((0.47, 0.45, 0.53, 0.48), (200, 340), dark)


def _darker(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) * 85 // 100 for i in (1, 3, 5))
    return f"#{red:02x}{green:02x}{blue:02x}"
