from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, Sum
from django.test import Client
from django.utils import timezone

from gallery.accounts.models import User
from gallery.accounts.photos import SIZES
from gallery.activity.models import Activity
from gallery.comments.models import Comment
from gallery.demo import community
from gallery.demo.community import DEMO_USERNAME, make_community
from gallery.demo.painting import paint
from gallery.images import files
from gallery.images.models import Image, Like, Visibility
from slipstream.feeds import get_activity_feed
from slipstream.follows import with_follow_counts
from slipstream.follows.models import Follow
from slipstream.rankings import history, record_view, top, view_counts
from slipstream.rankings.models import Viewing, Views
from slipstream.rankings.windows import period_starts

DAY = timedelta(days=1)


def what_is_there():
    pairs = set(Follow.objects.values_list("follower__username", "following__username"))
    pictures = set(Image.objects.values_list("title", "colour", "width", "user__username"))
    faces = {}
    for person in User.objects.exclude(photo="").order_by("username"):
        with default_storage.open(f"{person.photo}/small.webp") as file:
            faces[person.username] = file.read()
    likes = set(Like.objects.values_list("user__username", "image__title"))
    activities = Activity.objects.values_list("actor__username", "verb", "target_image__title")
    comments = Comment.objects.values_list("user__username", "image__title", "text").order_by("pk")
    looks = Views.objects.filter(period="all").order_by("views").values_list("views", flat=True)
    activities = sorted(map(str, activities))
    return pairs, pictures, faces, likes, list(comments), activities, list(looks)


@pytest.fixture
def one_process(monkeypatch):
    """Paint here, where starting processes would take longer than painting."""
    monkeypatch.setattr(community, "paint_all", lambda seeds: map(paint, seeds))


@pytest.mark.slow
def test_the_same_for_the_same_seed(db, one_process, monkeypatch):
    there = []
    now = timezone.now()
    # When people look depends on the time of day.
    monkeypatch.setattr(timezone, "now", lambda: now)
    for seed in (3, 3, 4):
        make_community(seed=seed, password="x", size=12, pictures=4)
        there.append(what_is_there())
        User.objects.all().delete()
        Views.objects.all().delete()
    first, again, other = there
    assert first == again
    assert first != other


@pytest.mark.slow
def test_looks_like_a_community(db, one_process):
    people = make_community(seed=1, password="x", size=220, pictures=0)
    assert len(people) == 220
    counted = with_follow_counts(User.objects.all())
    counts = sorted(counted.values_list("follower_count", flat=True), reverse=True)
    assert counts[0] > 5 * counts[110]  # a few have most of the followers
    assert Follow.objects.count() == sum(counts)
    pairs = set(Follow.objects.values_list("follower", "following"))
    mutual = sum((b, a) in pairs for a, b in pairs)
    assert 0.2 < mutual / len(pairs) < 0.8
    for row in Follow.objects.select_related("follower", "following"):
        assert row.followed_at >= max(row.follower.date_joined, row.following.date_joined)
    photos = [person for person in people if person.photo]
    assert 140 <= len(photos) < 220
    for person in photos[:20]:
        assert all(default_storage.exists(f"{person.photo}/{name}.webp") for name in SIZES)
    korean = [person for person in people if "가" <= person.name[0] <= "힣"]
    assert 80 < len(korean) < 140


@pytest.mark.slow
def test_pictures_hang_with_all_their_files(db):
    """Painted by processes of their own, as by the command."""
    make_community(seed=1, password="x", size=8, pictures=8)
    pictures = Image.objects.select_related("user")
    assert len(pictures) == 8
    for picture in pictures:
        assert picture.title
        assert picture.created_at >= picture.user.date_joined
        place = files.storage(public=picture.is_public)
        for width in files.widths(picture.width):
            assert place.exists(f"{picture.image}/{width}.webp")


