"""The list of notifications: what is on a page, and what a page costs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.test.utils import CaptureQueriesContext

from slipstream.activity import get_activity_model
from slipstream.exceptions import InvalidCursor, InvalidLimit, InvalidUser
from slipstream.notifications import (
    get_notifications,
    mark_all_read,
    notification_text,
    notify,
    notify_many,
    unread_count,
)
from slipstream.notifications.models import Inbox, Notification, Participant
from tests.slipstream.feeds.graphs import make_people
from tests.things.models import Picture

from .scene import did, shown

pytestmark = pytest.mark.django_db
Activity = get_activity_model()
# A query for each kind of target, where they are not real foreign keys.
KINDS = 0 if Activity.has_real_targets else 1


@pytest.fixture
def scene(people):
    owner, *others = people(6)
    return owner, Picture.objects.create(owner=owner, title="Sky"), others


def fill(owner: Any, actors: list[Any], count: int) -> list[Picture]:
    """So many lines, each with all ``actors``."""
    pictures = [Picture.objects.create(owner=owner) for _ in range(count)]
    rows = Activity.objects.bulk_create(
        Activity(actor=actor, verb="liked", target=picture)
        for picture in pictures
        for actor in actors
    )
    notify_many(rows)
    return pictures


def test_what_a_line_knows(scene):
    owner, picture, others = scene
    rows = [did(person, "liked", picture, at=at) for at, person in enumerate(others)]
    for row in rows:
        notify(row)
    [line] = get_notifications(owner).items
    assert line.actors == others[:-4:-1]
    assert line.activities == rows[:-4:-1]
    assert (line.activity, line.target, line.others) == (rows[-1], picture, 4)
    assert (line.actor_count, line.is_unread, line.latest_at) == (5, True, rows[-1].created_at)
    assert line.stamp == f"{line.pk}.5"
    assert str(line) == f"liked → {owner.pk}"
    assert str(Participant.objects.first()) == f"{others[0].pk} → {line.pk}"
    assert str(owner.notification_inbox) == f"{owner.pk}: 1"


def test_a_line_that_was_not_read_by_a_page(scene):
    owner, picture, others = scene
    for at, person in enumerate(others):
        notify(did(person, "liked", picture, at=at))
    line = Notification.objects.get()
    with CaptureQueriesContext(connection) as queries:
        assert (line.actors, line.others, line.target) == (others[:-4:-1], 4, picture)
        assert notification_text(line) == "u5 liked Sky"
    assert len(queries) == 2 + KINDS


def test_who_is_not_active_is_not_named(scene):
    try:
        get_user_model()._meta.get_field("is_active")
    except FieldDoesNotExist:
        pytest.skip("everyone is active")
    owner, picture, (ann, bea, *_) = scene
    notify(did(ann, "liked", picture))
    notify(did(bea, "liked", picture))
    get_user_model().objects.filter(pk=bea.pk).update(is_active=False)
    assert shown(owner) == [("liked", picture, ["u1"], 0)]
    get_user_model().objects.filter(pk=ann.pk).update(is_active=False)
    assert shown(owner) == []
    line = Notification.objects.get()
    assert (line.activity, line.target, line.actors, line.others) == (None, None, [], 0)
    assert notification_text(line) == "somebody liked something that is gone"


def test_pages(scene):
    owner, _, others = scene
    pictures = fill(owner, others[:1], 5)[::-1]
    first = get_notifications(owner, limit=2)
    second = get_notifications(owner, limit=2, cursor=first.next_cursor)
    third = get_notifications(owner, limit=2, cursor=second.next_cursor)
    found = [line.target for page in (first, second, third) for line in page.items]
    assert sorted(found, key=lambda picture: -picture.pk) == pictures
    assert third.next_cursor is None
    assert get_notifications(owner, limit=2, cursor=third.previous_cursor) == second


def test_a_target_that_is_left_out(scene):
    owner, picture, (ann, *_) = scene
    secret = Picture.objects.create(owner=owner, title="secret")
    for target in (picture, secret):
        notify(did(ann, "liked", target))
    visible = Picture.objects.exclude(title="secret")
    assert [line[1] for line in shown(owner, targets=[visible])] == [picture]
    page = get_notifications(owner, targets=[visible], limit=1)
    assert page.items == []
    assert get_notifications(owner, targets=[visible], cursor=page.next_cursor).items


def test_only_ones_own(scene):
    owner, picture, (ann, bea, *_) = scene
    notify(did(ann, "liked", picture))
    notify(did(bea, "liked", Picture.objects.create(owner=ann)))
    assert len(shown(owner)) == len(shown(ann)) == 1
    assert shown(bea) == []


def test_refusals(scene):
    with pytest.raises(InvalidUser):
        get_notifications(None)
    with pytest.raises(InvalidLimit):
        get_notifications(scene[0], limit=0)
    with pytest.raises(InvalidCursor):
        get_notifications(scene[0], cursor="x")


# -- what it costs

LINES, PEOPLE = (3, 20), (1, 500)


@pytest.mark.parametrize("people_in_each", PEOPLE)
@pytest.mark.parametrize("lines", LINES)
def test_statements(scene, lines, people_in_each):
    owner, *_ = scene
    fill(owner, make_people(people_in_each), lines if people_in_each == 1 else 3)
    with CaptureQueriesContext(connection) as queries:
        page = get_notifications(owner)
        for line in page.items:
            assert notification_text(line)
            assert line.others == people_in_each - 1
    assert len(queries) == 2 + KINDS
    with CaptureQueriesContext(connection) as queries:
        assert unread_count(owner) == len(page.items)
    assert len(queries) == 1


def test_statements_of_nothing(scene, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert get_notifications(scene[0]).items == []


# -- how the database finds it


# Not in a transaction: MariaDB would commit it for its statistics.
@pytest.fixture
def much(people):
    """Much that was read of one, more of others; the newest line has 300 people."""
    owner, other = people(2)
    crowd = make_people(300)
    Inbox.objects.bulk_create(Inbox(user=person) for person in crowd)
    fill(other, crowd[:10], 60)
    fill(owner, crowd[:4], 150)
    mark_all_read(owner)
    fill(owner, crowd, 1)
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            for model in (Notification, Participant, Activity):
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(f"ANALYZE TABLE {table} PERSISTENT FOR ALL")
                cursor.fetchall()
        else:
            cursor.execute("ANALYZE")
    return owner


def statements(do: Any) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        do()
    return [query["sql"] for query in queries]


def explained(prefix: str, sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"{prefix} {sql.replace('%', '%%')}")
        return list(cursor.fetchall())


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", ()) for node in nodes(part))]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="its plans count rows")
def test_rows_read_on_postgresql(much):
    def read(sql: str) -> int:
        [[plan]] = explained("EXPLAIN (ANALYZE, FORMAT JSON)", sql)
        plan = json.loads(plan) if isinstance(plan, str) else plan
        return sum(
            int(
                (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
            )
            for node in nodes(plan[0]["Plan"])
            if node.get("Relation Name", "").startswith("slipstream_notifications")
        )

    lines, _ = statements(lambda: get_notifications(much))
    # 21 lines, and for each once the first, once the first two, and once the first three.
    assert read(lines) <= 21 * (1 + 1 + 2 + 3)
    [header] = statements(lambda: unread_count(much))
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")  # a small table is rather read whole
        try:
            assert read(header) == 1
        finally:
            cursor.execute("RESET enable_seqscan")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'mysql'", reason="counts what its handlers read")
def test_rows_read_on_mariadb(much):
    def read(do: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute("FLUSH STATUS")
            do(cursor)
            cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%%'")
            return sum(int(value) for _, value in cursor.fetchall())

    def run(sql: str) -> Any:
        return lambda cursor: (cursor.execute(sql.replace("%", "%%")), cursor.fetchall())

    lines, *_ = statements(lambda: get_notifications(much))
    # With the users that are looked at, whether they are active.
    assert read(run(lines)) <= 21 * (1 + 2 * (1 + 2 + 3) + 6)
    [header] = statements(lambda: unread_count(much))
    assert read(run(header)) <= 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="its plans name the index")
def test_indexes_on_sqlite(much):
    lines, _, *_ = statements(lambda: get_notifications(much))
    plan = [row[3] for row in explained("EXPLAIN QUERY PLAN", lines)]
    assert any("USING INDEX slipstream_notification_list" in step for step in plan), plan
    assert sum("slipstream_participant_newest" in step for step in plan) == 3, plan
    assert not any("SCAN" in step for step in plan), plan
    # No sort of the page; within a line people come in the order of the index.
    assert not any("ORDER BY" in step for step in plan), plan
