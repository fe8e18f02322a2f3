from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.contrib.auth import get_user_model
from django.core import signing
from django.utils import timezone

from slipstream.exceptions import InvalidCursor, InvalidLimit
from slipstream.follows.models import Follow
from slipstream.keyset import MAX_LIMIT, keyset_page

NEWEST = ("-followed_at", "-id")


@pytest.fixture
def rows(people):
    """23 follows of which many share their time."""
    star, *fans = people(24)
    now = timezone.now()
    random = Random(5)
    Follow.objects.bulk_create(
        Follow(follower=fan, following=star, followed_at=now - timedelta(hours=random.randrange(5)))
        for fan in fans
    )
    return Follow.objects.of(star)


@pytest.mark.parametrize("order_by", [NEWEST, ("followed_at", "-id"), ("id",)])
@pytest.mark.parametrize("limit", [1, 4, 23, 24])
def test_there_and_back(rows, order_by, limit):
    expected = [row.pk for row in rows.order_by(*order_by)]
    pages = []
    cursor = None
    while True:
        page = keyset_page(rows, order_by=order_by, limit=limit, cursor=cursor)
        pages.append([row.pk for row in page.items])
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert [key for page in pages for key in page] == expected
    back = [pages[-1]]
    while page.previous_cursor:
        page = keyset_page(rows, order_by=order_by, limit=limit, cursor=page.previous_cursor)
        back.insert(0, [row.pk for row in page.items])
    assert back == pages


def test_neither_repeats_nor_skips_while_rows_come_and_go(rows, people):
    expected = [row.pk for row in rows.order_by(*NEWEST)]
    first = keyset_page(rows, order_by=NEWEST, limit=5)
    newer = rows.order_by("pk").first()
    rows.filter(pk=expected[4]).delete()  # the row that the cursor stands on
    Follow.objects.create(follower=newer.following, following=newer.follower)
    second = keyset_page(rows, order_by=NEWEST, limit=5, cursor=first.next_cursor)
    assert [row.pk for row in second.items] == expected[5:10]


def test_an_empty_list_leads_nowhere(rows):
    page = keyset_page(rows.none(), order_by=NEWEST)
    assert (page.items, page.next_cursor, page.previous_cursor) == ([], None, None)


@pytest.mark.parametrize("direction", ["next_cursor", "previous_cursor"])
def test_a_cursor_to_rows_that_are_gone_gives_the_first_page(rows, direction):
    expected = [row.pk for row in rows.order_by(*NEWEST)]
    first = keyset_page(rows, order_by=NEWEST, limit=5)
    second = keyset_page(rows, order_by=NEWEST, limit=5, cursor=first.next_cursor)
    gone = expected[:5] if direction == "previous_cursor" else expected[10:]
    rows.filter(pk__in=gone).delete()
    left = [key for key in expected if key not in gone]
    page = keyset_page(rows, order_by=NEWEST, limit=5, cursor=getattr(second, direction))
    assert [row.pk for row in page.items] == left[:5]
    assert page.previous_cursor is None


def test_an_order_that_is_not_total_is_refused(rows):
    with pytest.raises(ValueError, match="last field of order_by must be unique"):
        keyset_page(rows, order_by=("-followed_at",))
    with pytest.raises(ValueError, match="last field of order_by must be unique"):
        keyset_page(rows, order_by=())
    users = get_user_model().objects.all()
    with pytest.raises(ValueError, match="may not be null"):
        keyset_page(users, order_by=("last_login", "pk"))


def test_the_primary_key_goes_by_its_alias(rows):
    page = keyset_page(rows, order_by=("-pk",), limit=5)
    again = keyset_page(rows, order_by=("-pk",), limit=5, cursor=page.next_cursor)
    keys = [row.pk for row in (*page.items, *again.items)]
    assert keys == list(rows.order_by("-pk").values_list("pk", flat=True)[:10])


def test_a_page_costs_one_query(rows, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = keyset_page(rows, order_by=NEWEST, limit=5)
    with django_assert_num_queries(1):
        keyset_page(rows, order_by=NEWEST, limit=5, cursor=page.next_cursor)


def test_a_cursor_must_be_ours_and_of_this_list(rows):
    cursor = keyset_page(rows, order_by=NEWEST, limit=5).next_cursor
    salt = "slipstream.keyset:slipstream_follows.Follow:-followed_at,-id"
    assert signing.loads(cursor, salt=salt)[0] == "a"
    bad = [
        "x",
        cursor[:-1],
        cursor.replace(cursor[0], "_", 1),
        "\0",
        signing.dumps(["a", "1", "1"]),
        keyset_page(rows, order_by=("id",), limit=5).next_cursor,
        signing.dumps(["a", "not a time", "1"], salt=salt),
        signing.dumps(["a", "2020-01-01T00:00:00Z"], salt=salt),
        signing.dumps(["z", "2020-01-01T00:00:00Z", "1"], salt=salt),
        signing.dumps({"a": 1}, salt=salt),
        signing.dumps(7, salt=salt),
    ]
    for cursor in bad:
        with pytest.raises(InvalidCursor, match="was not made for this list"):
            keyset_page(rows, order_by=NEWEST, limit=5, cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1, MAX_LIMIT + 1, 1_000_000])
def test_a_limit_out_of_range_is_refused(rows, limit):
    with pytest.raises(InvalidLimit, match=f"from 1 to {MAX_LIMIT}, not {limit}"):
        keyset_page(rows, order_by=NEWEST, limit=limit)
