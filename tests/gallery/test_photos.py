"""Photos: what is refused, and what is left of what is not."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image, ImageCms

from gallery.accounts import services
from gallery.accounts.photos import SIZES, store_photo

SETTINGS = "/account/settings/"
ORIENTATION, GPS = 0x0112, 0x8825


def image_bytes(kind="JPEG", size=(400, 300), mode="RGB", colour="red", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **options)
    return out.getvalue()


def png_that_claims(width, height) -> bytes:
    """A PNG with a header of that size and next to no data."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0"))


def upload(client, data: bytes, name="photo.jpg", **fields):
    file = SimpleUploadedFile(name, data)
    return client.post(SETTINGS, {"name": "김미나", "bio": "", "photo": file, **fields})


def stored(person) -> list[str]:
    person.refresh_from_db()
    return [f"{person.photo}/{name}.webp" for name in SIZES]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"hello", "not a picture"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "not a picture",
        ),
        (b"%PDF-1.7 ...", "not a picture"),
        (image_bytes("BMP"), "not a picture"),
        (image_bytes("TIFF"), "not a picture"),
        (image_bytes("JPEG")[:-200], "not a picture"),
        (image_bytes("PNG")[:60], "not a picture"),
        (image_bytes("WEBP")[:-20], "not a picture"),
        (image_bytes("GIF")[:20], "not a picture"),
        (png_that_claims(30_000, 30_000), "at most 40 megapixels"),
        (png_that_claims(8_000, 5_001), "at most 40 megapixels"),
        (png_that_claims(300, 300), "not a picture"),
        (image_bytes() + b"\0" * (8 * 1024 * 1024), "at most 8 MB"),
    ],
)
def test_what_is_refused_changes_nothing(signed_in, mina, data, message):
    answer = upload(signed_in, data, bio="new words")
    assert answer.status_code == 400
    assert message in answer.content.decode()
    assert "new words" in answer.content.decode()
    mina.refresh_from_db()
    assert (mina.photo, mina.bio) == ("", "")
    assert not default_storage.exists("faces")


def test_a_body_out_of_bounds_is_not_even_read(signed_in, settings):
    settings.GALLERY_MAX_BODY = 100_000
    answer = upload(signed_in, b"\0" * 200_000)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "data",
    [
        image_bytes("JPEG"),
        image_bytes("JPEG", mode="CMYK", colour=(0, 99, 99, 0)),
        image_bytes("JPEG", mode="L", colour=90),
        image_bytes("PNG", mode="RGBA", colour=(255, 0, 0, 90)),
        image_bytes("PNG", mode="P", colour=1),
        image_bytes("PNG", mode="I;16", colour=9000),
        image_bytes("GIF", mode="P", colour=3),
        image_bytes("WEBP"),
        image_bytes("PNG", size=(1, 1)),
        image_bytes("PNG", size=(2000, 3)),
    ],
)
def test_what_is_accepted_becomes_squares(signed_in, mina, data):
    assert upload(signed_in, data).status_code == 302
    for name, edge in zip(stored(mina), SIZES.values(), strict=True):
        with default_storage.open(name) as file:
            picture = Image.open(file)
            assert (picture.format, picture.size) == ("WEBP", (edge, edge))
    page = signed_in.get(mina.get_absolute_url()).content.decode()
    assert mina.face_urls.large in page
    served = signed_in.get(mina.face_urls.small)
    assert served.status_code == 200
    assert served["Content-Type"] == "image/webp"
    assert b"".join(served.streaming_content)[8:12] == b"WEBP"


def jpeg_with_exif(*entries: bytes) -> bytes:
    """A JPEG whose EXIF holds raw directory ``entries``, as nobody but an attacker writes them."""
    tiff = b"MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + b"".join(entries) + b"\0" * 4
    exif = b"Exif\0\0" + tiff
    data = image_bytes(size=(60, 40))
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]


def entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
    return struct.pack(">HHI", tag, kind, count) + value.ljust(4, b"\0")


