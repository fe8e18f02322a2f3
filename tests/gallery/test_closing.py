"""Closing an account: what goes, what follows, and what others do meanwhile."""

from __future__ import annotations

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image as Pillow

from gallery.accounts import services
from gallery.accounts.models import User
from gallery.activity.models import Activity
from gallery.images import services as images
from gallery.images.models import Image, Like, Visibility
from slipstream.follows import follow, follow_counts
from slipstream.follows.models import Follow
from tests.slipstream.at_once import at_once

from .images.pictures import file_names, make_rows

CLOSE = "/account/settings/close/"
RIGHT = {"password": "correct horse"}
SCRIPT = {"accept": "application/json"}


@pytest.fixture
def haru(make_person) -> User:
    return make_person("haru", name="하루")


class TestWhatGoes:
    def test_all_that_is_theirs_and_counts_follow(self, mina, haru, share, commit, tmp_path):
        services.change_photo(mina, Pillow.new("RGB", (400, 400)))
        for visibility in Visibility:
            image = share(mina, visibility)
            if visibility == Visibility.PUBLIC:
                images.like(haru, image)
        kept = share(haru)
        before = {name for name in file_names(tmp_path) if kept.image in name}
        images.like(mina, kept)
        images.like(haru, kept)
        with commit():
            follow(mina, haru)
            follow(haru, mina)
        assert follow_counts(haru) == (1, 1)
        with commit():
            services.close(mina)
        assert list(User.objects.all()) == [haru]
        assert Image.objects.get() == kept
        assert Image.objects.get().like_count == 1
        assert Like.objects.get().user == haru
        assert not Follow.objects.exists()
        assert follow_counts(haru) == (0, 0)
        assert {activity.actor for activity in Activity.objects.all()} == {haru}
        assert file_names(tmp_path) == before

    def test_the_name_and_the_address_are_free_again(self, mina, make_person):
        services.close(mina)
        assert make_person("mina").pk != mina.pk

    def test_closing_again_changes_nothing(self, mina, haru):
        services.close(mina)
        services.close(mina)
        assert list(User.objects.all()) == [haru]

    def test_costs_little_more_whatever_they_did(self, mina, haru):
        make_rows(haru, 1000)
        Like.objects.bulk_create(Like(user=mina, image=image) for image in Image.objects.all())
        people = User.objects.bulk_create(
            User(username=f"p{n}", email=f"p{n}@example.com", name="P") for n in range(1000)
        )
        people = list(User.objects.filter(username__startswith="p"))
        Follow.objects.bulk_create(Follow(follower=mina, following=p) for p in people)
        Follow.objects.bulk_create(Follow(follower=p, following=mina) for p in people)
        activities = [Activity(actor=mina, verb="liked") for _ in range(1000)]
        for activity, image in zip(activities, Image.objects.all(), strict=True):
            activity.target = image
        Activity.objects.bulk_create(activities)
        statements = {}
        for person in (people[0], mina):
            with CaptureQueriesContext(connection) as made:
                services.close(person)
            statements[person] = len(made)
        # What may be told of, and so has rows that refer to it, goes a hundred at a time.
        assert statements[people[0]] < 30
        assert statements[mina] < statements[people[0]] + 2 * len(activities) / 100
        assert set(Image.objects.values_list("like_count", flat=True)) == {0}
        assert follow_counts(people[1]) == (0, 0)

    def test_pictures_go_a_hundred_at_a_time(self, mina):
        make_rows(mina, 250)
        with CaptureQueriesContext(connection) as made:
            services.close(mina)
        assert not Image.objects.exists()
        starts = [q["sql"].replace("`", '"')[:26] for q in made]
        assert starts.count('DELETE FROM "images_image"') == 3


