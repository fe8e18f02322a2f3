"""Who and what the pages in `tests.browser.pages` are of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from gallery.accounts.models import User
from gallery.activity.models import Activity
from gallery.activity.verbs import COMMENTED, FOLLOWED, LIKED, SHARED
from gallery.comments.models import Comment
from gallery.comments.services import write
from gallery.demo import community
from gallery.demo.painting import Painting, paint_all
from gallery.images.models import Image, Like
from slipstream.follows.models import Follow
from slipstream.notifications import notify_many
from slipstream.rankings import record_views

from .pages import MEMBER, NEWCOMER, STAFF, VISITOR, Page

PASSWORD = "a good password"
#: Small enough to be drawn while one waits, large enough for rows of everything.
_PEOPLE, _PICTURES = 24, 40


@dataclass(frozen=True)
class Scene:
    """The people who look, and what they look at."""

    member: User
    newcomer: User
    staff: User
    person: User
    """Somebody else, whom the member follows."""
    picture: Image
    """Of ``person``, liked and commented, by the member too."""
    own: Image
    """The same of the member's."""
    comment: Comment
    """The member's, on ``picture``."""
    answer: Comment
    """Of ``person``, on ``own``."""

    def address(self, page: Page) -> str:
        """Return the address of ``page`` here."""
        return page.address.format_map(
            {
                "member": self.member.username,
                "newcomer": self.newcomer.username,
                "person": self.person.username,
                "picture": self.picture.pk,
                "own": self.own.pk,
                "comment": self.comment.pk,
                "answer": self.answer.pk,
                "word": self.picture.title.split()[0],
                "uid": urlsafe_base64_encode(force_bytes(self.member.pk)),
                "token": default_token_generator.make_token(self.member),
            }
        )

    def viewer(self, page: Page) -> User | None:
        """Return who looks at ``page``; None for a visitor."""
        people = {MEMBER: self.member, NEWCOMER: self.newcomer, STAFF: self.staff, VISITOR: None}
        return people[page.viewer]

    def client(self, page: Page) -> Client:
        """Return a browser, without a screen, in which the viewer of ``page`` is signed in."""
        client = Client()
        viewer = self.viewer(page)
        if viewer:
            client.force_login(viewer)
        return client


def make_person(username: str, **fields: Any) -> User:
    """Make an account that nobody needs the password of."""
    fields.setdefault("name", username.title())
    # Said here, since a default of the model knows nothing of a clock that stands still.
    fields.setdefault("date_joined", timezone.now())
    return User.objects.create_user(username, f"{username}@example.com", PASSWORD, **fields)


# -- with a number of rows of everything, without files


def make_rows(count: int) -> Scene:
    """Make a scene with ``count`` rows wherever a page shows rows, in few statements."""
    now = timezone.now()
    crowd = User.objects.bulk_create(
        User(username=f"crowd{n}", name=f"Crowd {n}", email=f"crowd{n}@example.com")
        for n in range(count)
    )
    member, person = make_person("mina", name="김미나"), make_person("seojun", name="박서준")
    _follow_each_other([member, person], crowd, now)
    Follow.objects.create(follower=member, following=person)
    pictures = {user.pk: _hang(user, count, now) for user in (member, person)}
    own, picture = pictures[member.pk][0], pictures[person.pk][0]
    for image in (own, picture):
        likers = [*crowd, member]
        Like.objects.bulk_create(Like(user=user, image=image) for user in likers)
        Comment.objects.bulk_create(
            Comment(user=user, image=image, text="Fine.", created_at=now) for user in crowd
        )
        _record(crowd, LIKED.code, image, now)
        _record(crowd, COMMENTED.code, image, now)
    for image in (*pictures[member.pk], *pictures[person.pk]):
        _record([image.user], SHARED.code, image, now)
        # A line of its own for each picture of the member's.
        _record(crowd[:1], LIKED.code, image, now)
    _record([member, person], FOLLOWED.code, crowd[0], now)
    looked = [*pictures[member.pk], *pictures[person.pk]]
    record_views([(image, f"viewer {n}") for image in looked for n in range(2)], at=now)
    return _complete(member, person, own, picture)


def _follow_each_other(people: list[User], crowd: list[User], now: datetime) -> None:
    pairs = [(one, other) for one in people for other in crowd]
    pairs += [(other, one) for one, other in pairs]
    Follow.objects.bulk_create(
        Follow(follower=one, following=other, followed_at=now) for one, other in pairs
    )


def _hang(user: User, count: int, now: datetime) -> list[Image]:
    return Image.objects.bulk_create(
        Image(
            user=user,
            title=f"{user.name} {number}",
            image=f"images/00/{user.username}{number}",
            width=900,
            height=600,
            colour="#556677",
            created_at=now - timedelta(minutes=number),
        )
        for number in range(count)
    )


def _record(actors: list[User], verb: str, target: User | Image, now: datetime) -> None:
    activities = Activity.objects.bulk_create(
        Activity(actor=actor, verb=verb, target=target, created_at=now) for actor in actors
    )
    notify_many(activities)


# -- the demo community, small


def make_demo() -> Scene:
    """Make the demo's people and pictures, the same each time, with files in MEDIA_ROOT."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(community, "paint_all", lambda seeds: list(_paintings(tuple(seeds))))
        community.make_community(seed=1, password=PASSWORD, size=_PEOPLE, pictures=_PICTURES)
    member = User.objects.get(username=community.DEMO_USERNAME)
    shown = Image.objects.filter(deleted_at=None, visibility=0).select_related("user")
    own = shown.filter(user=member).order_by("-comment_count", "-like_count", "id").first()
    followed = shown.filter(user__followers=member).order_by("-comment_count", "-like_count", "id")
    picture = followed.first()
    assert own is not None
    assert picture is not None
    return _complete(member, picture.user, own, picture)


@cache
def _paintings(seeds: tuple[int, ...]) -> list[Painting]:
    """Return the demo's pictures: drawn once for all tests of a process."""
    return list(paint_all(seeds))


def _complete(member: User, person: User, own: Image, picture: Image) -> Scene:
    comment, _ = write(member, picture, "그림자가 참 좋아요.", token=uuid4())
    answer, _ = write(person, own, "빛이 참 좋아요.", token=uuid4())
    Comment.objects.filter(pk__in=[comment.pk, answer.pk]).update(created_at=timezone.now())
    return Scene(
        member=member,
        newcomer=make_person("new.person", name="새로운 사람"),
        staff=make_person("boss", is_staff=True, is_superuser=True),
        person=person,
        picture=picture,
        own=own,
        comment=comment,
        answer=answer,
    )
