from __future__ import annotations

import pytest

from devtools.problems import UsageProblem
from devtools.wish import read_wish

PORTS = ["abc", "0", "65536", "-1", "80.0", "８０００", " "]
URLS = [
    "nonsense",
    "postgres:db/x",
    "mysql://ann:secret@db/x",
    "postgres://ann:secret@db:port/x",
    "postgres://ann:secret@db:0/x",
    "postgres://ann:secret@[db/x",
    "postgres:///x",
]


def test_says_nothing_by_default() -> None:
    wish = read_wish([], {})
    assert (wish.host, wish.port, wish.database, wish.redis) == ("127.0.0.1", 8000, None, None)
    assert wish.own_redis
    assert wish.url == "http://127.0.0.1:8000/"


def test_the_environment_is_heard() -> None:
    variables = {
        "PORT": "9000",
        "DATABASE_URL": "mysql://ann@db/x",
        "SLIPSTREAM_REDIS_URL": "unix:///run/redis.sock?db=0",
    }
    wish = read_wish([], variables)
    assert (wish.port, wish.database) == (9000, "mysql://ann@db/x")
    assert wish.redis == "unix:///run/redis.sock?db=0"


def test_arguments_win_over_the_environment() -> None:
    variables = {"PORT": "x", "DATABASE_URL": "x", "SLIPSTREAM_REDIS_URL": "x"}
    arguments = ["--port", "9001", "--postgres", "postgres://db/x", "--redis", "redis://cache"]
    wish = read_wish(arguments, variables)
    assert (wish.port, wish.database, wish.redis) == (9001, "postgres://db/x", "redis://cache")


def test_no_redis_means_none_at_all() -> None:
    wish = read_wish(["--no-redis"], {"SLIPSTREAM_REDIS_URL": "redis://cache"})
    assert wish.redis is None
    assert not wish.own_redis
    with pytest.raises(UsageProblem, match="exclude each other"):
        read_wish(["--no-redis", "--redis", "redis://cache"], {})


@pytest.mark.parametrize("port", PORTS)
def test_what_is_no_port_is_refused(port: str) -> None:
    for arguments, variables in ((["--port", port], {}), ([], {"PORT": port})):
        with pytest.raises(UsageProblem, match="is no port"):
            read_wish(arguments, variables)


@pytest.mark.parametrize("url", URLS)
def test_what_is_no_database_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(UsageProblem, match=r"^--postgres: ") as caught:
        read_wish(["--postgres", url], {})
    assert "secret" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_what_is_no_redis_is_refused() -> None:
    with pytest.raises(UsageProblem, match=r"^SLIPSTREAM_REDIS_URL: http://cache does not start"):
        read_wish([], {"SLIPSTREAM_REDIS_URL": "http://cache"})


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000/"),
        ("::", "http://[::1]:8000/"),
        ("[::1]", "http://[::1]:8000/"),
        ("gallery.test", "http://gallery.test:8000/"),
    ],
)
def test_the_address_can_be_opened(host: str, url: str) -> None:
    assert read_wish(["--host", host], {}).url == url
