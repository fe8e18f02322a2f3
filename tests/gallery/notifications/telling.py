"""What tests of notifications do alike."""

from __future__ import annotations

from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.accounts.models import User
from gallery.activity.models import Activity
from gallery.activity.verbs import FOLLOWED, LIKED
from gallery.comments import services as comments
from gallery.images.models import Image
from slipstream.notifications import get_notifications, notification_text, notify_many

LIST = "/notifications/"
ALL = "/notifications/read/"
SETTINGS = "/account/settings/notifications/"
KINDS = ("followed", "liked", "commented")
SAVEPOINTS = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


def told(user: User) -> list[str]:
    """What is in the list of ``user``, newest first."""
    return [notification_text(line) for line in get_notifications(user).items]


def say(user: User, image: Image, text: str = "좋아요"):
    comment, _is_new = comments.write(user, image, text, token=uuid4())
    return comment


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def queries_of(client: Client, url: str) -> int:
    """How many queries a page costs; in a test transactions of pages are savepoints."""
    with CaptureQueriesContext(connection) as made:
        assert client.get(url).status_code == 200
    return sum(not query["sql"].startswith(SAVEPOINTS) for query in made)


def make_lines(owner: User, count: int) -> None:
    """Tell ``owner`` of so many likes and comments, and last of a follower; some by several."""
    people = [
        User(username=f"person{owner.pk}-{n}", name=f"Person {n}", email=f"p{owner.pk}-{n}@x.kr")
        for n in range(count)
    ]
    User.objects.bulk_create(people)
    people = list(User.objects.filter(username__startswith=f"person{owner.pk}-").order_by("pk"))
    images = [
        Image(
            user=owner,
            title=f"Picture {n}",
            image=f"images/{owner.pk}/{n}",
            width=900,
            height=600,
            colour="#556677",
        )
        for n in range(count)
    ]
    Image.objects.bulk_create(images)
    images = list(Image.objects.filter(user=owner).order_by("pk"))
    for n, (person, image) in enumerate(zip(people, images, strict=True)):
        if n == count - 1:
            _do(person, FOLLOWED, owner)
        elif n % 2 == 0:
            for other in people[: n + 1]:
                _do(other, LIKED, image)
        else:
            say(person, image, f"Comment {n}")
    notify_many(Activity.objects.with_targets())


def _do(person: User, verb, target) -> None:
    activity = Activity(actor=person, verb=verb.code, created_at=timezone.now())
    activity.target = target
    activity.save()
