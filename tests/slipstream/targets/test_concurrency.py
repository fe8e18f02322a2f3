"""Many connections that make the same thing at once: one wins, and nobody gets an error."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from tests.linking.models import Link, Remark
from tests.pointing.models import Like
from tests.slipstream.at_once import at_once
from tests.things.models import Document, Picture, Tag

CONNECTIONS = 20

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_one_link_however_many_make_it():
    things = [Picture.objects.create(), Document.objects.create(), Tag.objects.create(name="red")]
    links = at_once(
        CONNECTIONS, lambda number: Remark.objects.create(about=things[number % 3]).about_link_id
    )
    assert Remark.objects.count() == CONNECTIONS
    assert Link.objects.count() == 3
    for kind, thing in enumerate(things):
        assert set(links[kind::3]) == {thing.link.pk}


def test_one_like_per_person_and_target(people):
    [user] = people(1)
    picture = Picture.objects.create()

    def like(_number: int) -> bool:
        try:
            Like.objects.create(user=user, on=picture)
        except IntegrityError:
            return False
        return True

    assert sum(at_once(CONNECTIONS, like)) == 1
    assert Like.objects.filter(on=picture).count() == 1


def test_many_links_made_in_opposite_orders():
    pictures = [Picture.objects.create() for _ in range(60)]

    def make(number: int) -> int:
        order = pictures if number % 2 else pictures[::-1]
        return len(Remark.objects.bulk_create(Remark(about=picture) for picture in order))

    assert sum(at_once(CONNECTIONS, make)) == CONNECTIONS * len(pictures)
    assert Link.objects.count() == len(pictures)
