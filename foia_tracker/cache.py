"""A cache that may be gone: then nothing is remembered, and no page fails for it.

Rate limits of the sign-in page live here; while the cache is away they do not count, and each sign-in still costs
an Argon2 hash.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

REST_SECONDS = 5.0  # after a failure nothing waits for the next time-out


class ForgetfulClient(RedisCacheClient):
    rest_until = 0.0

    @cached_property
    def _one(self) -> Any:
        return super().get_client()

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """CACHE_URL names one server, and each thread has a client of its own: it is made once, not for each call."""
        return self._one

    def _asked(self, name: str, gone: Any, *arguments: Any, **options: Any) -> Any:
        if time.monotonic() < ForgetfulClient.rest_until:
            return gone
        try:
            return getattr(super(), name)(*arguments, **options)
        except RedisError as failure:
            ForgetfulClient.rest_until = time.monotonic() + REST_SECONDS
            log.warning("the cache does not answer", kind=type(failure).__name__)
            return gone

    def add(self, key: Any, value: Any, timeout: Any) -> Any:
        return self._asked("add", True, key, value, timeout)

    def get(self, key: Any, default: Any) -> Any:
        return self._asked("get", default, key, default)

    def set(self, key: Any, value: Any, timeout: Any) -> Any:
        return self._asked("set", None, key, value, timeout)

    def touch(self, key: Any, timeout: Any) -> Any:
        return self._asked("touch", False, key, timeout)

    def delete(self, key: Any) -> Any:
        return self._asked("delete", False, key)

    def get_many(self, keys: Any) -> Any:
        return self._asked("get_many", {}, keys)

    def has_key(self, key: Any) -> Any:
        return self._asked("has_key", False, key)

    def incr(self, key: Any, delta: int) -> Any:
        return self._asked("incr", delta, key, delta)

    def set_many(self, data: Any, timeout: Any) -> Any:
        return self._asked("set_many", None, data, timeout)

    def delete_many(self, keys: Any) -> Any:
        return self._asked("delete_many", None, keys)

    def clear(self) -> Any:
        return self._asked("clear", False)


class ForgetfulRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgetfulClient
