"""Pointing through a link table."""

from __future__ import annotations

import copy
import pickle

import pytest
from django.apps import apps
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.state import ProjectState
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Cast
from django.test.utils import isolate_apps

from slipstream.exceptions import InvalidTarget
from slipstream.targets import LinkForeignKey, links_for
from tests.linking.models import Bookmark, Link, Remark
from tests.things.models import Cover, Document, FeaturedPicture, Picture, Place, Restaurant, Tag


@pytest.fixture
def things(people):
    [user] = people(1)
    picture = Picture.objects.create(owner=user)
    return [
        picture,
        Document.objects.create(),
        Tag.objects.create(name="blue"),
        Cover.objects.create(picture=picture),
        Place.objects.create(),
        user,
    ]


@pytest.fixture
def remarks(things):
    return [Remark.objects.create(about=thing) for thing in things]


class TestAttribute:
    def test_reads_back_before_and_after_saving(self, things):
        for thing in things:
            remark = Remark(about=thing)
            assert remark.about is thing
            remark.save()
            assert remark.about is thing
            assert Remark.objects.get(pk=remark.pk).about == thing

    def test_one_link_however_many_rows(self, things):
        for _ in range(3):
            Remark.objects.create(about=things[0])
            Bookmark.objects.create(target=things[0])
        assert Link.objects.count() == 1
        assert things[0].link.remarks.count() == 3

    def test_saving_with_a_link_that_is_there_costs_one_query_more(
        self, things, django_assert_num_queries
    ):
        Remark.objects.create(about=things[0])
        remark = Remark(about=things[0])
        with django_assert_num_queries(2):
            remark.save()

    def test_none_and_del_clear_it(self, things):
        bookmark = Bookmark.objects.create(target=things[0])
        bookmark.target = None
        bookmark.save()
        assert Bookmark.objects.get().target is None
        bookmark.target = things[1]
        del bookmark.target
        assert bookmark.target is None

    def test_another_target_is_saved_by_name(self, remarks, things):
        remark = remarks[0]
        remark.about = things[1]
        remark.save(update_fields=["about"])
        remark.refresh_from_db(fields=["about"])
        assert remark.about == things[1]

    def test_an_unsaved_target_reads_back_and_is_told_when_saving(self, db):
        picture = Picture()
        remark = Remark(about=picture)
        assert remark.about is picture
        with (
            pytest.raises(InvalidTarget, match=r"is not saved; save it before"),
            transaction.atomic(),
        ):
            remark.save()
        picture.save()
        remark.save()
        assert Remark.objects.get().about == picture

    def test_a_target_deleted_meanwhile_is_refused(self, things):
        copy = Document.objects.get(pk=things[1].pk)
        things[1].delete()
        with pytest.raises((InvalidTarget, IntegrityError)), transaction.atomic():
            Remark.objects.create(about=copy)
            connection.check_constraints()
        assert not Remark.objects.exists()

    @pytest.mark.parametrize("wrong", [5, "picture", Bookmark, object()])
    def test_what_is_no_target_is_refused(self, db, wrong):
        with pytest.raises(InvalidTarget, match=r"linking.Remark.about takes things.Picture,"):
            Remark(about=wrong)

    def test_validation_asks_for_a_target(self, things):
        with pytest.raises(ValidationError) as error:
            Remark().full_clean()
        assert set(error.value.message_dict) == {"about"}
        Remark(about=things[0]).full_clean()
        Bookmark().full_clean()

    def test_the_plain_value_costs_no_query(self, remarks, django_assert_num_queries):
        remark = Remark.objects.get(pk=remarks[0].pk)
        with django_assert_num_queries(0):
            assert remark.about_key == ("link", remark.about_link_id)
            assert Remark(about=remarks[1].about).about_key[0] == "document"
            for field in Remark._meta.fields:
                field.value_from_object(remark)
        remark.about_key = remarks[1].about_key
        assert remark.about == remarks[1].about
        with pytest.raises(InvalidTarget):
            remark.about_key = ("picture", 5)

    def test_pickles(self, remarks):
        waiting = Remark(about=remarks[0].about)
        assert pickle.loads(pickle.dumps(waiting)).about == remarks[0].about


