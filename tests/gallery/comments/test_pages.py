"""Comments on pages, by forms, and by their script."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from gallery.accounts.models import User
from gallery.comments import services
from gallery.comments.models import Comment
from gallery.images.models import Image

from .sayings import (
    BROWSER,
    FOLLOWERS,
    MAY_SEE,
    PRIVATE,
    PUBLIC,
    SCRIPT,
    SESSION_AND_USER,
    VIEWERS,
    count_of,
    say,
    say_many,
)


def send(client, image, text="좋네요", headers=SCRIPT, **data):
    data = {"text": text, "token": str(uuid4()), **data}
    return client.post(f"/images/{image.pk}/comments/", data, headers=headers)


def texts(html: bytes | str) -> list[str]:
    """What is said on a page, in order."""
    html = html.decode() if isinstance(html, bytes) else html
    return [unescape(t) for t in re.findall(r"data-comment-text>(.*?)</div>", html, re.DOTALL)]


def link(html: bytes, rel: str) -> str:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', html.decode())
    return unescape(found[1]) if found else ""


class TestReading:
    @pytest.mark.parametrize("visibility", [PUBLIC, FOLLOWERS, PRIVATE])
    def test_by_who_sees_the_picture(self, browsers, mina, hang, visibility):
        image = hang(mina, visibility)
        comment = say(mina, image)
        for name in VIEWERS:
            allowed = name in MAY_SEE[visibility]
            for url in (f"/images/{image.pk}/comments/", f"/comments/{comment.pk}/"):
                status = browsers[name].get(url, headers=BROWSER).status_code
                assert status == ((302 if "/comments/" in url[:10] else 200) if allowed else 404)

    def test_the_newest_last_and_earlier_ones_by_pages(self, browsers, haru, image):
        say_many(haru, image, 50)
        html = browsers["visitor"].get(image.get_absolute_url()).content
        seen = [texts(html)]
        while url := link(html, "next"):
            html = browsers["visitor"].get(url).content
            seen.insert(0, texts(html))
        assert [len(page) for page in seen] == [10, 20, 20]
        assert [text for page in seen for text in page] == [f"{number}번" for number in range(50)]
        # And back.
        assert link(html, "prev")
        assert texts(browsers["visitor"].get(link(html, "prev")).content) == seen[1]

    def test_a_cursor_of_nothing(self, browsers, image):
        answer = browsers["visitor"].get(f"/images/{image.pk}/comments/?cursor=x")
        assert answer.status_code == 400

    def test_hidden_ones_only_by_who_wrote_them(self, browsers, haru, image):
        comment = say(haru, image, "geheim")
        services.hide(Comment.objects.all())
        for name in VIEWERS:
            html = browsers[name].get(image.get_absolute_url()).content.decode()
            assert ("geheim" in html) == (name == "stranger")
            assert ("Hidden by a moderator" in html) == (name == "stranger")
            assert '<b data-comment-count="" data-number="0">0</b>' in html
            found = browsers[name].get(f"/comments/{comment.pk}/").status_code
            assert found == (302 if name == "stranger" else 404)

    def test_not_those_of_locked_accounts(self, browsers, haru, image):
        say(haru, image, "weg")
        User.objects.filter(pk=haru.pk).update(is_active=False)
        assert "weg" not in browsers["owner"].get(image.get_absolute_url()).content.decode()

    def test_a_link_leads_to_its_page(self, signed_in, haru, image):
        comments = say_many(haru, image, 50)
        ordered = list(Comment.objects.order_by("created_at", "id"))
        assert ordered == comments
        for place in (49, 30, 29, 10, 0):
            comment = ordered[place]
            url = signed_in.get(comment.get_absolute_url())["Location"]
            assert url.endswith(f"#comment-{comment.pk}")
            assert url.startswith(f"/images/{image.pk}/comments/?cursor=") == (place < 30)
            assert f'id="comment-{comment.pk}"' in signed_in.get(url).content.decode()

    @pytest.mark.parametrize("count", [1, 3, 40])
    def test_costs_the_same(self, signed_in, mina, make_person, image, count, request):
        for number in range(min(count, 30)):
            say(make_person(f"someone{number}"), image)
        say_many(mina, image, max(count - 30, 0))
        pinned = request.getfixturevalue("django_assert_num_queries")
        with pinned(SESSION_AND_USER + 2):
            signed_in.get(f"/images/{image.pk}/comments/")
        with pinned(SESSION_AND_USER + 9):
            signed_in.get(image.get_absolute_url())

    @pytest.mark.slow
    def test_costs_the_same_with_ten_thousand(self, signed_in, haru, image, request):
        say_many(haru, image, 10_000)
        say(haru, image)
        pinned = request.getfixturevalue("django_assert_num_queries")
        with pinned(SESSION_AND_USER + 9):
            html = signed_in.get(image.get_absolute_url()).content
        with pinned(SESSION_AND_USER + 2):
            signed_in.get(link(html, "next"))
        first = Comment.objects.earliest("created_at", "id")
        with pinned(SESSION_AND_USER + 2):
            signed_in.get(first.get_absolute_url())

    @pytest.mark.parametrize(
        ("language", "one", "two"),
        [
            ("en", "{} comment", "{} comments"),
            ("ko", "댓글 {}개", "댓글 {}개"),
        ],
    )
    def test_the_number(self, signed_in, haru, image, language, one, two):
        for n, words in enumerate((one, two), start=1):
            number = f'<b data-comment-count="" data-number="{n}">{n}</b>'
            say(haru, image)
            html = signed_in.get(image.get_absolute_url(), headers={"accept-language": language})
            assert f"{words.format(number)}</span>" in html.content.decode()

    def test_times_and_marks(self, signed_in, mina, haru, image):
        comment = say(haru, image)
        services.edit(comment, "doch nicht")
        Comment.objects.update(created_at=timezone.now() - timedelta(hours=3))
        html = signed_in.get(image.get_absolute_url()).content.decode()
        assert "3 hours ago" in html
        assert ">edited</time>" in html
        assert f'href="/@{haru.username}/"' in html


def linked(address: str, words: str = "") -> str:
    return f'<a href="{address}" rel="nofollow ugc noopener">{words or address}</a>'


class TestText:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            (
                '<script>alert(1)</script> & "x"',
                "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot;",
            ),
            ("하나\n\n둘", "하나<br><br>둘"),
            ("a@b.org www.b.org b.com ftp://b.org", "a@b.org www.b.org b.com ftp://b.org"),
            ("javascript://b.org/%0aalert(1)", "javascript://b.org/%0aalert(1)"),
            (
                "data:text/html,<b>x http:// https://.",
                "data:text/html,&lt;b&gt;x http:// https://.",
            ),
            ("(HTTPS://b.org/a?b=1&c=2).", f"({linked('HTTPS://b.org/a?b=1&amp;c=2')})."),
            ("https://b.org/a_(b)!)", f"{linked('https://b.org/a_(b)')}!)"),
            ("“https://b.org”", f"“{linked('https://b.org')}”"),
            (
                "https://a.org@b.org/x https://b.org/@a",
                f"https://a.org@b.org/x {linked('https://b.org/@a')}",
            ),
            (
                "http://b.org/\"onmouseover='alert(1)",
                f"{linked('http://b.org/')}&quot;onmouseover=&#x27;alert(1)",
            ),
            (
                f"http://b.org/{'a' * 60}",
                linked(f"http://b.org/{'a' * 60}", f"http://b.org/{'a' * 34}…"),
            ),
            (
                '<a href="https://b.org">&amp;',
                f"&lt;a href=&quot;{linked('https://b.org')}&quot;&gt;&amp;amp;",
            ),
        ],
    )
    def test_is_safe(self, signed_in, haru, image, text, shown):
        say(haru, image, text)
        html = signed_in.get(image.get_absolute_url()).content.decode()
        assert re.findall(r"data-comment-text>(.*?)</div>", html, re.DOTALL) == [shown]

    def test_braces_are_no_template(self, signed_in, haru, image):
        say(haru, image, "{{ request.user }} {% now 'Y' %} {href} {0} %(x)s")
        html = signed_in.get(image.get_absolute_url()).content
        assert texts(html) == ["{{ request.user }} {% now 'Y' %} {href} {0} %(x)s"]


class TestScript:
    def test_gets_what_to_put_there(self, signed_in, mina, image):
        answer = send(signed_in, image, "<b>\nzwei")
        comment = Comment.objects.get()
        told = answer.json()
        assert (answer.status_code, told["comment_count"]) == (201, 1)
        assert texts(told["html"]) == ["<b><br>zwei"]
        assert told["html"].startswith(f'<li class="comment" id="comment-{comment.pk}">')
        assert f"/comments/{comment.pk}/edit/" in told["html"]
        assert send(signed_in, image, token=told["token"]).status_code == 201

    def test_one_form_sent_twice(self, signed_in, image):
        token = str(uuid4())
        first, again = (send(signed_in, image, token=token) for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json()["html"] == again.json()["html"]
        assert count_of(image) == 1

    @pytest.mark.parametrize(
        ("data", "errors"),
        [
            ({"text": " "}, ["text"]),
            ({"text": "x" * 2001}, ["text"]),
            ({"text": "a\0b"}, ["text"]),
            ({"token": "x"}, ["token"]),
            ({"token": ""}, ["token"]),
        ],
    )
    def test_errors(self, signed_in, image, data, errors):
        answer = send(signed_in, image, **data)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, errors)
        assert count_of(image) == 0

    def test_changes_and_deletes(self, signed_in, mina, image):
        comment = say(mina, image)
        url = f"/comments/{comment.pk}"
        answer = signed_in.post(f"{url}/edit/", {"text": "neu"}, headers=SCRIPT)
        assert texts(answer.json()["html"]) == ["neu"]
        answer = signed_in.post(f"{url}/edit/", {"text": " "}, headers=SCRIPT)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["text"])
        answer = signed_in.post(f"{url}/delete/", headers=SCRIPT)
        assert (answer.status_code, answer.json()) == (
            200,
            {"comment_count": 0, "comment_count_text": "0"},
        )
        answer = signed_in.post(f"{url}/delete/", headers=SCRIPT)
        assert answer.status_code == 404

    def test_too_many(self, signed_in, image, settings):
        settings.GALLERY_COMMENTS_PER_MINUTE = 1
        send(signed_in, image)
        answer = send(signed_in, image)
        assert (answer.status_code, list(answer.json()["errors"])) == (429, ["text"])
        page = send(signed_in, image, "noch etwas", headers=BROWSER)
        assert page.status_code == 429
        assert "noch etwas</textarea>" in page.content.decode()

    def test_a_visitor_is_asked_to_log_in(self, image, mina):
        comment = say(mina, image)
        for url in (f"images/{image.pk}/comments", *(f"comments/{comment.pk}/{w}" for w in ACTS)):
            answer = Client().post(f"/{url}/", {"text": "x"}, headers=SCRIPT)
            assert (answer.status_code, list(answer.json())) == (401, ["error"])

    def test_cost(self, signed_in, image, request):
        pinned = request.getfixturevalue("django_assert_max_num_queries")
        # The picture; what the service and the wiring do; the count.
        with pinned(SESSION_AND_USER + 1 + 11 + 1):
            send(signed_in, image)


ACTS = ("edit", "delete")


class TestForm:
    def test_leads_to_the_comment(self, signed_in, image):
        answer = send(signed_in, image, headers=BROWSER)
        place = f"{image.get_absolute_url()}#comment-{Comment.objects.get().pk}"
        assert (answer.status_code, answer["Location"]) == (303, place)

    def test_an_error_keeps_the_text(self, signed_in, mina, image):
        say(mina, image, "schon da")
        text = "ab" * 1001
        answer = send(signed_in, image, text, headers=BROWSER)
        html = answer.content.decode()
        assert answer.status_code == 400
        assert f"{text}</textarea>" in html
        assert "At most 2000 characters, please; these are 2002." in html.replace(",000", "000")
        assert 'aria-describedby="id_new_comment_text_error"' in html
        assert 'id="id_new_comment_text_error"' in html
        assert texts(html) == ["schon da"]

    def test_a_form_that_cannot_be_read_can_be_sent_again(self, signed_in, image):
        answer = send(signed_in, image, "bleibt", headers=BROWSER, token="x")
        html = answer.content.decode()
        assert answer.status_code == 400
        assert "bleibt</textarea>" in html
        assert "This form could not be read." in html
        token = re.search(r'name="token" value="([^"]+)"', html)[1]
        assert send(signed_in, image, "bleibt", headers=BROWSER, token=token).status_code == 303

    def test_a_visitor_signs_in_first(self, image):
        answer = send(Client(), image, headers=BROWSER)
        assert answer["Location"] == f"/account/login/?next={image.get_absolute_url()}"
        html = Client().get(image.get_absolute_url()).content.decode()
        assert f'/account/login/?next={image.get_absolute_url()}">Log in to comment' in html
        assert "data-comment-form" not in html

    def test_needs_the_token(self, mina, image):
        comment = say(mina, image)
        client = Client(enforce_csrf_checks=True)
        client.force_login(mina)
        for headers in (SCRIPT, BROWSER):
            assert send(client, image, headers=headers).status_code == 403
            for act in ACTS:
                answer = client.post(f"/comments/{comment.pk}/{act}/", {"text": "x"})
                assert answer.status_code == 403
        assert Comment.objects.get().text == "좋네요"

    def test_only_post_changes_anything(self, signed_in, mina, image):
        comment = say(mina, image)
        for url in (f"images/{image.pk}/comments", *(f"comments/{comment.pk}/{w}" for w in ACTS)):
            assert signed_in.get(f"/{url}/", {"text": "x"}).status_code == 200
            for method in (signed_in.put, signed_in.patch, signed_in.delete):
                assert method(f"/{url}/").status_code == 405
        assert signed_in.post(f"/comments/{comment.pk}/").status_code == 405
        assert Comment.objects.get().text == "좋네요"

    @pytest.mark.parametrize("visibility", [PUBLIC, FOLLOWERS, PRIVATE])
    @pytest.mark.parametrize("viewer", ["stranger", "follower", "owner"])
    def test_only_on_what_one_sees(self, browsers, mina, hang, viewer, visibility):
        image = hang(mina, visibility)
        allowed = viewer in MAY_SEE[visibility]
        assert send(browsers[viewer], image).status_code == (201 if allowed else 404)
        page = send(browsers[viewer], image, headers=BROWSER)
        assert page.status_code == (303 if allowed else 404)
        assert count_of(image) == 2 * allowed

    @pytest.mark.parametrize("key", ["0", "9" * 30, "9" * 5000, "-1", "x"])
    def test_made_up_keys(self, signed_in, key):
        for url in (f"images/{key}/comments", f"comments/{key}/edit", f"comments/{key}/delete"):
            assert signed_in.post(f"/{url}/", {"text": "x"}).status_code == 404
        assert signed_in.get(f"/comments/{key}/").status_code == 404


class TestWhoMay:
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_change_only_their_own(self, browsers, haru, image, method):
        comment = say(haru, image)
        for name in ("follower", "owner", "stranger"):
            answer = getattr(browsers[name], method)(
                f"/comments/{comment.pk}/edit/", {"text": "neu"}, headers=BROWSER
            )
            own = {"get": 200, "post": 303}[method]
            assert answer.status_code == (own if name == "stranger" else 404)

    @pytest.mark.parametrize("name", ["follower", "owner", "stranger"])
    def test_delete_their_own_or_on_their_picture(self, browsers, haru, image, name):
        comment = say(haru, image)
        url = f"/comments/{comment.pk}/delete/"
        allowed = name != "follower"
        html = browsers[name].get(image.get_absolute_url()).content.decode()
        assert (url in html) == allowed
        assert (f"/comments/{comment.pk}/edit/" in html) == (name == "stranger")
        assert browsers[name].get(url).status_code == (200 if allowed else 404)
        assert count_of(image) == 1
        answer = browsers[name].post(url, headers=BROWSER)
        assert answer.status_code == (303 if allowed else 404)
        assert count_of(image) == 1 - allowed
        if allowed:
            assert answer["Location"] == f"{image.get_absolute_url()}#comments"

    @pytest.mark.parametrize("act", ACTS)
    def test_nobody_on_what_is_gone(self, browsers, haru, image, act):
        comment = say(haru, image)
        url = f"/comments/{comment.pk}/{act}/"
        Image.objects.filter(pk=image.pk).update(visibility=PRIVATE)
        assert browsers["follower"].post(url, {"text": "x"}).status_code == 404
        Image.objects.filter(pk=image.pk).update(visibility=PUBLIC, deleted_at=timezone.now())
        assert browsers["owner"].post(url, {"text": "x"}).status_code == 404
        # But for taking back what one said oneself.
        expected = 200 if act == "delete" else 404
        assert browsers["stranger"].post(url, {"text": "x"}).status_code == expected

    def test_the_owner_does_not_see_what_is_hidden(self, browsers, haru, image):
        comment = say(haru, image)
        services.hide(Comment.objects.all())
        url = f"/comments/{comment.pk}/delete/"
        assert browsers["owner"].post(url).status_code == 404
        assert browsers["stranger"].post(url, headers=BROWSER).status_code == 303

    def test_an_edit_leads_to_where_it_stands(self, browsers, haru, image):
        first = say_many(haru, image, 45)[0]
        page = browsers["stranger"].get(f"/comments/{first.pk}/edit/").content.decode()
        assert "0번</textarea>" in page
        answer = browsers["stranger"].post(
            f"/comments/{first.pk}/edit/", {"text": "neu"}, headers=BROWSER
        )
        assert answer["Location"].endswith(f"#comment-{first.pk}")
        assert "neu" in texts(browsers["stranger"].get(answer["Location"]).content)
        refused = browsers["stranger"].post(
            f"/comments/{first.pk}/edit/", {"text": ""}, headers=BROWSER
        )
        assert refused.status_code == 400
