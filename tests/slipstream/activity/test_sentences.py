"""What an activity says: to whom, in which language, and that nothing in a name can break it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import Error
from django.template import Context, Template
from django.test import override_settings
from django.utils import translation
from django.utils.functional import lazy
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

from slipstream.activity import Verb, get_activity_model, register, sentence_html, sentence_text
from slipstream.activity import checks as our_checks
from slipstream.activity.checks import check_model, check_verbs
from tests.things.models import Document, Picture

Activity = get_activity_model()
User = get_user_model()


def said(original: str, **translations: str) -> Any:
    """A text that is translated when it is read, as gettext_lazy makes."""
    return lazy(lambda: translations.get(translation.get_language() or "", original), str)()


LIKED = said(
    "{actor} liked {target}",
    ko="{actor}님이 {target}을(를) 좋아합니다",
    ar="{actor} أعجب بـ {target}",
    ja="{actor} が {target",  # malformed
    de="{actor} mag {thing}",
    fr="{actor} a aimé",  # lost one
)
JOINED = said("{actor} joined {target}", ko="{actor}이(가) {target}에 들어왔습니다")
JOINED_ALONE = said("{actor} joined", ko="{actor}이(가) 들어왔습니다")


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    monkeypatch.setattr("slipstream.activity.verbs._declared", {})
    register(
        Verb("liked", LIKED),
        Verb("joined", JOINED, alone=JOINED_ALONE),
        Verb("waved", said("{actor} waved", ko="{actor}이(가) 손을 흔들었습니다")),
        Verb("went", said("{actor} went to {target}", ko="{actor}은(는) {target}(으)로 갔습니다")),
        Verb("braced", "{{{actor}}} & <b>{target}</b> {{0}} {target}"),
    )


@dataclass
class Thing:
    name: str
    url: Any = None

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> Any:
        return self.url


KIM = Thing("Kim", "/people/kim/")


def activity(verb: str = "liked", target: Any = None, *, actor: Any = KIM, **more: Any) -> Any:
    return SimpleNamespace(actor=actor, verb=verb, target=target, **more)


class TestText:
    def test_it_is_in_the_language_of_the_reader(self):
        liked = activity(target=Thing("사진"))
        assert sentence_text(liked) == "Kim liked 사진"
        with translation.override("ko"):
            assert sentence_text(liked) == "Kim님이 사진을 좋아합니다"
        assert sentence_text(liked) == "Kim liked 사진"

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("바다", "Kim님이 바다를 좋아합니다"),
            ("Django", "Kim님이 Django를 좋아합니다"),
            ("하늘 (여름)", "Kim님이 하늘 (여름)을 좋아합니다"),
            ("Top 10", "Kim님이 Top 10을 좋아합니다"),
            ("📷", "Kim님이 📷을(를) 좋아합니다"),
            # A mark in a title is a part of the title.
            ("을(를) 쓰는 법", "Kim님이 을(를) 쓰는 법을 좋아합니다"),
            ("바다을(를)", "Kim님이 바다을(를)을 좋아합니다"),
        ],
    )
    def test_particles_fit_the_name(self, name, shown):
        with translation.override("ko"):
            assert sentence_text(activity(target=Thing(name))) == shown

    def test_particles_fit_each_name(self):
        with translation.override("ko"):
            went = activity("went", Thing("서울"), actor=Thing("민수"))
            assert sentence_text(went) == "민수는 서울로 갔습니다"

    @pytest.mark.parametrize(
        "name",
        [
            "{actor}",
            "{target}",
            "{0.__class__}",
            "{actor.__class__.__init__.__globals__}",
            "{",
            "}}",
            "{{}}",
            "%(actor)s %s %",
            "<script>alert(1)</script>",
            "&amp; \" '",
            "\\1 \\g<0>",
        ],
    )
    def test_a_name_is_inert(self, name):
        assert sentence_text(activity(target=Thing(name))) == f"Kim liked {name}"
        assert sentence_text(activity("waved", actor=Thing(name))) == f"{name} waved"

    def test_it_is_one_line(self):
        liked = activity(target=Thing(" Sea\r\nBcc: all@example.com\u2028\tand  sky "))
        assert sentence_text(liked) == "Kim liked Sea Bcc: all@example.com and sky"

    def test_what_turns_the_direction_is_left_out(self):
        liked = activity(target=Thing("abc\u202egpj.exe\u2066\u2069\u202c"))
        assert sentence_text(liked) == "Kim liked abcgpj.exe"

    def test_a_name_against_the_direction_is_isolated(self):
        assert sentence_text(activity(target=Thing("بحر"))) == "Kim liked \u2068بحر\u2069"
        with translation.override("ar"):
            text = sentence_text(activity(target=Thing("بحر")))
        assert text == "\u2068Kim\u2069 أعجب بـ بحر"

    def test_braces_of_the_sentence(self):
        text = sentence_text(activity("braced", Thing("x")))
        assert text == "{Kim} & <b>x</b> {0} x"

    def test_what_is_unsaved_and_empty_has_a_representation(self):
        assert str(Activity(verb="waved")) == "somebody waved"
        assert "waved" in repr(Activity(verb="waved"))


class TestNames:
    def test_an_object_is_called_what_its_str_says(self):
        liked = activity(target=Picture(title="Sea"), actor=User(username="kim"))
        assert sentence_text(liked) == "kim liked Sea"

    def test_an_object_may_have_another_name_here(self):
        class Person:
            def __str__(self):
                return "kim@example.com"

            def activity_name(self):
                return "Kim Minsu"

        assert sentence_text(activity("waved", actor=Person())) == "Kim Minsu waved"
        assert sentence_html(activity("waved", actor=Person())) == "<bdi>Kim Minsu</bdi> waved"

    @pytest.mark.parametrize("title", ["", "  \n ", "\u202e"])
    def test_an_object_without_a_name_is_called_by_its_model(self, title):
        assert sentence_text(activity(target=Document(title=title))) == "Kim liked document"


class TestWithoutTarget:
    def test_the_sentence_for_it(self):
        assert sentence_text(activity("joined")) == "Kim joined"
        with translation.override("ko"):
            assert sentence_text(activity("joined")) == "Kim이 들어왔습니다"

    def test_a_sentence_that_needs_none(self):
        assert sentence_text(activity("waved")) == "Kim waved"
        assert sentence_text(activity("waved", Thing("Sea"))) == "Kim waved"

    def test_what_it_was_called_without_a_link(self):
        gone = activity(target_text="Sea\n<b>")
        assert sentence_text(gone) == "Kim liked Sea <b>"
        assert sentence_html(gone).endswith("</a> liked <bdi>Sea &lt;b&gt;</bdi>")
        with translation.override("ko"):
            assert sentence_text(activity(target_text="바다")) == "Kim님이 바다를 좋아합니다"

    def test_the_sentence_without_target_is_preferred(self):
        assert sentence_text(activity("joined", target_text="Club")) == "Kim joined"

    @pytest.mark.parametrize("kept", ["", " ", None])
    def test_something_that_is_gone(self, kept):
        gone = activity(target_text=kept)
        assert sentence_text(gone) == "Kim liked something that is gone"
        assert "<bdi>something that is gone</bdi>" in sentence_html(gone)


class TestNeverAnError:
    def test_a_verb_that_is_declared_no_more(self):
        old = activity("poked", Thing("Sea"))
        assert sentence_text(old) == "Kim: poked"
        assert sentence_html(old) == ('<a href="/people/kim/" dir="auto">Kim</a>: <bdi>poked</bdi>')
        assert sentence_text(activity("<i>\n{actor}")) == "Kim: <i> {actor}"
        assert sentence_html(activity("<i>")).endswith(": <bdi>&lt;i&gt;</bdi>")

    @pytest.mark.parametrize("language", ["ja", "de", "fr"])
    def test_a_translation_with_other_placeholders(self, language):
        with translation.override(language):
            assert sentence_text(activity(target=Thing("Sea"))) == "Kim liked Sea"


class TestHtml:
    def test_actor_and_target_are_links(self):
        html = sentence_html(activity(target=Thing("Sea", "/pictures/1/")))
        assert html == (
            '<a href="/people/kim/" dir="auto">Kim</a> liked'
            ' <a href="/pictures/1/" dir="auto">Sea</a>'
        )
        assert isinstance(html, SafeString)

    def test_classes(self):
        liked = activity(target=Thing("Sea"))
        html = sentence_html(liked, actor_class="name bold", target_class='x"><script>')
        assert '<a href="/people/kim/" class="name bold" dir="auto">Kim</a>' in html
        assert '<bdi class="x&quot;&gt;&lt;script&gt;">Sea</bdi>' in html

    def test_what_has_no_page_is_not_linked(self):
        for target in (Picture(title="Sea"), Thing("Sea", None), Thing("Sea", "")):
            assert sentence_html(activity(target=target)).endswith("liked <bdi>Sea</bdi>")

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            " javascript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,<script>",
            "vbscript:x",
            "mailto:a@b",
        ],
    )
    def test_only_pages_are_linked(self, url):
        html = sentence_html(activity(target=Thing("Sea", url)))
        assert html.endswith("liked <bdi>Sea</bdi>")

    @pytest.mark.parametrize("url", ["/a/", "https://example.com/", "HTTP://example.com/"])
    def test_pages_are_linked(self, url):
        assert f'<a href="{url}" dir' in sentence_html(activity(target=Thing("Sea", url)))

    @pytest.mark.parametrize("wrap", [str, mark_safe])
    @pytest.mark.parametrize(
        "name",
        ["<script>alert(1)</script>", '"><img src=x onerror=y>', "' onload='", "</a>", "&lt;b&gt;"],
    )
    def test_everything_is_escaped(self, name, wrap):
        thing = Thing(wrap(name), wrap(f"/?q={name}"))
        html = sentence_html(activity(target=thing, actor=thing))
        assert set(re.findall(r"<[^>]*", html)) <= {
            part for part in re.findall(r"<[^>]*", html) if part.startswith(("<a href=", "</a"))
        }
        assert html.count("<") == 4
        assert "<script" not in html
        assert len(re.findall(r"""["']""", html)) == 8

    def test_the_sentence_is_escaped(self):
        html = sentence_html(activity("braced", Thing("x")))
        assert "&amp; &lt;b&gt;<bdi>x</bdi>&lt;/b&gt; {0} <bdi>x</bdi>" in html

    @pytest.mark.parametrize(
        ("name", "particle"),
        [("사진", "을"), ("바다", "를"), ("<하늘>", "을"), ("R&B", "를"), ('"바다"', "를")],
    )
    def test_particles_fit_across_tags(self, name, particle):
        target = Thing(name, "/1/")
        with translation.override("ko"):
            html = sentence_html(activity(target=target))
            text = sentence_text(activity(target=target))
        assert f"</a>{particle} 좋아합니다" in html
        assert f"{name}{particle} 좋아합니다" in text

    def test_it_reads_as_the_text(self):
        for language in ("en", "ko"):
            with translation.override(language):
                liked = activity(target=Thing("바다", "/1/"))
                assert strip_tags(sentence_html(liked)) == sentence_text(liked)


