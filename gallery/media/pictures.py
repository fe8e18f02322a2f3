"""Reading pictures that strangers send.

Everything is checked before it costs anything: the size in bytes before the
file is opened, the size in pixels before it is decoded. What comes out is
upright, in sRGB and without metadata; the bytes that came in are not kept.
"""

import io
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageCms

#: The kinds that are read. No other decoder of Pillow sees a byte.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

# `open_picture` says its own bound, before decoding and with numbers; Pillow's is
# a warning up to twice its size and no bound at all.
Image.MAX_IMAGE_PIXELS = None

_ORIENTATION = 0x0112
#: How to turn a picture upright, by EXIF's number of its orientation.
_TURNS: dict[Any, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SRGB = ImageCms.createProfile("sRGB")


def open_picture(file: IO[bytes], *, size: int, max_bytes: int, max_pixels: int) -> Image.Image:
    """Return the decoded picture in ``file``, which holds ``size`` bytes: upright, RGB(A), sRGB.

    The first frame of an animation. Peak memory about 12 bytes per pixel, 20
    for a WebP with transparency.
    Raises ``ValidationError``, with the code ``too_large``, ``too_many_pixels``
    or ``unreadable``, saying what is wrong and what is allowed.
    """
    if size > max_bytes:
        raise ValidationError(
            _("This file has %(size)s MB; at most %(most)s MB are allowed."),
            code="too_large",
            params={"size": f"{size / 1024**2:.1f}", "most": max_bytes // 1024**2},
        )
    try:
        picture = Image.open(file, formats=FORMATS)
        if picture.width * picture.height > max_pixels:
            raise ValidationError(
                _(
                    "This picture has %(width)s × %(height)s pixels;"
                    " at most %(most)s megapixels are allowed."
                ),
                code="too_many_pixels",
                params={
                    "width": picture.width,
                    "height": picture.height,
                    "most": max_pixels // 1_000_000,
                },
            )
        picture.load()
        return _to_srgb(_upright(picture))
    except (ValidationError, MemoryError):
        raise
    except Exception as error:
        # Broken bytes make Pillow's decoders raise nearly anything: OSError,
        # SyntaxError, TypeError, struct.error …
        raise _unreadable() from error


def encode_webp(picture: Image.Image, *, quality: int = 82) -> bytes:
    """Return ``picture`` as WebP bytes that hold nothing but the pixels."""
    out = io.BytesIO()
    # A fresh image: no EXIF, XMP, ICC or comment can come along.
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    clean.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def _upright(picture: Image.Image) -> Image.Image:
    # Not ImageOps.exif_transpose, which writes the rest of a hostile EXIF anew.
    turn = _TURNS.get(picture.getexif().get(_ORIENTATION))
    return picture if turn is None else picture.transpose(turn)


def _unreadable() -> ValidationError:
    return ValidationError(
        _("This is not a picture that can be read. JPEG, PNG, WebP and GIF can."),
        code="unreadable",
    )


def _to_srgb(picture: Image.Image) -> Image.Image:
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    profile = picture.info.get("icc_profile")
    if profile and mode == "RGB":
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile: the numbers as they are, as browsers do
        else:
            if converted is not None:
                return converted
    return picture if picture.mode == mode else picture.convert(mode)
