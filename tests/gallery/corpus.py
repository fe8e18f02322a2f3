"""Files that strangers send: honest, odd and hostile. All are made in memory."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from PIL import Image, ImageCms

UNREADABLE = "not a picture that can be read"
TOO_MANY = "at most 40 megapixels are allowed"
MOVES = "This picture moves"
#: In whatever must not be found again in what is stored.
MARK = b"SECRET"
SCRIPT = b"<script>alert('SECRET')</script>"
PHP = b"<?php system('SECRET'); ?>"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF>SECRET</rdf:RDF></x:xmpmeta>"
IMAGE_WIDTH, MAKE, ORIENTATION = 0x0100, 0x010F, 0x0112
EXIF_IFD, GPS_IFD, MAKER_NOTE = 0x8769, 0x8825, 0x927C


@dataclass(frozen=True)
class Kind:
    """A kind of file: how to make it, and what is said of it; None where it is accepted."""

    name: str
    make: Callable[[], bytes]
    refused: str | None = None
    code: str | None = None
    file: str = "picture.jpg"

    @property
    def data(self) -> bytes:
        return _made(self.make)


@cache
def _made(make: Callable[[], bytes]) -> bytes:
    return make()


# -- Bricks ------------------------------------------------------------------------


def halves(size=(48, 32), mode="RGB") -> Image.Image:
    """Red above blue."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (0, size[1] // 2, *size))
    return picture.convert(mode)


def encode(picture: Image.Image | None = None, kind="JPEG", **options) -> bytes:
    out = io.BytesIO()
    (picture or halves()).save(out, kind, **options)
    return out.getvalue()


def noise(size=(48, 32), mode="RGB") -> Image.Image:
    """What no format makes small."""
    return Image.effect_noise(size, 90).convert(mode)