class TestFilters:
    def test_exact_and_exclude_by_each_kind(self, remarks, things):
        for remark, thing in zip(remarks, things, strict=True):
            assert list(Remark.objects.filter(about=thing)) == [remark]
            assert set(Remark.objects.exclude(about=thing)) == set(remarks) - {remark}

    def test_what_has_no_link_is_found_nowhere_and_excludes_nothing(self, remarks):
        other = Picture.objects.create()
        assert not Remark.objects.filter(about=other).exists()
        assert Remark.objects.exclude(about=other).count() == len(remarks)
        assert Remark.objects.filter(~Q(about=other)).count() == len(remarks)

    def test_rows_that_point_at_nothing_are_kept_by_exclude(self, things):
        nothing = Bookmark.objects.create()
        Bookmark.objects.create(target=things[0])
        assert list(Bookmark.objects.exclude(target=things[0])) == [nothing]
        assert list(Bookmark.objects.exclude(target__in=[things[0]])) == [nothing]
        assert list(Bookmark.objects.filter(target=None)) == [nothing]
        assert Bookmark.objects.filter(target__isnull=False).count() == 1

    def test_in_takes_mixed_objects_and_querysets(self, remarks, things):
        assert set(Remark.objects.filter(about__in=things[:3])) == set(remarks[:3])
        assert set(Remark.objects.exclude(about__in=things[:3])) == set(remarks[3:])
        assert not Remark.objects.filter(about__in=[])
        assert list(Remark.objects.filter(about__in=Document.objects.all())) == [remarks[1]]

    def test_proxies_and_children(self, things, remarks):
        assert Remark.objects.get(about=FeaturedPicture.objects.get()) == remarks[0]
        restaurant = Restaurant.objects.create()
        remark = Remark.objects.create(about=restaurant)
        assert Remark.objects.get(about=restaurant) == remark
        assert Remark.objects.get(about=restaurant.place_ptr) == remark

    def test_across_joins_and_by_the_link(self, remarks, things):
        assert list(Link.objects.filter(remarks__about=things[0])) == [remarks[0].about_link]
        talked = Remark.objects.filter(about_link__target=OuterRef("pk"))
        assert list(Picture.objects.filter(Exists(talked))) == [things[0]]

    def test_get_or_create(self, things):
        first, made = Remark.objects.get_or_create(about=things[0])
        again, made_again = Remark.objects.get_or_create(about=things[0])
        assert (first, made, made_again) == (again, True, False)

    @pytest.mark.parametrize(
        ("lookup", "error"),
        [
            ({"about": 5}, InvalidTarget),
            ({"about__in": [5]}, InvalidTarget),
            ({"about__in": Picture.objects.all().union(Picture.objects.all())}, FieldError),
            ({"about__text": "x"}, FieldError),
            ({"about__gt": 1}, FieldError),
        ],
    )
    def test_what_cannot_mean_anything_is_refused(self, db, lookup, error):
        with pytest.raises(error):
            Remark.objects.filter(**lookup)

    @pytest.mark.parametrize(
        "rows",
        [
            lambda: Remark.objects.values("about"),
            lambda: Remark.objects.filter(pk=F("about")),
            lambda: Remark.objects.filter(about_link=F("about")),
            lambda: Remark.objects.annotate(key=Cast("about", models.CharField())),
            lambda: Remark.objects.filter(Exists(Picture.objects.filter(pk=OuterRef("about")))),
        ],
    )
    def test_the_key_of_a_link_is_never_taken_for_that_of_a_target(self, remarks, rows):
        with pytest.raises((FieldError, ValueError), match=r"about_link|composite|Composite"):
            list(rows())

    def test_an_outer_row_may_be_the_target(self, remarks, things):
        talked = Remark.objects.filter(about=OuterRef("pk"))
        assert list(Picture.objects.filter(Exists(talked))) == [things[0]]
        assert not Picture.objects.filter(~Exists(talked)).exists()

    def test_the_link_table_further_out_is_not_taken_for_the_one_inside(self, remarks, things):
        inner = Picture.objects.filter(pk=OuterRef(OuterRef("target_picture")))
        links = Link.objects.annotate(is_it=Exists(Remark.objects.filter(about__in=inner)))
        assert list(links.filter(is_it=True)) == [remarks[0].about_link]