class TestTemplateTag:
    def test_it_renders_html(self):
        template = Template(
            "{% load slipstream_activity %}{% sentence activity actor_class='who' %}|{{ activity }}"
        )
        liked = activity(target=Thing("<Sea>"))
        with translation.override("ko"):
            html = template.render(Context({"activity": liked}))
        assert html.startswith(
            '<a href="/people/kim/" class="who" dir="auto">Kim</a>님이'
            " <bdi>&lt;Sea&gt;</bdi>를 좋아합니다|"
        )

    def test_an_activity_as_text(self, people):
        waved = Activity(actor=people(1)[0], verb="waved")
        assert Template("{{ activity }}").render(Context({"activity": waved})) == "u0 waved"


def test_no_query_with_targets(people, django_assert_num_queries):
    actors = people(3)
    for number, actor in enumerate(actors):
        for target in (Picture.objects.create(title=f"p{number}"), actors[0], None):
            Activity(actor=actor, verb="liked", target=target).save()
    rows = list(Activity.objects.newest().with_targets())
    with django_assert_num_queries(0):
        texts = {sentence_text(row) for row in rows}
        pages = [sentence_html(row) for row in rows]
    assert texts >= {"u2 liked p2", "u1 liked u0", "u0 liked something that is gone"}
    assert len(texts) == len(pages) == 9


