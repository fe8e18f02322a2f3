"""Private servers for development and tests: on a free port, gone when they end.

Each is a context manager::

    with Postgres() as server:
        connect(server.url)
"""

from __future__ import annotations

from devtools.engines.base import Engine, EngineMissing
from devtools.engines.mariadb import MariaDB
from devtools.engines.postgres import Postgres
from devtools.engines.redis import Redis
from devtools.engines.redis_cluster import RedisCluster

__all__ = ["Engine", "EngineMissing", "MariaDB", "Postgres", "Redis", "RedisCluster"]
