"""Handing out renditions and previews, missing ones included."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image as Pillow

from gallery.images import files, services

from .pictures import (
    FOLLOWERS,
    PRIVATE,
    PUBLIC,
    SESSION_AND_USER,
    fetch,
    file_names,
    place,
)


class TestFiles:
    @pytest.mark.parametrize("visibility", [PUBLIC, PRIVATE])
    def test_a_missing_rendition_is_made_again(self, signed_in, mina, share, tmp_path, visibility):
        image = share(mina, visibility, size=(1000, 500))
        before = file_names(tmp_path)
        for width, _url in image.sources:
            (tmp_path / place(image) / f"{width}.webp").unlink()
        for _width, url in image.sources:
            assert fetch(signed_in, url)[8:12] == b"WEBP"
        assert file_names(tmp_path) == before

    @pytest.mark.parametrize("visibility", [PUBLIC, PRIVATE])
    @pytest.mark.parametrize("master", [None, b"", b"RIFF", "half"])
    def test_a_missing_or_broken_master_is_not_found(
        self, signed_in, mina, share, tmp_path, visibility, master
    ):
        image = share(mina, visibility)
        storage = files.storage(public=image.is_public)
        name = f"{image.image}/master.webp"
        with storage.open(name) as file:
            data = file.read()
        for each in (name, f"{image.image}/60.webp"):
            storage.delete(each)
        if master is not None:
            storage.save(name, ContentFile(data[: len(data) // 2] if master == "half" else master))
        fetch(signed_in, image.file_url(60), 404)
        assert signed_in.get(image.get_absolute_url()).status_code == 200

    def test_a_rendition_that_cannot_be_stored_is_shown(self, mina, share, monkeypatch):
        image = share(mina)
        place = files.storage(public=True)
        place.delete(f"{image.image}/60.webp")

        def save(name, content):
            raise OSError("read-only")

        monkeypatch.setattr(place, "save", save)
        data = fetch(Client(), image.file_url(60))
        assert Pillow.open(io.BytesIO(data)).size == (60, 40)

    def test_nobody_opens_a_file_that_is_being_written(self, db, tmp_path):
        place = files.storage(public=True)

        class Slow(ContentFile):
            def chunks(self, chunk_size=None):
                yield b"half"
                assert not place.exists("images/a.webp")
                yield b"half"

        place.save("images/a.webp", Slow(b""))
        with place.open("images/a.webp") as file:
            assert file.read() == b"halfhalf"
        assert file_names(tmp_path) == {"media/images/a.webp"}

    def test_links_elsewhere_show_a_jpeg(self, browsers, mina, share):
        image = share(mina, size=(1500, 1000))
        html = browsers["visitor"].get(image.get_absolute_url()).content.decode()
        [url] = re.findall(r'property="og:image" content="http://testserver([^"]+)"', html)
        for _ in range(2):  # made, then found
            answer = browsers["visitor"].get(url)
            assert answer["Content-Type"] == "image/jpeg"
            picture = Pillow.open(io.BytesIO(b"".join(answer.streaming_content)))
            assert (picture.format, picture.size) == ("JPEG", (1200, 800))
        services.delete(image)
        assert browsers["visitor"].get(url).status_code == 404

    def test_links_to_what_is_not_public_show_nothing(self, browsers, mina, share):
        image = share(mina, FOLLOWERS)
        html = browsers["owner"].get(image.get_absolute_url()).content.decode()
        assert "og:image" not in html
        assert browsers["owner"].get(f"/media/{image.image}/preview.jpg").status_code == 404

    def test_a_preview_without_its_master_is_not_found(self, browsers, mina, share):
        image = share(mina)
        files.storage(public=True).delete(f"{image.image}/master.webp")
        assert browsers["visitor"].get(f"/media/{image.image}/preview.jpg").status_code == 404

    def test_a_storage_that_fails_halfway_keeps_nothing(self, db, tmp_path, monkeypatch):
        place = files.storage(public=True)
        real = place.save

        def save(name, content):
            if name.endswith("b.webp"):
                raise OSError("the disk is full")
            return real(name, content)

        monkeypatch.setattr(place, "save", save)
        with pytest.raises(OSError, match="the disk is full"):
            files.store({"a.webp": b"a", "b.webp": b"b"}, public=True)
        assert file_names(tmp_path) == set()

    @pytest.mark.parametrize("width", ["0", "59", "61", "320", "2560", "9" * 30, "master"])
    def test_other_widths_are_not_made(self, signed_in, mina, share, tmp_path, width):
        image = share(mina)
        before = file_names(tmp_path)
        assert signed_in.get(f"/pictures/{image.pk}/{width}.webp").status_code == 404
        if width != "master":  # which lies there as a file
            fetch(Client(), f"/media/{image.image}/{width}.webp", 404)
        assert file_names(tmp_path) == before

    def test_costs_one_query(self, browsers, mina, share, django_assert_num_queries):
        public, hidden = share(mina), share(mina, FOLLOWERS)
        with django_assert_num_queries(1):
            fetch(Client(), public.file_url(60))
        with django_assert_num_queries(SESSION_AND_USER + 1):
            fetch(browsers["follower"], hidden.file_url(60))

    def test_is_not_guessed_at_by_browsers(self, mina, share):
        answer = Client().get(share(mina).file_url(60))
        answer.getvalue()
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Type"] == "image/webp"