def frames(count: int, size=(16, 16)) -> list[Image.Image]:
    return [Image.new("RGB", size, (n * 40 % 256, n // 256, 99)) for n in range(count)]


def animated(kind: str, count: int) -> bytes:
    first, *rest = frames(count)
    return encode(first, kind, save_all=True, append_images=rest, duration=40, loop=0)


def png_chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width=2, height=2, *, depth=8, colour=2, raw: bytes | None = None, extra=b"") -> bytes:
    """A PNG by hand: ``colour`` 0 is grey, 2 RGB, 4 grey and alpha, 6 RGBA."""
    if raw is None:
        raw = (b"\0" + b"\x55" * (3 * width)) * height
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = (b"IHDR", header), (b"", extra), (b"IDAT", zlib.compress(raw)), (b"IEND", b"")
    chunks = (png_chunk(kind, data) if kind else data for kind, data in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def bomb(kind: bytes, head: bytes, size=128 * 1024 * 1024) -> bytes:
    """A PNG with a chunk that grows a thousandfold."""
    packer = zlib.compressobj(9)
    block = bytes(1024 * 1024)
    packed = b"".join(packer.compress(block) for _ in range(size // len(block)))
    return png(extra=png_chunk(kind, head + packed + packer.flush()))


def many_texts(count=100, size=1_000_000) -> bytes:
    """A PNG with texts of which none is too large, but all of them are."""
    packed = zlib.compress(b"a" * size)
    return png(extra=b"".join(png_chunk(b"zTXt", b"t%d\0\0" % n + packed) for n in range(count)))


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def with_segments(*segments: bytes) -> bytes:
    """A JPEG with more segments, right after its start."""
    data = encode()
    return data[:2] + b"".join(segments) + data[2:]


def scan_bomb(scans=2000, size=(2000, 2000)) -> bytes:
    """A progressive JPEG whose last scan comes again and again, each a pass over all pixels."""
    data = encode(Image.new("L", size, 128), progressive=True)
    return data[:-2] + data[data.rfind(b"\xff\xda") : -2] * scans + data[-2:]


#: Red, green and blue of wide colour spaces in XYZ, under D50.
DISPLAY_P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
ADOBE_RGB = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))


def profile(primaries=DISPLAY_P3) -> bytes:
    """An ICC profile with these primaries and sRGB's curve."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for name, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True):
        (at,) = struct.unpack_from(">I", data, data.index(name) + 4)
        struct.pack_into(">3i", data, at + 8, *(round(value * 65536) for value in xyz))
    return bytes(data)


def told() -> Image.Exif:
    """EXIF that gives away who, what and where."""
    exif = Image.Exif()
    exif[MAKE] = MARK.decode()
    exif.get_ifd(EXIF_IFD)[MAKER_NOTE] = MARK * 20
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (37.0, 33.0, 59.0), 3: "E", 4: (126.0, 58.0, 41.0)})
    return exif


def turned(orientation: int, kind="JPEG") -> bytes:
    """Red above blue to whoever heeds the orientation."""
    # Which way the camera lay, undone: what `orientation` says turns it back.
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}.get(orientation)
    exif = told()
    exif[ORIENTATION] = orientation
    upright = halves((64, 48))
    upright.paste("lime", (0, 0, 32, 24))  # a corner, so that mirrored is not the same
    picture = upright if back is None else upright.transpose(Image.Transpose(back))
    return encode(picture, kind, exif=exif, **({"quality": 95} if kind == "JPEG" else {}))


def odd_exif() -> bytes:
    """EXIF that is read well, but cannot be written again: words for a width."""
    exif = Image.Exif()
    exif[ORIENTATION] = 3
    exif[MAKE] = MARK.decode()
    data = exif.tobytes().replace(struct.pack(">H", MAKE), struct.pack(">H", IMAGE_WIDTH))
    return encode(exif=data)


def photoshop() -> bytes:
    caption = b"\x1c\x02x" + struct.pack(">H", len(MARK)) + MARK
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(caption)) + caption
    return segment(0xED, b"Photoshop 3.0\0" + block + b"\0" * (len(caption) % 2))


def huge_exif() -> bytes:
    """Twelve MB of maker's note in a PNG, which bounds it nowhere."""
    exif = Image.Exif()
    exif.get_ifd(EXIF_IFD)[MAKER_NOTE] = MARK * 2_000_000
    return encode(kind="PNG", exif=exif)


def gif_script() -> bytes:
    """A GIF that is a script as well: its width opens a comment that its trailer closes."""
    picture = encode(Image.new("P", (12, 12)), "GIF")
    return picture[:6] + b"/*" + picture[8:] + b"*/=1;alert('SECRET');"


def gif_that_claims(width: int, height: int) -> bytes:
    data = encode(Image.new("P", (4, 4)), "GIF")
    return data[:6] + struct.pack("<HH", width, height) + data[10:]


def webp_that_claims(width: int, height: int) -> bytes:
    data = bytearray(encode(kind="WEBP", lossless=True))
    (flags,) = struct.unpack_from("<I", data, 21)
    struct.pack_into("<I", data, 21, flags >> 28 << 28 | height - 1 << 14 | width - 1)
    return bytes(data)


def jpeg_that_claims(width: int, height: int) -> bytes:
    data = bytearray(encode())
    struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, height, width)
    return bytes(data)


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("../../SECRET.txt", MARK)
    return out.getvalue()


# -- Refused -----------------------------------------------------------------------


def unreadable(name: str, make: Callable[[], bytes], file="picture.jpg") -> Kind:
    return Kind(name, make, UNREADABLE, "unreadable", file)


def too_many(name: str, make: Callable[[], bytes], words=TOO_MANY) -> Kind:
    return Kind(name, make, words, "too_many_pixels")


def moves(name: str, make: Callable[[], bytes]) -> Kind:
    return Kind(name, make, MOVES, "animated")


def cuts(kind: str) -> list[Kind]:
    """Truncated at several points."""

    def cut(part: float) -> bytes:
        data = encode(noise((64, 64)), kind)
        return data[: int(len(data) * part)]

    parts = {"signature": 0.005, "header": 0.05, "half": 0.5, "nearly all": 0.9}
    return [unreadable(f"{kind} cut at {name}", partial(cut, part)) for name, part in parts.items()]


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>" + SCRIPT + b"</svg>"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)
AVIF = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(200)
PSD = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 9, 9, 8, 3) + bytes(200)
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n"

REFUSED = [
    Kind("empty", lambda: b"", "The submitted file is empty.", "empty"),
    unreadable("one byte", lambda: b"\xff"),
    unreadable("text", lambda: b"hello"),
    unreadable("SVG", lambda: SVG, "picture.svg"),
    unreadable("SVG named PNG", lambda: SVG, "picture.png"),
    unreadable("HTML", lambda: b"<!DOCTYPE html>" + SCRIPT, "picture.html"),
    unreadable("PHP", lambda: PHP, "picture.php.jpg"),
    unreadable("PDF", lambda: b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF", "picture.pdf"),
    unreadable("ZIP", archive, "picture.zip"),
    unreadable("script with a signature of GIF", lambda: b"GIF89a=1;alert('SECRET')"),
    unreadable("HTML with a signature of JPEG", lambda: b"\xff\xd8\xff\xe0" + SCRIPT),
    unreadable("BMP", lambda: encode(kind="BMP"), "picture.bmp"),
    unreadable("BMP named JPEG", lambda: encode(kind="BMP")),
    unreadable("TIFF", lambda: encode(kind="TIFF"), "picture.tif"),
    unreadable("ICO", lambda: encode(kind="ICO"), "picture.ico"),
    unreadable("TGA", lambda: encode(kind="TGA"), "picture.tga"),
    unreadable("PPM", lambda: encode(kind="PPM"), "picture.ppm"),
    unreadable("JPEG 2000 header", lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(99)),
    unreadable("PSD", lambda: PSD, "picture.psd"),
    unreadable("EPS", lambda: EPS, "picture.eps"),
    unreadable("HEIC header", lambda: HEIC, "picture.heic"),
    unreadable("AVIF header", lambda: AVIF, "picture.avif"),
    *cuts("JPEG"),
    *cuts("PNG"),
    *cuts("WEBP"),
    *cuts("GIF"),
    too_many("PNG of 30,000 by 30,000", lambda: png(30_000, 30_000, raw=b"\0")),
    too_many("PNG of 40,000,001 pixels", lambda: png(40_000_001, 1, raw=b"\0")),
    too_many("PNG of the largest size", lambda: png(2**31 - 1, 2**31 - 1, raw=b"\0")),
    too_many("GIF of 65,535 by 65,535", lambda: gif_that_claims(65_535, 65_535)),
    too_many("JPEG of 65,500 by 65,500", lambda: jpeg_that_claims(65_500, 65_500)),
    too_many("WebP of 16,383 by 16,383", lambda: webp_that_claims(16_383, 16_383)),
    too_many("PNG of 40,000,000 rows", lambda: png(1, 40_000_000, raw=b"\0"), "on each side"),
    unreadable("PNG of no pixels", lambda: png(0, 0, raw=b"\0")),
    unreadable("PNG that claims more than it holds", lambda: png(300, 300, raw=b"\0")),
    unreadable("zTXt bomb", lambda: bomb(b"zTXt", b"Comment\0\0")),
    unreadable("iTXt bomb", lambda: bomb(b"iTXt", b"Comment\0\1\0\0\0")),
    unreadable("iCCP bomb", lambda: bomb(b"iCCP", b"icc\0\0")),
    unreadable("many texts", many_texts),
    unreadable("scan bomb", scan_bomb),
    unreadable("GIF cut within an extension", lambda: encode(kind="GIF")[:-1] + b"!"),
    unreadable("GIF cut within its second frame", lambda: animated("GIF", 2)[:-60]),
    moves("GIF of 5,000 frames", lambda: animated("GIF", 5_000)),
    moves("GIF of two frames", lambda: animated("GIF", 2)),
    moves("APNG", lambda: animated("PNG", 3)),
    moves("animated WebP", lambda: animated("WEBP", 3)),
]

# -- Accepted ----------------------------------------------------------------------

ACCEPTED = [
    Kind("JPEG", encode),
    Kind("progressive JPEG", lambda: encode(progressive=True)),
    Kind("grey JPEG", lambda: encode(halves(mode="L"))),
    Kind("CMYK JPEG", lambda: encode(halves(mode="CMYK"))),
    Kind("MPO", lambda: encode(kind="MPO", save_all=True, append_images=[halves()])),
    Kind("PNG", lambda: encode(kind="PNG")),
    Kind("PNG with transparency", lambda: encode(halves(mode="RGBA"), "PNG")),
    Kind("PNG of 1 bit", lambda: encode(halves(mode="1"), "PNG")),
    Kind("grey PNG with transparency", lambda: encode(halves(mode="LA"), "PNG")),
    Kind("grey PNG of 16 bits", lambda: encode(Image.new("I;16", (48, 32), 9000), "PNG")),
    Kind("PNG of 16 bits", lambda: png(depth=16, raw=(b"\0" + b"\x40\0" * 6) * 2)),
    Kind("palette", lambda: encode(halves(mode="P"), "PNG")),
    Kind("palette with transparency", lambda: encode(halves(mode="P"), "PNG", transparency=0)),
    Kind("PNG with too much data", lambda: png(raw=bytes(10_000_000))),
    Kind("GIF", lambda: encode(kind="GIF", comment=MARK)),
    Kind("GIF with transparency", lambda: encode(halves(mode="P"), "GIF", transparency=0)),
    Kind("WebP", lambda: encode(kind="WEBP")),
    Kind("WebP with transparency", lambda: encode(halves(mode="RGBA"), "WEBP", lossless=True)),
    Kind("one pixel", lambda: encode(Image.new("RGB", (1, 1), "red"), "PNG")),
    Kind("10,000 by 1", lambda: encode(Image.new("RGB", (10_000, 1), "red"), "PNG")),
    Kind("1 by 10,000", lambda: encode(Image.new("RGB", (1, 10_000), "red"), "PNG")),
    *[Kind(f"JPEG turned, {n}", partial(turned, n)) for n in range(1, 9)],
    Kind("WebP turned", lambda: turned(6, "WEBP")),
    Kind("PNG turned", lambda: turned(8, "PNG")),
    Kind("EXIF with GPS", lambda: encode(exif=told())),
    Kind("EXIF with GPS in PNG", lambda: encode(kind="PNG", exif=told())),
    Kind("EXIF with GPS in WebP", lambda: encode(kind="WEBP", exif=told(), xmp=XMP)),
    Kind("EXIF that cannot be written", odd_exif),
    Kind("EXIF that is noise", lambda: encode(exif=b"Exif\0\0II*\0" + MARK * 40)),
    Kind("EXIF of 12 MB", huge_exif, file="picture.png"),
    Kind("XMP", lambda: encode(xmp=XMP)),
    Kind("XMP in PNG", lambda: png(extra=png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP))),
    Kind("text in PNG", lambda: png(extra=png_chunk(b"tEXt", b"Author\0" + MARK))),
    Kind("Photoshop's blocks", lambda: with_segments(photoshop())),
    Kind("comment", lambda: encode(comment=MARK)),
    Kind("HTML in the comment", lambda: encode(comment=b"--><html>" + SCRIPT)),
    Kind("HTML after the end", lambda: encode() + b"<html>" + SCRIPT, file="picture.html"),
    Kind("PHP after the end", lambda: encode() + PHP, file="picture.php"),
    Kind("PHP in the comment", lambda: encode(comment=PHP), file="picture.jpg.php"),
    Kind("script after the end of a PNG", lambda: encode(kind="PNG") + SCRIPT),
    Kind("ZIP after the end", lambda: encode() + archive(), file="picture.zip"),
    Kind("GIF that is a script", gif_script, file="picture.js"),
    Kind("Display P3", lambda: encode(icc_profile=profile())),
    Kind("Adobe RGB", lambda: encode(icc_profile=profile(ADOBE_RGB))),
    Kind(
        "Display P3 with transparency",
        lambda: encode(halves(mode="RGBA"), "PNG", icc_profile=profile()),
    ),
    Kind("broken profile", lambda: encode(icc_profile=MARK * 99)),
    Kind("profile of another kind", lambda: encode(halves(mode="L"), icc_profile=profile())),
    Kind("PNG named JPEG", lambda: encode(kind="PNG"), file="picture.jpg"),
    Kind("no extension", encode, file="picture"),
]
