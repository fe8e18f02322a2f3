from __future__ import annotations

import re

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from gallery.accounts.models import User

JOIN = {
    "username": "Haru.K",
    "name": "Haru 하루",
    "email": "Haru@Example.com",
    "password1": "a long walk home",
    "password2": "a long walk home",
}


class TestJoin:
    def test_makes_an_account_and_signs_in(self, db):
        client = Client()
        answer = client.post(reverse("accounts:join"), JOIN, follow=True)
        person = User.objects.get()
        assert (person.username, person.email, person.name) == (
            "haru.k",
            "haru@example.com",
            "Haru 하루",
        )
        assert answer.redirect_chain == [(reverse("accounts:settings"), 302)]
        assert answer.context["user"] == person
        assert client.get(person.get_absolute_url()).status_code == 200

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("username", "m1na", "looks too much like"),
            ("username", "mina", "taken"),
            ("username", "people", "reserved"),
            ("username", "mіna", "letters a–z"),
            ("username", "", "Please fill this in."),
            ("email", "MINA@example.com", "already"),
            ("email", "nowhere", "valid email"),
            ("name", "", "Please fill this in."),
            ("name", "x" * 61, "At most 60 characters, please; these are 61."),
            ("name", "a\u202eb", "Control characters"),
            ("name", "\u200b\u200d", "nothing to see"),
            ("password1", "12345678", "didn’t match"),
            ("password2", "another", "didn’t match"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_rest(self, mina, field, value, message):
        answer = Client().post(reverse("accounts:join"), {**JOIN, field: value})
        assert answer.status_code == 400
        html = answer.content.decode()
        assert message in html
        assert field == "username" or 'value="Haru.K"' in html
        assert User.objects.count() == 1

    def test_a_family_of_emoji_is_a_name(self, db):
        name = "가족\u3000👨‍👩‍👧"
        assert Client().post(reverse("accounts:join"), {**JOIN, "name": name}).status_code == 302
        assert User.objects.get().name == name

    def test_somebody_quicker_is_no_server_error(self, mina, monkeypatch):
        # As if the name had been free when the form looked.
        monkeypatch.setattr(User, "clean", lambda person: None)
        answer = Client().post(reverse("accounts:join"), {**JOIN, "username": "m1na"})
        assert answer.status_code == 400
        assert "quicker" in answer.content.decode()

    def test_members_are_sent_on(self, signed_in):
        assert signed_in.get(reverse("accounts:join")).status_code == 302


class TestSignIn:
    url = "/account/login/"

    @pytest.mark.parametrize("name", ["mina", " MINA ", "mina@example.com", "Mina@Example.com"])
    def test_by_username_or_address(self, mina, name):
        client = Client()
        answer = client.post(self.url, {"username": name, "password": "correct horse"})
        assert answer.status_code == 302
        assert client.get("/people/").status_code == 200

    @pytest.mark.parametrize(
        ("name", "password"), [("mina", "wrong"), ("nobody", "x"), ("no@where.example", "x")]
    )
    def test_says_the_same_of_all_that_is_wrong(self, mina, name, password):
        answer = Client().post(self.url, {"username": name, "password": password})
        assert answer.status_code == 400
        assert "That combination of username and password is not right." in answer.content.decode()

    def test_closed_accounts_stay_out(self, make_person):
        make_person("gone", is_active=False)
        answer = Client().post(self.url, {"username": "gone", "password": "correct horse"})
        assert answer.status_code == 400

    @pytest.mark.parametrize("url", [url, "/admin/login/"])
    def test_too_many_tries_must_wait(self, make_person, settings, url):
        make_person("boss", is_staff=True)
        settings.GALLERY_SIGN_IN_TRIES = 3
        client = Client()
        for _ in range(3):
            answer = client.post(self.url, {"username": "boss", "password": "x"})
            assert answer.status_code == 400
        right = {"username": "boss", "password": "correct horse"}
        answer = client.post(url, right)
        assert "Too many tries" in answer.content.decode()
        assert answer.status_code == (429 if url == self.url else 200)
        # Nobody else is kept out by that.
        assert client.post(url, right, REMOTE_ADDR="127.0.0.9").status_code == 302

    def test_success_begins_anew(self, mina, settings):
        settings.GALLERY_SIGN_IN_TRIES = 3
        client = Client()
        for _ in range(3):
            client.post(self.url, {"username": "mina", "password": "x"})
            client.post(self.url, {"username": "mina", "password": "x"})
            right = {"username": "mina", "password": "correct horse"}
            assert client.post(self.url, right).status_code == 302
            client.logout()

    @pytest.mark.parametrize("password", ["", None])
    def test_a_form_without_a_password_does_not_begin_anew(self, mina, settings, password):
        settings.GALLERY_SIGN_IN_TRIES = 3
        statuses = []
        for _ in range(2):
            bad = {"username": "mina", "password": "x"}
            empty = {"username": "mina"} | ({} if password is None else {"password": password})
            statuses += [Client().post(self.url, data).status_code for data in (bad, empty)]
        assert statuses == [400, 400, 400, 429]
        right = {"username": "mina", "password": "correct horse"}
        assert Client().post(self.url, right).status_code == 429

    def test_behind_a_proxy_visitors_are_told_apart(self, mina, settings):
        settings.GALLERY_SIGN_IN_TRIES = 1
        settings.GALLERY_PROXIES = 1
        bad = {"username": "mina", "password": "x"}
        statuses = [
            Client().post(self.url, bad, headers={"x-forwarded-for": hops}).status_code
            # What a visitor claims comes before what the proxy saw.
            for hops in ("192.0.2.1", "192.0.2.2", "192.0.2.9, 192.0.2.1", "")
        ]
        assert statuses == [400, 400, 429, 400]

    def test_goes_where_it_was_asked_to_but_not_elsewhere(self, mina):
        for wanted, reached in (("/people/?q=x", "/people/?q=x"), ("https://else.example/", "/")):
            data = {"username": "mina", "password": "correct horse", "next": wanted}
            assert Client().post(self.url, data)["Location"] == reached

    def test_signing_out_is_a_post(self, signed_in):
        assert signed_in.get("/account/logout/").status_code == 405
        assert signed_in.post("/account/logout/").status_code == 302
        assert signed_in.get("/people/").status_code == 302


class TestPasswords:
    def test_changed(self, signed_in, mina):
        data = {
            "old_password": "correct horse",
            "new_password1": "battery staple",
            "new_password2": "battery staple",
        }
        assert signed_in.get("/account/settings/password/").status_code == 200
        assert signed_in.post("/account/settings/password/", data).status_code == 302
        mina.refresh_from_db()
        assert mina.check_password("battery staple")

    def test_the_old_one_cannot_be_guessed(self, signed_in, mina, settings):
        settings.GALLERY_SIGN_IN_TRIES = 3
        new = {"new_password1": "battery staple", "new_password2": "battery staple"}
        url = "/account/settings/password/"
        wrong, right = ({"old_password": old, **new} for old in ("x", "correct horse"))
        statuses = [signed_in.post(url, wrong).status_code for _ in range(4)]
        assert statuses == [400, 400, 400, 429]
        assert signed_in.post(url, right).status_code == 429
        mina.refresh_from_db()
        assert mina.check_password("correct horse")

    def test_reset_by_mail(self, mina):
        client = Client()
        assert client.get("/account/password/reset/").status_code == 200
        sent = client.post("/account/password/reset/", {"email": "MINA@example.com"}, follow=True)
        assert sent.status_code == 200
        [message] = mail.outbox
        assert message.to == ["mina@example.com"]
        link = re.search(r"http://testserver(/\S+)", message.body)[1]
        page = client.get(link, follow=True)
        assert page.status_code == 200
        new = {"new_password1": "battery staple", "new_password2": "battery staple"}
        done = client.post(page.redirect_chain[-1][0], new, follow=True)
        assert done.redirect_chain[-1][0] == "/account/password/reset/done/"
        mina.refresh_from_db()
        assert mina.check_password("battery staple")
        assert client.get(link, follow=True).context["validlink"] is False

    def test_an_unknown_address_is_told_the_same(self, db):
        answer = Client().post("/account/password/reset/", {"email": "no@where.example"})
        assert answer["Location"] == "/account/password/reset/sent/"
        assert mail.outbox == []


def test_the_admin_refuses_a_lookalike(make_person):
    make_person("minji")
    karl, boss = make_person("karl"), make_person("boss", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(boss)
    url = f"/admin/accounts/user/{karl.pk}/change/"
    data = {"username": "rninji", "name": "Karl", "email": karl.email, "is_active": "on"}
    answer = client.post(url, data)
    assert answer.status_code == 200
    assert "looks too much like" in answer.content.decode()
    assert client.post(url, {**data, "username": "karla"}).status_code == 302


class TestRows:
    """What the database itself refuses, whoever writes."""

    @pytest.mark.parametrize("column", ["username", "email"])
    def test_capitals(self, mina, column):
        if connection.vendor == "mysql":
            pytest.skip(
                "MariaDB compares text without regard to case, so the rule says nothing there"
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=mina.pk).update(**{column: "UPPER@EXAMPLE.COM"[:30]})

    def test_an_address_twice(self, mina, make_person):
        other = make_person("haru")
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=other.pk).update(email=mina.email)

    def test_every_way_to_make_an_account_gives_a_page_that_works(self, db):
        User.objects.create_superuser("Boss", "boss@example.com", "x", name="")
        User.objects.bulk_create([User(username="bulk", email="b@example.com", name="벌크")])
        client = Client()
        for username in ("boss", "bulk"):
            assert client.get(f"/@{username}/").status_code == 200
        client.force_login(User.objects.get(username="bulk"))
        assert client.get("/people/").status_code == 200
