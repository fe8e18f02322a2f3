"""Fixtures for every test. Databases are started by tests/plugin.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from devtools.engines import Redis, RedisCluster


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """A private Redis for reading and writing; not to be stopped."""
    with Redis() as server:
        yield server


@pytest.fixture(scope="session")
def redis_cluster() -> Iterator[RedisCluster]:
    """Three masters for reading and writing; not to be stopped."""
    with RedisCluster() as cluster:
        yield cluster


@pytest.fixture
def start_redis() -> Iterator[Callable[[], Redis]]:
    """Start a Redis of one's own, to ``stop()`` at will."""
    started: list[Redis] = []

    def start() -> Redis:
        server = Redis().start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()
