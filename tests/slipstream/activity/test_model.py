"""Which model of activities a project has."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction

from slipstream.activity import get_activity_model
from slipstream.activity.models import BaseActivity
from tests.things.models import Document, Picture


def test_the_project_s_own_or_the_ready_made():
    model = get_activity_model()
    assert issubclass(model, BaseActivity)
    assert model._meta.label in ("acts.Activity", "slipstream_activity_generic.Activity")


@pytest.mark.parametrize("label", ["acts.Nothing", "nothing", 3, "acts.Activity.more"])
def test_a_setting_that_names_no_model(settings, label):
    settings.SLIPSTREAM_ACTIVITY_MODEL = label
    with pytest.raises(ImproperlyConfigured, match="SLIPSTREAM_ACTIVITY_MODEL must name"):
        get_activity_model()


@pytest.mark.skipif("not get_activity_model().has_real_targets")
def test_the_database_takes_no_second_target_and_none_that_is_not_there(people):
    model = get_activity_model()
    [ann] = people(1)
    picture, document = Picture.objects.create(), Document.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(
            actor=ann, verb="liked", target_picture=picture, target_document=document
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(actor=ann, verb="liked", target_picture_id=picture.pk + 1)
        connection.check_constraints()
    assert not model.objects.exists()
