"""What a feed holds, where its cursors lead, and what it refuses."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from slipstream.activity import feed_verbs, get_activity_model
from slipstream.exceptions import InvalidCursor, InvalidLimit, InvalidTarget, InvalidUser
from slipstream.feeds import MOST_COUNTED, count_new, get_activity_feed
from slipstream.follows import follow, unfollow
from tests.things.models import Document, Picture, Tag

from .graphs import act, follow_all, make_people

pytestmark = pytest.mark.django_db
Activity = get_activity_model()


@pytest.fixture
def ann():
    return make_people(1, prefix="ann")[0]


@pytest.fixture
def bob(ann):
    """Followed by Ann."""
    [bob] = make_people(1, prefix="bob")
    follow(ann, bob)
    return bob


def keys(page) -> list[int]:
    return [item.pk for item in page.items]


# -- what it holds


def test_newest_first_of_those_followed(ann, bob):
    [stranger] = make_people(1)
    old, new, middle = (act(bob, at=at) for at in (1, 9, 5))
    act(stranger, at=7)
    act(ann, at=8)
    page = get_activity_feed(ann)
    assert keys(page) == [new.pk, middle.pk, old.pk]
    assert not page.is_discovery
    assert page.next_cursor is None


def test_never_ones_own_even_if_the_audience_has_oneself(ann, bob, settings):
    settings.SLIPSTREAM_FEED_AUDIENCE = f"{__name__}.everybody"
    act(ann)
    theirs = act(bob)
    assert keys(get_activity_feed(ann)) == [theirs.pk]
    settings.SLIPSTREAM_FEED_AUDIENCE = f"{__name__}.oneself"
    page = get_activity_feed(ann)
    assert keys(page) == [theirs.pk]
    assert page.is_discovery


def everybody(user):
    return get_user_model().objects.values("pk")


def oneself(user):
    return get_user_model().objects.filter(pk=user.pk).values("pk")


def test_hidden_verbs_are_hidden(ann, bob):
    act(bob, verb="viewed")
    shown = act(bob, verb="liked")
    assert keys(get_activity_feed(ann)) == [shown.pk]
    assert count_new(ann, None) == 1


def test_without_any_verb_a_feed_is_empty(ann, bob, monkeypatch):
    act(bob)
    monkeypatch.setattr("slipstream.activity.verbs._declared", {})
    assert feed_verbs() == ()
    page = get_activity_feed(ann)
    assert (page.items, page.next_cursor, page.newer_cursor) == ([], None, None)
    assert count_new(ann, None) == 0


def test_discovery_for_whom_follows_nobody(ann):
    [stranger] = make_people(1)
    act(ann)
    theirs = act(stranger)
    page = get_activity_feed(ann)
    assert page.is_discovery
    assert keys(page) == [theirs.pk]
    assert count_new(ann, None) == 1
    follow(ann, stranger)
    assert not get_activity_feed(ann).is_discovery
    unfollow(ann, stranger)
    assert get_activity_feed(ann).is_discovery


def test_an_empty_feed_says_whose_it_is(ann):
    page = get_activity_feed(ann)
    assert (page.items, page.is_discovery) == ([], True)
    follow(ann, make_people(1)[0])
    act(make_people(1, prefix="stranger")[0])
    page = get_activity_feed(ann)
    assert (page.items, page.is_discovery) == ([], False)
    assert (page.next_cursor, page.newer_cursor) == (None, None)


def test_a_lazy_user_as_requests_have_it(ann, bob):
    shown = act(bob)
    assert keys(get_activity_feed(SimpleLazyObject(lambda: ann))) == [shown.pk]


# -- targets


def test_actor_and_target_cost_no_query_more(ann, bob, django_assert_num_queries):
    act(bob, verb="liked", target=Picture.objects.create(title="Sunset"))
    act(bob, verb="liked", target=ann, at=1)
    act(bob, at=2)
    page = get_activity_feed(ann)
    with django_assert_num_queries(0):
        assert [item.actor for item in page.items] == [bob] * 3
        assert [getattr(item.target, "title", item.target) for item in page.items] == [
            None,
            ann,
            "Sunset",
        ]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_what_a_queryset_leaves_out_is_not_shown(ann, bob, limit):
    pictures = [Picture.objects.create(title=f"{i}") for i in range(6)]
    for i, picture in enumerate(pictures):
        act(bob, verb="liked", target=picture, at=i)
    joined = act(bob, at=10)
    visible = Picture.objects.exclude(title__in=["1", "3", "4"])
    shown, cursor = [], None
    while True:
        page = get_activity_feed(ann, limit=limit, cursor=cursor, targets=[visible])
        shown += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert shown[0] == joined
    assert [item.target.title for item in shown[1:]] == ["5", "2", "0"]
    assert len(get_activity_feed(ann).items) == 7


def test_targets_are_loaded_as_their_querysets_say(ann, bob, django_assert_num_queries):
    act(bob, verb="liked", target=Picture.objects.create(owner=ann))
    act(bob, verb="liked", target=Document.objects.create(), at=1)
    page = get_activity_feed(ann, targets=[Picture.objects.select_related("owner")])
    with django_assert_num_queries(0):
        assert page.items[1].target.owner == ann


# -- cursors


def test_a_cursor_whose_rows_are_gone(ann, bob):
    rows = [act(bob, at=at) for at in range(9)]
    first = get_activity_feed(ann, limit=3)
    Activity.objects.filter(pk__in=[row.pk for row in rows[4:7]]).delete()
    second = get_activity_feed(ann, limit=3, cursor=first.next_cursor)
    assert keys(second) == [row.pk for row in rows[3:0:-1]]
    Activity.objects.filter(pk__in=[row.pk for row in rows[:4]]).delete()
    end = get_activity_feed(ann, limit=3, cursor=second.next_cursor)
    assert (end.items, end.next_cursor) == ([], None)
    # Back from the end to what is left.
    back = get_activity_feed(ann, limit=3, cursor=end.newer_cursor)
    assert keys(back) == [rows[8].pk, rows[7].pk]


def test_a_row_deleted_while_the_page_is_read(ann, bob, monkeypatch):
    """Between the two queries: the page is shorter, its cursors stay right."""
    rows = [act(bob, at=at) for at in range(6)]
    using_ids = Activity.objects.all().__class__.with_targets

    def delete_and_go_on(self, *targets, **options):
        Activity.objects.filter(pk=rows[3].pk).delete()
        return using_ids(self, *targets, **options)

    monkeypatch.setattr(Activity.objects.all().__class__, "with_targets", delete_and_go_on)
    page = get_activity_feed(ann, limit=3)
    assert keys(page) == [rows[5].pk, rows[4].pk]
    page = get_activity_feed(ann, limit=3, cursor=page.next_cursor)
    assert keys(page) == [rows[2].pk, rows[1].pk, rows[0].pk]
    assert page.next_cursor is None


def test_how_many_are_new_and_which(ann, bob):
    act(bob)
    page = get_activity_feed(ann)
    assert count_new(ann, page.newer_cursor) == 0
    assert get_activity_feed(ann, cursor=page.newer_cursor).items == []
    # In the same moment as the newest, and after it.
    new = [act(bob), act(bob, at=1), act(bob, at=2)]
    act(bob, at=3, verb="viewed")
    act(ann, at=4)
    assert count_new(ann, page.newer_cursor) == 3
    # The nearest first, so that nothing is skipped.
    nearest = get_activity_feed(ann, limit=2, cursor=page.newer_cursor)
    assert keys(nearest) == [new[1].pk, new[0].pk]
    assert nearest.next_cursor
    rest = get_activity_feed(ann, limit=2, cursor=nearest.newer_cursor)
    assert keys(rest) == [new[2].pk]
    assert count_new(ann, rest.newer_cursor) == 0


def test_of_an_empty_page_all_is_new(ann, bob):
    page = get_activity_feed(ann)
    act(bob)
    assert count_new(ann, page.newer_cursor) == 1
    assert len(get_activity_feed(ann, cursor=page.newer_cursor).items) == 1


def test_counting_stops(ann, bob):
    Activity.objects.bulk_create(Activity(actor=bob, verb="joined") for _ in range(120))
    assert count_new(ann, None) == MOST_COUNTED == 100


def test_counting_is_one_query(ann, bob, django_assert_num_queries):
    cursor = None
    for _ in range(2):
        with django_assert_num_queries(1):
            count_new(ann, cursor)
        act(bob)
        cursor = get_activity_feed(ann).newer_cursor


def test_following_someone_in_the_middle_of_discovery(ann):
    [bob, eve] = make_people(2)
    rows = [act(actor, at=at) for at in range(3) for actor in (bob, eve)]
    first = get_activity_feed(ann, limit=2)
    assert first.is_discovery
    follow(ann, bob)
    second = get_activity_feed(ann, limit=2, cursor=first.next_cursor)
    assert not second.is_discovery
    assert keys(second) == [rows[2].pk, rows[0].pk]


# -- what it refuses


@pytest.mark.parametrize("limit", [0, -1, 201, 1_000_000])
def test_limits_out_of_range(ann, limit):
    with pytest.raises(InvalidLimit):
        get_activity_feed(ann, limit=limit)


@pytest.mark.parametrize("limit", [2.5, "20", None])
def test_limits_that_are_no_numbers(ann, limit):
    with pytest.raises(TypeError):
        get_activity_feed(ann, limit=limit)


def test_cursors_that_were_changed_or_made_elsewhere(ann, bob):
    follow_all(ann, make_people(2))
    act(bob)
    act(bob)
    good = get_activity_feed(ann, limit=1).next_cursor
    elsewhere = Activity.objects.page(limit=1).next_cursor
    assert good
    assert elsewhere
    for bad in (good[:-1] + ("A" if good[-1] != "A" else "B"), good[1:], "x", "\0", elsewhere):
        with pytest.raises(InvalidCursor):
            get_activity_feed(ann, cursor=bad)
        with pytest.raises(InvalidCursor):
            count_new(ann, bad)
    with pytest.raises(InvalidCursor, match="newer_cursor"):
        count_new(ann, good)
    # No cursor, as from a form.
    assert len(get_activity_feed(ann, cursor="").items) == 2


def test_users_that_are_none(ann):
    for nobody in (AnonymousUser(), get_user_model()(username="new"), None, ann.pk, Picture()):
        with pytest.raises(InvalidUser):
            get_activity_feed(nobody)
        with pytest.raises(InvalidUser):
            count_new(nobody, None)


def test_querysets_that_are_no_targets(ann, bob):
    act(bob)
    pair = [Picture.objects.all(), Picture.objects.all()]
    with pytest.raises(ValueError, match="queryset"):
        get_activity_feed(ann, targets=pair)
    if Activity.has_real_targets:
        with pytest.raises(InvalidTarget):
            get_activity_feed(ann, targets=[Tag.objects.all()])
