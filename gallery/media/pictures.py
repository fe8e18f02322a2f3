"""Reading pictures that strangers send.

Everything is checked before it costs anything: the size in bytes before the
file is opened, the size in pixels before it is decoded. What comes out is
upright, in sRGB and without metadata; the bytes that came in are not kept.
"""

import io
import re
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageCms

#: The kinds that are read. No other decoder of Pillow sees a byte.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

# `open_picture` says its own bound, before decoding and with numbers; Pillow's is
# a warning up to twice its size and no bound at all.
Image.MAX_IMAGE_PIXELS = None

#: The longest edge, in pixels, as in JPEG: each row costs memory of its own, however short.
MAX_EDGE = 65_535
#: The most passes over the pixels that a JPEG may be made of; cameras write one, the web ten.
MAX_SCANS = 100

_SRGB = ImageCms.createProfile("sRGB")
_UPRIGHT: dict[Any, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Of JPEG, but for those within the data of a scan and those without a length.
_MARKER = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")
_END_OF_IMAGE, _START_OF_SCAN = 0xD9, 0xDA


def open_picture(
    file: IO[bytes], *, size: int, max_bytes: int, max_pixels: int, edge: int
) -> Image.Image:
    """Return the decoded picture in ``file``, which holds ``size`` bytes: upright, RGB(A), sRGB.

    JPEG is decoded at the smallest scale that is no smaller than ``edge``.
    Peak memory at most 10 bytes per pixel for PNG, 13 for JPEG, 18 for WebP.
    Raises ``ValidationError``, with the code ``too_large``, ``too_many_pixels``,
    ``animated`` or ``unreadable``, saying what is wrong and what is allowed.
    """
    if size > max_bytes:
        raise ValidationError(
            _("This file has %(size)s MB; at most %(most)s MB are allowed."),
            code="too_large",
            params={"size": f"{size / 1024**2:.1f}", "most": max_bytes // 1024**2},
        )
    try:
        picture = Image.open(file, formats=FORMATS)
        _check_size(*picture.size, max_pixels)
        # Phones write JPEG with a second, hidden picture, which is no animation.
        if picture.format != "MPO" and getattr(picture, "is_animated", False):
            raise ValidationError(
                _("This picture moves. Only still pictures can be shared."), code="animated"
            )
        if picture.format in ("JPEG", "MPO") and _has_too_many_scans(file):
            raise _unreadable()
        picture.draft(None, (edge, edge))
        picture.load()
        return _to_srgb(_upright(picture))
    except (ValidationError, MemoryError):
        raise
    except Exception as error:
        # Pillow lets out whatever a broken file makes it stumble over: OSError and
        # SyntaxError, but struct.error, IndexError and TypeError as well.
        raise _unreadable() from error


def encode_jpeg(picture: Image.Image) -> bytes:
    """Return ``picture`` as JPEG bytes, on white where it is transparent."""
    out = io.BytesIO()
    clean = Image.new("RGB", picture.size, "white")
    clean.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    clean.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def encode_webp(picture: Image.Image, *, quality: int = 82, effort: int = 4) -> bytes:
    """Return ``picture`` as WebP bytes that hold nothing but the pixels.

    ``effort`` from 0 to 6: slower is smaller.
    """
    out = io.BytesIO()
    # A fresh image: no EXIF, XMP, ICC or comment can come along.
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    clean.save(out, "WEBP", quality=quality, method=effort)
    return out.getvalue()


def _unreadable() -> ValidationError:
    return ValidationError(
        _("This is not a picture that can be read. JPEG, PNG, WebP and GIF can."),
        code="unreadable",
    )


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        message = _(
            "This picture has %(width)s × %(height)s pixels;"
            " at most %(most)s megapixels are allowed."
        )
        most = max_pixels // 1_000_000
    elif max(width, height) > MAX_EDGE:
        message = _(
            "This picture has %(width)s × %(height)s pixels;"
            " at most %(most)s are allowed on each side."
        )
        most = MAX_EDGE
    else:
        return
    params = {"width": width, "height": height, "most": most}
    raise ValidationError(message, code="too_many_pixels", params=params)


def _has_too_many_scans(file: IO[bytes]) -> bool:
    """Whether the JPEG is a small file that takes hours: each scan is a pass over all pixels."""
    file.seek(0)
    data = file.read()
    at = scans = 0
    while scans <= MAX_SCANS and (found := _MARKER.search(data, at)):
        kind, at = found[1][0], found.end()
        if kind == _END_OF_IMAGE:
            break
        scans += kind == _START_OF_SCAN
        # Over what it holds: a preview in the metadata has scans of its own.
        at += int.from_bytes(data[at : at + 2], "big")
    return scans > MAX_SCANS


def _upright(picture: Image.Image) -> Image.Image:
    # Not ImageOps.exif_transpose, which writes the metadata anew and fails where that is odd.
    try:
        way = _UPRIGHT.get(picture.getexif().get(ExifTags.Base.Orientation))
    except Exception:  # noqa: BLE001 - broken metadata: as it lies, as browsers do
        way = None
    return picture if way is None else picture.transpose(way)


def _to_srgb(picture: Image.Image) -> Image.Image:
    if picture.mode == "I;16":
        # Pillow's own conversion makes all above 255 white.
        picture = picture.point(lambda value: value / 256, "L")
        picture.info.pop("transparency", None)
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    profile = picture.info.get("icc_profile")
    # What profiles are for; the rest, palettes above all, is made so first.
    if mode == "RGBA" or picture.mode not in ("RGB", "CMYK", "L"):
        picture = picture if picture.mode == mode else picture.convert(mode)
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, _SRGB, outputMode=mode)
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile: the numbers as they are, as browsers do
        else:
            if converted is not None:
                return converted
    return picture if picture.mode == mode else picture.convert(mode)
