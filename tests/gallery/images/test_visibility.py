"""Who sees a picture, on which page, and its files."""

from __future__ import annotations

import pytest
from django.test import Client

from gallery.images.models import Visibility
from slipstream.follows import unfollow

from .pictures import (
    FOLLOWERS,
    MAY_SEE,
    PRIVATE,
    PUBLIC,
    VIEWERS,
    fetch,
    without_accident,
)


class TestVisibility:
    @pytest.mark.parametrize("visibility", Visibility)
    @pytest.mark.parametrize("viewer", VIEWERS)
    def test_everywhere(self, browsers, mina, share, viewer, visibility):
        share(mina, title="older one")
        image = share(mina, visibility, title="quite special")
        last = share(mina, title="newer one")
        browser = browsers[viewer]
        seen = viewer in MAY_SEE[visibility]
        status = 200 if seen else 404
        assert browser.get(image.get_absolute_url()).status_code == status
        fetch(browser, image.file_url(60), status)
        fetch(browser, f"/pictures/{image.pk}/60.webp", status)
        fetch(browser, f"/media/{image.image}/60.webp", 200 if visibility == PUBLIC else 404)
        address = image.get_absolute_url()
        for url in ("/explore/", "/@mina/", "/search/pictures/?q=SPECIAL", last.get_absolute_url()):
            html = browser.get(url).content.decode()
            assert (address in html, "quite special" in html) == (seen, seen), url

    @pytest.mark.parametrize("viewer", ["visitor", "stranger"])
    def test_a_404_is_never_a_hint(self, browsers, mina, share, viewer):
        hidden = share(mina, PRIVATE)
        for path in ("", "60.webp", "61.webp", "edit/"):
            pages = [browsers[viewer].get(f"/pictures/{key}/{path}") for key in (hidden.pk, 99999)]
            assert pages[0].status_code == pages[1].status_code
            first, second = (without_accident(page.content.decode()) for page in pages)
            assert first == second

    @pytest.mark.parametrize("visibility", [FOLLOWERS, PRIVATE])
    def test_files_of_some_are_not_for_caches(self, browsers, mina, share, visibility):
        image = share(mina, visibility)
        answer = browsers["owner"].get(image.file_url(60))
        answer.getvalue()
        assert answer["Cache-Control"].startswith("private")
        fetch(Client(), f"/media/{image.image}/master.webp", 404)

    def test_unfollowing_ends_it(self, browsers, mina, share):
        image = share(mina, FOLLOWERS)
        assert browsers["follower"].get(image.get_absolute_url()).status_code == 200
        unfollow(type(mina).objects.get(username="sora"), mina)
        assert browsers["follower"].get(image.get_absolute_url()).status_code == 404

    def test_a_closed_account_hides_its_pictures(self, browsers, mina, share):
        images = [share(mina, visibility) for visibility in Visibility]
        type(mina).objects.filter(pk=mina.pk).update(is_active=False)
        for viewer in ("visitor", "stranger", "follower"):
            for image in images:
                assert browsers[viewer].get(image.get_absolute_url()).status_code == 404
                fetch(browsers[viewer], image.file_url(60), 404)
            assert browsers[viewer].get("/explore/").context["page"].items == []

    @pytest.mark.parametrize("key", ["0", "9" * 30, "9" * 5000, "-1", "x", "1%00"])
    def test_made_up_keys(self, signed_in, key):
        for path in ("", "edit/", "320.webp"):
            assert signed_in.get(f"/pictures/{key}/{path}").status_code == 404
        for path in ("edit/", "delete/", "restore/"):
            assert signed_in.post(f"/pictures/{key}/{path}").status_code == 404

    @pytest.mark.parametrize(
        "folder", ["..", "x", "%2e%2e/%2e%2e/etc/passwd", "ab/../../private", "%00", "x" * 3000]
    )
    def test_made_up_folders(self, signed_in, folder):
        assert signed_in.get(f"/media/images/{folder}/320.webp").status_code == 404