class TestInTwoSteps:
    @pytest.fixture
    def interrupted(self, mina, monkeypatch):
        """Let the second step fail, until it is called."""

        def fail(user):
            raise DatabaseError("on purpose")

        monkeypatch.setattr(services, "remove_all_of", fail)
        services.close(mina)
        return monkeypatch.undo

    def test_it_is_out_of_sight_before_it_is_removed(
        self, mina, haru, signed_in, interrupted, caplog
    ):
        assert "could not be removed yet" in caplog.get_records("setup")[0].message
        mina.refresh_from_db()
        assert (mina.is_active, bool(mina.closed_at)) == (False, True)
        assert signed_in.get("/account/settings/").status_code == 302  # to sign in
        answer = Client().post("/account/login/", {"username": "mina", **RIGHT})
        assert answer.status_code == 400
        visitor = Client()
        visitor.force_login(haru)
        assert visitor.get("/@mina/").status_code == 404
        assert "@mina" not in visitor.get("/people/").content.decode()

    def test_purging_finishes_it(self, mina, haru, share, interrupted, commit, capsys, tmp_path):
        interrupted()
        User.objects.filter(pk=haru.pk).update(is_active=False)  # locked, not closed
        with commit():
            call_command("purge_accounts")
        assert capsys.readouterr().out == "Removed 1 accounts.\n"
        assert list(User.objects.all()) == [haru]
        call_command("purge_accounts")
        assert capsys.readouterr().out == "Removed 0 accounts.\n"

    def test_one_that_cannot_be_removed_does_not_hold_up_the_others(
        self, mina, make_person, interrupted, monkeypatch, caplog, capsys
    ):
        interrupted()
        other = make_person("other")
        User.objects.filter(pk=other.pk).update(is_active=False, closed_at=timezone.now())
        removed = services.remove_all_of

        def fail_for_one(key):
            if key == mina.pk:
                raise DatabaseError("on purpose")
            return removed(key)

        monkeypatch.setattr(services, "remove_all_of", fail_for_one)
        with pytest.raises(CommandError, match="1 could not"):
            call_command("purge_accounts")
        assert capsys.readouterr().out == "Removed 1 accounts.\n"
        assert "on purpose" in caplog.text
        assert list(User.objects.all()) == [mina]

    def test_who_comes_in_between_is_seen_at_the_next_try(self, mina, monkeypatch):
        """As where somebody's follow commits between the cascade and its end."""
        delete, tries = User.delete, []

        def fail_first(self):
            tries.append(self)
            if len(tries) < 3:
                raise IntegrityError("on purpose")
            return delete(self)

        monkeypatch.setattr(User, "delete", fail_first)
        services.close(mina)
        assert len(tries) == 3
        assert not User.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_not_in_a_transaction_of_others(self, mina):
        with pytest.raises(RuntimeError), transaction.atomic():
            services.close(mina)
        assert User.objects.get().is_active

    @pytest.mark.django_db(transaction=True)
    def test_files_stay_until_the_commit(self, mina, tmp_path, monkeypatch):
        services.change_photo(mina, Pillow.new("RGB", (400, 400)))
        before = file_names(tmp_path)
        delete = User.delete

        def delete_and_fail(self):
            delete(self)
            raise ZeroDivisionError

        monkeypatch.setattr(User, "delete", delete_and_fail)
        services.close(mina)
        assert file_names(tmp_path) == before
        monkeypatch.undo()
        call_command("purge_accounts")
        assert not User.objects.exists()
        assert file_names(tmp_path) == set()

    def test_the_database_keeps_it_inactive(self, mina, interrupted):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.update(is_active=True)

    def test_it_is_not_opened_again_in_the_admin(self, mina, make_person, interrupted):
        admin = Client()
        admin.force_login(make_person("boss", is_staff=True, is_superuser=True))
        fields = {"username": "mina", "name": "M", "email": mina.email, "is_active": "on"}
        url = f"/admin/accounts/user/{mina.pk}/change/"
        assert 'name="is_active"' not in admin.get(url).content.decode()
        admin.post(url, fields)
        admin.post("/admin/accounts/user/", {"action": "unsuspend", "_selected_action": [mina.pk]})
        assert not User.objects.get(pk=mina.pk).is_active


class TestPage:
    def test_explains_and_offers_the_export_first(self, signed_in):
        html = signed_in.get(CLOSE).content.decode()
        assert "This cannot be undone." in html
        assert html.index('action="/account/settings/export/"') < html.index('name="password"')
        assert f'href="{CLOSE}"' in signed_in.get("/account/settings/").content.decode()

    @pytest.mark.parametrize("language", ["en", "ko"])
    def test_closes_and_says_goodbye(self, signed_in, language):
        other_window = Client()
        other_window.force_login(User.objects.get())
        headers = {"accept-language": language}
        answer = signed_in.post(CLOSE, RIGHT, headers=headers, follow=True)
        assert answer.redirect_chain == [("/", 302)]
        words = {"en": "Thank you for having been here", "ko": "함께해 주셔서 고마워요"}
        assert words[language] in answer.content.decode()
        assert not answer.context["user"].is_authenticated
        assert not User.objects.exists()
        assert other_window.get("/account/settings/").status_code == 302

    @pytest.mark.parametrize("sent", ["wrong", "", " correct horse", "\0"], ids=ascii)
    def test_a_wrong_password_closes_nothing(self, signed_in, sent):
        answer = signed_in.post(CLOSE, {"password": sent})
        assert answer.status_code == 400
        assert 'id="id_password_error"' in answer.content.decode()
        assert User.objects.get().is_active

    def test_guessing_ends(self, signed_in, settings):
        settings.GALLERY_SIGN_IN_TRIES = 3
        statuses = [signed_in.post(CLOSE, {"password": f"x{n}"}).status_code for n in range(4)]
        assert statuses == [400, 400, 400, 429]
        assert signed_in.post(CLOSE, RIGHT).status_code == 429
        assert User.objects.get().is_active

    def test_is_for_oneself_alone(self, db):
        for answer in (Client().get(CLOSE), Client().post(CLOSE, RIGHT)):
            assert answer["Location"] == f"/account/login/?next={CLOSE}"

    def test_needs_the_token_and_a_post(self, signed_in, mina):
        client = Client(enforce_csrf_checks=True)
        client.force_login(mina)
        assert client.post(CLOSE, RIGHT).status_code == 403
        assert signed_in.get(CLOSE, RIGHT).status_code == 200
        assert signed_in.delete(CLOSE).status_code == 405
        assert User.objects.get().is_active

    @pytest.mark.parametrize(
        ("language", "words"), [("en", "Nobody else could look"), ("ko", "최고 관리자로")]
    )
    def test_the_last_superuser_stays(self, make_person, language, words):
        boss = make_person("boss", is_staff=True, is_superuser=True)
        make_person("locked", is_superuser=True, is_active=False)
        client = Client()
        client.force_login(boss)
        answer = client.post(CLOSE, RIGHT, headers={"accept-language": language})
        assert answer.status_code == 400
        assert words in answer.content.decode()
        make_person("second", is_superuser=True)
        assert client.post(CLOSE, RIGHT).status_code == 302
        assert not User.objects.filter(pk=boss.pk).exists()

    def test_staff_may_go(self, make_person):
        clerk = make_person("clerk", is_staff=True)
        client = Client()
        client.force_login(clerk)
        assert client.post(CLOSE, RIGHT).status_code == 302


