"""Reading pictures that strangers send.

Everything is checked before it costs anything: the size in bytes before the
file is opened, the size in pixels before it is decoded. What comes out is
upright, in sRGB and without metadata; the bytes that came in are not kept.
"""

import io
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

#: The kinds that are read. No other decoder of Pillow sees a byte.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

# `open_picture` says its own bound, before decoding and with numbers; Pillow's is
# a warning up to twice its size and no bound at all.
Image.MAX_IMAGE_PIXELS = None

_SRGB = ImageCms.createProfile("sRGB")


def open_picture(file: IO[bytes], *, size: int, max_bytes: int, max_pixels: int) -> Image.Image:
    """Return the decoded picture in ``file``, which holds ``size`` bytes: upright, RGB(A), sRGB.

    The first frame of an animation. Peak memory about 8 bytes per pixel.
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
        return _to_srgb(ImageOps.exif_transpose(picture))
    except ValidationError:
        raise
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        # What Pillow raises for unknown, truncated and broken files.
        raise _unreadable() from error


def encode_webp(picture: Image.Image, *, quality: int = 82) -> bytes:
    """Return ``picture`` as WebP bytes that hold nothing but the pixels."""
    out = io.BytesIO()
    # A fresh image: no EXIF, XMP, ICC or comment can come along.
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    clean.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


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
    return picture.convert(mode)
