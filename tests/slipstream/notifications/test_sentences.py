"""What a line says, in both languages."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.template import Context, Template
from django.utils.functional import lazy
from django.utils.translation import get_language, override

from slipstream.activity import get_activity_model
from slipstream.notifications import (
    Rule,
    declare,
    get_notifications,
    mark_all_read,
    notification_html,
    notification_text,
    notify,
)
from slipstream.notifications.models import Notification
from tests.things.models import Picture

from .scene import did

pytestmark = pytest.mark.django_db


def plural(one, other, ko):
    """As ``ngettext_lazy``, without a catalogue."""

    class Plural(str):
        __slots__ = ()

        def format(self, *args, **values):
            text = one if values["others"] == 1 else other
            return (ko if get_language() == "ko" else text).format(*args, **values)

    return Plural(other)


def owner_of_target(activity):
    return activity.target.owner


@pytest.fixture(autouse=True)
def rule(monkeypatch):
    monkeypatch.setattr("slipstream.notifications.rules._declared", {})
    one = lazy(
        lambda: (
            "{actor}님이 {target}을(를) 좋아합니다"
            if get_language() == "ko"
            else "{actor} likes your {target}"
        ),
        str,
    )()
    grouped = plural(
        "{actor} and {others} other like your {target}",
        "{actor} and {others} others like your {target}",
        "{actor}님 외 {others}명이 {target}을(를) 좋아합니다",
    )
    declare(
        Rule("liked", owner_of_target, "Likes", sentence=one, grouped=grouped),
        Rule("said", owner_of_target, "Comments"),
    )


@pytest.fixture
def line(people, monkeypatch):
    """Return the line of so many people about a picture of that title."""
    owner, *others = people(8)
    called = {}
    # Whichever the user model, and whatever its keys are like.
    monkeypatch.setattr(
        type(owner), "activity_name", lambda self: called.get(self.pk, "u"), raising=False
    )

    def make(count, name, title, *, verb="liked"):
        Notification.objects.all().delete()
        picture = Picture.objects.create(owner=owner, title=title)
        for at, person in enumerate(others[:count]):
            called[person.pk] = name
            notify(did(person, verb, picture, at=at))
        return get_notifications(owner).items[0]

    return make


@pytest.mark.parametrize(
    ("count", "name", "title", "object_"),
    [
        (1, "Ann", "Sky", "Sky를"),
        (2, "Ann", "Sky", "Sky를"),
        (4, "민준", "하늘", "하늘을"),
        (4, "서아", "바다", "바다를"),
        (7, "k2", "3", "3을"),
        (2, "🙂", "🌊", "🌊을(를)"),
        (2, "100% {b}", "{{a}} {b}", "{{a}} {b}를"),
    ],
)
def test_names(line, count, name, title, object_):
    found = line(count, name, title)
    others = {1: "", 2: " and 1 other"}.get(count, f" and {count - 1} others")
    verb = "likes" if count == 1 else "like"
    assert notification_text(found) == f"{name}{others} {verb} your {title}"
    others = f"님 외 {count - 1}명이" if count > 1 else "님이"
    with override("ko"):
        assert notification_text(found) == f"{name}{others} {object_} 좋아합니다"


def test_html(line):
    found = line(3, "<b>Ann</b>", "S&y")
    assert notification_html(found, actor_class="name", target_class="what") == (
        '<bdi class="name">&lt;b&gt;Ann&lt;/b&gt;</bdi> and 2 others like your'
        ' <bdi class="what">S&amp;y</bdi>'
    )


def test_without_words_of_the_rule_the_verb_says_it(line):
    found = line(3, "Ann", "Sky", verb="said")
    assert notification_text(found) == "Ann commented on Sky"
    assert notification_html(found) == "<bdi>Ann</bdi> commented on <bdi>Sky</bdi>"


def test_a_rule_that_is_gone(line, monkeypatch):
    found = line(3, "Ann", "Sky")
    monkeypatch.setattr("slipstream.notifications.rules._declared", {})
    assert notification_text(found) == "Ann liked Sky"


@pytest.mark.parametrize("wrong", ["{actor}", "{actor", "{thing}", "{actor} {} {target}"])
def test_a_translation_that_cannot_be_filled(line, wrong, monkeypatch):
    found = line(2, "Ann", "Sky")
    monkeypatch.setattr("slipstream.notifications.rules._declared", {})
    grouped = plural("{actor} + {others}: {target}", "{actor} + {others}: {target}", wrong)
    declare(Rule("liked", owner_of_target, "Likes", grouped=grouped))
    with override("ko"):
        assert notification_text(found) == "Ann + 1: Sky"


def test_a_target_that_is_gone(line):
    if get_activity_model().has_real_targets:
        pytest.skip("the line goes along")
    found = line(2, "Ann", "Sky")
    found.target.delete()
    [found] = get_notifications(found.inbox.user).items
    assert notification_text(found) == "Ann and 1 other like your Sky"


def test_tags(line, django_assert_num_queries):
    found = line(2, "Ann", "Sky")
    users = get_user_model().objects
    owner = users.get(pk=found.inbox_id)
    template = Template(
        "{% load slipstream_notifications %}{% unread_notifications owner as unread %}"
        '{{ unread }} {% notification_sentence line target_class="what" %}'
    )
    with django_assert_num_queries(1):
        text = template.render(Context({"owner": owner, "line": found}))
    assert text == '1 <bdi>Ann</bdi> and 1 other like your <bdi class="what">Sky</bdi>'
    # The number is no query where the inbox came with the person, until something is read.
    owner = users.select_related("notification_inbox").get(pk=found.inbox_id)
    with django_assert_num_queries(0):
        assert template.render(Context({"owner": owner, "line": found})) == text
    mark_all_read(owner)
    assert template.render(Context({"owner": owner, "line": found})).startswith("0 ")
