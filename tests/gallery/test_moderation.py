"""Reporting, hiding and suspending: the rules, and the pages that lead to them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.accounts.models import User
from gallery.accounts.services import close
from gallery.activity.models import Activity
from gallery.comments import services as comments
from gallery.comments.models import Comment
from gallery.images import services as images
from gallery.images.models import Image, Visibility
from gallery.moderation import services
from gallery.moderation.models import Reason, Report, State
from slipstream.follows import follow
from tests.slipstream.at_once import at_once

from .comments.sayings import count_of, say
from .images.pictures import file_names

REPORT = "/report/"
FORM = {"reason": "spam", "words": ""}


@pytest.fixture
def haru(make_person) -> User:
    return make_person("haru", name="하루")


@pytest.fixture
def boss(make_person) -> User:
    return make_person("boss", is_staff=True, is_superuser=True)


@pytest.fixture
def browser(haru) -> Client:
    """Haru's."""
    client = Client()
    client.force_login(haru)
    return client


@pytest.fixture
def hang(db):
    """Make a picture's row, without files."""

    def hang(user, visibility=Visibility.PUBLIC, title="달") -> Image:
        return Image.objects.create(
            user=user,
            title=title,
            visibility=visibility,
            image=f"images/{Image.objects.count()}",
            width=900,
            height=600,
            colour="#123456",
        )

    return hang


@pytest.fixture
def image(mina, hang) -> Image:
    return hang(mina)


def address(target) -> str:
    kinds = {Image: "image", Comment: "comment", User: "person"}
    key = target.username if isinstance(target, User) else target.pk
    return f"{REPORT}?{kinds[type(target)]}={key}"


@pytest.fixture(params=["image", "comment", "person"])
def target(request, mina, image):
    """Something of mina's."""
    if request.param == "comment":
        return say(mina, image, "schau")
    return image if request.param == "image" else mina


class TestReporting:
    def test_tells_the_moderators(self, target, haru):
        report, is_new = services.report(haru, target, reason=Reason.SPAM, words="sieh selbst")
        assert is_new
        found = Report.objects.open().get()
        assert (found.target, found.reporter, found.words) == (target, haru, "sieh selbst")
        assert (found.handled_by, found.handled_at) == (None, None)

    def test_again_changes_nothing_while_it_is_open(self, target, haru, boss):
        first, _ = services.report(haru, target, reason=Reason.SPAM)
        assert services.report(haru, target, reason=Reason.OTHER) == (first, False)
        services.dismiss(boss, [first.pk])
        again, is_new = services.report(haru, target, reason=Reason.OTHER)
        assert is_new
        assert Report.objects.filter(target=target).count() == 2
        assert again.reason == Reason.OTHER

    def test_the_database_allows_one_that_is_open(self, target, haru, boss):
        def write(**values):
            with transaction.atomic():
                Report.objects.create(target=target, reporter=haru, reason="spam", **values)

        write()
        for _ in range(2):
            write(state=State.ACTED, handled_at=timezone.now())
        with pytest.raises(IntegrityError):
            write()

    @pytest.mark.parametrize(
        "values",
        [
            {"reason": "boredom"},
            {"state": "lost"},
            {"state": State.ACTED},
            {"handled_at": timezone.now()},
            {"words": "x" * 501},
        ],
    )
    def test_the_database_refuses(self, image, haru, values):
        values = {"reason": "spam", **values}
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.create(target=image, reporter=haru, **values)

    def test_nobody_reports_themselves(self, target, mina):
        with pytest.raises(services.OwnThing):
            services.report(mina, target, reason=Reason.SPAM)
        assert not Report.objects.exists()

    def test_nobody_reports_what_they_may_not_see(self, mina, haru, hang):
        hidden = hang(mina, Visibility.PRIVATE)
        with pytest.raises(Image.DoesNotExist):
            services.report(haru, hidden, reason=Reason.SPAM)
        with pytest.raises(Comment.DoesNotExist):
            services.report(haru, say(mina, hidden), reason=Reason.SPAM)
        User.objects.filter(pk=mina.pk).update(is_active=False)
        with pytest.raises(User.DoesNotExist):
            services.report(haru, mina, reason=Reason.SPAM)

    def test_it_outlives_its_reporter(self, target, haru):
        services.report(haru, target, reason=Reason.SPAM)
        close(haru)
        assert Report.objects.get().reporter is None

    def test_it_goes_with_its_target(self, target, haru, mina):
        services.report(haru, target, reason=Reason.SPAM)
        close(mina)
        assert not Report.objects.exists()

    def test_a_comment_goes_with_what_was_reported_about_it(self, image, haru, mina):
        comment = say(mina, image)
        services.report(haru, comment, reason=Reason.SPAM)
        assert comments.delete(comment)
        assert count_of(image) == Report.objects.count() == 0

    @pytest.mark.slow
    @pytest.mark.django_db(transaction=True)
    def test_many_at_once_make_one(self, image, haru):
        made = at_once(6, lambda _: services.report(haru, image, reason=Reason.SPAM)[1])
        assert sorted(made) == [False] * 5 + [True]
        assert Report.objects.count() == 1