@pytest.mark.slow
def test_weeks_of_activity(db, monkeypatch, django_assert_max_num_queries):
    """All in order of time, a few pictures with most of the likes, and a full feed."""
    painting = paint(1)
    monkeypatch.setattr(community, "paint_all", lambda seeds: (painting for _ in seeds))
    monkeypatch.setattr(community, "_draw_photo", lambda random, username: "")
    # On MariaDB whoever is told of something for the first time is given an inbox alone.
    with django_assert_max_num_queries(1300 if connection.vendor == "mysql" else 480):
        make_community(seed=1, password="x", size=220, pictures=600)
    likes = Like.objects.select_related("user", "image")
    assert 5000 < len(likes) < 7500
    now = timezone.now()
    for like in likes:
        assert max(like.image.created_at, like.user.date_joined) <= like.created_at <= now
        assert like.image.is_shown
        assert like.user_id != like.image.user_id
    counts = sorted(Image.objects.values_list("like_count", flat=True))
    assert counts[-1] > 8 * counts[300]

    told = dict(Activity.objects.values_list("verb").annotate(n=Count("*")).order_by())
    shown = Image.objects.exclude(visibility=Visibility.PRIVATE)
    assert told == {
        "joined": 220,
        "followed": Follow.objects.count(),
        "shared": shown.count(),
        "liked": len(likes),
        "commented": Comment.objects.count(),
    }
    comments = Comment.objects.select_related("user", "image")
    assert 1200 < len(comments) < 2400
    for comment in comments:
        assert max(comment.image.created_at, comment.user.date_joined) <= comment.created_at <= now
        assert comment.image.is_shown
    assert len({comment.text for comment in comments}) > 120
    most = Image.objects.order_by("-like_count")[:60].aggregate(n=Sum("comment_count"))["n"]
    assert most > len(comments) / 3
    said = Activity.objects.with_verb("commented").values_list("data__comment", "created_at")
    assert dict(said) == dict(comments.values_list("pk", "created_at"))

    shared = Activity.objects.with_verb("shared").values_list("target_image", "created_at")
    assert dict(shared) == dict(shown.values_list("pk", "created_at"))
    mina = User.objects.get(username=DEMO_USERNAME)
    feed = get_activity_feed(mina, limit=100)
    assert not feed.is_discovery
    assert len(feed.items) == 100
    assert {"followed", "shared", "liked"} <= {activity.verb for activity in feed.items[:40]}


@pytest.mark.slow
def test_weeks_of_looking(db, monkeypatch):
    """Who likes has looked; totals, days and hours agree; something is trending."""
    painting = paint(1)
    monkeypatch.setattr(community, "paint_all", lambda seeds: (painting for _ in seeds))
    monkeypatch.setattr(community, "_draw_photo", lambda random, username: "")
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    make_community(seed=1, password="x", size=120, pictures=200)
    images = list(Image.objects.all())
    totals = view_counts(images)
    for image in images:
        assert totals[image].views >= totals[image].viewers >= image.like_count
    assert sum(total.views for total in totals.values()) > 5 * Like.objects.count()
    # Nobody looks before there is something to see; each day is that of the months and of all.
    rows = {window: {} for window in ("all", "month", "day", "hour")}
    for row in Views.objects.filter(period__in=rows):
        rows[row.period].setdefault(int(row.object_key), {})[row.starts_at] = row.views
        assert row.viewers <= row.views == row.score
    for image in images:
        seen = [sum(rows[w].get(image.pk, {}).values()) for w in ("all", "month", "day")]
        assert seen == [totals[image].views] * 3
        assert min(rows["day"].get(image.pk, {now: 1})) >= image.created_at - timedelta(days=1)
        starts_at = period_starts("day", now - timedelta(days=3))
        of_day = rows["day"].get(image.pk, {}).get(starts_at, 0)
        hours = rows["hour"].get(image.pk, {}).items()
        assert of_day == sum(n for at, n in hours if starts_at <= at < starts_at + DAY)
    # By night there is less to tell.
    by_hour = [0] * 24
    for at, n in history(images, window="hour", since=now - timedelta(days=10)):
        by_hour[timezone.localtime(at).hour] += n.views
    assert sum(by_hour[1:6]) * 4 < sum(by_hour[17:22])
    trending = top(Image.objects.all(), 24, window="trending")
    assert len(trending) == 24
    assert trending[0].score > 3 * trending[23].score > 0
    likers = {(row.object_key, row.viewer) for row in Viewing.objects.all()}
    assert len(likers) == Like.objects.count()
    # The demo's own account has looked at what it likes: at once again it does not count.
    like = Like.objects.filter(created_at__lt=now - timedelta(hours=1)).first()
    assert record_view(like.image, like.user, at=like.created_at).counted is False


def test_the_command_is_for_an_empty_site(db, one_process, monkeypatch, tmp_path, make_person):
    make_person("m1na")
    monkeypatch.setenv("GALLERY_DEMO_PASSWORD", "let me in please")
    with pytest.raises(CommandError, match="m1na"):
        call_command("demo", people=9, pictures=3)
    assert list(tmp_path.rglob("*.webp")) == []


def test_the_command_makes_it_once(db, one_process, monkeypatch, capsys):
    monkeypatch.delenv("GALLERY_DEMO_PASSWORD", raising=False)
    with pytest.raises(CommandError, match="GALLERY_DEMO_PASSWORD"):
        call_command("demo")
    monkeypatch.setenv("GALLERY_DEMO_PASSWORD", "let me in please")
    call_command("demo", people=9, pictures=3)
    call_command("demo")
    assert "here already" in capsys.readouterr().out
    assert (User.objects.count(), Image.objects.count()) == (9, 3)
    data = {"username": DEMO_USERNAME, "password": "let me in please"}
    assert Client().post("/account/login/", data).status_code == 302
    assert not User.objects.exclude(username=DEMO_USERNAME).first().has_usable_password()
