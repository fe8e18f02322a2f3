from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.things.models import Cover, Document, FeaturedPicture, Picture, Place, Restaurant, Tag


@pytest.fixture
def kinds(people):
    """One target of each kind, two people, and what only looks like another kind."""
    user, other = people(2)
    picture = Picture.objects.create(owner=user)
    return SimpleNamespace(
        user=user,
        other=other,
        picture=picture,
        picture2=Picture.objects.create(title="another"),
        document=Document.objects.create(),
        tag=Tag.objects.create(name="red"),
        cover=Cover.objects.create(picture=picture),
        place=Place.objects.create(),
        restaurant=Restaurant.objects.create(),
        featured=FeaturedPicture.objects.create(),
    )
