"""Forms and the admin show the columns, with all that Django has for foreign keys."""

from __future__ import annotations

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldError, ValidationError
from django.db import connection
from django.forms import modelform_factory
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils.translation import override

from tests.pointing.models import Activity, Like, LoudActivity, Pin, RatedActivity
from tests.things.models import Document, Picture

LikeForm = modelform_factory(Like, fields="__all__")
ActivityForm = modelform_factory(Activity, fields="__all__")


# -- forms


def test_a_form_shows_the_columns(db):
    fields = ["user", "on_picture", "on_document"]
    assert list(LikeForm().fields) == fields
    assert isinstance(LikeForm().fields["on_picture"], forms.ModelChoiceField)
    with pytest.raises(FieldError, match="non-editable"):
        modelform_factory(Like, fields=["on"])


def test_a_form_saves_a_target_and_moves_it(kinds):
    form = LikeForm({"user": kinds.user.pk, "on_picture": kinds.picture.pk})
    like = form.save()
    assert like.on == kinds.picture
    again = LikeForm({"user": kinds.user.pk, "on_document": kinds.document.pk}, instance=like)
    assert again.save().on == kinds.document
    assert Like.objects.get().on == kinds.document
    emptied = ActivityForm({"verb": "x"}, instance=Activity.objects.create(target=kinds.tag))
    assert emptied.save().target is None


@pytest.mark.parametrize("chosen", [{}, {"on_picture", "on_document"}])
def test_none_and_two_are_told_in_words(kinds, chosen):
    data = {"on_picture": kinds.picture.pk, "on_document": kinds.document.pk, "user": kinds.user.pk}
    form = LikeForm({name: data[name] for name in {"user", *chosen}})
    assert form.non_field_errors() == ["Choose exactly one: on picture or on document."]
    assert list(form.errors) == ["__all__"]
    assert form.errors.as_data()["__all__"][0].code == "exclusive"


def test_at_most_one_is_told_in_words(kinds):
    assert ActivityForm({"verb": "x"}).is_valid()
    form = ActivityForm(
        {
            "verb": "x",
            "target_tag": "red",
            "target_user": kinds.user.pk,
            "target_place": kinds.place.pk,
        }
    )
    [error] = form.non_field_errors()
    assert error.startswith("Choose at most one: target picture, target document, target tag")


def test_a_choice_that_is_none_is_told_once_by_its_field(kinds):
    form = LikeForm({"user": kinds.user.pk, "on_picture": 10**6})
    assert list(form.errors) == ["on_picture"]


def test_a_form_with_some_of_the_columns(kinds):
    partly = modelform_factory(Like, fields=["user", "on_picture"])
    data = {"user": kinds.user.pk, "on_picture": kinds.picture.pk}
    assert partly(data).save().on == kinds.picture
    # The other column has a target already.
    assert partly(data, instance=Like(on_document=kinds.document)).non_field_errors()
    moved = partly({"user": kinds.other.pk}, instance=Like(on_document=kinds.document))
    assert moved.save().on == kinds.document
    # The view may set the target after the form.
    without = modelform_factory(Like, fields=["user"])({"user": kinds.user.pk})
    assert without.is_valid()
    like = without.save(commit=False)
    like.on = kinds.picture2
    like.save()


def test_the_same_target_twice_is_told_in_words(kinds):
    Like.objects.create(user=kinds.user, on=kinds.picture)
    form = LikeForm({"user": kinds.user.pk, "on_picture": kinds.picture.pk})
    [error] = form.non_field_errors()
    assert "already exists" in error
    assert LikeForm({"user": kinds.user.pk, "on_document": kinds.document.pk}).is_valid()


# -- cleaning a whole row


@pytest.mark.parametrize("model", [Activity, LoudActivity, RatedActivity])
def test_full_clean_finds_two(kinds, model):
    with pytest.raises(ValidationError, match="Choose at most one"):
        model(verb="x", target_picture=kinds.picture, target_tag=kinds.tag).full_clean()
    model(verb="x", target=kinds.tag).full_clean()
    model(verb="x").full_clean()


def test_full_clean_of_two_keys(kinds):
    with pytest.raises(ValidationError) as error:
        Pin(what_picture=kinds.picture, what_pin=Pin(pk=1), where_place=None).full_clean(
            exclude=["what_pin"]
        )
    assert len(error.value.messages) == 2
    Pin(where=kinds.place).full_clean()


def test_the_rule_costs_no_query(kinds, django_assert_num_queries):
    with django_assert_num_queries(0):
        Activity(target=kinds.picture).validate_constraints()
        Pin(where=kinds.place).validate_constraints()
    with pytest.raises(ValidationError), django_assert_num_queries(0):
        Activity(target_picture=kinds.picture, target_tag=kinds.tag).validate_constraints()


def test_an_unsaved_target_counts(kinds):
    Like(user=kinds.user, on=Picture()).validate_constraints()
    with pytest.raises(ValidationError):
        Like(user=kinds.user, on_picture=Picture(), on_document=Document()).validate_constraints()


# -- the admin


