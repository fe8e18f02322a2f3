"""A wrong address is said at start; a wrong password when a site is deployed or migrated."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from devtools.engines.base import free_port
from slipstream.rankings.checks import check_backend, check_redis, check_redis_before_deploying
from slipstream.redis_client import get_client

from .on_redis import BACKEND, new_process

SECRET = "pa55word"

pytestmark = [pytest.mark.any_engine, pytest.mark.django_db]


@pytest.mark.parametrize("backend", [BACKEND, "slipstream.rankings.backends.database.Database"])
def test_a_malformed_address_is_an_error_at_start(settings, backend):
    settings.SLIPSTREAM_REDIS_URL = f"redis://:{SECRET}@host:port/0"
    settings.SLIPSTREAM_RANKINGS_BACKEND = backend
    new_process()
    [message] = check_backend()
    assert message.id == "slipstream_rankings.E002"
    assert "Port could not be cast to integer value" in message.msg
    assert SECRET not in message.msg
    assert check_redis(databases=["default"]) == []
    with pytest.raises(SystemCheckError, match="E002"):
        call_command("check")
    new_process()


def test_without_an_address_nothing_is_asked(settings):
    settings.SLIPSTREAM_REDIS_URL = None
    assert check_backend() == check_redis_before_deploying() == []
    assert check_redis(databases=["default"]) == []


def test_the_backend_needs_an_address(settings):
    settings.SLIPSTREAM_REDIS_URL = None
    settings.SLIPSTREAM_RANKINGS_BACKEND = BACKEND
    new_process()
    [message] = check_backend()
    assert message.id == "slipstream_rankings.E001"
    assert "SLIPSTREAM_REDIS_URL" in message.msg


def test_a_wrong_password_is_an_error_before_deploying(start_redis, settings):
    server = start_redis()
    settings.SLIPSTREAM_REDIS_URL = server.url
    assert check_redis_before_deploying() == check_redis(databases=["default"]) == []
    get_client().config_set("requirepass", "another")
    settings.SLIPSTREAM_REDIS_URL = server.url.replace("unix://", f"unix://:{SECRET}@")
    assert check_backend() == check_redis() == []
    for [message] in (check_redis_before_deploying(), check_redis(databases=["default"])):
        assert message.id == "slipstream_rankings.E003"
        assert "invalid" in message.msg
        assert SECRET not in message.msg


@pytest.mark.parametrize("scheme", ["redis", "redis+cluster"])
def test_a_redis_that_does_not_answer_is_a_warning(settings, scheme):
    settings.SLIPSTREAM_REDIS_URL = f"{scheme}://:{SECRET}@127.0.0.1:{free_port()}"
    [message] = check_redis_before_deploying()
    assert message.id == "slipstream_rankings.W002"
    assert SECRET not in message.msg
