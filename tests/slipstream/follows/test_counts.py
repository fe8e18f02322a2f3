"""The counts that the database keeps are the real ones, whoever writes."""

from __future__ import annotations

from random import Random

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from slipstream.follows import checks, follow, follow_counts, triggers, unfollow
from slipstream.follows.models import Follow, FollowCounts

from .counting import kept_counts, real_counts

User = get_user_model()


def insert_sql(follower, following, *, verb="INSERT"):
    """A follow written past the ORM."""
    key = User._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"{verb} INTO {Follow._meta.db_table} (follower_id, following_id, followed_at)"
            " VALUES (%s, %s, %s)",
            [
                key.get_db_prep_save(follower.pk, connection),
                key.get_db_prep_save(following.pk, connection),
                connection.ops.adapt_datetimefield_value(timezone.now()),
            ],
        )


def delete_sql(where=""):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Follow._meta.db_table} {where}")


@pytest.mark.parametrize("seed", range(3))
def test_any_sequence_of_writes(people, seed):
    random = Random(seed)
    users = people(8)

    def pair():
        return random.sample(users, 2)

    def bulk():
        pairs = [pair() for _ in range(6)]
        Follow.objects.bulk_create(
            [Follow(follower=a, following=b) for a, b in pairs], ignore_conflicts=True
        )

    def repoint():
        row = Follow.objects.order_by("?").first()
        a, b = pair()
        if row and not Follow.objects.filter(follower=a, following=b).exists():
            Follow.objects.filter(pk=row.pk).update(follower=a, following=b)

    def raw():
        a, b = pair()
        if not Follow.objects.filter(follower=a, following=b).exists():
            insert_sql(a, b)

    def close_account():
        gone = users.pop(random.randrange(len(users)))
        gone.delete()
        users.append(User.objects.create_user(username=f"again{random.random()}"))

    def rolled_back():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            follow(*pair())
            unfollow(*pair())
            raise ZeroDivisionError

    writes = [
        lambda: follow(*pair()),
        lambda: unfollow(*pair()),
        # Not oneself: the database refuses that.
        lambda: users[0].follows.add(*users[1:3]),
        lambda: users[0].follows.set(users[1:4]),
        lambda: users[2].followers.clear(),  # noqa: PLW0108 - who is second changes
        lambda: Follow.objects.filter(follower=pair()[0]).delete(),
        bulk,
        repoint,
        raw,
        close_account,
        rolled_back,
    ]
    for _ in range(60):
        write = random.choice(writes)
        write()
        assert kept_counts() == real_counts()
    delete_sql()
    assert kept_counts() == {} == real_counts()


def test_a_bulk_insert_of_many_for_one(people):
    star, *fans = people(40)
    Follow.objects.bulk_create([Follow(follower=fan, following=star) for fan in fans])
    assert follow_counts(star) == (39, 0)
    assert kept_counts() == real_counts()


def test_the_conflict_policy_of_the_outer_statement_stays_outside(people):
    """SQLite hands it down to the statements of a trigger."""
    a, b, c = people(3)
    follow(b, a)
    verb = {"sqlite": "INSERT OR REPLACE", "mysql": "INSERT IGNORE"}
    insert_sql(c, a, verb=verb.get(connection.vendor, "INSERT"))
    assert follow_counts(a) == (2, 0)
    assert kept_counts() == real_counts()


@pytest.mark.django_db(transaction=True)
def test_an_update_that_moves_nobody_counts_nothing(people):
    a, b = people(2)
    follow(a, b)
    FollowCounts.objects.filter(user=b).update(follower_count=7)
    Follow.objects.update(followed_at=timezone.now())
    assert follow_counts(b).followers == 7
    triggers.recount()
    assert kept_counts() == real_counts()


def test_closing_an_account_costs_the_same_for_the_popular(people, django_assert_num_queries):
    def statements(user):
        with connection.execute_wrapper(count):
            made.clear()
            user.delete()
        return len(made)

    made: list[str] = []

    def count(execute, sql, params, many, context):
        made.append(sql)
        return execute(sql, params, many, context)

    lonely, star, *fans = people(30)
    for fan in fans:
        follow(fan, star)
        follow(star, fan)
    assert statements(lonely) == statements(star)
    assert kept_counts() == {} == real_counts()