class ActivityAdmin(admin.ModelAdmin):
    list_display = ["verb", "target", "actor"]
    list_filter = ["target_tag", "verb"]
    search_fields = ["target_picture__title"]
    raw_id_fields = ["target_picture"]
    autocomplete_fields = ["target_document"]
    readonly_fields = ["target"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_target()


class DocumentAdmin(admin.ModelAdmin):
    ordering = ["title", "pk"]
    search_fields = ["title"]


site = admin.AdminSite("targets")
site.register(Activity, ActivityAdmin)
site.register(RatedActivity)
site.register(Document, DocumentAdmin)
site.register([Picture, Like])

URL = "/targets/pointing/activity/"


class Urls:
    urlpatterns = [path("targets/", site.urls)]


@pytest.fixture
def boss(kinds, settings):
    settings.ROOT_URLCONF = Urls
    client = Client()
    client.force_login(get_user_model().objects.create_superuser(username="boss", password="x"))
    return client


@pytest.fixture
def rows(kinds):
    things = [kinds.picture, kinds.document, kinds.tag, kinds.place, kinds.user, None]
    return [Activity.objects.create(target=thing) for thing in things]


def test_the_declaration_is_one_that_the_admin_accepts():
    assert [error for model_admin in site._registry.values() for error in model_admin.check()] == []


def test_the_list_shows_targets_at_the_same_cost_for_any_number(boss, kinds, rows):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert boss.get(URL).status_code == 200
        return len(queries)

    page = boss.get(URL).content.decode()
    for thing in (kinds.document, kinds.place, kinds.user):
        assert f'<td class="field-target">{thing}</td>' in page
    few = cost()
    for row in rows[:-1]:
        Activity.objects.bulk_create([Activity(target=row.target) for _ in range(5)])
    assert cost() == few


def test_the_list_is_sorted_filtered_and_searched(boss, kinds, rows):
    for ordering in ("2", "-2", "2.1", "-2.-1"):
        assert len(boss.get(URL, {"o": ordering}).context["cl"].result_list) == len(rows)
    filtered = boss.get(URL, {"target_tag__name__exact": "red"})
    assert [row.target for row in filtered.context["cl"].result_list] == [kinds.tag]
    found = boss.get(URL, {"q": "a picture"})
    assert [row.target for row in found.context["cl"].result_list] == [kinds.picture]


def test_rows_are_added_and_changed(boss, kinds):
    page = boss.get(f"{URL}add/").content.decode()
    assert 'name="target_picture"' in page
    assert 'name="target_key"' not in page
    added = boss.post(f"{URL}add/", {"verb": "seen", "target_picture": kinds.picture.pk})
    assert added.status_code == 302
    row = Activity.objects.get()
    assert row.target == kinds.picture
    change = f"{URL}{row.pk}/change/"
    assert str(kinds.picture) in boss.get(change).content.decode()
    two = boss.post(change, {"verb": "x", "target_picture": kinds.picture.pk, "target_tag": "red"})
    assert "Choose at most one" in two.content.decode()
    assert boss.post(change, {"verb": "x", "target_tag": "red"}).status_code == 302
    assert Activity.objects.get().target == kinds.tag
    assert boss.get(f"{URL}{row.pk}/history/").status_code == 200


def test_targets_are_looked_up(boss, kinds):
    answer = boss.get(
        "/targets/autocomplete/",
        {
            "app_label": "pointing",
            "model_name": "activity",
            "field_name": "target_document",
            "term": "doc",
        },
    )
    assert [found["id"] for found in answer.json()["results"]] == [str(kinds.document.pk)]


def test_the_confirmation_tells_what_goes_too(boss, kinds):
    Activity.objects.create(target=kinds.document)
    Like.objects.create(user=kinds.user, on=kinds.document)
    delete = f"/targets/things/document/{kinds.document.pk}/delete/"
    page = boss.get(delete)
    assert page.context["model_count"] == {"documents": 1, "activitys": 1, "likes": 1}.items()
    assert boss.post(delete, {"post": "yes"}).status_code == 302
    assert not Activity.objects.exists()
    Activity.objects.create(target=kinds.picture2)
    chosen = {"action": "delete_selected", "_selected_action": [kinds.picture2.pk]}
    assert boss.post("/targets/things/picture/", chosen).status_code == 200
    boss.post("/targets/things/picture/", {**chosen, "post": "yes"})
    assert not Activity.objects.exists()


def test_a_protected_target_is_not_deleted_there(boss, kinds):
    Activity.objects.create(target=kinds.cover)
    page = boss.get(f"/targets/things/picture/{kinds.picture.pk}/delete/")
    assert [str(x) for x in page.context["protected"]]


def test_the_admin_filters_by_kind(settings, kinds):
    class ByKind(admin.ModelAdmin):
        list_filter = ["target"]

    site = admin.AdminSite("by kind")
    site.register(Activity, ByKind)
    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": [path("by-kind/", site.urls)]})
    for target in (kinds.picture, kinds.document, None):
        Activity.objects.create(target=target)
    client = Client()
    client.force_login(get_user_model().objects.create_superuser(username="boss", password="x"))

    def listed(query=""):
        page = client.get(f"/by-kind/pointing/activity/{query}", follow=True)
        assert page.status_code == 200
        return [row.target for row in page.context["cl"].result_list], page.context["cl"]

    rows, changelist = listed("?target__kind=picture")
    assert rows == [kinds.picture]
    choices = list(changelist.filter_specs[0].choices(changelist))
    assert [choice["display"] for choice in choices if choice["selected"]] == ["picture"]
    assert len(choices) == len(Activity._meta.get_field("target").columns) + 2
    assert listed("?target__kind=none")[0] == [None]
    assert len(listed()[0]) == 3
    assert len(listed("?target__kind=planet")[0]) == 3


def test_the_words_are_korean_in_korean(kinds):
    with override("ko"):
        form = LikeForm({"user": kinds.user.pk})
        assert form.non_field_errors() == [
            "다음 중 하나만 골라 주세요: on picture 또는 on document."
        ]
