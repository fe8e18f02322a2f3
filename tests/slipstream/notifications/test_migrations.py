"""The migration does for any model of activities, and any user model."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from slipstream.activity import get_activity_model
from slipstream.notifications.models import Participant

pytestmark = pytest.mark.any_engine


def test_there_is_nothing_to_migrate(db):
    call_command(
        "makemigrations", "slipstream_notifications", check=True, dry_run=True, verbosity=0
    )


def test_the_key_goes_to_the_model_of_the_project():
    model = get_activity_model()
    state = MigrationLoader(None).project_state([("slipstream_notifications", "0001_initial")])
    key = state.apps.get_model("slipstream_notifications", "Participant")._meta.get_field(
        "activity"
    )
    assert key.remote_field.model._meta.label == model._meta.label
    assert Participant._meta.get_field("activity").remote_field.model is model
