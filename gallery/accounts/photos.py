"""Photos of people's faces.

A photo is a folder of square renditions in Django's default storage, named by
chance; the user's row holds the folder's name. Pages build addresses from that
name, so that showing a face costs no query and opens no file.
"""

import logging
import uuid
from typing import IO, NamedTuple

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

from gallery.media.pictures import encode_webp, open_picture

logger = logging.getLogger(__name__)

#: Edge of each rendition in pixels; twice the size of the face on the page.
SIZES = {"small": 96, "medium": 192, "large": 384}


class FaceUrls(NamedTuple):
    """Addresses of the renditions of one photo."""

    small: str
    medium: str
    large: str


def read_photo(file: IO[bytes], *, size: int) -> Image.Image:
    """Return the picture in an uploaded ``file`` of ``size`` bytes, fit to be a photo.

    Raises ``ValidationError`` as `gallery.media.pictures.open_picture` does.
    """
    return open_picture(
        file,
        size=size,
        max_bytes=settings.GALLERY_MAX_PHOTO_BYTES,
        max_pixels=settings.GALLERY_MAX_PHOTO_PIXELS,
        edge=SIZES["large"],
    )


def store_photo(picture: Image.Image) -> str:
    """Store the renditions of ``picture``, cropped to the middle, and return their folder.

    All or none.
    """
    identity = uuid.uuid4().hex
    folder = f"faces/{identity[:2]}/{identity}"
    largest = ImageOps.fit(picture, (SIZES["large"], SIZES["large"]), Image.Resampling.LANCZOS)
    try:
        for name, edge in SIZES.items():
            small = largest.resize((edge, edge), Image.Resampling.LANCZOS)
            default_storage.save(f"{folder}/{name}.webp", ContentFile(encode_webp(small)))
    except Exception:
        discard_photo(folder)
        raise
    return folder


def face_urls(folder: str) -> FaceUrls:
    """Return the addresses of the photo in ``folder``."""
    return FaceUrls(*(default_storage.url(f"{folder}/{name}.webp") for name in SIZES))


def open_photo(folder: str) -> File:
    """Open the largest rendition of the photo in ``folder``. ``FileNotFoundError`` without it."""
    return default_storage.open(f"{folder}/large.webp")


def discard_photo(folder: str) -> None:
    """Remove the photo in ``folder``. A file that cannot be removed is logged, not raised."""
    for name in SIZES:
        try:
            default_storage.delete(f"{folder}/{name}.webp")
        except OSError:
            logger.warning("Could not remove %s/%s.webp", folder, name, exc_info=True)
