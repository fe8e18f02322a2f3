"""The admin: what moderators see, what it costs, and who may do what."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.accounts.models import User
from gallery.activity.models import Activity
from gallery.comments.models import Comment
from gallery.images import services as images
from gallery.images.models import Image, Like, Visibility
from gallery.moderation import panels, services
from gallery.moderation.management.commands.moderators import PERMISSIONS
from gallery.moderation.models import Report, State
from slipstream.follows import follow

PICTURES = "/admin/images/image/"
COMMENTS = "/admin/comments/comment/"
PEOPLE = "/admin/accounts/user/"
REPORTS = "/admin/gallery_moderation/report/"
LIKES = "/admin/images/like/"
FOLLOWS = "/admin/slipstream_follows/follow/"
ACTIVITIES = "/admin/gallery_activity/activity/"
READ_ONLY = (LIKES, FOLLOWS, ACTIVITIES)
MODELS = {
    PICTURES: Image,
    COMMENTS: Comment,
    PEOPLE: User,
    REPORTS: Report,
    LIKES: Like,
    ACTIVITIES: Activity,
}


@pytest.fixture
def warden(make_person) -> User:
    """A moderator, as the command makes them."""
    person = make_person("warden")
    call_command("moderators", "warden", verbosity=0)
    person.refresh_from_db()
    return person


@pytest.fixture
def desk(warden) -> Client:
    """The moderator's browser."""
    client = Client()
    client.force_login(warden)
    return client


@pytest.fixture
def boss(make_person) -> User:
    return make_person("boss", is_staff=True, is_superuser=True)


@pytest.fixture
def throne(boss) -> Client:
    """A superuser's browser."""
    client = Client()
    client.force_login(boss)
    return client


@pytest.fixture
def fill(make_person):
    """So many more of everything there is: ``fill(3)``."""
    numbers = iter(range(1000))

    def fill(count: int) -> None:
        for number in [next(numbers) for _ in range(count)]:
            person = make_person(f"someone{number}")
            other = make_person(f"other{number}")
            image = Image.objects.create(
                user=person,
                title=f"Bild {number}",
                image=f"images/{number}",
                width=900,
                height=600,
                colour="#123456",
                visibility=Visibility.PUBLIC,
            )
            images.like(other, image)
            follow(other, person)
            comment = Comment.objects.create(user=person, image=image, text=f"Wort {number}")
            for target in (image, comment, person):
                services.report(other, target, reason="spam", words="sieh selbst")

    return fill


def do(client: Client, url: str, action: str, *rows):
    keys = [row.pk for row in rows]
    return client.post(url, {"action": action, "_selected_action": keys}, follow=True)


