"""How Gallery talks to Redis: briefly, and never at the price of a page."""

from typing import Any

from redis.backoff import NoBackoff
from redis.retry import Retry

#: Seconds that one command may take; a slower Redis counts as absent.
TIMEOUT = 0.2


def redis_cache(url: str) -> dict[str, Any]:
    """Return the entry of ``CACHES`` for the Redis at ``url``.

    redis-py retries ten times and waits five seconds unless told otherwise: a
    dead Redis would hang every page. Here it fails at once, is logged, and
    counts as a miss.
    """
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "gallery",
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_TIMEOUT": TIMEOUT,
            "SOCKET_CONNECT_TIMEOUT": TIMEOUT,
            "CONNECTION_POOL_KWARGS": {"retry": Retry(NoBackoff(), 0)},
        },
    }
