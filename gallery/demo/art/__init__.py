"""Generated pictures for the demo: :func:`draw` makes one, in one of :data:`STYLES`."""

from gallery.demo.art.studio import STYLES, Artwork, draw
from gallery.demo.art.style import Style

__all__ = ["STYLES", "Artwork", "Style", "draw"]
