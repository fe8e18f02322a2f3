"""Each mistake in a declaration is told by a system check, with a hint."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.test.utils import isolate_apps

from slipstream.targets import ExclusiveForeignKey, ExclusiveOneToOneField, PointingModel, Target
from slipstream.targets.checks import check_keys
from tests.things.models import Cover, Document, FeaturedPicture, Picture, Place, Restaurant, Tag

numbers = itertools.count()


@pytest.fixture(autouse=True)
def isolated():
    with isolate_apps("tests.pointing"):
        yield


def declare(
    *targets, on_delete=models.CASCADE, bases=(models.Model,), key=ExclusiveForeignKey, **more
):
    """Return a model with the key ``target``, and ``more`` as attributes or arguments."""
    arguments = {name: more.pop(name) for name in ("null", "related_name") if name in more}
    arguments.setdefault("related_name", "+")
    meta = type("Meta", (), {"app_label": "pointing"})
    field = key(*targets, on_delete=on_delete, **arguments)
    body = {"__module__": __name__, "Meta": meta, "target": field, **more}
    return type(f"Subject{next(numbers)}", bases, body)


def messages(model):
    return model._meta.get_field("target").check()


def only(model):
    [message] = messages(model)
    assert message.hint
    assert message.obj is model._meta.get_field("target")
    return message


def test_what_is_declared_well_is_silent():
    assert messages(declare(Picture, Document, Tag, Cover, Place, Restaurant)) == []
    assert messages(declare(Picture, "self", null=True)) == []
    assert messages(declare(Picture, key=ExclusiveOneToOneField)) == []
    assert messages(declare(FeaturedPicture)) == []


@pytest.mark.parametrize(
    ("label", "hint"),
    [
        ("things.Pictur", "Did you mean things.Picture or"),
        ("thing.Document", "things.Document"),
        ("zzz.Qqq", "INSTALLED_APPS"),
    ],
)
def test_a_target_that_is_no_model(label, hint):
    error = only(declare(Tag, label))
    assert error.id == "slipstream_targets.E001"
    assert repr(label) in error.msg
    assert hint in error.hint


def test_a_model_that_is_unknown_is_told_once():
    model = declare("things.Pictur", Tag)
    told = [*model.check(), *messages(model)]
    assert [error.id for error in told] == ["slipstream_targets.E001"]


def test_an_abstract_target():
    error = only(declare(Picture, PointingModel))
    assert error.id == "slipstream_targets.E002"
    assert "PointingModel" in error.msg


@pytest.mark.parametrize(
    "twice",
    [
        (Picture, Picture),
        (Picture, "things.Picture"),
        (Picture, FeaturedPicture),
        (FeaturedPicture, Picture),
        (Picture, Target(Picture, name="image")),
    ],
)
def test_a_target_listed_twice_or_beside_its_proxy(twice):
    error = only(declare(*twice))
    assert error.id == "slipstream_targets.E003"
    assert "the same table" in error.msg


def test_two_targets_with_one_name():
    error = only(declare(Picture, Target(Tag, name="picture")))
    assert error.id == "slipstream_targets.E004"
    assert "'target_picture'" in error.msg
    assert 'Target("things.Tag", name=' in error.hint


@pytest.mark.parametrize("more", [{}, {"target_models": []}])
def test_no_target(more):
    error = only(declare(**more))
    assert error.id == "slipstream_targets.E005"
    assert "target_models = [" in error.hint


def test_a_concrete_model_may_list_the_targets():
    model = declare(target_models=[Picture, Target(Tag, name="label")])
    assert messages(model) == []
    assert model._meta.get_field("target").column_names == ["target_picture", "target_label"]


def test_an_abstract_model_is_not_checked_for_targets():
    meta = type("Meta", (), {"app_label": "pointing", "abstract": True})
    field = ExclusiveForeignKey(on_delete=models.CASCADE)
    abstract = type(
        "Base", (models.Model,), {"__module__": __name__, "Meta": meta, "target": field}
    )
    child = type(
        "Child",
        (abstract,),
        {
            "__module__": __name__,
            "Meta": type("Meta", (), {"app_label": "pointing"}),
            "target_models": [Tag],
        },
    )
    other = type(
        "Other",
        (abstract,),
        {
            "__module__": __name__,
            "Meta": type("Meta", (), {"app_label": "pointing"}),
            "target_models": [Picture],
        },
    )
    assert messages(child) == messages(other) == []
    assert child._meta.get_field("target").column_names == ["target_tag"]
    assert other._meta.get_field("target").column_names == ["target_picture"]
    assert [c.name for c in child._meta.constraints] != [c.name for c in other._meta.constraints]


def test_deletion_that_would_leave_nothing():
    error = only(declare(Picture, on_delete=models.SET_NULL))
    assert error.id == "slipstream_targets.E006"
    assert "null=True" in error.hint
    one = declare(Picture, Target(Tag, on_delete=models.SET_NULL))
    assert only(one).id == "slipstream_targets.E006"
    assert messages(declare(Picture, on_delete=models.SET_NULL, null=True)) == []


def test_too_many_targets():
    many = [Target("self", name=f"n{number}") for number in range(16)]
    found = messages(declare(*many))
    assert "slipstream_targets.W001" in {message.id for message in found}


def test_a_column_that_is_declared_already():
    model = declare(Picture, target_picture=models.CharField(max_length=5))
    assert {error.id for error in model.check()} & {"models.E006", "slipstream_targets.E004"}


def test_names_of_indexes_and_constraints_fit_and_differ():
    def names(table):
        meta = type("Meta", (), {"app_label": "pointing", "db_table": table})
        keys = {
            name: ExclusiveForeignKey(
                Picture, Document, on_delete=models.CASCADE, related_name="+", unique_with=unique
            )
            for name, unique in (("a_rather_long_name_for_a_key", ["title"]), ("b", []))
        }
        title = models.CharField(max_length=9)
        body = {"__module__": __name__, "Meta": meta, "title": title, **keys}
        options = type(f"Subject{next(numbers)}", (models.Model,), body)._meta
        return [x.name for x in (*options.indexes, *options.constraints)]

    some, others = names("a_table"), names('"schema"."' + "a_long_table_name" * 4 + '"')
    for found in (some, others):
        assert len(set(found)) == len(found) == 6
        assert max(map(len, found)) <= 60
        assert not set('".') & set("".join(found))
    assert not set(some) & set(others)


def test_the_test_project_is_in_order(db):
    # MariaDB has no partial indexes, and Django warns of each.
    call_command("check", fail_level="ERROR" if connection.vendor == "mysql" else "WARNING")


def test_a_field_that_has_the_name_of_the_plain_value():
    error = only(declare(Picture, target_key=models.IntegerField(default=1)))
    assert error.id == "slipstream_targets.E007"
    assert "'target_key'" in error.msg


def test_a_target_that_is_called_key():
    found = messages(declare(Picture, Target(Document, name="key")))
    assert "slipstream_targets.E007" in [error.id for error in found]


def test_what_is_neither_model_nor_label():
    with pytest.raises(TypeError, match=r"A target is a model or the label of one, not 5\."):
        declare(Picture, 5)


def test_a_row_that_cannot_be_deleted_with_what_it_points_at(db):
    always, maybe = declare(Picture, "self"), declare(Picture, "self", null=True)
    configs = [SimpleNamespace(get_models=lambda: [always, maybe])]
    assert check_keys(configs) == []
    found = check_keys(configs, databases=["default"])
    expected = ["slipstream_targets.W002"] if connection.vendor == "mysql" else []
    assert [warning.id for warning in found] == expected
    assert all(warning.obj is always._meta.get_field("target") for warning in found)