@pytest.mark.django_db(transaction=True)
class TestTriggers:
    @pytest.fixture(autouse=True)
    def restored(self):
        yield
        triggers.install(using="default")

    def drop(self):
        on = f" ON {Follow._meta.db_table}" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            for name in triggers._NAMES:
                cursor.execute(f"DROP TRIGGER {name}{on}")

    def test_present_after_migrations(self, db):
        assert triggers.missing(using="default") == []
        assert triggers.install(using="default") is False
        assert checks.check_triggers(databases=["default"]) == []

    def test_missing_ones_are_reported(self):
        self.drop()
        [warning] = checks.check_triggers(databases=["default"])
        assert warning.id == "slipstream_follows.W001"
        assert "migrate" in warning.hint
        assert checks.check_triggers(databases=None) == []

    def test_made_again_by_migrate_with_the_counts(self, people):
        a, b, c = people(3)
        follow(a, b)
        self.drop()
        insert_sql(c, b)
        FollowCounts.objects.filter(user=a).update(following_count=7)
        assert kept_counts() != real_counts()
        call_command("migrate", verbosity=0)
        assert kept_counts() == real_counts()
        follow(b, c)
        assert kept_counts() == real_counts()

    def test_an_account_that_may_not_make_them_is_told(self, monkeypatch):
        self.drop()
        not_allowed = DatabaseError(1419, "You do not have the SUPER privilege")

        def refuse(execute, sql, params, many, context):
            if sql.lstrip().startswith("CREATE"):
                raise not_allowed
            return execute(sql, params, many, context)

        with (
            connection.execute_wrapper(refuse),
            pytest.raises(ImproperlyConfigured, match="log_bin_trust_function_creators=1"),
        ):
            triggers.install(using="default")
        not_allowed = DatabaseError("the disk is full")
        with (
            connection.execute_wrapper(refuse),
            pytest.raises(DatabaseError, match="the disk is full"),
        ):
            triggers.install(using="default")

    def test_an_engine_without_them_is_reported(self, monkeypatch):
        monkeypatch.setattr(connection, "vendor", "other")
        assert triggers.install(using="default") is False
        [warning] = checks.check_triggers(databases=["default"])
        assert warning.id == "slipstream_follows.W001"

    def test_kept_over_flush(self, people):
        a, b = people(2)
        call_command("flush", interactive=False, verbosity=0)
        assert triggers.missing(using="default") == []

    def test_a_database_without_the_tables_is_left_alone(self):
        with connection.schema_editor() as editor:
            editor.delete_model(Follow)
            editor.delete_model(FollowCounts)
        try:
            assert triggers.missing(using="default") == []
            assert triggers.install(using="default") is False
        finally:
            with connection.schema_editor() as editor:
                editor.create_model(FollowCounts)
                editor.create_model(Follow)

    def test_tables_are_rebuilt_and_the_triggers_come_back(self, people):
        """What a changed key type of the user model does to tables on SQLite."""
        a, b = people(2)
        follow(a, b)
        config = apps.get_app_config("slipstream_follows")
        send = {"app_config": config, "verbosity": 0, "interactive": False, "using": "default"}
        from django.db.models.signals import post_migrate, pre_migrate

        class OfOurs:
            app_label = "slipstream_follows"

        class OfOthers:
            app_label = "sessions"

        pre_migrate.send(config, plan=[(OfOthers, False)], apps=apps, **send)
        assert triggers.missing(using="default") == []
        pre_migrate.send(config, plan=[(OfOurs, False)], apps=apps, **send)
        if connection.vendor == "sqlite":
            with connection.schema_editor() as editor:
                editor._remake_table(FollowCounts)
                editor._remake_table(Follow)
        post_migrate.send(config, plan=[], apps=apps, **send)
        assert triggers.missing(using="default") == []
        assert kept_counts() == real_counts() != {}
        unfollow(a, b)
        assert kept_counts() == {} == real_counts()
