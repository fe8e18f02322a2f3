"""How often one may knock: joining, signing in, and mails to reset a password, per address."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from gallery.accounts import throttle
from gallery.accounts.models import User

LOGIN, JOIN, RESET = "/account/login/", "/account/join/", "/account/password/reset/"


def statuses(url: str, forms, **extra) -> list[int]:
    return [Client().post(url, form, **extra).status_code for form in forms]


class TestSigningIn:
    def test_one_password_cannot_be_tried_with_many_names(self, mina, settings):
        settings.GALLERY_SIGN_IN_TRIES_PER_ADDRESS = 3
        tries = [{"username": f"p{number}", "password": "x"} for number in range(4)]
        assert statuses(LOGIN, tries) == [400, 400, 400, 429]
        right = {"username": "mina", "password": "correct horse"}
        answer = Client().post(LOGIN, right)
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= throttle.WINDOW
        assert "One moment, please" in answer.content.decode()
        # The admin's door as well, and nobody else.
        assert "Too many tries" in Client().post("/admin/login/", right).content.decode()
        assert statuses(LOGIN, [right], REMOTE_ADDR="192.0.2.7") == [302]

    def test_success_does_not_count(self, mina, settings):
        settings.GALLERY_SIGN_IN_TRIES_PER_ADDRESS = 2
        right = {"username": "mina", "password": "correct horse"}
        assert statuses(LOGIN, [right] * 4) == [302] * 4
        # Nor does it make good what failed.
        wrong = {"username": "nobody", "password": "x"}
        assert statuses(LOGIN, [wrong, right, wrong, right]) == [400, 302, 400, 429]

    def test_a_household_has_many_addresses(self, db, settings):
        settings.GALLERY_SIGN_IN_TRIES_PER_ADDRESS = 1
        wrong = {"username": "nobody", "password": "x"}
        for address, expected in (
            ("2001:db8:1:2::1", 400),
            ("2001:db8:1:2:ffff::9", 429),
            ("2001:db8:1:3::1", 400),
            ("::ffff:192.0.2.1", 400),
            ("::ffff:192.0.2.2", 400),
            ("not an address", 400),
        ):
            assert statuses(LOGIN, [wrong], REMOTE_ADDR=address) == [expected], address


def test_joining(db, settings):
    settings.GALLERY_JOINS_PER_HOUR = 2
    forms = [
        {
            "username": f"person{number}",
            "name": "P",
            "email": f"p{number}@example.com",
            "password1": "a long walk home",
            "password2": "a long walk home",
        }
        for number in range(3)
    ]
    assert statuses(JOIN, forms) == [302, 302, 429]
    assert User.objects.count() == 2
    assert Client().get(JOIN).status_code == 200
    assert statuses(JOIN, forms[2:], REMOTE_ADDR="192.0.2.7") == [302]


class TestResetting:
    def test_from_one_address(self, mina, settings):
        settings.GALLERY_RESETS_PER_HOUR = 2
        form = {"email": "nobody@example.com"}
        assert statuses(RESET, [form] * 3) == [302, 302, 429]
        assert statuses(RESET, [{"email": "x"}]) == [400 if _marks_errors() else 200]

    def test_no_mailbox_is_filled_and_nothing_is_learnt(self, mina, settings):
        settings.GALLERY_RESETS_PER_MAILBOX = 2
        form = {"email": "Mina@example.com"}
        for number in range(4):
            answer = statuses(RESET, [form], REMOTE_ADDR=f"192.0.2.{number}")
            assert answer == [302]
        assert len(mail.outbox) == 2


def _marks_errors() -> bool:
    """Whether the page says with its status that a form is refused."""
    return Client().post(RESET, {"email": "x"}, REMOTE_ADDR="192.0.2.99").status_code == 400


@pytest.mark.parametrize("cached", [True, False])
def test_without_a_cache_nobody_is_kept_out(settings, rf, cached):
    backend = "locmem.LocMemCache" if cached else "dummy.DummyCache"
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}"}}
    settings.GALLERY_SIGN_IN_TRIES_PER_ADDRESS = 1
    waits = [throttle.wait_to_try(rf.get("/")) > 0 for _ in range(3)]
    assert waits == ([False, True, True] if cached else [False] * 3)
    throttle.forget_tries(rf.get("/"), "mina")
