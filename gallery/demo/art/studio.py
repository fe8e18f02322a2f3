"""The styles by name, and drawing in one of them."""

from dataclasses import dataclass
from random import Random

from PIL import Image

from gallery.demo.art.arches import ARCHES
from gallery.demo.art.canvas import Canvas
from gallery.demo.art.city import CITY
from gallery.demo.art.discs import DISCS
from gallery.demo.art.fields import FIELDS
from gallery.demo.art.flow import FLOW
from gallery.demo.art.hills import HILLS, RIDGELINES
from gallery.demo.art.ink import BAMBOO, ENSO
from gallery.demo.art.leaves import LEAVES
from gallery.demo.art.sea import SEA, WAVES
from gallery.demo.art.still import STILL
from gallery.demo.art.style import Style
from gallery.demo.art.terrazzo import TERRAZZO
from gallery.demo.art.tilings import HEXAGONS, QUARTERS, TRUCHET
from gallery.demo.art.weave import WEAVE

STYLES: dict[str, Style] = {
    "arches": ARCHES,
    "bamboo": BAMBOO,
    "city": CITY,
    "discs": DISCS,
    "enso": ENSO,
    "fields": FIELDS,
    "flow": FLOW,
    "hexagons": HEXAGONS,
    "hills": HILLS,
    "leaves": LEAVES,
    "quarters": QUARTERS,
    "ridgelines": RIDGELINES,
    "sea": SEA,
    "still": STILL,
    "terrazzo": TERRAZZO,
    "truchet": TRUCHET,
    "waves": WAVES,
    "weave": WEAVE,
}


@dataclass(frozen=True)
class Artwork:
    """A picture and what it is called."""

    image: Image.Image
    title_en: str
    title_ko: str
    style: str


def draw(random: Random, *, style: str | None = None, edge: int = 1600) -> Artwork:
    """Draw a picture whose longer side has ``edge`` pixels, in any style unless one is named.

    The same state of ``random`` always gives the same picture and title.
    """
    name = random.choice(list(STYLES)) if style is None else style
    chosen = STYLES[name]
    ratio = random.choice(chosen.ratios)
    pixels = (edge, round(edge / ratio)) if ratio >= 1 else (round(edge * ratio), edge)
    canvas = Canvas(pixels, scale=chosen.scale)
    facts = chosen.paint(random, canvas)
    english, korean = chosen.titles.pick(random, facts)
    return Artwork(canvas.finished(random, grain=chosen.grain), english, korean, name)
