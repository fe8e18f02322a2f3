from __future__ import annotations

import uuid
from types import SimpleNamespace

import pytest
from django.contrib.contenttypes.models import ContentType

from tests.pointing.models import Activity
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


@pytest.fixture
def rows(kinds):
    """An activity about each kind of thing, and one about nothing."""
    about = {name: x for name, x in vars(kinds).items() if name not in ("other", "picture2")}
    made = {kind: Activity.objects.create(target=thing) for kind, thing in about.items()}
    return {**made, None: Activity.objects.create(actor=kinds.user)}


@pytest.fixture
def names(rows):
    """Say which of the rows a queryset finds; each must be found once."""

    def names(queryset):
        kinds = {row.pk: kind for kind, row in rows.items()}
        found = [kinds[row.pk] for row in queryset]
        assert len(set(found)) == len(found)
        return set(found)

    return names


@pytest.fixture
def make(db, people):
    """Make a saved row of each kind of key."""
    users = iter(people(20))

    def make(kind):
        if kind == "cover":
            # A picture first, so that the keys of covers are not by chance those of others.
            return Cover.objects.create(picture=Picture.objects.create())
        if kind == "user":
            return next(users)
        if kind == "tag":
            return Tag.objects.create(name=f"tag {uuid.uuid4()}")
        return {
            "picture": Picture,
            "document": Document,
            "restaurant": Restaurant,
            "place": Place,
        }[kind].objects.create()

    # What other tests remember was rolled back, and its keys come again. Remembered
    # anew, so that tests can count their own queries.
    ContentType.objects.clear_cache()
    for model in (Picture, Document, Tag, Cover, Restaurant, Place, type(next(users))):
        ContentType.objects.get_for_model(model)
    yield make
    ContentType.objects.clear_cache()
