"""What of notifications is among the data that one takes along."""

from __future__ import annotations

import io
import json
import zipfile

from django.db import connection
from django.test.utils import CaptureQueriesContext

from gallery.accounts.models import User
from gallery.images import services
from slipstream.follows import follow
from slipstream.notifications import mark_all_read, set_preference
from slipstream.rankings import record_view

from .telling import make_lines

EXPORT = "/account/settings/export/"


def fetch(client) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(client.post(EXPORT).getvalue()))


def read(archive: zipfile.ZipFile, name: str):
    return json.loads(archive.read(name).decode())


def test_nothing_yet(signed_in):
    assert read(fetch(signed_in), "notifications.json") == {
        "told_of": {"followed": True, "liked": True, "commented": True},
        "notifications": [],
    }


def test_what_was_told_and_what_is_wanted(signed_in, mina, haru, minjun, share, commit):
    image = share(mina)
    services.like(haru, image)
    services.like(minjun, image)
    mark_all_read(mina)
    with commit():
        follow(haru, mina)
    set_preference(mina, "liked", is_on=False)
    archive = fetch(signed_in)
    found = read(archive, "notifications.json")
    assert found["told_of"] == {"followed": True, "liked": False, "commented": True}
    liked, followed = found["notifications"]
    assert liked["people"] == ["haru", "minjun"]
    assert (liked["verb"], liked["picture"]) == ("liked", image.pk)
    assert liked["at"] <= liked["read_at"] <= followed["at"]
    assert followed["people"] == ["haru"]
    assert followed["read_at"] is followed["picture"] is None
    assert "notifications.json" in archive.read("README.txt").decode()


def test_nobody_who_is_not_here_any_more(signed_in, mina, haru, minjun, share):
    image, other = share(mina), share(mina)
    for person in (haru, minjun):
        services.like(person, image)
    services.like(haru, other)
    User.objects.filter(pk=haru.pk).update(is_active=False)
    [line] = read(fetch(signed_in), "notifications.json")["notifications"]
    assert line["people"] == ["minjun"]


def test_how_often_pictures_were_seen(signed_in, mina, haru, minjun, share):
    seen, unseen = share(mina), share(mina)
    for person in (haru, minjun, None):
        record_view(seen, person)
    pictures = {row["id"]: row for row in read(fetch(signed_in), "pictures.json")}
    assert (pictures[seen.pk]["views"], pictures[seen.pk]["viewers"]) == (3, 2)
    assert (pictures[unseen.pk]["views"], pictures[unseen.pk]["viewers"]) == (0, 0)


def test_many_cost_as_many_queries_as_few(signed_in, mina):
    costs = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as made:
            fetch(signed_in)
        costs.append(len(made))
        if not mina.images.exists():
            make_lines(mina, 30)
    few, many = costs
    assert many == few + 1  # with pictures there are views to ask for
