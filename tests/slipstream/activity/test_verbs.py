"""Declaring verbs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import get_language, gettext_lazy, override

from slipstream.activity import Verb, feed_verbs, get_verb, register
from slipstream.activity.verbs import declared_verbs, placeholders
from slipstream.exceptions import SlipstreamError, UndeclaredVerb


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    """No verb but those of the test."""
    monkeypatch.setattr("slipstream.activity.verbs._declared", {})


LIKED = Verb("liked", "{actor} liked {target}")
JOINED = Verb("joined", "{actor} joined")
VIEWED = Verb("viewed", "{actor} viewed {target}", in_feeds=False)


def test_what_a_verb_is_unless_it_is_said():
    assert (LIKED.alone, LIKED.icon, LIKED.in_feeds) == ("", "", True)
    assert LIKED.window == timedelta(seconds=60)
    assert str(LIKED) == "liked"


def test_a_verb_does_not_change():
    with pytest.raises(AttributeError):
        LIKED.code = "loved"  # type: ignore[misc]


def test_register_returns_the_last():
    assert register(LIKED) is LIKED
    assert register(JOINED, VIEWED) is VIEWED


def test_the_order_is_that_of_their_declaration():
    register(VIEWED, LIKED)
    register(JOINED)
    assert declared_verbs() == (VIEWED, LIKED, JOINED)
    assert feed_verbs() == ("liked", "joined")


def test_a_verb_is_found_by_code_and_by_itself():
    register(LIKED)
    assert get_verb("liked") is LIKED
    assert get_verb(LIKED) is LIKED


@pytest.mark.parametrize("unknown", ["loved", "", "Liked", None, 3, [], JOINED])
def test_a_verb_that_is_not_declared(unknown):
    register(LIKED, VIEWED)
    with pytest.raises(UndeclaredVerb, match=r"declared are liked, viewed\b") as caught:
        get_verb(unknown)
    assert isinstance(caught.value, SlipstreamError)
    assert isinstance(caught.value, ValueError)


def test_no_verb_at_all():
    assert declared_verbs() == feed_verbs() == ()
    with pytest.raises(UndeclaredVerb, match="declared are none"):
        get_verb("liked")


def test_the_same_again_changes_nothing():
    register(LIKED)
    register(Verb("liked", "{actor} liked {target}"))
    assert declared_verbs() == (LIKED,)


def test_another_verb_with_the_same_code():
    register(LIKED)
    with pytest.raises(ValueError, match="Two verbs have the code 'liked'"):
        register(Verb("liked", "{actor} loves {target}"))
    assert get_verb("liked") is LIKED


@pytest.mark.parametrize("code", ["", "Liked", "9lives", "_x", "is fun", "é", "좋아요", "a" * 33])
def test_a_code_that_cannot_be(code):
    with pytest.raises(ValueError, match="code of a verb"):
        Verb(code, "{actor} did")


@pytest.mark.parametrize("code", ["a", "liked", "liked_2", "a" * 32])
def test_a_code_that_can_be(code):
    assert Verb(code, "{actor} did").code == code


@pytest.mark.parametrize(
    "text",
    [
        "liked {target}",
        "{actor} liked {thing}",
        "{actor} liked {}",
        "{actor} liked {0}",
        "{actor.name} liked {target}",
        "{actor} {target[0]}",
        "{actor} liked {target",
        "{actor} liked }",
        "nothing",
    ],
)
def test_a_sentence_that_cannot_be(text):
    with pytest.raises(ValueError, match="sentence of 'liked'"):
        Verb("liked", text)
    with pytest.raises(ValueError, match="sentence of 'liked'"):
        Verb("liked", "{actor} did", alone=text)


def test_a_window_that_cannot_be():
    with pytest.raises(ValueError, match="negative"):
        Verb("liked", "{actor} did", window=timedelta(seconds=-1))
    assert Verb("liked", "{actor} did", window=timedelta()).window == timedelta()


def test_placeholders():
    assert placeholders("{actor} liked {target}") == {"actor", "target"}
    assert placeholders("{{actor}} {actor}") == {"actor"}
    assert placeholders("{actor") == {""}
    assert placeholders(gettext_lazy("{actor}!")) == {"actor"}


def test_a_faulty_translation_does_not_keep_the_project_from_starting():
    class Translated(str):
        """As gettext_lazy under a Korean catalogue in which the placeholder was lost."""

        __slots__ = ()

        def __str__(self) -> str:
            return "좋아합니다" if get_language() == "ko" else str.__str__(self)

    with override("ko"):
        assert register(Verb("loved", Translated("{actor} loved {target}"))).code == "loved"
