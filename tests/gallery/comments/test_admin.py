"""What moderators see and do."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from gallery.accounts.models import User
from gallery.activity.models import Activity
from gallery.comments.models import Comment

from .sayings import PRIVATE, count_of, say, say_many

LIST = "/admin/comments/comment/"


@pytest.fixture
def moderator(make_person):
    """Make a browser of somebody with such permissions: ``moderator("view", "change")``."""

    def make(*permissions: str) -> Client:
        person = make_person("warden", is_staff=True)
        names = [f"{permission}_comment" for permission in permissions]
        person.user_permissions.set(Permission.objects.filter(codename__in=names))
        client = Client()
        client.force_login(User.objects.get(pk=person.pk))
        return client

    return make


def act(client: Client, action: str, *comments: Comment):
    keys = [comment.pk for comment in comments]
    return client.post(LIST, {"action": action, "_selected_action": keys, "post": "yes"})


def test_hiding_and_showing_again(moderator, mina, haru, image):
    client = moderator("view", "change")
    comments = [say(haru, image, f"Nummer {number}") for number in range(3)]
    answer = act(client, "hide", *comments[:2])
    assert answer.status_code == 302
    assert "2 comments are hidden." in client.get(LIST).content.decode()
    assert (count_of(image), Activity.objects.count()) == (1, 1)
    for hidden, expected in (("yes", ["1", "0"]), ("no", ["2"])):
        html = client.get(LIST, {"hidden": hidden}).content.decode()
        assert [n for n in "210" if f"Nummer {n}" in html] == expected
    act(client, "unhide", *comments)
    assert count_of(image) == Activity.objects.count() == 3
    told = set(LogEntry.objects.values_list("object_id", "change_message"))
    assert {(str(comments[0].pk), "Hidden."), (str(comments[0].pk), "Shown again.")} <= told


def test_only_with_the_permission(moderator, haru, image):
    client = moderator("view")
    comment = say(haru, image)
    act(client, "hide", comment)
    assert count_of(image) == 1
    assert client.get(LIST).status_code == 200
    page = Client()
    page.force_login(haru)
    assert page.get(LIST).status_code == 302


def test_found_by_words_and_names(moderator, mina, haru, image):
    client = moderator("view")
    say(haru, image, "ein Wort")
    say(mina, image, "zwei Worte")
    for query, expected in (("ein", 1), ("haru", 1), ("Wort", 2), ("달", 2), ("nichts", 0)):
        html = client.get(LIST, {"q": query}).content.decode()
        assert html.count('class="field-preview"') + html.count("<th ") >= expected
        assert ("ein Wort" in html) == (query in ("ein", "haru", "Wort", "달"))


@pytest.mark.parametrize("count", [1, 60])
def test_costs_the_same(moderator, haru, mina, image, hang, count, django_assert_num_queries):
    client = moderator("view", "change")
    say_many(haru, image, count)
    say_many(mina, hidden := hang(mina, PRIVATE), count)
    client.get(LIST)
    # Session, user and two for permissions; how many, and the list.
    with django_assert_num_queries(6):
        html = client.get(LIST).content.decode()
    assert image.sources[0][1] in html
    assert hidden.sources[0][1] not in html  # which a moderator need not be allowed to see


def test_reads_and_removes_but_does_not_rewrite(moderator, haru, image):
    client = moderator("view", "change", "delete")
    comments = [say(haru, image, "<b>wörtlich") for _ in range(3)]
    url = f"{LIST}{comments[0].pk}/change/"
    html = client.get(url).content.decode()
    assert "&lt;b&gt;wörtlich" in html
    assert "<textarea" not in html
    client.post(url, {"text": "anders"})
    assert set(Comment.objects.values_list("text", flat=True)) == {"<b>wörtlich"}
    client.post(f"{LIST}{comments[0].pk}/delete/", {"post": "yes"})
    act(client, "delete_selected", comments[1])
    assert (count_of(image), Activity.objects.get().data) == (1, {"comment": comments[2].pk})
    assert client.get(f"{LIST}add/").status_code == 403