class TestLoading:
    def test_prefetched_in_two_queries_and_one_per_kind(
        self, remarks, things, django_assert_num_queries
    ):
        with django_assert_num_queries(2 + len(things)):
            loaded = [r.about for r in Remark.objects.order_by("pk").prefetch_related("about")]
        assert loaded == things

    def test_joined_in_one_query(self, remarks, things, django_assert_num_queries):
        with django_assert_num_queries(1):
            rows = Remark.objects.order_by("pk").select_related(
                "about_link",
                *(f"about_link__{c.name}" for c in Link._meta.get_field("target").columns),
            )
            assert [row.about for row in rows] == things

    def test_with_target_needs_no_more_than_prefetching(
        self, remarks, things, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(2 + len(things)):
            loaded = [r.about for r in Remark.objects.order_by("pk").with_target()]
        assert loaded == things

    def test_a_queryset_per_model_and_to_attr(self, remarks, things):
        prefetch = GenericPrefetch("about", [Picture.objects.none()], to_attr="seen")
        rows = Remark.objects.order_by("pk").prefetch_related(prefetch)
        assert [row.seen for row in rows] == [None, *things[1:]]
        assert rows[0].about == things[0]

    def test_what_was_filtered_out_is_none_and_stays_in_the_column(self, remarks):
        rows = Remark.objects.order_by("pk").with_target(Picture.objects.none())
        assert rows[0].about is None
        assert rows[0].about_link_id == remarks[0].about_link_id


class TestWriting:
    def test_bulk_create_makes_the_missing_links_in_three_statements(
        self, things, django_assert_num_queries
    ):
        Remark.objects.create(about=things[0])
        with django_assert_num_queries(4):
            Remark.objects.bulk_create(Remark(about=thing) for thing in things * 2)
        assert Remark.objects.filter(about=things[0]).count() == 3
        assert Link.objects.count() == len(things)

    def test_update_and_bulk_update(self, remarks, things):
        assert Remark.objects.filter(pk=remarks[0].pk).update(about=things[4]) == 1
        assert Remark.objects.get(pk=remarks[0].pk).about == things[4]
        for remark in remarks:
            remark.about = things[1]
        Remark.objects.bulk_update(remarks, ["about"])
        assert Remark.objects.filter(about=things[1]).count() == len(remarks)

    def test_plain_managers_refuse_what_they_do_not_know(self, things):
        Bookmark.objects.create(target=things[0])
        with (
            pytest.raises((TypeError, FieldError), match=r"LinkForeignKey|Bookmark\.target"),
            transaction.atomic(),
        ):
            Bookmark.objects.update(target=things[1])
        with pytest.raises(FieldError, match=r"TargetQuerySet|concrete"), transaction.atomic():
            Bookmark.objects.update(target=None)
        assert Bookmark.objects.get().target == things[0]

    def test_links_for_keeps_the_order_and_takes_duplicates(self, things):
        links = links_for(Link, [things[1], things[0], things[1]])
        assert [link.target for link in links] == [things[1], things[0], things[1]]
        assert links[0] == links[2]


class TestWaiting:
    """Between the assignment and what becomes of it."""

    def test_refreshing_forgets_it(self, remarks, things):
        for fields in (None, ["about"]):
            remark = Remark.objects.get(pk=remarks[0].pk)
            remark.about = things[1]
            remark.refresh_from_db(fields=fields)
            assert remark.about == things[0]
            remark.save()
            assert Remark.objects.get(pk=remark.pk).about == things[0]

    def test_a_link_that_is_set_later_wins(self, remarks, things):
        remark = Remark(about=things[0])
        remark.about_link = remarks[1].about_link
        assert remark.about == things[1]
        remark.save()
        assert Remark.objects.get(pk=remark.pk).about == things[1]

    @pytest.mark.parametrize("again", [{}, {"force_insert": True}])
    def test_a_row_is_saved_again_after_a_rollback(self, things, again):
        remark = Remark(about=things[0])
        with transaction.atomic():
            remark.save()
            transaction.set_rollback(True)
        remark.save(**again)
        assert Remark.objects.get().about == things[0]
        assert Remark.objects.get().about_link.target == things[0]

    def test_what_is_refused_leaves_the_transaction_usable(self, db):
        picture = Picture()
        remark = Remark(about=picture)
        with transaction.atomic():
            with pytest.raises(InvalidTarget):
                remark.save()
            picture.save()
            remark.save()
        assert Remark.objects.get().about == picture

    def test_update_or_create_and_copies(self, remarks, things):
        remark, made = Remark.objects.update_or_create(
            pk=remarks[0].pk, defaults={"about": things[1]}
        )
        assert (made, Remark.objects.get(pk=remark.pk).about) == (False, things[1])
        twin = copy.copy(Remark(about=things[2]))
        twin.save()
        assert Remark.objects.get(pk=twin.pk).about == things[2]


def test_what_goes_through_something_else_is_told():
    with isolate_apps("tests.linking"):

        class Wrong(models.Model):
            about_key = models.IntegerField(default=0)
            about = LinkForeignKey(Picture, on_delete=models.CASCADE, related_name="+")

            class Meta:
                app_label = "linking"

        found = {message.id for message in Wrong._meta.get_field("about").check()}
    assert found == {"slipstream_targets.E007", "slipstream_targets.E008"}


def test_models_of_migrations_know_the_columns_alone(things):
    old = ProjectState.from_apps(apps).apps
    picture = old.get_model("things.Picture").objects.get(pk=things[0].pk)
    link = old.get_model("linking.Link").objects.create(target_picture=picture)
    old.get_model("linking.Remark").objects.create(about_link=link)
    assert Remark.objects.get().about == things[0]


class TestDeletion:
    def test_a_link_goes_with_its_target_and_rows_as_they_say(self, things):
        Remark.objects.create(about=things[1])
        bookmark = Bookmark.objects.create(target=things[1])
        things[1].delete()
        assert not Link.objects.exists()
        assert not Remark.objects.exists()
        bookmark.refresh_from_db()
        assert bookmark.target is None

    def test_a_link_that_points_at_two_or_none_is_refused(self, things):
        for columns in ({}, {"target_picture": things[0], "target_tag": things[2]}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Link.objects.bulk_create([Link(**columns)])

    def test_columns_are_plain_for_everybody_else(self):
        column = Remark._meta.get_field("about_link")
        assert column.deconstruct()[1] == "django.db.models.ForeignKey"
        assert isinstance(column, models.ForeignKey)
        assert column.get_internal_type() == "ForeignKey"
