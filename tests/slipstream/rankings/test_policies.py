"""Policies: declared once per model, and what is wrong said at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import models

from slipstream.exceptions import NotRanked
from slipstream.rankings import ViewPolicy, policies, register
from tests.things.models import Document, FeaturedPicture, Picture, Place, Restaurant


@pytest.fixture(autouse=True)
def none_declared(monkeypatch):
    monkeypatch.setattr(policies, "_policies", {})


class Abstract(models.Model):
    class Meta:
        abstract = True
        app_label = "things"


def test_by_default_every_view_counts():
    policy = ViewPolicy()
    assert policy.once_per == timedelta()
    assert policy.owner == ""
    assert policy.half_life == timedelta(days=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"once_per": timedelta(seconds=-1)},
        {"once_per": timedelta.max},
        {"half_life": timedelta()},
        {"half_life": timedelta(days=-1)},
    ],
)
def test_times_have_to_make_sense(wrong):
    with pytest.raises(ValueError, match=r"once_per is from|half_life has to"):
        ViewPolicy(**wrong)


def test_a_model_without_one():
    with pytest.raises(NotRanked, match=r"things.Picture are not counted; .* of none"):
        policies.policy_of(Picture)
    register(Document, ViewPolicy())
    with pytest.raises(NotRanked, match=r"counted are those of things\.Document"):
        policies.policy_of(Picture)


def test_proxies_share_it_and_children_do_not():
    policy = ViewPolicy(owner="owner")
    register(FeaturedPicture, policy)
    assert policies.policy_of(Picture) is policies.policy_of(FeaturedPicture) is policy
    assert policies.kind_of(FeaturedPicture) == "things.picture"
    assert policies.ranked_models() == (Picture,)
    register(Place, ViewPolicy())
    with pytest.raises(NotRanked):
        policies.policy_of(Restaurant)


def test_the_same_twice_is_one_and_another_is_refused():
    register(Picture, ViewPolicy(owner="owner"))
    register(Picture, ViewPolicy(owner="owner"))
    with pytest.raises(ValueError, match=r"things\.FeaturedPicture has two policies"):
        register(FeaturedPicture, ViewPolicy())
    assert policies.policy_of(Picture).owner == "owner"


def test_an_abstract_model_is_refused():
    with pytest.raises(ValueError, match="Abstract is abstract"):
        register(Abstract, ViewPolicy())


@pytest.mark.parametrize(("owner", "why"), [("nobody", "no field named"), ("title", "no foreign")])
def test_an_owner_has_to_be_a_foreign_key(owner, why):
    with pytest.raises(ValueError, match=why):
        register(Picture, ViewPolicy(owner=owner))
    assert policies.ranked_models() == ()