class TestInAnotherWindow:
    """What one is about to do while one's account goes."""

    @pytest.fixture
    def gone_halfway(self, mina, monkeypatch):
        """Close the account after a request has read who it is from."""

        def close_and_fail(*args, **kwargs):
            services.close(mina)
            raise IntegrityError("there is no such person")

        return lambda target: monkeypatch.setattr(target, close_and_fail)

    def test_a_script_is_asked_to_sign_in(self, signed_in, haru, share, gone_halfway):
        image = share(haru)
        gone_halfway("gallery.images.services.like")
        url = f"/images/{image.pk}/like/"
        answer = signed_in.post(url, {"action": "like"}, headers=SCRIPT)
        assert (answer.status_code, list(answer.json())) == (401, ["error"])
        assert signed_in.get("/account/settings/").status_code == 302

    def test_a_form_leads_to_the_landing_page(self, signed_in, haru, share, gone_halfway):
        image = share(haru)
        gone_halfway("gallery.images.services.like")
        answer = signed_in.post(
            f"/images/{image.pk}/like/", {"action": "like"}, headers={"accept": "text/html"}
        )
        assert (answer.status_code, answer["Location"]) == (302, "/")

    def test_other_failures_stay_failures(self, signed_in, haru, share, monkeypatch):
        image = share(haru)

        def fail(*args):
            raise IntegrityError("on purpose")

        monkeypatch.setattr("gallery.images.services.like", fail)
        with pytest.raises(IntegrityError):
            signed_in.post(f"/images/{image.pk}/like/", {"action": "like"}, headers=SCRIPT)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="one writer at a time")
class TestAtTheSameMoment:
    """With real connections: others follow and like whoever is going, and whom they like."""

    OTHERS = 4

    @pytest.fixture
    def others(self, make_person) -> list[User]:
        return [make_person(f"other{number}") for number in range(self.OTHERS)]

    @staticmethod
    def browser(user: User) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(user)
        return client

    @pytest.mark.parametrize("attempt", range(3))
    def test_nobody_sees_an_error_and_nothing_is_left(
        self, mina, haru, others, share, tmp_path, attempt
    ):
        theirs = [share(mina) for _ in range(3)]
        elsewhere = share(haru)
        kept = {name for name in file_names(tmp_path) if elsewhere.image in name}
        clients = [self.browser(user) for user in (mina, mina, *others)]
        closed = threading.Event()
        statuses: list[int] = []

        def send(client: Client, url: str, **data: str) -> None:
            statuses.append(client.post(url, data, headers=SCRIPT).status_code)

        def work(number: int) -> None:
            client = clients[number]
            if number == 0:
                assert client.post(CLOSE, RIGHT).status_code == 302
                closed.set()
                return
            last = False
            while not last:
                last = closed.is_set()  # and once more, when all is over
                for wanted in ("", "un"):
                    followed = haru if number == 1 else mina
                    send(client, "/follow/", user_id=str(followed.pk), action=f"{wanted}follow")
                    for image in [*theirs, elsewhere]:
                        send(client, f"/images/{image.pk}/like/", action=f"{wanted}like")
                send(client, "/follow/", user_id=str(followed.pk), action="follow")
                for image in [*theirs, elsewhere]:
                    send(client, f"/images/{image.pk}/like/", action="like")

        at_once(2 + self.OTHERS, work)
        assert set(statuses) <= {200, 401, 404}
        assert {200, 404} <= set(statuses)
        assert not User.objects.filter(username="mina").exists()
        assert Image.objects.get() == elsewhere
        assert Image.objects.get().like_count == Like.objects.count() == self.OTHERS
        assert not Follow.objects.exists()
        for user in (haru, *others):
            assert follow_counts(user) == (0, 0)
        assert file_names(tmp_path) == kept

    def test_of_the_last_two_superusers_one_stays(self, make_person):
        bosses = [make_person(f"boss{n}", is_superuser=True) for n in range(2)]

        def leave(number: int) -> bool:
            try:
                services.close(bosses[number])
            except services.LastSuperuser:
                return False
            return True

        assert sorted(at_once(2, leave)) == [False, True]
        assert User.objects.get().is_active
