"""``user.follows`` and ``user.followers``, on whichever user model."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.state import ModelState
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.test.utils import isolate_apps

from slipstream.follows import checks, follow, follow_counts
from slipstream.follows.models import Follow

User = get_user_model()


@pytest.fixture
def four(people):
    """a → b, a → c, b → c, d is alone."""
    a, b, c, d = people(4)
    follow(a, b)
    follow(a, c)
    follow(b, c)
    return a, b, c, d


def names(users):
    return sorted(user.get_username() for user in users)


def test_read_from_one_user(four):
    a, b, c, d = four
    assert names(a.follows.all()) == ["u1", "u2"]
    assert names(c.followers.all()) == ["u0", "u1"]
    assert names(b.follows.all()) == ["u2"]
    assert names(b.followers.all()) == ["u0"]
    assert not d.follows.exists()
    assert not d.followers.exists()
    assert a.follows.count() == c.followers.count() == 2
    assert names(a.follows.exclude(pk=b.pk)) == ["u2"]


def test_filter_across(four):
    a, b, c, d = four
    assert names(User.objects.filter(follows=c)) == ["u0", "u1"]
    assert names(User.objects.filter(followers=a)) == ["u1", "u2"]
    assert names(User.objects.filter(follows__in=[b, c]).distinct()) == ["u0", "u1"]
    assert names(User.objects.exclude(followers=a)) == ["u0", "u3"]
    assert names(User.objects.filter(follows__follows=c)) == ["u0"]
    assert names(User.objects.filter(Q(follows__isnull=True) & Q(followers__isnull=True))) == ["u3"]
    of_a = User.objects.filter(pk=OuterRef("pk"), followers=a)
    assert names(User.objects.filter(Exists(of_a))) == ["u1", "u2"]
    assert list(
        User.objects.annotate(n=Count("followers")).order_by("-n", "pk").values_list("n", flat=True)
    ) == [2, 1, 0, 0]


def test_ordered_by_when(four):
    a, b, c, d = four
    newest_first = a.follows.order_by("-incoming_follows__followed_at", "-incoming_follows__id")
    assert [user.pk for user in newest_first] == [c.pk, b.pk]


def test_prefetch(four, django_assert_num_queries):
    with django_assert_num_queries(3):
        users = {u.pk: u for u in User.objects.prefetch_related("follows", "followers")}
        found = {pk: (names(u.follows.all()), names(u.followers.all())) for pk, u in users.items()}
    a, b, c, d = four
    assert found == {
        a.pk: (["u1", "u2"], []),
        b.pk: (["u2"], ["u0"]),
        c.pk: ([], ["u0", "u1"]),
        d.pk: ([], []),
    }
    only_b = Prefetch("follows", User.objects.filter(pk=b.pk), to_attr="some")
    assert names(User.objects.prefetch_related(only_b).get(pk=a.pk).some) == ["u1"]


def test_write_through_the_relation(four):
    a, b, c, d = four
    a.follows.add(d, b)
    assert names(a.follows.all()) == ["u1", "u2", "u3"]
    a.follows.remove(b)
    c.followers.set([d])
    assert names(a.follows.all()) == ["u3"]
    assert names(c.followers.all()) == ["u3"]
    assert follow_counts(c) == (1, 0)
    d.followers.clear()
    assert not a.follows.exists()
    assert follow_counts(a) == (0, 0)


def test_the_database_refuses_oneself_and_twice(four):
    a, b, *_ = four
    with pytest.raises(IntegrityError), transaction.atomic():
        Follow.objects.create(follower=a, following=a)
    with pytest.raises(IntegrityError), transaction.atomic():
        Follow.objects.create(follower=a, following=b)
    column = Follow._meta.pk.column
    sql = f"UPDATE {Follow._meta.db_table} SET follower_id = following_id WHERE {column} > 0"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Follow.objects.count() == 3


def test_proxies_of_the_user_have_them_too(four):
    a, b, c, d = four
    with isolate_apps("tests"):

        class Staff(User):
            class Meta:
                proxy = True
                app_label = "tests"

        assert names(Staff.objects.get(pk=a.pk).follows.all()) == ["u1", "u2"]


def test_follows_are_not_filtered_by_a_relation_between_users(four):
    a, *_ = four
    with pytest.raises(FieldError, match="is a relation between users"):
        Follow.objects.filter(follows=a)


def test_no_migration_sees_them(db):
    """Nothing to write for any app, the user model's own least of all."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    for model in (User, Follow):
        fields = ModelState.from_model(model).fields
        assert "follows" not in fields
        assert "followers" not in fields


def test_the_user_model_has_no_field_more():
    assert {f.name for f in User._meta.private_fields} == set()
    assert {f.name for f in User._meta.many_to_many} == {"groups", "user_permissions"}
    forward = {f.name for f in User._meta.get_fields() if not f.auto_created}
    assert not forward & {"follows", "followers"}


def test_deleting_a_user_takes_their_follows(four):
    a, b, c, d = four
    c.delete()
    assert names(a.follows.all()) == ["u1"]
    assert Follow.objects.count() == 1


class TestCheck:
    def test_silent_where_the_names_are_ours(self):
        assert checks.check_user_model() == []

    def test_names_of_the_project_are_reported(self, monkeypatch):
        monkeypatch.setattr(User, "follows", property(lambda self: None))
        [error] = checks.check_user_model()
        assert error.id == "slipstream_follows.E001"
        assert "follows" in error.msg
        assert "Rename" in error.hint

    def test_a_name_of_the_project_is_left_alone(self):
        """Declared on a user model that has it already, the relation hides itself."""
        from django.db import models

        from slipstream.follows.relations import UserRelation

        with isolate_apps("tests"):

            class Person(models.Model):
                follows = models.IntegerField()

                class Meta:
                    app_label = "tests"

            class Link(models.Model):
                source = models.ForeignKey(Person, models.CASCADE, related_name="+")
                target = models.ForeignKey(Person, models.CASCADE, related_name="+")
                followers = UserRelation(
                    Person,
                    accessor="follows",
                    through="tests.Link",
                    source="source",
                    target="target",
                )

                class Meta:
                    app_label = "tests"

            assert Person._meta.get_field("follows").get_internal_type() == "IntegerField"
            assert Person(follows=3).follows == 3


def test_the_app_is_called_as_documented():
    assert apps.get_app_config("slipstream_follows").name == "slipstream.follows"
