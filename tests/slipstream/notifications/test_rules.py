"""Declaring who is told of what, and the check of it."""

from __future__ import annotations

import pytest
from django.core.checks import Error, Warning  # noqa: A004
from django.test import override_settings
from django.utils.translation import ngettext_lazy

from slipstream.activity import Verb, register
from slipstream.exceptions import SlipstreamError, UndeclaredRule, UndeclaredVerb
from slipstream.notifications import Rule, declare, declared_rules, get_rule
from slipstream.notifications.checks import check_rules
from slipstream.notifications.rules import with_number

pytestmark = [pytest.mark.any_user, pytest.mark.any_engine]

LIKED = Verb("liked", "{actor} liked {target}")
JOINED = Verb("joined", "{actor} joined")


def nobody(_activity):
    return None


def rule(verb="liked", **said):
    return Rule(verb, recipients=nobody, label="Likes", **said)


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    """No verb and no rule but those of the test."""
    monkeypatch.setattr("slipstream.activity.verbs._declared", {})
    monkeypatch.setattr("slipstream.notifications.rules._declared", {})
    register(LIKED, JOINED)


def test_what_a_rule_is_unless_it_is_said():
    made = rule(LIKED)
    assert (made.code, made.sentence, made.grouped, made.on) == ("liked", "", "", True)
    assert str(made) == "Likes"
    assert rule("liked").code == "liked"


def test_declaring():
    one, other = rule(LIKED), rule(JOINED)
    assert declare(one, other) is other
    declare(one)  # the same again
    assert declared_rules() == (one, other)
    assert get_rule("liked") is get_rule(LIKED) is one


def test_one_rule_for_each_verb():
    declare(rule(LIKED))
    with pytest.raises(ValueError, match="Two rules are about the verb 'liked'"):
        declare(rule("liked", on=False))


def test_what_there_is_no_rule_for():
    with pytest.raises(UndeclaredRule, match="rules for: none") as caught:
        get_rule(LIKED)
    assert isinstance(caught.value, SlipstreamError)
    with pytest.raises(UndeclaredVerb):
        get_rule("lked")


@pytest.mark.parametrize("wrong", ["liked", "{target}", "{actor} {thing}", "{actor", "{actor} {}"])
def test_a_sentence_that_cannot_be(wrong):
    with pytest.raises(ValueError, match=r"rule for 'liked' has \{actor\}"):
        rule(sentence=wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        "{actor} and {more}",
        "{actor",
        "{}",
        "{others} others",
        "{actor} {others.x}",
        ngettext_lazy("{actor} and {n} other", "{actor} and {n} others", "n"),
        3,
    ],
)
def test_a_sentence_for_several_that_cannot_be(wrong):
    with pytest.raises(ValueError, match="'liked'"):
        rule(grouped=wrong)


GROUPED = ngettext_lazy(
    "{actor} and {others} other {{like}} 100% of {target}",
    "{actor} and {others} others {{like}} 100% of {target}",
    "others",
)


def test_a_number_in_a_sentence():
    assert with_number(GROUPED, 1) == "{actor} and 1 other {{like}} 100% of {target}"
    assert with_number(GROUPED, 12) == "{actor} and 12 others {{like}} 100% of {target}"
    assert with_number("{actor} and {others}", 3) == "{actor} and 3"
    with override_settings(USE_THOUSAND_SEPARATOR=True):
        assert with_number("{actor} and {others}", 12345) == "{actor} and 12,345"


class TestChecks:
    @pytest.fixture(autouse=True)
    def languages(self):
        with override_settings(LANGUAGES=[("en", "English"), ("de", "German")]):
            yield

    def test_all_is_well(self):
        declare(rule(LIKED, sentence="{actor} liked {target}", grouped=GROUPED), rule(JOINED))
        assert check_rules() == []

    def test_no_rule_at_all(self):
        [message] = check_rules()
        assert isinstance(message, Warning)
        assert message.id == "slipstream_notifications.W001"

    def test_a_rule_about_no_verb(self):
        declare(rule("lked"))
        [message] = check_rules()
        assert isinstance(message, Error)
        assert message.id == "slipstream_notifications.E002"
        assert "'lked'" in message.msg

    @pytest.mark.parametrize("wrong", ["{actor}", "{actor} {thing}", "{actor"])
    def test_a_translation_that_cannot_be_filled(self, wrong):
        declare(
            rule(LIKED, sentence=said("{actor} liked {target}", de=wrong)),
            rule(JOINED, grouped=said("{actor} and {others} {target}", de=wrong)),
        )
        messages = check_rules()
        assert [message.id for message in messages] == ["slipstream_notifications.E001"] * 2
        assert "'de'" in messages[0].msg


def said(original, **translated):
    """A text that is translated: where there are no catalogues."""
    from django.utils.functional import lazy
    from django.utils.translation import get_language

    return lazy(lambda: translated.get(get_language() or "", original), str)()
