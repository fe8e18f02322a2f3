"""The files of a picture.

Each picture has a folder, named by chance: ``master.webp``, from which the rest
can be made again at any time, and renditions named by their width. Folders of
public pictures lie in the default storage, from where anyone may fetch them;
those of the others lie in the storage ``private``, which has no addresses, and
are handed out by a view that asks who is asking. A picture that changes sides
gets a new folder, so that an address that was public once leads nowhere.
"""

import io
import logging
import uuid
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from PIL import Image as Pillow

from gallery.media.pictures import encode_jpeg, encode_webp

logger = logging.getLogger(__name__)

_MASTER = "master.webp"
#: Longer edge of the master, in pixels.
MASTER_EDGE = 2560
#: Widths of the renditions, in pixels: two columns on a phone to one page on a desktop.
WIDTHS = (320, 640, 1080, 1600)
#: Longer edge of the JPEG for links, in pixels.
PREVIEW_EDGE = 1200


class Master(NamedTuple):
    """What the master of a picture is: its bytes, and what a row keeps of it."""

    data: bytes
    width: int
    height: int
    colour: str


def storage(*, public: bool) -> Storage:
    """Return the storage for public or for other pictures."""
    return storages["default" if public else "private"]


def widths(master_width: int) -> list[int]:
    """Return the widths of the renditions of a picture: never larger than itself."""
    largest = min(master_width, WIDTHS[-1])
    # Two that are nearly the same size serve nobody.
    return [*(width for width in WIDTHS if width * 1.2 < largest), largest]


def make_master(picture: Pillow.Image, *, effort: int = 4) -> Master:
    """Reduce ``picture`` in place to `MASTER_EDGE` and encode it. Touches no storage."""
    picture.thumbnail((MASTER_EDGE, MASTER_EDGE), Pillow.Resampling.LANCZOS, reducing_gap=2.0)
    data = encode_webp(picture, quality=90, effort=effort)
    return Master(data, picture.width, picture.height, _mean_colour(picture))


def render(picture: Pillow.Image) -> Iterator[tuple[int, Pillow.Image]]:
    """Yield the width and the pixels of each rendition of a master, largest first."""
    for width in reversed(widths(picture.width)):
        height = max(1, round(picture.height * width / picture.width))
        # From the next larger one: less work, and no visible difference.
        picture = picture.resize((width, height), Pillow.Resampling.LANCZOS, reducing_gap=2.0)
        yield width, picture


def store(contents: Mapping[str, bytes], *, public: bool) -> str:
    """Store files by their names in a new folder, all or none, and return the folder."""
    identity = uuid.uuid4().hex
    folder = f"images/{identity[:2]}/{identity}"
    try:
        for name, data in contents.items():
            storage(public=public).save(f"{folder}/{name}", ContentFile(data))
    except Exception:
        discard(folder, public=public)
        raise
    return folder


def make_renditions(folder: str, *, public: bool) -> None:
    """Make what is missing of the renditions in ``folder``. Nothing without its master."""
    place = storage(public=public)
    picture = _open_master(folder, place)
    if picture is None:
        return
    for width, rendition in render(picture):
        name = f"{folder}/{width}.webp"
        if not place.exists(name):
            _save_made(place, name, encode_webp(rendition))
    _leave_no_trace_if_gone(folder, public=public)


def open_rendition(folder: str, width: int, *, public: bool) -> File:
    """Open a rendition, made again if it is missing, also where it cannot be stored.

    ``FileNotFoundError`` without its master.
    """
    place = storage(public=public)
    name = f"{folder}/{width}.webp"
    if not place.exists(name):
        make_renditions(folder, public=public)
    if not place.exists(name) and (picture := _open_master(folder, place)):
        return ContentFile(encode_webp(dict(render(picture))[width]))
    return place.open(name)


def open_master(folder: str, *, public: bool) -> File:
    """Open the master of a picture. ``FileNotFoundError`` where it is gone."""
    return storage(public=public).open(f"{folder}/{_MASTER}")


def open_preview(folder: str) -> File:
    """Open the JPEG that stands for a public picture where its link is shared.

    Not everything that shows links reads WebP. Made when first asked for;
    ``FileNotFoundError`` without its master.
    """
    place = storage(public=True)
    name = f"{folder}/preview.jpg"
    if not place.exists(name):
        picture = _open_master(folder, place)
        if picture is not None:
            picture.thumbnail((PREVIEW_EDGE, PREVIEW_EDGE), Pillow.Resampling.LANCZOS)
            _save_made(place, name, encode_jpeg(picture))
            _leave_no_trace_if_gone(folder, public=True)
    return place.open(name)


def preview_size(width: int, height: int) -> tuple[int, int]:
    """Return width and height of the preview of a picture so large."""
    scale = min(1, PREVIEW_EDGE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def move(folder: str, *, public: bool) -> str:
    """Copy the files of ``folder`` to a new one on the other side, and return its name.

    Raises ``FileNotFoundError`` without the master.
    """
    old = storage(public=not public)
    contents = {}
    for name in _names(folder, old):
        with old.open(f"{folder}/{name}") as file:
            contents[name] = file.read()
    if _MASTER not in contents:
        raise FileNotFoundError(f"{folder}/{_MASTER}")
    return store(contents, public=public)


def discard(folder: str, *, public: bool) -> None:
    """Remove ``folder``. What cannot be removed is logged, and the rest removed all the same."""
    place = storage(public=public)
    # The master first: nothing can be made anew without it.
    names = sorted(_names(folder, place), key=lambda name: name != _MASTER)
    for name in (*(f"{folder}/{name}" for name in names), folder):
        try:
            place.delete(name)
        except Exception:
            logger.warning("Could not remove %s", name, exc_info=True)


def public_url(folder: str, width: int) -> str:
    """Return the address of a rendition of a public picture."""
    return storage(public=True).url(f"{folder}/{width}.webp")


def preview_url(folder: str) -> str:
    """Return the address of what `open_preview` opens."""
    return storage(public=True).url(f"{folder}/preview.jpg")


def _open_master(folder: str, place: Storage) -> Pillow.Image | None:
    try:
        with place.open(f"{folder}/{_MASTER}") as file:
            picture: Pillow.Image = Pillow.open(io.BytesIO(file.read()), formats=["WEBP"])
            picture.load()
    except FileNotFoundError:
        return None  # the picture was deleted or moved meanwhile
    except (OSError, EOFError):
        logger.exception("The master in %s is broken", folder)
        return None
    return picture


def _save_made(place: Storage, name: str, data: bytes) -> None:
    try:
        place.save(name, ContentFile(data))
    except OSError:
        # A full disk: slower, since made again each time, but no error for who looks.
        logger.warning("Could not store %s", name, exc_info=True)


def _leave_no_trace_if_gone(folder: str, *, public: bool) -> None:
    """Remove what was just made, if the picture was deleted or moved in the meantime."""
    if not storage(public=public).exists(f"{folder}/{_MASTER}"):
        discard(folder, public=public)


def _names(folder: str, place: Storage) -> list[str]:
    try:
        return list(place.listdir(folder)[1])
    except FileNotFoundError:
        return []


def _mean_colour(picture: Pillow.Image) -> str:
    one = picture.convert("RGB").resize((1, 1), Pillow.Resampling.BOX)
    red, green, blue = one.tobytes()
    return f"#{red:02x}{green:02x}{blue:02x}"
