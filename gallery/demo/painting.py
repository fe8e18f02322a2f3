"""Painting the demo's pictures, on all processors.

Knows nothing of Django's set-up, so that processes of their own can do it.
"""

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from random import Random
from typing import NamedTuple

from gallery.demo.art import draw
from gallery.images.files import Master, make_master, render
from gallery.media.pictures import encode_webp

#: Longer edge of a painting, in pixels; larger takes longer and looks the same.
EDGE = 1200


class Painting(NamedTuple):
    """A picture with all its files."""

    title_en: str
    title_ko: str
    master: Master
    contents: dict[str, bytes]


def paint_all(seeds: Iterable[int]) -> Iterator[Painting]:
    """Yield a painting for each seed, in order; the same seed gives the same one."""
    seeds = list(seeds)
    if not seeds:
        return
    # Spawned: a fork would take the database connection along.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=context) as pool:
        yield from pool.map(paint, seeds, chunksize=4)


def paint(seed: int) -> Painting:
    """Draw one picture and encode its master and renditions."""
    artwork = draw(Random(seed), edge=EDGE)  # noqa: S311
    master = make_master(artwork.image, effort=1)
    contents = {"master.webp": master.data}
    for width, rendition in render(artwork.image):
        contents[f"{width}.webp"] = encode_webp(rendition, effort=1)
    return Painting(artwork.title_en, artwork.title_ko, master, contents)