@pytest.mark.parametrize(
    "extra",
    [
        entry(0x0128, 2, 3, b"ab\0"),  # a unit that is a text
        entry(0x011A, 3, 1, b"\0\1"),  # a resolution that is no fraction
        entry(0x8825, 4, 1, b"\xff\xff\xff\xff"),  # a directory beyond the end
        entry(0x0112, 5, 9, b"\xff\xff\xff\xff"),  # another orientation, out of bounds
        entry(0x0100, 99, 2**31, b"\0"),  # a kind that does not exist
    ],
)
def test_a_hostile_exif_is_no_server_error(signed_in, mina, extra):
    upright = entry(0x0112, 3, 1, b"\0\6")
    answer = upload(signed_in, jpeg_with_exif(upright, extra))
    assert answer.status_code in (302, 400)


def test_metadata_is_gone_and_the_picture_upright(signed_in, mina):
    picture = Image.new("RGB", (300, 300), "red")
    picture.paste("blue", (0, 150, 300, 300))  # blue below
    exif = Image.Exif()
    exif[ORIENTATION] = 3  # upside down
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(GPS)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, icc_profile=profile, comment=b"SECRET-COMMENT", quality=95)
    assert b"SECRET" in out.getvalue()
    assert upload(signed_in, out.getvalue()).status_code == 302
    for name in stored(mina):
        with default_storage.open(name) as file:
            data = file.read()
        for trace in (b"SECRET", b"Exif", b"EXIF", b"ICCP", b"XMP", b"GPS"):
            assert trace not in data
        small = Image.open(io.BytesIO(data))
        top, bottom = (small.getpixel((small.width // 2, y)) for y in (5, small.height - 6))
        assert top[2] > 200 > top[0]
        assert bottom[0] > 200 > bottom[2]


def test_a_new_photo_takes_the_place_of_the_old(
    signed_in, mina, django_capture_on_commit_callbacks
):
    upload(signed_in, image_bytes())
    old = stored(mina)
    with django_capture_on_commit_callbacks(execute=True):
        upload(signed_in, image_bytes(colour="blue"))
    assert not any(default_storage.exists(name) for name in old)
    new = stored(mina)
    assert all(default_storage.exists(name) for name in new)
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in.post("/account/settings/photo/remove/").status_code == 302
    mina.refresh_from_db()
    assert mina.photo == ""
    assert not any(default_storage.exists(name) for name in new)


def test_files_go_with_the_account(signed_in, mina, django_capture_on_commit_callbacks):
    upload(signed_in, image_bytes())
    files = stored(mina)
    with django_capture_on_commit_callbacks(execute=True):
        mina.delete()
    assert not any(default_storage.exists(name) for name in files)


@pytest.mark.django_db(transaction=True)
def test_what_is_not_committed_leaves_no_files(mina, monkeypatch):
    old = store_photo(Image.new("RGB", (50, 50)))
    type(mina).objects.filter(pk=mina.pk).update(photo=old)
    made = []

    def store(picture):
        made.append(store_photo(picture))
        return made[-1]

    monkeypatch.setattr(services, "store_photo", store)
    ghost = type(mina)(pk=mina.pk + 1)
    with pytest.raises(type(mina).DoesNotExist):
        services.change_photo(ghost, Image.new("RGB", (50, 50)))
    assert not default_storage.exists(f"{made[0]}/small.webp")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.change_photo(mina, Image.new("RGB", (50, 50)))
        raise ZeroDivisionError
    assert default_storage.exists(f"{old}/small.webp")


class TestProfile:
    def test_saved(self, signed_in, mina):
        answer = signed_in.post(SETTINGS, {"name": "미나", "bio": "<b>안녕</b>"}, follow=True)
        assert "Your profile is saved." in answer.content.decode()
        page = signed_in.get(mina.get_absolute_url()).content.decode()
        assert "&lt;b&gt;안녕&lt;/b&gt;" in page

    def test_a_bio_out_of_bounds_is_refused(self, signed_in, mina):
        answer = signed_in.post(SETTINGS, {"name": "미나", "bio": "가" * 100_000})
        assert answer.status_code == 400
        assert "At most 500 characters, please; these are 100000." in answer.content.decode()
        mina.refresh_from_db()
        assert (mina.name, mina.bio) == ("김미나", "")

    def test_a_line_break_is_one_character(self, signed_in, mina):
        bio = "\r\n".join("가" * 250)
        assert signed_in.post(SETTINGS, {"name": "미나", "bio": bio}).status_code == 302
        mina.refresh_from_db()
        assert len(mina.bio) == 499

    def test_is_for_members(self, client, db):
        assert client.get(SETTINGS)["Location"] == f"/account/login/?next={SETTINGS}"
