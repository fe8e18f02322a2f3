"""Whatever is written, each stored count is the real one."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from tests.counting.models import (
    Album, Echo, Fan, Heard, Label, Node, Person, Photo, Remark, Sale, Shop, Venue, Visit,
)

from .counting import wrong_counts

User = get_user_model()
pytestmark = pytest.mark.django_db


def test_smoke():
    a, b = Album.objects.create(), Album.objects.create()
    p = Photo.objects.create(album=a)
    Photo.objects.bulk_create([Photo(album=a, hidden=i % 2) for i in range(10)] + [Photo(album=b)])
    assert wrong_counts() == {}
    a.refresh_from_db()
    assert (a.photo_count, a.shown_count) == (11, 6)
    Photo.objects.filter(album=a, hidden=True).update(album=b)
    assert wrong_counts() == {}
    Photo.objects.filter(album=b).update(hidden=False)
    assert wrong_counts() == {}
    Photo.objects.filter(album=b).update(caption="100%")
    assert wrong_counts() == {}
    p.delete()
    x, y = Label.objects.create(slug="x"), Label.objects.create(slug="y")
    a.labels.add(x, y)
    b.labels.set([x])
    assert wrong_counts() == {}
    x.albums.clear()
    u = User.objects.create_user(username="u1")
    a.fans.add(u)
    Fan.objects.create(album=a)
    assert wrong_counts() == {}
    u.delete()
    assert wrong_counts() == {}
    p1, p2, p3 = (Person.objects.create() for _ in range(3))
    p1.friends.add(p2, p3)
    p1.idols.add(p1, p2)
    assert wrong_counts() == {}
    n = Node.objects.create()
    m = Node.objects.create(parent=n)
    m.parent = m
    m.save()
    assert wrong_counts() == {}
    s = Shop.objects.create(code="a")
    Sale.objects.create(shop=s)
    v = Venue.objects.create()
    Visit.objects.create(place=v)
    assert wrong_counts() == {}
    h = Heard.objects.create()
    e = Echo.objects.create(heard=h)
    e.loud = False
    e.save()
    h.labels.add(x, y)
    h2 = Heard.objects.create()
    h.peers.add(h2)
    assert wrong_counts() == {}
    x.delete()
    assert wrong_counts() == {}
    h.peers.clear()
    assert wrong_counts() == {}
    a.photo_count = a.photo_count
    a.save()
    assert wrong_counts() == {}
    a.delete()
    assert wrong_counts() == {}
