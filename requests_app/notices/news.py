"""What happened in public, as feed readers take it: Atom 1.0 and JSON Feed 1.1, the same bytes for the same facts."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.xmlutils import SimplerXMLGenerator

TYPES = {"atom": "application/atom+xml; charset=utf-8", "json": "application/feed+json; charset=utf-8"}
FILE_TYPE = "application/octet-stream"
# Ids are made of what lasts, so that a reader knows an entry again wherever this instance moves.
SPACE = uuid.UUID("7d0f3b52-6c1e-5a3f-9a55-0f2a4c1d8e36")
# No XML may hold them, and no title needs them.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    key: str
    at: dt.datetime
    title: str
    text: str
    url: str
    words: tuple[str, ...] = ()
    file_url: str = ""
    file_name: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Feed:
    """key: says what the feed is of, for good. since: what an empty feed calls its last change."""

    key: str
    title: str
    about: str
    author: str
    home_url: str
    self_url: str
    next_url: str
    language: str
    since: dt.datetime
    entries: Sequence[Entry]

    @property
    def changed(self) -> dt.datetime:
        return max((entry.at for entry in self.entries), default=self.since)


def write(feed: Feed, form: str) -> bytes:
    return _atom(feed) if form == "atom" else _json(feed)


def id_of(key: str) -> str:
    return f"urn:uuid:{uuid.uuid5(SPACE, key)}"


class _Paged(Atom1Feed):
    """With the address of what came before (RFC 5005), and the day of its own last change."""

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        if self.feed["next_url"]:
            handler.addQuickElement("link", "", {"rel": "next", "href": self.feed["next_url"]})

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item | {"description": None})
        handler.addQuickElement("content", item["text"], {"type": "text"})

    def latest_post_date(self) -> dt.datetime:
        changed: dt.datetime = self.feed["changed"]
        return changed


def _atom(feed: Feed) -> bytes:
    written = _Paged(
        title=_clean(feed.title), link=feed.home_url, description="", subtitle=_clean(feed.about),
        language=feed.language, author_name=feed.author, feed_url=feed.self_url, feed_guid=id_of(feed.key),
        next_url=feed.next_url, changed=feed.changed,
    )  # fmt: skip
    for entry in feed.entries:
        files = [Enclosure(entry.file_url, str(entry.size), FILE_TYPE)] if entry.file_url else []
        written.add_item(
            title=_clean(entry.title), link=entry.url, description="", text=_clean(entry.text),
            unique_id=id_of(entry.key), pubdate=entry.at, updateddate=entry.at, categories=entry.words,
            enclosures=files,
        )  # fmt: skip
    out = io.StringIO()
    written.write(out, "utf-8")
    return out.getvalue().encode()


def _json(feed: Feed) -> bytes:
    told: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _clean(feed.title),
        "description": _clean(feed.about),
        "home_page_url": feed.home_url,
        "feed_url": feed.self_url,
        "language": feed.language,
        "authors": [{"name": feed.author}],
    }
    if feed.next_url:
        told["next_url"] = feed.next_url
    told["items"] = [_item(entry) for entry in feed.entries]
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _item(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": id_of(entry.key),
        "url": entry.url,
        "title": _clean(entry.title),
        "content_text": _clean(entry.text),
        "date_published": entry.at.isoformat(),
        "date_modified": entry.at.isoformat(),
        "tags": list(entry.words),
    }
    if entry.file_url:
        name = _clean(entry.file_name)
        told["attachments"] = [
            {"url": entry.file_url, "mime_type": FILE_TYPE, "title": name, "size_in_bytes": entry.size}
        ]
    return told


def _clean(text: str) -> str:
    return CONTROL.sub(" ", text)
