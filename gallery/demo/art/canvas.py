"""What pictures are drawn on."""

from collections.abc import Callable, Sequence
from random import Random

from PIL import Image, ImageChops, ImageDraw

from gallery.demo.art.colour import Colour, along

Point = tuple[float, float]


class Canvas:
    """A picture drawn ``scale`` times as large and reduced, which smooths its edges.

    Places and sizes are in hundredths of the shorter side, so that a picture
    is the same at any size.
    """

    def __init__(self, pixels: tuple[int, int], *, scale: int, mode: str = "RGB") -> None:
        self.pixels = pixels
        self.scale = scale
        self.unit = min(pixels) * scale / 100
        self.width = pixels[0] * scale / self.unit
        self.height = pixels[1] * scale / self.unit
        self.image = Image.new(mode, (pixels[0] * scale, pixels[1] * scale))
        self._solid = ImageDraw.Draw(self.image)
        self._blend = ImageDraw.Draw(self.image, "RGBA") if mode == "RGB" else self._solid

    def fill(self, colour: Colour) -> None:
        """Paint everything."""
        self.image.paste(colour, (0, 0, *self.image.size))

    def gradient(
        self, stops: Sequence[Colour], top: float = 0, bottom: float | None = None
    ) -> None:
        """Paint the whole width between two heights, from the first colour to the last."""
        box = self._box(0, top, self.width, self.height if bottom is None else bottom)
        self.image.paste(_gradient(stops, (box[2] - box[0], box[3] - box[1])), box[:2])

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill a polygon."""
        self._draw(colour).polygon(self._scaled(points), fill=colour)

    def rectangle(
        self, left: float, top: float, right: float, bottom: float, colour: Colour
    ) -> None:
        """Fill a rectangle."""
        box = self._box(left, top, right, bottom)
        self._draw(colour).rectangle((*box[:2], box[2] - 1, box[3] - 1), fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fill a circle."""
        self.ellipse(x, y, radius, radius, colour)

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """Fill an ellipse."""
        self._draw(colour).ellipse(self._around(x, y, rx, ry), fill=colour)

    def wedge(
        self, x: float, y: float, radius: float, angles: tuple[float, float], colour: Colour
    ) -> None:
        """Fill a slice of a circle; degrees go clockwise from the right."""
        self._draw(colour).pieslice(self._around(x, y, radius, radius), *angles, fill=colour)

    def arc(
        self,
        x: float,
        y: float,
        radius: float,
        angles: tuple[float, float],
        colour: Colour,
        *,
        width: float,
    ) -> None:
        """Draw part of a circle; the middle of the line is at ``radius``."""
        box = self._around(x, y, radius + width / 2, radius + width / 2)
        self._draw(colour).arc(box, *angles, fill=colour, width=max(1, round(width * self.unit)))

    def line(self, points: Sequence[Point], colour: Colour, *, width: float) -> None:
        """Draw a line with round joints and, where they show, round ends."""
        pixels = max(1, round(width * self.unit))
        joint = "curve" if pixels > 3 and len(colour) != 4 else None
        self._draw(colour).line(self._scaled(points), fill=colour, width=pixels, joint=joint)
        if joint:
            for x, y in (points[0], points[-1]):
                self.disc(x, y, width / 2, colour)

    def shaded(self, points: Sequence[Point], stops: Sequence[Colour]) -> None:
        """Fill a polygon from its top to its bottom, with edges smooth at any scale."""
        xs, ys = [x for x, _ in points], [y for _, y in points]

        def cut(pen: ImageDraw.ImageDraw, place: Callable[[float, float], Point]) -> None:
            pen.polygon([place(x, y) for x, y in points], fill=255)

        self._through((min(xs), min(ys), max(xs), max(ys)), stops, cut)

    def shaded_disc(self, x: float, y: float, radius: float, stops: Sequence[Colour]) -> None:
        """Fill a circle as :meth:`shaded` fills a polygon."""
        box = (x - radius, y - radius, x + radius, y + radius)

        def cut(pen: ImageDraw.ImageDraw, place: Callable[[float, float], Point]) -> None:
            pen.ellipse((*place(*box[:2]), *place(*box[2:])), fill=255)

        self._through(box, stops, cut)

    def glow(self, x: float, y: float, radius: float, colour: Colour, opacity: float) -> None:
        """Let light fall off around a point."""
        # Pillow's gradient reaches 181 at the sides and 255 in the corners.
        fall = [round(255 * opacity * max(0, 1 - i / 180) ** 2) for i in range(256)]
        left, top, right, bottom = self._box(x - radius, y - radius, x + radius, y + radius)
        mask = Image.radial_gradient("L").point(fall)
        mask = mask.resize((right - left, bottom - top), Image.Resampling.BILINEAR)
        self.image.paste(colour, (left, top, right, bottom), mask)

    def veil(self, colour: Colour, top: float, bottom: float, opacity: float) -> None:
        """Lay mist over the whole width, thickest halfway between two heights."""
        left, upper, right, lower = self._box(0, top, self.width, bottom)
        strength = round(255 * opacity)
        mask = _gradient([(0,), (strength,), (0,)], (right - left, lower - upper), mode="L")
        self.image.paste(colour, (left, upper, right, lower), mask)

    def stencil(self, *, scale: int) -> "Canvas":
        """Return an empty mask of this canvas, to be drawn on with one-part colours up to 255."""
        return Canvas(self.image.size, scale=scale, mode="L")

    def stamp(self, stencil: "Canvas", colour: Colour) -> None:
        """Paint ``colour`` where the stencil is cut."""
        self.image.paste(colour, (0, 0, *self.image.size), stencil.reduced())

    def overprint(
        self,
        x: float,
        y: float,
        radius: float,
        colour: Colour,
        *,
        angles: tuple[float, float] = (0, 360),
        hole: float = 0,
    ) -> None:
        """Print a disc, a slice or a ring with a translucent ink: what is below darkens it."""
        left, top, right, bottom = self._box(x - radius, y - radius, x + radius, y + radius)
        fine = max(1, 4 // self.scale)
        size = (right - left, bottom - top)
        mask = Image.new("L", (size[0] * fine, size[1] * fine))
        pen = ImageDraw.Draw(mask)
        pen.pieslice((0, 0, mask.width - 1, mask.height - 1), *angles, fill=255)
        if hole:
            middle, inner = mask.width / 2, mask.width / 2 * hole
            pen.ellipse((middle - inner, middle - inner, middle + inner, middle + inner), fill=0)
        layer = Image.new("RGB", size, (255, 255, 255))
        layer.paste(colour, (0, 0, *size), mask.reduce(fine))
        below = self.image.crop((left, top, right, bottom))
        self.image.paste(ImageChops.multiply(below, layer), (left, top))

    def reduced(self) -> Image.Image:
        """Return the picture at its own size."""
        return self.image.reduce(self.scale) if self.scale > 1 else self.image

    def finished(self, random: Random, *, grain: float) -> Image.Image:
        """Return the picture at its own size on slightly uneven paper."""
        picture = self.reduced()
        width, height = picture.size
        fine = _noise(random, (width // 2 + 1, height // 2 + 1)).resize(picture.size)
        coarse = _noise(random, (9, 9)).resize(picture.size, Image.Resampling.BICUBIC)
        # Mixed before they are weakened: the fine one hides the steps of the coarse.
        both = Image.blend(fine, coarse, 0.22)
        texture = both.point([round(128 + (i - 127.5) / 127.5 * grain) for i in range(256)])
        return ImageChops.add(picture, Image.merge("RGB", (texture,) * 3), offset=-128)

    def _draw(self, colour: Colour) -> ImageDraw.ImageDraw:
        return self._blend if len(colour) == 4 else self._solid

    def _scaled(self, points: Sequence[Point]) -> list[Point]:
        unit = self.unit
        return [(x * unit, y * unit) for x, y in points]

    def _box(
        self, left: float, top: float, right: float, bottom: float
    ) -> tuple[int, int, int, int]:
        x, y = round(left * self.unit), round(top * self.unit)
        return x, y, max(x + 1, round(right * self.unit)), max(y + 1, round(bottom * self.unit))

    def _around(self, x: float, y: float, rx: float, ry: float) -> tuple[float, ...]:
        unit = self.unit
        return (x - rx) * unit, (y - ry) * unit, (x + rx) * unit, (y + ry) * unit

    def _through(
        self,
        box: tuple[float, float, float, float],
        stops: Sequence[Colour],
        cut: Callable[[ImageDraw.ImageDraw, Callable[[float, float], Point]], None],
    ) -> None:
        """Paint a gradient through a mask that is four times as fine as the picture."""
        fine = max(1, 4 // self.scale)
        left, top, right, bottom = self._box(*box)
        right, bottom = right + 1, bottom + 1
        mask = Image.new("L", ((right - left) * fine, (bottom - top) * fine))

        def place(x: float, y: float) -> Point:
            return (x * self.unit - left) * fine, (y * self.unit - top) * fine

        cut(ImageDraw.Draw(mask), place)
        colours = _gradient(stops, (right - left, bottom - top))
        self.image.paste(colours, (left, top), mask.reduce(fine) if fine > 1 else mask)


def _gradient(stops: Sequence[Colour], size: tuple[int, int], *, mode: str = "RGB") -> Image.Image:
    """Return a vertical gradient: mixed in steps, the steps blended."""
    steps = 48
    column = Image.new(mode, (1, steps))
    for step in range(steps):
        place = step / (steps - 1)
        colour = along(tuple(stops), place) if mode == "RGB" else _level(stops, place)
        column.putpixel((0, step), colour)
    column = column.resize((1, size[1]), Image.Resampling.BICUBIC)
    return column.resize(size, Image.Resampling.NEAREST)


def _level(stops: Sequence[Colour], place: float) -> Colour:
    index = min(int(place * (len(stops) - 1)), len(stops) - 2)
    share = place * (len(stops) - 1) - index
    # Eased: a straight rise and fall would show as an edge in a mist.
    share = share * share * (3 - 2 * share)
    return (round(stops[index][0] + (stops[index + 1][0] - stops[index][0]) * share),)


def _noise(random: Random, size: tuple[int, int]) -> Image.Image:
    return Image.frombytes("L", size, random.randbytes(size[0] * size[1]))
