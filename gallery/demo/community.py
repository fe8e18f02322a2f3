"""A community that looks alive, the same for the same seed."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from gallery.accounts.models import User
from gallery.accounts.photos import store_photo
from gallery.accounts.usernames import username_key
from gallery.demo.doings import live_through
from gallery.demo.faces import draw_face
from gallery.demo.names import identities
from gallery.demo.painting import Painting, paint_all
from gallery.images import files
from gallery.images.models import Image, Visibility
from slipstream.follows.models import Follow

#: The account to sign in with.
DEMO_USERNAME = "mina"
_DAYS = 120
#: How many of ten have a photo; the others show their initial.
_PHOTOS_OF_TEN = 8
_FOLLOWED_BY_THE_DEMO = 25
_DOMAIN = "demo.gallery.example"

#: Wraps what is made one by one: what it is, how many, the things themselves.
Track = Callable[[str, int, Iterable[Any]], Iterable[Any]]


def taken_names(*, seed: int, size: int = 220) -> list[str]:
    """Return the usernames of the demo's people that somebody else has. One query."""
    names = [person.username for person in identities(Random(seed), count=size)]  # noqa: S311
    keys = [username_key(name) for name in names]
    taken = User.objects.filter(username_key__in=keys).values_list("username", flat=True)
    return sorted(taken)


def has_community() -> bool:
    """Whether the demo's people are here already. One query."""
    return User.objects.filter(email=f"{DEMO_USERNAME}@{_DOMAIN}").exists()


def _untracked(what: str, count: int, things: Iterable[Any]) -> Iterable[Any]:
    return things


def make_community(
    *,
    seed: int,
    password: str,
    size: int = 220,
    pictures: int = 600,
    track: Track = _untracked,
) -> list[User]:
    """Make people, who follows whom, and what they share and like; return the people.

    ``track`` wraps what takes its time, for a progress bar. All rows or none,
    in one transaction that begins when all is drawn: nobody waits for it long.
    """
    random = Random(seed)  # noqa: S311
    now = timezone.now()
    # First, as in `taken_names`.
    made = identities(random, count=size)
    first = random.randrange(10**9)
    paintings = list(track("pictures", pictures, paint_all(range(first, first + pictures))))
    people = [
        User(
            username=username,
            email=f"{username}@{_DOMAIN}",
            name=name,
            bio=bio,
            # Nobody signs in as the others.
            password=make_password(password if username == DEMO_USERNAME else None),
            date_joined=now - timedelta(days=_DAYS * random.random()),
            photo=_draw_photo(random, username),
        )
        for username, name, bio in track("people", size, made)
    ]
    with transaction.atomic():
        return _settle(people, paintings, random, now)


def _settle(
    people: list[User], paintings: list[Painting], random: Random, now: datetime
) -> list[User]:
    User.objects.bulk_create(people)
    people = list(User.objects.filter(username__in=[p.username for p in people]).order_by("id"))
    Follow.objects.bulk_create(_draw_follows(people, random, now), batch_size=500)
    zeal = {person.pk: _zeal(person, random) for person in people}
    Follow.objects.bulk_create(_fill_a_feed(people, zeal, random, now), ignore_conflicts=True)
    Image.objects.bulk_create(_hang(paintings, people, zeal, random, now))
    live_through(people, zeal, random, now)
    return people


def _draw_photo(random: Random, username: str) -> str:
    has_photo = random.randrange(10) < _PHOTOS_OF_TEN or username == DEMO_USERNAME
    return store_photo(draw_face(random)) if has_photo else ""


def _draw_follows(people: list[User], random: Random, now: datetime) -> Iterator[Follow]:
    """Follow by preferential attachment: who has many followers gets more, and some follow back.

    After Barabási and Albert, "Emergence of Scaling in Random Networks",
    Science 286 (1999), with reciprocity added.
    """
    pairs: dict[tuple[int, int], None] = {}  # ordered, unlike a set
    by_key = {person.pk: person for person in people}
    urn = [person.pk for person in people]  # one ticket each, and one more per follower
    for person in people:
        for _ in range(min(int(random.paretovariate(1.1)) + 3, len(people) // 2)):
            chosen = random.choice(urn)
            if chosen != person.pk:
                pairs[person.pk, chosen] = None
                urn.append(chosen)
                if random.random() < 0.35:
                    pairs[chosen, person.pk] = None
    # Neighbours in time know each other: clusters beside the stars.
    for one, other in pairwise(sorted(people, key=lambda p: p.date_joined)):
        pairs[other.pk, one.pk] = None
    for follower, following in pairs:
        yield _follow(by_key[follower], by_key[following], random, now)


def _fill_a_feed(
    people: list[User], zeal: dict[int, float], random: Random, now: datetime
) -> Iterator[Follow]:
    """Let the demo's own account follow those who share most."""
    [viewer] = (person for person in people if person.username == DEMO_USERNAME)
    others = [person for person in people if person != viewer]
    for person in sorted(others, key=lambda other: -zeal[other.pk])[:_FOLLOWED_BY_THE_DEMO]:
        yield _follow(viewer, person, random, now)


def _follow(follower: User, following: User, random: Random, now: datetime) -> Follow:
    since = max(follower.date_joined, following.date_joined)
    at = since + (now - since) * random.random()
    return Follow(follower=follower, following=following, followed_at=at)


def _zeal(person: User, random: Random) -> float:
    """How much somebody shares per day, by chance; the demo's own account shares a lot."""
    return 8 if person.username == DEMO_USERNAME else min(random.paretovariate(0.9), 12)


def _hang(
    paintings: Iterable[Painting],
    people: list[User],
    zeal: dict[int, float],
    random: Random,
    now: datetime,
) -> Iterator[Image]:
    """Give each painting to somebody: a few share much, most share little."""
    weights = [zeal[person.pk] * (now - person.date_joined).total_seconds() for person in people]
    for painting in paintings:
        [owner] = random.choices(people, weights)
        visibility = random.choices(Visibility.values, (94, 4, 2))[0]
        folder = files.store(painting.contents, public=visibility == Visibility.PUBLIC)
        korean = not owner.name.isascii() and "가" <= owner.name[0] <= "힣"
        yield Image(
            user=owner,
            title=painting.title_ko if korean else painting.title_en,
            visibility=visibility,
            image=folder,
            width=painting.master.width,
            height=painting.master.height,
            colour=painting.master.colour,
            # More of it lately: the place is growing.
            created_at=owner.date_joined + (now - owner.date_joined) * random.random() ** 0.4,
        )
