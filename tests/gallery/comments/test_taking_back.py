"""What one said and liked is one's own, also where one may not see the picture any more."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from gallery.images import services as images
from gallery.images.models import Image, Like, Visibility

from .sayings import BROWSER, SCRIPT, count_of, say


@pytest.fixture
def browser(haru) -> Client:
    """Haru's."""
    client = Client()
    client.force_login(haru)
    return client


@pytest.fixture(params=["private", "hidden"])
def out_of_sight(request, image):
    def go():
        changes = {"private": {"visibility": Visibility.PRIVATE}}
        hidden = {"hidden_at": timezone.now()}
        Image.objects.filter(pk=image.pk).update(**changes.get(request.param, hidden))

    return go


def test_a_comment(image, haru, browser, signed_in, out_of_sight):
    comment = say(haru, image)
    out_of_sight()
    url = f"/comments/{comment.pk}/delete/"
    page = browser.get(url).content.decode()
    assert image.title not in page
    assert browser.get(f"/comments/{comment.pk}/edit/").status_code == 404
    answer = browser.post(url, headers=BROWSER)
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert count_of(image) == 0


def test_a_like(image, haru, browser, make_person, out_of_sight):
    images.like(haru, image)
    out_of_sight()
    url = f"/images/{image.pk}/like/"
    assert browser.post(url, {"action": "unlike"}, headers=SCRIPT).status_code == 200
    assert not Like.objects.exists()
    # Now it is nothing of theirs any more.
    for action in ("like", "unlike"):
        assert browser.post(url, {"action": action}, headers=SCRIPT).status_code == 404


def test_nobody_likes_what_went_out_of_sight_meanwhile(image, haru, out_of_sight):
    out_of_sight()
    with pytest.raises(Image.DoesNotExist):
        images.like(haru, image)
    assert not Like.objects.exists()