class TestCost:
    @pytest.mark.parametrize("url", [*MODELS, FOLLOWS])
    def test_lists(self, desk, fill, url, django_assert_num_queries):
        fill(3)
        few = self.count(desk, url)
        fill(9)
        assert self.count(desk, url) == few
        assert few <= 12

    @pytest.mark.parametrize("url", [PICTURES, COMMENTS, PEOPLE, REPORTS])
    def test_searching_and_filtering(self, desk, fill, url):
        query = f"{url}?reported=yes&q=e" if url != REPORTS else f"{url}?state=all&q=e"
        fill(3)
        few = self.count(desk, query)
        fill(9)
        assert self.count(desk, query) == few

    @pytest.mark.parametrize("who", ["desk", "throne"])
    @pytest.mark.parametrize("url", MODELS)
    def test_one(self, request, fill, url, who):
        client = request.getfixturevalue(who)
        fill(3)
        key = MODELS[url].objects.order_by("-pk")[0].pk
        few = self.count(client, f"{url}{key}/change/")
        fill(9)
        assert self.count(client, f"{url}{key}/change/") == few
        assert few <= 22

    def count(self, client: Client, url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as made:
            assert client.get(url).status_code == 200
        return len(made)


class TestLists:
    def test_people(self, desk, fill):
        fill(1)
        html = desk.get(PEOPLE).content.decode()
        row = next(row for row in html.split("<tr>") if "someone0" in row)
        for name, text in (
            ("pictures", "1"),
            ("followed_by", "1"),
            ("state", "Active"),
        ):
            assert f'class="field-{name}">{text}<' in row
        assert 'class="panel-alert"' in row

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("q=someone0", {"someone0"}),
            ("state=suspended", {"other0"}),
            ("state=closed", set()),
            ("state=staff", {"warden"}),
            ("reported=yes", {"someone0"}),
        ],
    )
    def test_finding_people(self, desk, fill, warden, query, expected):
        fill(1)
        services.suspend(warden, [User.objects.get(username="other0").pk])
        html = desk.get(f"{PEOPLE}?{query}").content.decode()
        assert set(re.findall(r'field-username"><a[^>]*>(\w+)', html)) == expected

    def test_nobody_but_superusers_sees_addresses(self, desk, throne, fill):
        fill(1)
        url = f"{PEOPLE}{User.objects.get(username='someone0').pk}/change/"
        assert "someone0@example.com" not in desk.get(url).content.decode()
        assert "argon2" not in desk.get(url).content.decode()
        assert "someone0@example.com" in throne.get(url).content.decode()
        assert "someone0<" not in desk.get(f"{PEOPLE}?q=@example.com").content.decode()

    def test_pictures(self, desk, fill):
        fill(1)
        image = Image.objects.get()
        html = desk.get(PICTURES).content.decode()
        assert image.sources[0][1] in html
        for name in ("likes", "comments"):
            assert f'class="field-{name}">1<' in html
        assert 'class="field-views">0<' in html

    def test_comments(self, desk, fill):
        fill(1)
        image = Image.objects.get()
        html = desk.get(COMMENTS).content.decode()
        assert f'<img class="panel-picture" src="{image.sources[0][1]}"' in html
        assert f'<a href="{PICTURES}{image.pk}/change/">Bild 0</a>' in html
        assert "&lt;" not in html

    def test_the_queue_begins_with_what_is_open(self, desk, fill, warden):
        fill(1)
        first = Report.objects.order_by("pk")[0]
        services.dismiss(warden, [first.pk])
        html = desk.get(REPORTS).content.decode()
        assert html.count('name="_selected_action"') == 2
        everything = desk.get(f"{REPORTS}?state=all").content.decode()
        assert everything.count('name="_selected_action"') == 3
        dismissed = desk.get(f"{REPORTS}?state=dismissed").content.decode()
        assert dismissed.count('name="_selected_action"') == 1
        about = desk.get(f"{REPORTS}?state=all&target_image__id__exact={first.target_image_id}")
        assert about.content.decode().count('name="_selected_action"') == 1

    @pytest.mark.parametrize("url", [*MODELS, FOLLOWS])
    def test_in_korean(self, desk, fill, url):
        fill(1)
        html = desk.get(url, headers={"accept-language": "ko"})
        assert html.status_code == 200
        assert 'lang="ko"' in html.content.decode()


class TestReadOnly:
    @pytest.mark.parametrize("url", READ_ONLY)
    def test_nobody_adds_changes_or_removes(self, throne, fill, url):
        fill(1)
        html = throne.get(url).content.decode()
        assert "delete_selected" not in html
        assert throne.get(f"{url}add/").status_code == 403
        key = re.search(rf"{url}(\d+)/change/", html)[1]
        assert throne.get(f"{url}{key}/delete/").status_code == 403
        page = throne.get(f"{url}{key}/change/").content.decode()
        assert 'name="_save"' not in page

    def test_they_go_with_what_they_belong_to(self, throne, fill):
        fill(1)
        person = User.objects.get(username="someone0")
        page = throne.get(f"{PEOPLE}{person.pk}/delete/").content.decode()
        assert 'type="submit"' in page
        throne.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"})
        assert not any(model.objects.exists() for model in (Like, Report, Image))


