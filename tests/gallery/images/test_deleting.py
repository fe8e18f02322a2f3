"""Deleting, having back, and purging."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from gallery.images import files, services
from gallery.images.models import Image, Visibility

from .pictures import (
    PRIVATE,
    edit,
    fetch,
    file_names,
    make_rows,
    place,
)


class TestDeleting:
    @pytest.mark.parametrize("action", ["delete", "restore"])
    def test_by_get_is_not_allowed(self, signed_in, mina, share, action):
        image = share(mina)
        assert signed_in.get(f"/pictures/{image.pk}/{action}/").status_code == 405
        assert signed_in.get(image.get_absolute_url()).status_code == 200

    def test_hides_it_from_everybody(self, browsers, mina, share):
        image = share(mina)
        answer = browsers["owner"].post(f"/pictures/{image.pk}/delete/")
        assert answer.status_code == 302
        assert answer["Location"] == f"/@mina/?deleted={image.pk}"
        for browser in browsers.values():
            assert browser.get(image.get_absolute_url()).status_code == 404
            fetch(browser, image.file_url(60), 404)
            assert browser.get(f"/pictures/{image.pk}/60.webp").status_code == 404
            for url in ("/", "/explore/", "/@mina/", "/search/?q=달"):
                assert image.get_absolute_url() not in browser.get(url).content.decode()
        assert edit(browsers["owner"], image).status_code == 404
        assert browsers["owner"].post(f"/pictures/{image.pk}/delete/").status_code == 404

    @pytest.mark.parametrize("visibility", Visibility)
    def test_takes_the_files_from_where_anyone_may_fetch_them(
        self, mina, share, commit, tmp_path, visibility
    ):
        image = share(mina, visibility)
        before = {name.rsplit("/")[-1] for name in file_names(tmp_path)}
        with commit():
            services.delete(image)
        names = file_names(tmp_path)
        assert {name.partition("/")[0] for name in names} == {"private"}
        with commit():
            restored = services.restore(mina, image.pk)
        assert restored == image
        names = file_names(tmp_path)
        assert {name.rpartition("/")[0] for name in names} == {place(restored)}
        assert {name.rsplit("/")[-1] for name in names} == before

    def test_works_without_files(self, mina, share, tmp_path):
        image = share(mina)
        files.discard(image.image, public=True)
        services.delete(image)
        assert Image.objects.get().deleted_at

    def test_is_undone_from_ones_own_page_alone(self, browsers, mina, share):
        image = share(mina)
        page = browsers["owner"].post(f"/pictures/{image.pk}/delete/")["Location"]
        undo = f"/pictures/{image.pk}/restore/"
        assert undo in browsers["owner"].get(page).content.decode()
        assert undo not in browsers["stranger"].get(page).content.decode()
        answer = browsers["owner"].post(undo)
        assert (answer.status_code, answer["Location"]) == (302, image.get_absolute_url())
        assert Client().get(image.get_absolute_url()).status_code == 200
        fetch(Client(), Image.objects.get().file_url(60))
        fetch(Client(), image.file_url(60), 404)
        assert browsers["owner"].post(undo).status_code == 404

    @pytest.mark.parametrize("deleted", ["x", "", "-1", "9" * 30, "²", "\0", "1"])
    def test_made_up_notices(self, signed_in, deleted):
        answer = signed_in.get("/@mina/", {"deleted": deleted})
        assert answer.status_code == 200
        assert answer.context["deleted"] is None

    @pytest.mark.parametrize(("minutes", "status"), [(14, 302), (16, 404)])
    def test_can_be_undone_for_a_quarter_of_an_hour(
        self, signed_in, mina, share, travel, minutes, status
    ):
        image = share(mina)
        signed_in.post(f"/pictures/{image.pk}/delete/")
        travel(minutes=minutes)
        assert signed_in.post(f"/pictures/{image.pk}/restore/").status_code == status

    def test_purging_removes_what_is_too_old(self, mina, share, commit, travel, tmp_path, capsys):
        kept, recent, old = share(mina), share(mina), share(mina, PRIVATE)
        services.delete(old)
        travel(minutes=10)
        with commit():
            services.delete(recent)
        recent.refresh_from_db()
        travel(minutes=10)
        with commit():
            call_command("purge_images")
        assert capsys.readouterr().out == "Purged 1 pictures.\n"
        assert set(Image.objects.all()) == {kept, recent}
        assert {name.rsplit("/", 1)[0] for name in file_names(tmp_path)} == {
            place(kept),
            place(recent),
        }
        with commit():
            call_command("purge_images")
        assert capsys.readouterr().out == "Purged 0 pictures.\n"

    def test_purging_many_goes_by_batches(self, mina):
        make_rows(mina, 25, deleted_at=timezone.now() - timedelta(days=1))
        kept = Image.objects.first()
        Image.objects.filter(pk=kept.pk).update(deleted_at=None)
        assert services.purge(before=timezone.now(), batch=10) == 24
        assert Image.objects.get() == kept

    def test_another_deletion_purges_along(self, mina, share, commit, travel, tmp_path):
        old, new = share(mina), share(mina)
        with commit():
            services.delete(old)
        travel(minutes=16)
        with commit():
            services.delete(new)
        new.refresh_from_db()
        assert Image.objects.get() == new
        assert {name.rsplit("/", 1)[0] for name in file_names(tmp_path)} == {place(new)}

    def test_files_go_with_the_account(self, mina, share, commit, tmp_path):
        for visibility in Visibility:
            share(mina, visibility)
        with commit():
            mina.delete()
        assert file_names(tmp_path) == set()

    @pytest.mark.django_db(transaction=True)
    def test_what_is_rolled_back_keeps_its_files(self, mina, share, tmp_path):
        image = share(mina)
        before = file_names(tmp_path)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            image.delete()
            raise ZeroDivisionError
        assert file_names(tmp_path) == before
