"""Changing what is said of a picture."""

from __future__ import annotations

import pytest
from django.test import Client

from gallery.images import services
from gallery.images.models import Image, Visibility

from .pictures import (
    WORDS,
    edit,
    file_names,
)


class TestEditing:
    def test_changes_words(self, signed_in, mina, share):
        image = share(mina)
        answer = edit(signed_in, image, title=" 해 ", description="a\r\nb")
        assert (answer.status_code, answer["Location"]) == (302, image.get_absolute_url())
        image.refresh_from_db()
        assert (image.title, image.description) == ("해", "a\nb")
        html = signed_in.get(image.get_absolute_url()).content.decode()
        assert "Your changes are saved." in html

    @pytest.mark.parametrize(
        ("title", "message"),
        [
            ("", "Please fill this in."),
            (" \t\u3000\u00a0 ", "Please fill this in."),
            ("가" * 10_000, "At most 120 characters, please; these are 10000."),
            ("a\nb", "Control characters"),
            ("a\x1b[31m", "Control characters"),
            ("gpj.\u202eexe", "Control characters"),
            ("a\0b", "Null characters are not allowed."),
        ],
        ids=["none", "blank", "long", "line", "escape", "turned", "NUL"],
    )
    def test_bad_titles(self, signed_in, mina, share, tmp_path, title, message):
        image = share(mina)
        before = file_names(tmp_path)
        for answer in (
            edit(signed_in, image, title=title, description="typed words"),
            signed_in.post("/share/", {**WORDS, "title": title, "description": "typed words"}),
        ):
            assert answer.status_code == 400
            html = answer.content.decode()
            assert message in html
            assert "typed words" in html
        image.refresh_from_db()
        assert (image.title, image.description) == ("달", "")
        assert file_names(tmp_path) == before

    def test_a_bad_description(self, signed_in, mina, share):
        image = share(mina)
        answer = edit(signed_in, image, description="가" * 2001)
        assert answer.status_code == 400
        assert "At most 2000 characters" in answer.content.decode()
        assert edit(signed_in, image, description="\r\n".join("가" * 1000)).status_code == 302

    def test_nothing_sent_is_refused(self, signed_in, mina, share):
        assert signed_in.post(f"/pictures/{share(mina).pk}/edit/").status_code == 400

    def test_markup_is_text(self, signed_in, mina, share):
        image = share(mina, title="<img src=x onerror=alert(1)>", description="<script>x</script>")
        for url in (
            "/",
            "/explore/",
            "/@mina/",
            "/@mina/activity/",
            image.get_absolute_url(),
            f"/pictures/{image.pk}/edit/",
        ):
            html = signed_in.get(url).content.decode()
            assert "<img src=x" not in html
            assert "<script>x" not in html

    @pytest.mark.parametrize("visibility", Visibility)
    @pytest.mark.parametrize("viewer", ["stranger", "follower"])
    def test_somebody_elses_is_not_found(
        self, browsers, mina, share, commit, tmp_path, viewer, visibility
    ):
        image = share(mina, visibility)
        before = file_names(tmp_path), Image.objects.values().get()
        browser = browsers[viewer]
        assert browser.get(f"/pictures/{image.pk}/edit/").status_code == 404
        assert edit(browser, image, title="mine", visibility=0).status_code == 404
        assert browser.post(f"/pictures/{image.pk}/delete/").status_code == 404
        assert (file_names(tmp_path), Image.objects.values().get()) == before
        with commit():
            services.delete(image)
        assert browser.post(f"/pictures/{image.pk}/restore/").status_code == 404
        assert Image.objects.get().deleted_at

    @pytest.mark.parametrize("action", ["edit", "delete", "restore"])
    def test_visitors_are_asked_to_log_in(self, db, mina, share, action):
        image = share(mina)
        answer = Client().post(f"/pictures/{image.pk}/{action}/", WORDS)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/")
        assert Image.objects.filter(title="달", deleted_at=None).exists()

    @pytest.mark.parametrize("action", ["edit", "delete", "restore"])
    def test_forged(self, mina, share, action):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(mina)
        assert strict.post(f"/pictures/{share(mina).pk}/{action}/", WORDS).status_code == 403