class TestPage:
    def test_asks_and_thanks(self, target, browser, haru):
        url = address(target)
        html = browser.get(url).content.decode()
        assert "Nobody whom you report learns that it was you." in html
        answer = browser.post(url, FORM, follow=True)
        assert answer.redirect_chain == [(url.replace("/report/", "/report/thanks/"), 303)]
        html = answer.content.decode()
        assert "Thank you for the report" in html
        assert "What happens now" in html
        assert f'href="{target.get_absolute_url()}"' in html
        assert Report.objects.get().reporter == haru

    def test_sent_twice_is_one(self, target, browser):
        for _ in range(2):
            assert browser.post(address(target), FORM).status_code == 303
        assert Report.objects.count() == 1

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({}, "Please choose one."),
            ({"reason": "boredom"}, "valid choice"),
            ({"reason": "spam", "words": "x" * 501}, "At most 500 characters"),
            ({"reason": "spam", "words": "a\u202eb"}, "Control characters"),
            ({"reason": "spam", "words": "a\0b"}, "Null characters"),
        ],
    )
    def test_says_what_is_wrong(self, image, browser, fields, message):
        answer = browser.post(address(image), fields)
        assert answer.status_code == 400
        assert message in answer.content.decode()
        assert not Report.objects.exists()

    @pytest.mark.parametrize(
        "query",
        ["", "image=", "image=x", "image=1&person=mina", "image=-1", f"image={'9' * 19}"],
    )
    def test_of_nothing_in_particular(self, browser, query):
        answer = browser.get(f"{REPORT}?{query}")
        assert answer.status_code == 400
        assert "Say what you would like to report." in answer.content.decode()

    @pytest.mark.parametrize(
        "query", ["image=0", f"image={'9' * 18}", "comment=7", "person=nobody", "person=%ff"]
    )
    def test_of_what_is_not_there(self, browser, query):
        assert browser.get(f"{REPORT}?{query}").status_code == 404

    def test_of_what_one_may_not_see(self, browser, mina, hang):
        hidden = hang(mina, Visibility.PRIVATE)
        for thing in (hidden, say(mina, hidden)):
            assert browser.get(address(thing)).status_code == 404
            assert browser.post(address(thing), FORM).status_code == 404
        assert not Report.objects.exists()

    def test_of_oneself(self, target, signed_in):
        answer = signed_in.post(address(target), FORM)
        assert answer.status_code == 400
        assert "This is yours." in answer.content.decode()
        assert not Report.objects.exists()

    def test_of_what_was_hidden_just_now(self, image, browser, monkeypatch):
        def gone(*_args, **_kwargs):
            raise Image.DoesNotExist

        monkeypatch.setattr(services, "report", gone)
        assert browser.post(address(image), FORM).status_code == 404

    def test_by_visitors_leads_to_the_door_and_back(self, target):
        answer = Client().get(address(target))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/?next=/report/%3F")

    def test_needs_a_token(self, image, haru):
        client = Client(enforce_csrf_checks=True)
        client.force_login(haru)
        assert client.post(address(image), FORM).status_code == 403

    def test_not_too_often(self, mina, hang, browser, settings):
        settings.GALLERY_REPORTS_PER_HOUR = 2
        answers = [browser.post(address(hang(mina)), FORM) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [303, 303, 429]
        assert 0 < int(answers[2]["Retry-After"]) <= 3600
        # What was never sent does not count.
        assert browser.post(address(hang(mina)), {}).status_code == 400

    def test_costs_one_query(self, target, browser, django_assert_num_queries):
        browser.get(address(target))
        with django_assert_num_queries(3):  # session and user
            browser.get(address(target))

    def test_in_korean(self, target, browser):
        html = browser.get(address(target), headers={"accept-language": "ko"})
        assert html.status_code == 200

    def test_is_found_beside_what_it_is_about(self, mina, haru, image, browser, signed_in):
        comment = say(mina, image)
        pages = {image: image, comment: image, mina: mina}
        for thing, place in pages.items():
            link = f'href="{address(thing)}"'
            assert link in browser.get(place.get_absolute_url()).content.decode()
            assert link in Client().get(place.get_absolute_url()).content.decode()
            assert link not in signed_in.get(place.get_absolute_url()).content.decode()


class TestSettling:
    def test_dismissing_says_who_did_it(self, image, haru, boss):
        report, _ = services.report(haru, image, reason=Reason.SPAM)
        assert services.dismiss(boss, [report.pk]) == 1
        assert services.dismiss(boss, [report.pk]) == 0
        report.refresh_from_db()
        assert (report.state, report.handled_by) == (State.DISMISSED, boss)
        assert report.handled_at
        entry = LogEntry.objects.get()
        assert (entry.user, entry.change_message) == (boss, services.DISMISSED)

    def test_hiding_closes_all_that_is_said_of_it(self, image, mina, haru, boss, make_person):
        comment = say(mina, image)
        for number in range(3):
            person = make_person(f"p{number}")
            for thing in (image, comment, mina):
                services.report(person, thing, reason=Reason.SPAM)
        chosen = Report.objects.filter(reporter__username="p0").values_list("pk", flat=True)
        assert services.act(boss, chosen, suspending=False) == 2
        assert set(Report.objects.open()) == set(Report.objects.filter(target=mina))
        assert Image.objects.get().hidden_at
        assert Comment.objects.get().hidden_at
        assert services.act(boss, chosen, suspending=True) == 1
        assert not Report.objects.open().exists()

    def test_suspending_whose_picture_it_is(self, image, mina, haru, boss):
        report, _ = services.report(haru, image, reason=Reason.HARASSMENT)
        assert services.act(boss, [report.pk], suspending=True) == 1
        report.refresh_from_db()
        assert report.state == State.ACTED
        assert not Image.objects.get().hidden_at
        assert list(User.objects.suspended()) == [mina]

    def test_whom_one_may_not_suspend_stays_reported(self, boss, haru, make_person):
        report, _ = services.report(haru, boss, reason=Reason.HARASSMENT)
        warden = make_person("warden", is_staff=True)
        assert services.act(warden, [report.pk], suspending=True) == 0
        assert Report.objects.open().count() == 1

    def test_all_or_nothing(self, hang, mina, boss, monkeypatch):
        rows = [hang(mina) for _ in range(3)]

        def fail(*_args, **_kwargs):
            raise ZeroDivisionError

        monkeypatch.setattr(LogEntry.objects, "log_actions", fail)
        with pytest.raises(ZeroDivisionError):
            services.hide_images(boss, [row.pk for row in rows])
        assert not Image.objects.filter(hidden_at__isnull=False).exists()

    def test_no_more_than_a_few_hundred_at_once(self, boss):
        with pytest.raises(services.TooManyAtOnce):
            services.hide_images(boss, range(services.MOST_AT_ONCE + 1))


class TestHiddenPictures:
    def test_only_their_owner_sees_them(self, share, mina, browser, signed_in, boss, commit):
        image = share(mina)
        old = image.file_url(60)
        with commit():
            assert services.hide_images(boss, [image.pk]) == 1
            assert services.hide_images(boss, [image.pk]) == 0
        image = Image.objects.get()
        for client in (browser, Client()):
            for url in (image.get_absolute_url(), f"/images/{image.pk}/likes/", image.file_url(60)):
                assert client.get(url).status_code == 404, url
            assert client.get(old).status_code == 404
            for url in ("/explore/", "/", "/popular/", "/@mina/"):
                html = client.get(url, follow=True).content.decode()
                assert image.get_absolute_url() not in html
        page = signed_in.get(image.get_absolute_url()).content.decode()
        assert "A moderator has hidden this picture." in page
        assert "og:image" not in page
        assert signed_in.get(image.file_url(60)).getvalue()
        assert "Hidden by a moderator" in signed_in.get("/@mina/").content.decode()

    def test_their_files_leave_the_public_folder(self, share, mina, boss, commit, tmp_path):
        image = share(mina)
        with commit():
            services.hide_images(boss, [image.pk])
        assert {name.partition("/")[0] for name in file_names(tmp_path)} == {"private"}
        with commit():
            assert services.unhide_images(boss, [image.pk]) == 1
        assert {name.partition("/")[0] for name in file_names(tmp_path)} == {"media"}
        assert Image.objects.get().image != image.image

    def test_a_picture_of_few_stays_where_it_is(self, share, mina, boss, commit):
        image = share(mina, Visibility.FOLLOWERS)
        with commit():
            services.hide_images(boss, [image.pk])
        assert Image.objects.get().image == image.image

    def test_followers_do_not_see_them_either(self, mina, haru, hang, boss):
        follow(haru, mina)
        image = hang(mina, Visibility.FOLLOWERS)
        assert Image.objects.visible_to(haru).exists()
        Image.objects.filter(pk=image.pk).update(hidden_at=timezone.now())
        assert not Image.objects.visible_to(haru).exists()
        assert not Image.objects.visible_to(boss).exists()
        assert Image.objects.visible_to(mina).exists()

    def test_their_owner_cannot_show_them_again(self, share, mina, signed_in, boss, commit):
        image = share(mina)
        with commit():
            services.hide_images(boss, [image.pk])
        words = {"title": "neu", "description": "", "visibility": Visibility.PUBLIC.value}
        for visibility in (Visibility.PRIVATE.value, Visibility.PUBLIC.value):
            with commit():
                images.edit(image, **{**words, "visibility": visibility})
        with commit():
            images.delete(image)
            images.restore(mina, image.pk)
        row = Image.objects.get()
        assert row.hidden_at
        assert not row.is_public
        assert not Image.objects.visible_to(User()).exists()

    def test_nobody_is_told_of_them(self, share, mina, haru, boss, commit):
        image = share(mina)
        images.like(haru, image)
        assert Activity.objects.on(image).count() == 2
        with commit():
            services.hide_images(boss, [image.pk])
        assert not Activity.objects.on(image).exists()
        with commit():
            services.unhide_images(boss, [image.pk])
        again = Activity.objects.on(image).get()
        assert (again.verb, again.created_at) == ("shared", image.created_at)

    def test_without_files_they_are_hidden_all_the_same(self, hang, mina, boss):
        image = hang(mina)
        assert services.hide_images(boss, [image.pk]) == 1
        assert services.unhide_images(boss, [image.pk]) == 1


class TestSuspended:
    def test_they_are_out_at_once(self, mina, signed_in, boss):
        assert services.suspend(boss, [mina.pk]) == 1
        assert services.suspend(boss, [mina.pk]) == 0
        assert signed_in.get("/account/settings/").status_code == 302
        right = {"username": "mina", "password": "correct horse"}
        assert Client().post("/account/login/", right).status_code == 400
        assert services.unsuspend(boss, [mina.pk]) == 1
        assert Client().post("/account/login/", right).status_code == 302
        told = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
        assert list(told) == [services.SUSPENDED, services.LET_BACK_IN]

    def test_what_is_theirs_is_out_of_sight_and_back(self, mina, haru, hang, image, boss):
        theirs = hang(haru)
        shown, hidden = say(haru, image, "eins"), say(haru, image, "zwei")
        comments.hide(Comment.objects.filter(pk=hidden.pk))
        services.suspend(boss, [haru.pk])
        assert not Image.objects.visible_to(mina).filter(pk=theirs.pk).exists()
        # What is counted is what is listed.
        assert count_of(image) == Comment.objects.visible_to(mina).count() == 0
        services.unhide_comments(boss, [shown.pk, hidden.pk])
        assert count_of(image) == 0
        services.unsuspend(boss, [haru.pk])
        assert count_of(image) == 1
        assert list(Comment.objects.visible_to(mina)) == [shown]

    def test_who_is_not_suspended_by_whom(self, boss, make_person, mina):
        warden, colleague = (make_person(name, is_staff=True) for name in ("warden", "colleague"))
        everybody = [boss.pk, warden.pk, colleague.pk, mina.pk]
        assert services.suspend(warden, everybody) == 1
        assert services.suspend(boss, everybody) == 2
        assert set(User.objects.active()) == {boss}
        with pytest.raises(PermissionDenied):
            services.unsuspend(warden, [mina.pk])

    def test_closed_accounts_are_not_let_back_in(self, mina, boss):
        now = timezone.now()
        User.objects.filter(pk=mina.pk).update(is_active=False, closed_at=now)
        assert services.suspend(boss, [mina.pk]) == 0
        assert services.unsuspend(boss, [mina.pk]) == 0

    def test_the_database_allows_no_suspended_account_to_be_active(self, mina):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=mina.pk).update(suspended_at=timezone.now())

    def test_costs_the_same_whatever_they_said(self, haru, boss, image):
        counts = set()
        services.suspend(boss, [haru.pk])  # the kinds of things are known from here on
        services.unsuspend(boss, [haru.pk])
        for number in (1, 300):
            Comment.objects.bulk_create(
                Comment(user=haru, image=image, text="x") for _ in range(number)
            )
            with CaptureQueriesContext(connection) as made:
                services.suspend(boss, [haru.pk])
                services.unsuspend(boss, [haru.pk])
            counts.add(len(made))
        assert len(counts) == 1
        assert count_of(image) == 301


def test_reports_of_long_ago_count_as_well(image, haru, boss):
    report, _ = services.report(haru, image, reason=Reason.SPAM)
    Report.objects.update(created_at=timezone.now() - timedelta(days=400))
    assert services.dismiss(boss, [report.pk]) == 1
