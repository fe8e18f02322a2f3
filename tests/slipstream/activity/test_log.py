"""Recording: what is recorded, what is turned away, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.utils.functional import SimpleLazyObject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slipstream.activity import (
    Entry,
    activity_logged,
    alog_activity,
    get_activity_model,
    get_verb,
    log_activities,
    log_activity,
    take_back,
)
from slipstream.activity.models import Claim
from slipstream.exceptions import InvalidActivity, InvalidTarget, InvalidUser, UndeclaredVerb
from tests.things.models import Document, Picture, Tag

Activity = get_activity_model()
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
WINDOW = 60


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def ann(people):
    return people(2)[0]


@pytest.fixture
def picture(db):
    return Picture.objects.create()


class TestWhatIsRecorded:
    def test_an_activity_comes_back(self, ann, picture):
        made = log_activity(ann, "liked", picture, at=NOON, data={"from": "home"})
        [stored] = Activity.objects.all()
        assert stored == made
        assert (stored.actor, stored.verb, stored.target) == (ann, "liked", picture)
        assert (stored.created_at, stored.data) == (NOON, {"from": "home"})
        assert made._state.adding is False

    def test_keys_of_any_type_a_lazy_user_and_no_target(self, ann, people):
        document = Document.objects.create()
        assert log_activity(SimpleLazyObject(lambda: ann), get_verb("liked"), document)
        assert log_activity(ann, "joined").target is None
        assert Activity.objects.on(document).get().target == document
        assert Activity.objects.about_nothing().get().verb == "joined"

    def test_the_window_slides_from_what_was_recorded(self, ann, picture):
        times = (0, 30, 59.999999, 60, 60, 90, 119, 120)
        made = [bool(log_activity(ann, "liked", picture, at=after(t))) for t in times]
        assert made == [True, False, False, True, False, False, False, True]

    def test_a_clock_that_steps_back(self, ann, picture):
        times = (0, -10, -3600, -3590, -3540)
        made = [bool(log_activity(ann, "liked", picture, at=after(t))) for t in times]
        assert made == [True, False, True, False, True]

    def test_other_actors_verbs_and_targets_are_other_windows(self, people):
        ann, ben = people(2)
        one, two = Picture.objects.create(), Picture.objects.create()
        for actor, verb, target in [
            (ann, "liked", one),
            (ben, "liked", one),
            (ann, "viewed", one),
            (ann, "liked", two),
            (ann, "liked", None),
            (ann, "joined", None),
        ]:
            assert log_activity(actor, verb, target, at=NOON)
            assert log_activity(actor, verb, target, at=NOON) is None
        assert Activity.objects.count() == 6

    def test_a_verb_without_a_window_is_always_recorded(self, ann, picture):
        assert log_activity(ann, "shared", picture, at=NOON)
        assert log_activity(ann, "shared", picture, at=NOON)
        assert not Claim.objects.exists()

    def test_asynchronously(self, ann, picture):
        assert async_to_sync(alog_activity)(ann, "liked", picture).target == picture

    def test_its_cost(self, ann, picture, django_assert_num_queries):
        log_activity(ann, "liked", picture, at=NOON)  # content types are known from here
        with django_assert_num_queries(1 if connection.vendor == "postgresql" else 2):
            log_activity(ann, "liked", picture, at=after(WINDOW))
        with django_assert_num_queries(1):
            assert log_activity(ann, "liked", picture, at=after(WINDOW + 1)) is None


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    calls=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from([0, 0.5, 1, 29.5, 30, 59, 60, 61, 200])),
        min_size=100,
        max_size=170,
    )
)
def test_as_a_sliding_window_on_paper(db, ann, calls):
    Activity.objects.all().delete()
    Claim.objects.all().delete()
    targets = [Picture.objects.create(), Document.objects.create(), None]
    last: dict[int, float] = {}
    clock = 0.0
    for number, passed in calls:
        clock += passed
        expected = number not in last or clock - last[number] >= WINDOW
        got = log_activity(ann, "liked", targets[number], at=after(clock))
        assert bool(got) is expected
        if expected:
            last[number] = clock


class TestTransactions:
    def test_rolled_back_with_the_caller_s(self, ann, picture):
        with transaction.atomic():
            assert log_activity(ann, "liked", picture, at=NOON)
            transaction.set_rollback(True)
        assert not Activity.objects.exists()
        assert log_activity(ann, "liked", picture, at=NOON)

    def test_the_signal_comes_after_commit(self, ann, picture, django_capture_on_commit_callbacks):
        heard = []

        def listen(activity, **_kwargs):
            heard.append(activity)

        activity_logged.connect(listen)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                made = log_activity(ann, "liked", picture, at=NOON)
                assert log_activity(ann, "liked", picture, at=NOON) is None
                assert heard == []
            assert heard == [made]
        finally:
            activity_logged.disconnect(listen)


@pytest.mark.django_db(transaction=True)
class TestOutsideOfATransaction:
    def test_its_cost(self, ann, picture, django_assert_num_queries):
        log_activity(ann, "liked", picture, at=NOON)
        # SQLite's two are between BEGIN and COMMIT.
        with django_assert_num_queries(4 if connection.vendor == "sqlite" else 1):
            made = log_activity(ann, "liked", picture, at=after(WINDOW))
        assert Activity.objects.get(pk=made.pk).created_at == after(WINDOW)

    def test_the_window_slides(self, ann, picture):
        times = (0, 0, 30, WINDOW, WINDOW, WINDOW + 59, -1, 3 * WINDOW)
        made = [log_activity(ann, "liked", picture, at=after(seconds)) for seconds in times]
        assert list(map(bool, made)) == [True, False, False, True, False, False, True, True]
        assert Activity.objects.count() == 4

    def test_what_fails_takes_no_claim(self, ann, picture):
        gone = Picture.objects.create()
        row = Picture.objects.get(pk=gone.pk)
        gone.delete()
        if get_activity_model().has_real_targets:
            with pytest.raises(IntegrityError):
                log_activity(ann, "liked", row, at=NOON)
            assert not Claim.objects.exists()
        assert connection.get_autocommit()
        assert log_activity(ann, "liked", picture, at=NOON)
        connection.close()
        assert Activity.objects.count() == 1


class TestTakingBack:
    def test_what_was_done_at_once_and_can_be_done_again(self, ann, picture):
        assert log_activity(ann, "liked", picture)
        assert take_back(ann, "liked", picture) is True
        assert not Activity.objects.exists()
        assert take_back(ann, "liked", picture) is False
        assert log_activity(ann, "liked", picture)

    def test_what_is_older_stays(self, ann, picture):
        made = log_activity(
            ann, "liked", picture, at=datetime.now(UTC) - timedelta(seconds=WINDOW + 5)
        )
        assert take_back(ann, "liked", picture) is False
        assert Activity.objects.get() == made

    def test_only_that_one(self, people, picture):
        ann, ben = people(2)
        log_activity(ann, "liked", picture)
        log_activity(ben, "liked", picture)
        log_activity(ann, "joined")
        log_activity(ann, "liked")
        assert take_back(ann, "liked")
        assert {(a.actor, a.verb) for a in Activity.objects.all()} == {
            (ann, "liked"),
            (ben, "liked"),
            (ann, "joined"),
        }


class TestSeveral:
    def test_as_if_one_after_the_other(self, people):
        ann, ben = people(2)
        picture = Picture.objects.create()
        log_activity(ann, "liked", picture, at=NOON)
        entries = [
            Entry(ann, "liked", picture, after(70)),
            Entry(ann, "liked", picture, after(30)),  # turned away, and the one above is not
            Entry(ben, "liked", picture, NOON),
            Entry(ben, "liked", picture, after(10)),
            Entry(ann, "shared", picture, NOON),
            Entry(ann, "shared", picture, NOON),
            Entry(ann, "joined", None, NOON),
        ]
        made = log_activities(entries)
        assert [(a.actor, a.verb, a.created_at) for a in made] == [
            (ann, "liked", after(70)),
            (ben, "liked", NOON),
            (ann, "shared", NOON),
            (ann, "shared", NOON),
            (ann, "joined", NOON),
        ]
        assert set(Activity.objects.filter(pk__in=[a.pk for a in made])) == set(made)
        assert log_activities([]) == []

    def test_all_or_nothing(self, ann, picture):
        with pytest.raises(UndeclaredVerb):
            log_activities([Entry(ann, "liked", picture), Entry(ann, "licked", picture)])
        assert not Activity.objects.exists()
        assert not Claim.objects.exists()

    @pytest.mark.skipif("connection.vendor != 'postgresql'")
    def test_a_hundred_cost_as_much_as_two(self, ann, django_assert_num_queries):
        pictures = [Picture.objects.create() for _ in range(100)]
        log_activity(ann, "joined", pictures[0])
        with django_assert_num_queries(4):  # with SAVEPOINT and its RELEASE
            assert len(log_activities([Entry(ann, "liked", p) for p in pictures])) == 100


class TestBadInput:
    @pytest.mark.parametrize("verb", ["licked", "", "Liked", None, 5])
    def test_an_undeclared_verb(self, ann, verb):
        with pytest.raises(UndeclaredVerb, match=r"is no verb; declared are joined, liked,"):
            log_activity(ann, verb)

    @pytest.mark.parametrize("target", [5, "picture", Picture, object()])
    def test_what_is_no_target(self, ann, target):
        with pytest.raises(InvalidTarget):
            log_activity(ann, "liked", target)

    def test_a_target_that_is_not_saved(self, ann):
        for target in (Picture(), Document()):
            with pytest.raises(InvalidTarget, match="is not saved"):
                log_activity(ann, "liked", target)

    @pytest.mark.skipif("not Activity.has_real_targets")
    def test_a_model_that_activities_are_not_about(self, ann):
        with pytest.raises(InvalidTarget, match=r"takes things.Picture, things.Document or"):
            log_activity(ann, "liked", Tag.objects.create(name="red"))

    def test_no_user(self, db, django_user_model, picture):
        for actor in (AnonymousUser(), None, picture, django_user_model(username="new")):
            with pytest.raises(InvalidUser):
                log_activity(actor, "joined")

    @pytest.mark.parametrize("at", [datetime(2026, 5, 1), "noon", 0])  # noqa: DTZ001
    def test_a_time_without_a_zone(self, ann, at):
        with pytest.raises(InvalidActivity, match="has a time zone"):
            log_activity(ann, "joined", at=at)
        assert log_activity(ann, "joined", at=NOON.astimezone(ZoneInfo("Asia/Seoul")))

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"a": "x" * 2000}, "at most 2000 may"),
            ({"a": object()}, "must be JSON"),
            ({"a": float("nan")}, "must be JSON"),
            (["a"], "is a mapping"),
            ("a", "is a mapping"),
        ],
    )
    def test_data(self, ann, data, words):
        with pytest.raises(InvalidActivity, match=words):
            log_activity(ann, "joined", data=data)

    def test_nothing_is_written(self, ann):
        for arguments in [("licked",), ("liked", 5), ("liked", Picture())]:
            with pytest.raises(ValueError, match=r"."):
                log_activity(ann, *arguments)
        assert not Activity.objects.exists()
        assert not Claim.objects.exists()
