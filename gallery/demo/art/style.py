"""What every style is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from gallery.demo.art.canvas import Canvas
from gallery.demo.art.titles import Facts, Titles

WIDE, LANDSCAPE, SQUARE, UPRIGHT, TALL = 16 / 9, 3 / 2, 1.0, 4 / 5, 2 / 3


@dataclass(frozen=True)
class Style:
    """A way to draw: ``paint`` fills a canvas and says what came out, for the title."""

    paint: Callable[[Random, Canvas], Facts]
    titles: Titles
    #: Width by height, one of which is chosen.
    ratios: tuple[float, ...]
    #: How much larger the picture is drawn than it will be.
    scale: int = 2
    #: How uneven the paper is.
    grain: float = 4
