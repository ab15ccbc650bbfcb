"""What is left behind and what answers that are no pages say: other methods, refusals, logs, Redis."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse

from tests.api.described import operations

from .crawl import Crawl, said
from .mixing import marks
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


def shut(crawl: Crawl) -> Iterator[tuple[str, Subject, str]]:
    """Routes of things that the viewer may not know of."""
    hidden = [one for one in crawl.world.subjects if not one.reads(crawl.who) and one.home == "harbor"]
    for route in crawl.routes(about=True):
        for of in hidden[:1] + hidden[-1:]:
            args = crawl.args(route, of)
            if args is not None and crawl.expected(route, of) == 404:
                yield route, of, reverse(route, args=args)


@pytest.mark.parametrize("who", ["stranger's owner", "partner's owner", "anonymous"])
def test_other_methods_and_conditions_say_no_more_than_get(world: World, who: str) -> None:
    """HEAD, OPTIONS, and asking whether what the owner was sent has changed since."""
    crawl, owner = Crawl(world, world.viewers[who]), Crawl(world, world.viewers["our owner"])
    wrong = []
    for route, of, address in shut(crawl):
        ours = owner.ask(address)
        tag = {
            "If-None-Match": ours.headers.get("ETag", "*"),
            "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
        }
        for method, headers in (("head", {}), ("get", tag), ("head", tag)):
            told = crawl.ask(address, method, headers=headers)
            if told.status_code != 404:
                wrong.append(f"{route} of {of}: {told.status_code}")
            crawl.read(said(told), route)
        crawl.read(said(crawl.ask(address, "options")), f"options {route}")
    assert wrong + crawl.wrong == []


@pytest.mark.parametrize("who", ["partner's owner", "guest", "coalition mate"])
def test_a_partner_writes_nothing_of_ours_at_any_level(world: World, who: str) -> None:
    """Every operation that writes, and every page's form, at the highest level and at none."""
    crawl = Crawl(world, world.viewers[who])
    before = marks(world.cast.olive, world.cast.harbor.pk)
    mine = {"api-inbox-read", "api-digest-stop"}
    for of in (one_of(world, "partner", "everything"), world.subjects[0]):
        for one in operations():
            args = crawl.args(one.route, of) if one.over_content and one.method != "get" else None
            if not args or one.route in mine:
                continue
            told = crawl.ask(reverse(one.route, args=args), one.method, data=one.example or {},
                             content_type="application/json")  # fmt: skip
            assert told.status_code < 500, one.route
            crawl.read(said(told), f"{one.method} {one.route}")
        for route in crawl.routes(about=True):
            args = crawl.args(route, of)
            if args and not route.startswith("api-"):
                told = crawl.ask(
                    reverse(route, args=args), "post", data={"once": f"x{route}", "seen_version": 1}
                )
                assert told.status_code < 500, route
                crawl.read(said(told), f"post {route}")
    after = marks(world.cast.olive, world.cast.harbor.pk)
    assert [name for name, mark in before.items() if after[name] != mark] == []
    assert crawl.wrong == []


@pytest.mark.parametrize("who", WHO)
def test_refusals_quote_nothing(world: World, who: str) -> None:
    """400, 403, 404, 405, 413, 415, 429 about what is there and may not be read."""
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
    for _ in range(400):
        # Not through `ask`, which forgets how often was asked.
        headers = {"Authorization": f"Bearer {crawl.who.secret}"} if crawl.who.secret else {}
        told = crawl.client.get(f"/api/v1/requests/{pid}/", headers=headers)
        if told.status_code == 429:
            break
    assert told.status_code == 429
    crawl.read(said(told), "too many")
    cache.clear()
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
