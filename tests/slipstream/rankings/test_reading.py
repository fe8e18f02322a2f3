"""Reading counts, rankings and places."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import models
from django.utils.functional import SimpleLazyObject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slipstream.exceptions import InvalidLimit, InvalidTarget, InvalidWindow, NotRanked
from slipstream.rankings import (
    Ranked,
    Window,
    forget_views,
    history,
    rank_of,
    reads,
    record_view,
    record_views,
    top,
    view_count,
    view_counts,
)
from slipstream.rankings.backends.choice import get_backend
from slipstream.rankings.models import Viewing, Views
from slipstream.rankings.reads import MOST_AT_ONCE, MOST_PLACES
from slipstream.rankings.windows import period_starts
from tests.things.models import Cover, Document, FeaturedPicture, Picture, Place, Tag

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat("2026-03-04T12:30:00+00:00")
NAIVE = NOW.replace(tzinfo=None)
HOUR = timedelta(hours=1)
PICTURES = Picture.objects.all()


def make_pictures(views: list[int]) -> list[Picture]:
    """Pictures with so many views each."""
    made = [Picture.objects.create(title=str(n)) for n in range(len(views))]
    pairs = [(picture, None) for picture, n in zip(made, views, strict=True) for _ in range(n)]
    record_views(pairs, at=NOW)
    return made


def objects(ranking: list[Ranked[Any]]) -> list[Any]:
    return [ranked.object for ranked in ranking]


# -- counts


def test_counts_of_a_page_take_one_query(django_assert_num_queries):
    first, second, unseen = make_pictures([2, 1, 0])
    with django_assert_num_queries(1):
        counts = view_counts([unseen, first, second])
    assert list(counts.items()) == [(unseen, (0, 0)), (first, (2, 0)), (second, (1, 0))]
    with django_assert_num_queries(0):
        assert view_counts([]) == {}
    with django_assert_num_queries(1):
        assert view_count(first).views == 2
    assert view_count(first, window="day", at=NOW).views == 2
    assert view_count(first, window="day", at=NOW + 24 * HOUR) == (0, 0)
    assert view_count(SimpleLazyObject(lambda: first)) == (2, 0)


def test_more_objects_than_an_engine_takes_in_one_statement(django_assert_num_queries):
    seen = Picture.objects.create()
    record_views([(seen, "x"), (seen, "y")], at=NOW)
    many = [seen, *(Picture.from_db("default", ["id"], [seen.pk + n]) for n in range(1, 40_000))]
    record_view(many[-1], "x", at=NOW)
    with django_assert_num_queries(4):
        counts = view_counts(many)
    assert len(counts) == 40_000
    assert (counts[seen], counts[many[-1]], counts[many[1]]) == ((2, 2), (1, 1), (0, 0))
    with django_assert_num_queries(4):
        assert [both for _, both in history(many, window="day", since=NOW)] == [(3, 3)]
    get_backend().forget("things.picture", [str(each.pk) for each in many])
    assert not Views.objects.exists()
    assert not Viewing.objects.exists()


def test_what_is_gone_for_good_is_forgotten():
    gone, stays = Picture.objects.create(), Picture.objects.create()
    record_views([(gone, "x"), (stays, "x")], at=NOW)
    key = gone.pk
    gone.delete()
    forget_views(Picture, [])
    forget_views(FeaturedPicture, [key])
    assert set(Views.objects.values_list("object_key", flat=True)) == {str(stays.pk)}
    assert Viewing.objects.count() == Viewing.objects.filter(object_key=str(stays.pk)).count() > 0
    with pytest.raises(NotRanked):
        forget_views(Group, [1])


def test_objects_of_two_models_are_refused():
    picture, tag = Picture.objects.create(), Tag.objects.create(name="t")
    for read in (view_counts, lambda both: history(both, window="day", since=NOW)):
        with pytest.raises(InvalidTarget, match=r"of one model .* things\.picture, things\.tag"):
            read([picture, tag])
    proxy = FeaturedPicture.objects.get()
    assert view_counts([picture, proxy]) == {picture: (0, 0)}


READS = {
    "view_count": view_count,
    "rank_of": rank_of,
    "top": lambda obj, **options: top(type(obj)._base_manager.all(), **options),
    "record_view": lambda obj, window="", **options: record_view(obj, **options),
}


@pytest.mark.parametrize("name", ["view_count", "rank_of"])
def test_what_is_not_saved_is_refused(name):
    with pytest.raises(InvalidTarget, match="not saved"):
        READS[name](Picture())


@pytest.mark.parametrize("name", READS)
def test_a_model_without_a_policy_is_refused(name):
    with pytest.raises(NotRanked):
        READS[name](Place.objects.create())


@pytest.mark.parametrize("name", ["view_count", "rank_of", "top"])
def test_a_window_that_there_is_not(name):
    with pytest.raises(InvalidWindow, match="no window 'year'"):
        READS[name](Picture.objects.create(), window="year")


@pytest.mark.parametrize("window", ["all", "day"])
@pytest.mark.parametrize("name", READS)
def test_a_time_without_a_zone_is_refused(name, window):
    with pytest.raises(ValueError, match="aware"):
        READS[name](Picture.objects.create(), window=window, at=NAIVE)


def test_what_is_trending_has_no_counts():
    picture = Picture.objects.create()
    with pytest.raises(InvalidWindow, match="weighed, not counted: all, month, week, day, hour"):
        view_count(picture, window="trending")
    with pytest.raises(InvalidWindow):
        history([picture], window="trending", since=NOW)


# -- top


def test_the_most_seen_in_rank_order(django_assert_num_queries):
    pictures = make_pictures([1, 3, 0, 2])
    with django_assert_num_queries(2):
        found = top(PICTURES, at=NOW)
    assert found == [(pictures[1], 1, 3.0), (pictures[3], 2, 2.0), (pictures[0], 3, 1.0)]
    for window in ("hour", "day", "week", "month", "all", "trending"):
        assert objects(top(PICTURES, 2, window=window, at=NOW)) == [pictures[1], pictures[3]]
    assert top(PICTURES, window="day", at=NOW + 24 * HOUR) == []
    assert top(Document.objects.all()) == []


def test_every_kind_of_key_is_ranked():
    cover = Cover.objects.create(picture=Picture.objects.create())
    for thing in (Document.objects.create(), Tag.objects.create(name="é'\" x"), cover):
        record_view(thing)
        assert objects(top(type(thing)._base_manager.all())) == [thing]
        assert rank_of(thing) == 1


def test_the_queryset_is_honoured(django_assert_num_queries):
    pictures = make_pictures(list(range(30, 0, -1)))
    hidden = [picture.pk for picture in pictures[:12:2]]
    shown = Picture.objects.exclude(pk__in=hidden).select_related("owner").order_by("title")
    # The ranking, the objects, and whether the others are there.
    with django_assert_num_queries(3):
        found = top(shown, 10)
    assert objects(found) == [p for p in pictures if p.pk not in hidden][:10]
    assert [ranked.position for ranked in found] == list(range(1, 11))
    assert found[0].score == 29
    assert Views.objects.filter(period="all").count() == 30
    proxies = top(FeaturedPicture.objects.all(), 1)
    assert type(proxies[0].object) is FeaturedPicture


def test_joins_that_give_an_object_twice():
    pictures = make_pictures([2, 1])
    for picture in pictures:
        Cover.objects.create(picture=picture)
    either = Picture.objects.filter(models.Q(cover__isnull=False) | models.Q(title="0"))
    assert objects(top(either)) == pictures


def test_a_slice_is_refused():
    make_pictures([1])
    with pytest.raises(TypeError, match="slice"):
        top(PICTURES[:3])


def test_ten_are_ten_though_the_first_three_hundred_are_hidden(django_assert_max_num_queries):
    pictures = Picture.objects.bulk_create([Picture() for _ in range(320)])
    pictures = list(Picture.objects.order_by("pk"))
    half = [(picture, None) for picture in pictures[:310]]
    record_views([*half, *((picture, None) for picture in pictures)], at=NOW)
    shown = Picture.objects.filter(pk__in=[picture.pk for picture in pictures[310:]])
    # Looks at 20, 40, 80, 160 and 320 places, each with the objects and who is gone.
    with django_assert_max_num_queries(5 * 3):
        found = top(shown)
    assert sorted(p.pk for p in objects(found)) == [p.pk for p in pictures[310:]]
    assert [ranked.score for ranked in found] == [1.0] * 10
    # And where there are fewer, the ranking is looked through once.
    with django_assert_max_num_queries(5 * 3):
        assert len(top(shown[:0] | shown.filter(pk__lte=pictures[312].pk))) == 3


def test_what_is_looked_at_at_once_has_an_end(monkeypatch):
    looked = []
    monkeypatch.setattr(reads, "MOST_AT_ONCE", 30)
    backend = reads.get_backend()

    class Watched:
        def top(self, *args: Any, start: int, count: int) -> Any:
            looked.append((start, count))
            return backend.top(*args, start=start, count=count)

    monkeypatch.setattr(reads, "get_backend", Watched)
    pictures = make_pictures([1] * 100)
    top(Picture.objects.filter(pk=pictures[-1].pk))
    assert looked == [(0, 20), (20, 30), (50, 30), (80, 30)]
    assert MOST_AT_ONCE == 10_000


def test_what_is_gone_is_forgotten(django_assert_num_queries):
    pictures = make_pictures([5, 4, 3, 2, 1])
    record_view(pictures[0], "x", at=NOW)
    gone = [str(pictures[n].pk) for n in (0, 2)]
    Picture.objects.filter(pk__in=gone).delete()
    # Rank and number count them until then.
    assert rank_of(pictures[4]) == 5
    assert objects(top(PICTURES, 3)) == [pictures[1], pictures[3], pictures[4]]
    assert not Views.objects.filter(object_key__in=gone).exists()
    assert not Viewing.objects.exists()
    assert rank_of(pictures[4]) == 3
    with django_assert_num_queries(2):
        assert len(top(PICTURES, 3)) == 3


def test_many_that_are_gone_leave_no_hole():
    pictures = make_pictures([3] * 50 + [2] * 12)
    Picture.objects.filter(pk__in=[picture.pk for picture in pictures[:50]]).delete()
    assert sorted(p.pk for p in objects(top(PICTURES))) == sorted(
        sorted((p.pk for p in pictures[50:]), key=str)[:10]
    )


def test_what_a_manager_hides_is_not_gone(monkeypatch):
    [picture] = make_pictures([1])

    class Hiding(models.Manager):  # type: ignore[type-arg]
        def get_queryset(self) -> Any:
            return super().get_queryset().none()

    hiding = Hiding()
    hiding.model = Picture
    monkeypatch.setattr(type(Picture), "_base_manager", hiding)
    assert top(Picture.objects.none()) == []
    assert view_count(picture).views == 1


def test_ties_are_stable():
    pictures = make_pictures([1] * 25)
    expected = sorted(pictures, key=lambda picture: str(picture.pk))
    for _ in range(3):
        assert objects(top(PICTURES, 25)) == expected
    assert objects(top(PICTURES, 7)) == expected[:7]
    assert [rank_of(picture) for picture in expected] == list(range(1, 26))


@pytest.mark.parametrize("n", [0, -1, 201, 1_000_000])
def test_so_many_are_refused(n):
    with pytest.raises(InvalidLimit, match=f"from 1 to 200, not {n}"):
        top(PICTURES, n)


def test_one_that_moves_while_it_looks_comes_once(monkeypatch):
    pictures = make_pictures(list(range(60, 0, -1)))
    backend = reads.get_backend()
    shown = Picture.objects.filter(pk__in=[pictures[18].pk, pictures[19].pk])

    class Moving:
        def top(self, *args: Any, **options: Any) -> Any:
            found = backend.top(*args, **options)
            record_views([(pictures[40], None)] * 100, at=NOW)
            return found

        def forget(self, *args: Any) -> None:
            raise AssertionError

    monkeypatch.setattr(reads, "get_backend", Moving)
    assert objects(top(shown)) == [pictures[18], pictures[19]]


# -- places


def test_a_place(django_assert_num_queries):
    pictures = make_pictures([1, 3, 0, 2])
    with django_assert_num_queries(2):
        assert rank_of(pictures[0]) == 3
    with django_assert_num_queries(1):
        assert rank_of(pictures[2]) is None
    assert rank_of(pictures[1], window="trending", at=NOW) == 1
    assert rank_of(pictures[1], window="day", at=NOW + 24 * HOUR) is None


def test_a_place_beyond_the_last_is_none(monkeypatch):
    pictures = make_pictures([3, 2, 1])
    monkeypatch.setattr(reads, "MOST_PLACES", 2)
    assert [rank_of(picture) for picture in pictures] == [1, 2, None]
    assert MOST_PLACES == 1000


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10_000))
def test_places_agree_with_the_ranking(seed):
    """Also where scores are logarithms, with all their digits."""
    random = Random(seed)
    Views.objects.all().delete()
    Tag.objects.all().delete()
    tags = [Tag.objects.create(name=f"t{n}") for n in range(12)]
    worth = dict.fromkeys(tags, 0.0)
    for _ in range(30):
        tag, age = random.choice(tags), random.choice([0, 1, 1.5, random.uniform(0, 40)])
        record_view(tag, at=NOW - age * HOUR)
        worth[tag] += 0.5 ** (age / 6)
    ranking = top(Tag.objects.all(), 12, window="trending", at=NOW)
    assert [rank_of(each.object, window="trending") for each in ranking] == [
        each.position for each in ranking
    ]
    scores = [each.score for each in ranking]
    assert scores == sorted(scores, reverse=True)
    assert scores == pytest.approx([worth[each.object] for each in ranking], rel=1e-6)


# -- history


def test_history(django_assert_num_queries):
    first, second = make_pictures([0, 0])
    for picture, at in ((first, NOW - 48 * HOUR), (first, NOW), (second, NOW)):
        record_view(picture, "x", at=at)
    with django_assert_num_queries(1):
        found = history([first, second], window="day", since=NOW - 48 * HOUR)
    today = period_starts(Window.DAY, NOW)
    assert found == [(today - 48 * HOUR, (1, 1)), (today, (2, 2))]
    assert history([], window="day", since=NOW) == []
    with pytest.raises(ValueError, match="aware"):
        history([first], window="all", since=NAIVE)
    with pytest.raises(NotRanked):
        history([Place.objects.create()], window="day", since=NOW)
