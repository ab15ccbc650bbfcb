"""What is left behind, and what answers that are no pages say: refusals, errors, logs, Redis."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import redis
from django.conf import settings
from django.urls import reverse

from .crawl import Crawl, said
from .subjects import WORD, Subject, World

pytestmark = pytest.mark.django_db
WHO = (
    "anonymous",
    "stranger's owner",
    "partner's owner",
    "partner who left",
    "expired guest",
    "partner's program",
)


def one_of(world: World, to: str, level: str) -> Subject:
    return next(one for one in world.subjects if (one.to, one.level, one.held) == (to, level, False))


@pytest.mark.parametrize("who", WHO)
def test_refusals_quote_nothing(world: World, who: str) -> None:
    """400, 403, 404, 405, 413, 415 about what is there and may not be read."""
    crawl = Crawl(world, world.viewers[who])
    pid = world.subjects[0].request.public_id
    found = set()
    for method, address, more in (
        ("get", "/api/v1/requests/", {"data": {"sort": "x"}}),
        ("get", f"/api/v1/requests/{pid}/", {"headers": {"Accept": "image/png"}}),
        ("post", f"/api/v1/requests/{pid}/events/", {"data": "{", "content_type": "application/json"}),
        ("post", f"/api/v1/requests/{pid}/events/", {"data": "x", "content_type": "text/csv"}),
        (
            "post",
            f"/api/v1/requests/{pid}/events/",
            {"data": " " * 3_000_000, "content_type": "application/json"},
        ),
        ("delete", f"/api/v1/requests/{pid}/", {"data": ""}),
        ("delete", f"/requests/{pid}/", {}),
        ("get", f"/requests/{pid}/", {}),
        ("get", f"/requests/{pid}/nowhere/", {}),
        ("get", "/requests/", {"data": {"cursor": "x", "within": "x", "campaign": pid}}),
    ):
        told = crawl.ask(address, method, **more)
        found.add(told.status_code)
        assert told.status_code < 500
        crawl.read(said(told), f"{method} {address}")
    assert crawl.wrong == []
    assert {400, 404, 405} <= found


def test_an_error_tells_no_word_to_anybody(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    """What fails in the middle of a page has private words at hand: neither page nor log takes one along."""
    shown = world.subjects[0].request.public_id

    def fails(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("failed on purpose")

    monkeypatch.setattr("requests_app.web.request_page.render", fails)
    crawl = Crawl(world, world.viewers["our owner"])
    with caplog.at_level(logging.DEBUG):
        told = crawl.ask(f"/requests/{shown}/")
    assert told.status_code == 500
    assert not WORD.search(said(told))
    assert not WORD.search(caplog.text)


def test_neither_logs_nor_redis_keep_a_word(world: World, caplog: Any, capfd: Any) -> None:
    """After everybody's reading of what shows most: owners, partners, the public, by page and by program."""
    texts = []
    with caplog.at_level(logging.DEBUG):
        for who in ("our owner", "partner's owner", "guest", "anonymous", "our program", "partner's program"):
            crawl = Crawl(world, world.viewers[who])
            for of in (one_of(world, "partner", "everything"), one_of(world, "public", "both")):
                for route in crawl.routes(about=True):
                    args = crawl.args(route, of)
                    if args is not None and crawl.expected(route, of) == 200:
                        # Without `ask`, which empties the cache before each.
                        headers = {"Authorization": f"Bearer {crawl.who.secret}"} if crawl.who.secret else {}
                        told = crawl.client.get(reverse(route, args=args), headers=headers)
                        texts.append(len(WORD.findall(said(told))))
    assert sum(texts) > 1000, "much was read"
    assert [record.getMessage() for record in caplog.records if WORD.search(str(vars(record)))] == []
    out, err = capfd.readouterr()
    assert not WORD.search(out + err)
    assert [one for one in kept_in_redis() if WORD.search(one)] == []


def kept_in_redis() -> list[str]:
    """Every key with its value, of every database."""
    found = []
    store: Any = redis.Redis.from_url(settings.CELERY_BROKER_URL.replace("redis+socket:", "unix:"))
    for key in store.scan_iter("*"):
        kind = store.type(key)
        value: Any = {
            b"string": lambda key=key: store.get(key), b"hash": lambda key=key: store.hgetall(key),
            b"list": lambda key=key: store.lrange(key, 0, -1), b"set": lambda key=key: store.smembers(key),
            b"zset": lambda key=key: store.zrange(key, 0, -1), b"stream": lambda key=key: store.xrange(key),
        }[kind]()  # fmt: skip
        found.append(f"{key!r} {value!r}")
    return found