class TestActing:
    def test_pictures_are_hidden_and_shown(self, desk, share, mina, warden, commit):
        shown = [share(mina) for _ in range(2)]
        images.hide(shown[1])
        with commit():
            html = do(desk, PICTURES, "hide", *shown).content.decode()
        assert "1 picture is hidden." in html
        told = LogEntry.objects.values_list("object_id", "change_message", "user")
        # The one that was hidden already is not named.
        assert list(told) == [(str(shown[0].pk), "Hidden.", warden.pk)]
        with commit():
            html = do(desk, PICTURES, "unhide", *shown).content.decode()
        assert "2 pictures are shown again." in html
        assert LogEntry.objects.filter(change_message="Shown again.").count() == 2

    def test_comments_name_only_what_changed(self, desk, fill):
        fill(2)
        first, second = Comment.objects.order_by("pk")
        do(desk, COMMENTS, "hide", first)
        do(desk, COMMENTS, "hide", first, second)
        told = LogEntry.objects.filter(change_message="Hidden.").values_list("object_id", flat=True)
        assert sorted(told) == [str(first.pk), str(second.pk)]

    def test_a_hidden_picture_can_still_be_judged(self, desk, share, mina, commit):
        image = share(mina)
        with commit():
            do(desk, PICTURES, "hide", image)
        html = desk.get(PICTURES).content.decode()
        url = f"{PICTURES}{image.pk}/preview/60/"
        assert url in html
        answer = desk.get(url)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert answer["Cache-Control"].startswith("private")
        assert answer.getvalue()
        assert desk.get(f"{PICTURES}{image.pk}/preview/61/").status_code == 404

    def test_what_few_may_see_only_once_it_was_reported(self, desk, share, mina, make_person):
        image = share(mina, Visibility.FOLLOWERS)
        fan = make_person("fan")
        follow(fan, mina)
        url = f"{PICTURES}{image.pk}/preview/60/"
        assert desk.get(url).status_code == 404
        assert url not in desk.get(PICTURES).content.decode()
        services.report(fan, image, reason="harassment")
        assert desk.get(url).getvalue()
        assert url in desk.get(REPORTS).content.decode()

    @pytest.mark.parametrize("who", ["stranger", "visitor"])
    def test_previews_are_for_moderators(self, share, mina, signed_in, who):
        client = signed_in if who == "stranger" else Client()
        image = share(mina)
        assert client.get(f"{PICTURES}{image.pk}/preview/60/").status_code == 302

    def test_buttons_do_the_same_to_one(self, desk, fill):
        fill(1)
        for url, action in ((PICTURES, "hide"), (COMMENTS, "hide"), (PEOPLE, "suspend")):
            key = MODELS[url].objects.order_by("-reports__pk")[0].pk
            html = desk.get(f"{url}{key}/change/").content.decode()
            assert f'name="action" value="{action}"' in html
            assert 'name="_save"' not in html
        report = Report.objects.order_by("pk")[0]
        html = desk.get(f"{REPORTS}{report.pk}/change/").content.decode()
        actions = re.findall(r'name="action" value="(\w+)"', html)
        assert actions == ["dismiss", "hide", "suspend"]
        assert f'action="{REPORTS}?state=all"' in html

    def test_reports_are_dealt_with_in_bulk(self, desk, fill, warden):
        fill(3)
        of_image, of_comment, of_person = Report.objects.order_by("pk")[:3]
        assert "1 report is dismissed." in do(desk, REPORTS, "dismiss", of_image).content.decode()
        html = do(desk, REPORTS, "hide", of_comment, of_person).content.decode()
        assert "1 picture or comment is hidden." in html
        assert Comment.objects.hidden().count() == 1
        html = do(desk, REPORTS, "suspend", of_person).content.decode()
        assert "1 person is suspended." in html
        states = [Report.objects.get(pk=row.pk).state for row in (of_image, of_comment, of_person)]
        assert states == [State.DISMISSED, State.ACTED, State.ACTED]
        assert Report.objects.get(pk=of_image.pk).handled_by == warden

    def test_no_more_than_a_few_hundred_at_once(self, desk, mina, monkeypatch, hang):
        for module in (services, panels):
            monkeypatch.setattr(module, "MOST_AT_ONCE", 2)
        rows = [hang(mina) for _ in range(3)]
        html = do(desk, PICTURES, "hide", *rows).content.decode()
        assert "At most 2 at once" in html
        assert not Image.objects.filter(hidden_at__isnull=False).exists()