def test_a_target_that_is_gone(people):
    picture = Picture.objects.create(title="Sea")
    Activity(actor=people(1)[0], verb="liked", target=picture).save()
    [row] = Activity.objects.with_targets(Picture.objects.none())
    assert row.has_lost_its_target
    # Only the ready-made model keeps what its target was called.
    kept = "Sea" if hasattr(row, "target_text") else "something that is gone"
    assert sentence_text(row) == f"u0 liked {kept}"


class TestChecks:
    # Without the fixture db, a query would fail.

    def test_all_is_well(self):
        assert check_model(None) == []

    @pytest.mark.parametrize("label", ["acts.Nothing", "Activity", "", "auth.Group"])
    def test_the_model(self, label):
        if not label and "slipstream.activity.generic" in settings.INSTALLED_APPS:
            pytest.skip("the ready-made model is there")
        with override_settings(SLIPSTREAM_ACTIVITY_MODEL=label):
            [message] = check_model(None)
        assert isinstance(message, Error)
        assert message.id == "slipstream_activity.E001"
        assert "SLIPSTREAM_ACTIVITY_MODEL" in message.msg
        assert "AbstractActivity" in message.hint

    @override_settings(LANGUAGES=[("en", "English"), ("ko", "Korean")])
    def test_sentences_that_can_be_said(self):
        assert check_verbs(None) == []

    @override_settings(LANGUAGES=[(code, code) for code in ("en", "ja", "de", "fr", "ar")])
    def test_sentences_that_cannot(self):
        messages = check_verbs(None)
        assert [message.id for message in messages] == ["slipstream_activity.E002"] * 3
        texts = [message.msg for message in messages]
        for text, (language, translated) in zip(
            texts,
            [("ja", "{actor} が {target"), ("de", "{actor} mag {thing}"), ("fr", "{actor} a aimé")],
            strict=True,
        ):
            assert "'liked'" in text
            assert f"'{language}'" in text
            assert repr(translated) in text

    @override_settings(LANGUAGES=[("ko", "Korean")])
    def test_the_sentence_without_target_is_checked_too(self):
        register(Verb("left", "{actor} left", alone=said("{actor} left", ko="나갔습니다")))
        assert len(check_verbs(None)) == 1

    def test_the_languages(self, monkeypatch):
        asked: list[str] = []
        monkeypatch.setattr(
            our_checks, "_check_language", lambda language, _verbs: asked.append(language) or ()
        )
        check_verbs(None)
        assert asked == ["en"]
        with override_settings(LANGUAGES=[("ko", ""), ("de", "")]):
            check_verbs(None)
        assert asked == ["en", "ko", "de"]
        with override_settings(USE_I18N=False):
            check_verbs(None)
        assert len(asked) == 3

    def test_no_verb_at_all(self, monkeypatch):
        monkeypatch.setattr("slipstream.activity.verbs._declared", {})
        [message] = check_verbs(None)
        assert message.id == "slipstream_activity.W001"
        assert "verbs" in message.hint
