"""Where files go when who may see a picture changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from gallery.images import files, services, views
from gallery.images.models import Image

from .pictures import (
    FOLLOWERS,
    PRIVATE,
    PUBLIC,
    edit,
    fetch,
    file_names,
    place,
)


class TestChangingVisibility:
    @pytest.mark.parametrize(
        ("before", "after"),
        [(PUBLIC, PRIVATE), (PUBLIC, FOLLOWERS), (PRIVATE, PUBLIC), (FOLLOWERS, PUBLIC)],
    )
    def test_moves_the_files(self, signed_in, mina, share, commit, tmp_path, before, after):
        image = share(mina, before)
        old_url, old_place = image.file_url(60), place(image)
        with commit():
            assert edit(signed_in, image, visibility=after.value).status_code == 302
        moved = Image.objects.get()
        assert moved.visibility == after
        assert place(moved).split("/")[0] != old_place.split("/")[0]
        assert Path(moved.image).name != Path(image.image).name
        assert file_names(tmp_path) == {f"{place(moved)}/{name}.webp" for name in ("master", 60)}
        fetch(signed_in, moved.file_url(60))
        fetch(Client(), f"/media/{image.image}/60.webp", 404)
        expected = 200 if after == PUBLIC else 404
        fetch(Client(), moved.file_url(60), expected)
        if before == PUBLIC:
            fetch(Client(), old_url, 404)

    def test_among_the_few_moves_nothing(self, signed_in, mina, share, commit):
        image = share(mina, PRIVATE)
        with commit():
            edit(signed_in, image, visibility=FOLLOWERS.value)
        assert Image.objects.get().image == image.image

    def test_the_old_files_stay_until_the_commit(
        self, signed_in, mina, share, tmp_path, django_capture_on_commit_callbacks
    ):
        image = share(mina)
        with django_capture_on_commit_callbacks() as callbacks:
            edit(signed_in, image, visibility=PRIVATE.value)
        assert f"media/{image.image}/master.webp" in file_names(tmp_path)
        for callback in callbacks:
            callback()
        assert f"media/{image.image}/master.webp" not in file_names(tmp_path)

    @pytest.mark.django_db(transaction=True)
    def test_what_fails_leaves_all_as_it_was(self, mina, share, tmp_path, monkeypatch):
        image = share(mina, PRIVATE)
        before = file_names(tmp_path)

        def fail(*_args, **_kwargs):
            raise ZeroDivisionError

        monkeypatch.setattr(Image, "save", fail)
        with pytest.raises(ZeroDivisionError):
            services.edit(image, title="x", description="", visibility=PUBLIC)
        assert file_names(tmp_path) == before
        assert Image.objects.get().visibility == PRIVATE

    def test_without_its_master_changes_nothing(self, mina, share, tmp_path):
        image = share(mina)
        files.storage(public=True).delete(f"{image.image}/master.webp")
        before = file_names(tmp_path)
        with pytest.raises(FileNotFoundError):
            services.edit(image, title="x", description="", visibility=PRIVATE)
        assert file_names(tmp_path) == before
        assert Image.objects.get().visibility == PUBLIC

    def test_of_what_was_deleted_in_another_tab_is_not_found(self, mina, share, monkeypatch):
        image = share(mina, PRIVATE)
        Image.objects.update(deleted_at=timezone.now())
        monkeypatch.setattr(views, "_get_own", lambda request, key: image)
        browser = Client()
        browser.force_login(mina)
        assert edit(browser, image, visibility=0).status_code == 404
        assert Image.objects.get().visibility == PRIVATE

    def test_leaves_no_rendition_that_was_still_being_made(
        self, mina, share, commit, tmp_path, monkeypatch
    ):
        image = share(mina)
        files.storage(public=True).delete(f"{image.image}/60.webp")
        real = files.render

        def render_slowly(picture):
            with commit():
                services.edit(image, title="x", description="", visibility=PRIVATE)
            monkeypatch.setattr(files, "render", real)
            return real(picture)

        folder = image.image
        monkeypatch.setattr(files, "render", render_slowly)
        files.make_renditions(folder, public=True)
        assert {name.partition("/")[0] for name in file_names(tmp_path)} == {"private"}

    def test_a_file_that_cannot_be_removed_keeps_no_other(
        self, mina, share, commit, tmp_path, monkeypatch
    ):
        image = share(mina, size=(700, 500))
        place = files.storage(public=True)
        real = place.delete

        def delete(name):
            if name.endswith("320.webp"):
                raise RuntimeError("not one of Django's")
            real(name)

        monkeypatch.setattr(place, "delete", delete)
        with commit():
            services.edit(image, title="x", description="", visibility=PRIVATE)
        left = [name for name in file_names(tmp_path) if name.startswith("media")]
        assert [name.rsplit("/")[-1] for name in left] == ["320.webp"]

    @pytest.mark.parametrize(
        ("steps", "last"),
        [
            ((PRIVATE,), PUBLIC),
            ((PRIVATE, PUBLIC), PRIVATE),
            ((PRIVATE, PUBLIC, PRIVATE), PUBLIC),
            ((PRIVATE, PUBLIC, PRIVATE), FOLLOWERS),
        ],
    )
    def test_by_who_read_it_long_ago(self, mina, share, commit, tmp_path, steps, last):
        """Another tab was quicker: the files still end up where the row says."""
        stale = share(mina)
        current = Image.objects.get()
        with commit():
            for visibility in steps:
                services.edit(current, title="x", description="", visibility=visibility)
        with commit():
            services.edit(stale, title="달", description="", visibility=last)
        image = Image.objects.get()
        assert (image.visibility, image.title) == (last, "달")
        assert file_names(tmp_path) == {f"{place(image)}/{name}.webp" for name in ("master", 60)}
        assert stale.image == image.image