class TestWhoMay:
    def test_the_group_has_exactly_what_it_needs(self, warden):
        group = Group.objects.get()
        given = group.permissions.values_list("content_type__app_label", "codename")
        assert sorted(f"{app}.{name}" for app, name in given) == sorted(PERMISSIONS)
        assert warden.is_staff
        assert not warden.is_superuser
        call_command("moderators", verbosity=0)
        assert group.permissions.count() == len(PERMISSIONS)

    def test_nobody_unknown(self, db):
        with pytest.raises(CommandError, match="nobody"):
            call_command("moderators", "nobody")
        assert not Group.objects.exists()

    @pytest.mark.parametrize("url", [PICTURES, COMMENTS, PEOPLE, REPORTS])
    def test_moderators_remove_and_rewrite_nothing(self, desk, fill, url):
        fill(1)
        before = list(MODELS[url].objects.order_by("pk").values())
        key = MODELS[url].objects.order_by("pk")[0].pk
        fields = {"title": "x", "text": "x", "name": "x", "is_superuser": "on", "state": "acted"}
        desk.post(f"{url}{key}/change/", fields)
        assert desk.post(f"{url}{key}/delete/", {"post": "yes"}).status_code == 403
        do(desk, url, "delete_selected", *MODELS[url].objects.all())
        assert desk.get(f"{url}add/").status_code == 403
        assert list(MODELS[url].objects.order_by("pk").values()) == before

    def test_moderators_do_not_suspend_staff_or_themselves(self, desk, warden, boss, make_person):
        colleague = make_person("colleague", is_staff=True)
        html = do(desk, PEOPLE, "suspend", warden, boss, colleague).content.decode()
        assert "0 people are suspended." in html
        assert not User.objects.filter(is_active=False).exists()

    def test_superusers_suspend_staff_but_not_themselves(self, throne, boss, warden):
        do(throne, PEOPLE, "suspend", warden, boss)
        assert list(User.objects.suspended()) == [warden]

    def test_people_without_the_permission_do_not(self, make_person, fill):
        fill(1)
        client = Client()
        client.force_login(make_person("clerk", is_staff=True))
        for url in (PICTURES, COMMENTS, PEOPLE, REPORTS):
            assert client.get(url).status_code == 403
            do(client, url, "hide", *MODELS[url].objects.all())
        assert not Image.objects.filter(hidden_at__isnull=False).exists()

    def test_a_suspended_moderator_is_out_at_once(self, desk, throne, warden, fill):
        fill(1)
        do(throne, PEOPLE, "suspend", warden)
        assert desk.get(PICTURES).status_code == 302

    def test_an_account_made_in_the_admin(self, throne):
        fields = {
            "username": "neu",
            "name": "Neu",
            "email": "neu@example.com",
            "password1": "a long walk home",
            "password2": "a long walk home",
        }
        assert throne.post(f"{PEOPLE}add/", fields).status_code == 302
        assert User.objects.get(username="neu").check_password("a long walk home")


@pytest.fixture
def hang(db):
    """Make a picture's row, without files."""

    def hang(user) -> Image:
        return Image.objects.create(
            user=user,
            title="달",
            image=f"images/{timezone.now().timestamp()}",
            width=900,
            height=600,
            colour="#123456",
        )

    return hang
