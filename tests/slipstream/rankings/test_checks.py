"""What a project may have got wrong is said at start."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from slipstream.conf import REDIS_PREFIX
from slipstream.rankings import policies
from slipstream.rankings.backends.choice import get_backend
from slipstream.rankings.checks import check_backend


def ids():
    return [message.id for message in check_backend()]


def test_nothing_is_wrong():
    assert ids() == []
    assert get_backend() is get_backend()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("nowhere.Backend", "No module named 'nowhere'"),
        ("slipstream.rankings.backends.database.Nothing", "does not define"),
        ("slipstream.rankings.backends.base.Backend", "abstract"),
        ("slipstream.rankings.windows.Window", "Window"),
        ("builtins.dict", "which is no Backend"),
        ("word", "word"),
        (None, "no path"),
        (["a.list"], "no path"),
    ],
)
def test_what_is_no_backend(settings, path, why):
    settings.SLIPSTREAM_RANKINGS_BACKEND = path
    [message] = check_backend()
    assert message.id == "slipstream_rankings.E001"
    assert "SLIPSTREAM_RANKINGS_BACKEND" in message.msg
    assert why in message.msg
    with pytest.raises(ImproperlyConfigured, match="SLIPSTREAM_RANKINGS_BACKEND"):
        get_backend()


def test_no_policy_anywhere(monkeypatch):
    monkeypatch.setattr(policies, "_policies", {})
    assert ids() == ["slipstream_rankings.W001"]


def test_a_setting_that_was_unset_is_seen_when_it_is_set(settings):
    """That it is not there is remembered, until Django says that it changed."""
    for _ in range(2):
        assert REDIS_PREFIX.get() == "slipstream"
        settings.SLIPSTREAM_REDIS_PREFIX = "mine"
        assert REDIS_PREFIX.get() == "mine"
        del settings.SLIPSTREAM_REDIS_PREFIX
        assert REDIS_PREFIX.get() == "slipstream"
