"""The seam: any queryset of keys, and none at all."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db.models import F

from slipstream.feeds import get_activity_feed
from slipstream.feeds.finding import Wanted
from slipstream.follows.models import Follow

from .graphs import act, follow_all, make_people

pytestmark = pytest.mark.django_db

User = get_user_model()
U0, U1, U2 = "p0", "p1", "p2"


def with_duplicates(user):
    """By a join: whoever has two followers comes twice."""
    return User.objects.filter(outgoing_follows__isnull=False).values("pk")


def twice(user):
    return (
        User.objects.filter(username__in=[U0, U1])
        .values("pk")
        .union(User.objects.filter(username=U1).values_list("pk"), all=True)
    )


def with_nulls(user):
    """Those without an outgoing follow are null."""
    return User.objects.values(k=F("outgoing_follows__follower"))


def newest_two(user):
    return User.objects.order_by("-username").values("pk")[:2]


def flat(user):
    return User.objects.filter(username__startswith="p").values_list("pk", flat=True)


def nobody(user):
    return User.objects.none().values("pk")


def nobody_in_a_union(user):
    return User.objects.none().values("pk").union(User.objects.none().values("pk"))


def nobody_in_the_table(user):
    return User.objects.filter(username="no one").values("pk")


def with_percent(user):
    return User.objects.filter(username__contains="%").values("pk")


def whole_rows(user):
    return User.objects.all()


def two_columns(user):
    return Follow.objects.values("follower", "following")


def a_list(user):
    return [user.pk]


not_a_function = 5


@pytest.fixture
def ann():
    return make_people(1, prefix="ann")[0]


@pytest.fixture
def three(ann):
    three = make_people(3)
    follow_all(three[0], three[1:])
    follow_all(three[1], three[2:])
    for at in range(4):
        for person in three:
            act(person, at=at)
    return three


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
@pytest.mark.parametrize("window", [1000, 0])
@pytest.mark.parametrize(
    ("audience", "members"),
    [
        (with_duplicates, {U0, U1}),
        (twice, {U0, U1}),
        (with_nulls, {U0, U1}),
        (newest_two, {U1, U2}),
        (flat, {U0, U1, U2}),
    ],
)
def test_querysets_of_every_kind(
    ann, three, settings, monkeypatch, audience, members, window, limit
):
    settings.SLIPSTREAM_FEED_AUDIENCE = f"{__name__}.{audience.__name__}"
    monkeypatch.setattr("slipstream.feeds.reads.Wanted", partial(Wanted, window=window, few=0))
    cursor, shown = None, []
    while True:
        page = get_activity_feed(ann, limit=limit, cursor=cursor)
        assert not page.is_discovery
        shown += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len({item.pk for item in shown}) == len(shown) == 4 * len(members)
    assert {item.actor.username for item in shown} == members


@pytest.mark.parametrize("audience", [nobody, nobody_in_a_union, nobody_in_the_table])
def test_whoever_sees_nobody_discovers(ann, three, settings, audience):
    settings.SLIPSTREAM_FEED_AUDIENCE = f"{__name__}.{audience.__name__}"
    page = get_activity_feed(ann)
    assert page.is_discovery
    assert len(page.items) == 12


def test_values_are_parameters(ann, three, settings):
    settings.SLIPSTREAM_FEED_AUDIENCE = f"{__name__}.with_percent"
    [person] = make_people(1, prefix="100%s{id}")
    shown = act(person)
    page = get_activity_feed(ann)
    assert not page.is_discovery
    assert page.items == [shown]


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        ("whole_rows", r"columns, not of one.*\.values\(\"pk\"\)"),
        ("two_columns", "2 columns"),
        ("a_list", "returned list, not a queryset"),
        ("not_a_function", "no function"),
        ("missing", "missing"),
    ],
)
def test_audiences_that_are_none(ann, settings, audience, words):
    settings.SLIPSTREAM_FEED_AUDIENCE = f"{__name__}.{audience}"
    with pytest.raises(ImproperlyConfigured, match=f"SLIPSTREAM_FEED_AUDIENCE.*{words}"):
        get_activity_feed(ann)


@pytest.mark.parametrize("path", ["nowhere.at.all", "plain", f"{__name__}.not_a_function", 5])
def test_the_check_finds_a_path_to_nothing(settings, path):
    assert [error for error in run_checks() if "feeds" in (error.id or "")] == []
    settings.SLIPSTREAM_FEED_AUDIENCE = path
    [error] = [error for error in run_checks() if "feeds" in (error.id or "")]
    assert error.id == "slipstream_feeds.E001"


def test_everyone_where_nothing_says_whom(ann, three, monkeypatch):
    follow_all(ann, three[:1])
    installed = apps.is_installed
    monkeypatch.setattr(
        apps, "is_installed", lambda name: name != "slipstream.follows" and installed(name)
    )
    page = get_activity_feed(ann)
    assert page.is_discovery
    assert len(page.items) == 12


ALONE = """
import sys
import django
from django.conf import settings

settings.configure(
    SECRET_KEY="tests only", USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        "django.contrib.auth", "django.contrib.contenttypes", "slipstream.targets",
        "slipstream.activity", "slipstream.activity.generic", "slipstream.feeds", "tests.things",
    ],
    SLIPSTREAM_FEED_AUDIENCE="__main__.colleagues",
)
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from slipstream.activity import log_activity
from slipstream.feeds import count_new, get_activity_feed

def colleagues(user):
    return User.objects.filter(last_name=user.last_name).values("pk")

call_command("migrate", verbosity=0)
ann, bob, eve = (
    User.objects.create_user(name, last_name=team)
    for name, team in [("ann", "red"), ("bob", "red"), ("eve", "blue")]
)
for user in (ann, bob, eve):
    log_activity(user, "liked", bob)
page = get_activity_feed(ann)
assert [item.actor for item in page.items] == [bob], page
assert page.is_discovery is False
assert count_new(ann, None) == 1
assert get_activity_feed(eve).is_discovery
assert "slipstream.follows.models" not in sys.modules
print("fine")
"""


def test_without_follows():
    result = subprocess.run(
        [sys.executable, "-c", ALONE],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.stdout.strip() == "fine", result.stderr
