"""How it is asked: one call at a time, what is unchanged not fetched twice, a write done once."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

KEPT = 256


@dataclass(frozen=True)
class Sent:
    method: str
    address: str
    headers: dict[str, str]
    body: bytes | None


@dataclass(frozen=True)
class Answer:
    """headers: by their names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Problem(Exception):
    """It was refused. `detail` is for people, `code` for programs; `fields` says what is wrong with which field."""

    def __init__(self, status: int, told: Mapping[str, Any], retry_after: int | None = None) -> None:
        self.status = status
        self.code = str(told.get("code", ""))
        self.detail = str(told.get("detail", told.get("title", "")))
        self.fields = {str(one["field"]): str(one["detail"]) for one in told.get("errors", ())}
        self.told = told
        self.retry_after = retry_after
        super().__init__(f"{status} {self.code}: {self.detail}")


@dataclass
class Transport:
    """send: how a call goes out, where it is not over the net."""

    address: str
    token: str = ""
    timeout: float = 30.0
    send: Callable[[Sent], Answer] | None = None
    _kept: OrderedDict[str, tuple[str, bytes]] = field(default_factory=OrderedDict, init=False, repr=False)

    @staticmethod
    def quoted(part: str) -> str:
        return quote(part, safe="")

    def walk(self, page: Any) -> Iterator[Any]:
        """Every row of this page and of those after it."""
        while True:
            yield from page["items"]
            if page["next"] is None:
                return
            found = urlsplit(page["next"])
            page = self.ask("GET", f"{found.path}?{found.query}")

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        form: Mapping[str, Any] | None = None,
        key: str | None = None,
        binary: bool = False,
    ) -> Any:
        asked = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        address = self.address.rstrip("/") + path + (f"?{urlencode(asked, doseq=True)}" if asked else "")
        headers = {"Accept": "*/*" if binary else "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        told: bytes | None = None
        if form is not None:
            told, headers["Content-Type"] = _multipart(form)
        elif body is not None:
            told, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        kept = self._kept.get(address) if method == "GET" and not binary else None
        if method != "GET":
            headers["Idempotency-Key"] = key or secrets.token_urlsafe(18)
        elif kept:
            headers["If-None-Match"] = kept[0]
        answer = (self.send or self._over_the_net)(Sent(method, address, headers, told))
        if answer.status == 304 and kept:
            return json.loads(kept[1])
        if answer.status >= 400:
            raise _problem(answer)
        if binary:
            return answer.body
        tag = answer.headers.get("etag")
        if method == "GET" and tag:
            self._kept[address] = (tag, answer.body)
            self._kept.move_to_end(address)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return json.loads(answer.body) if answer.body else None

    def _over_the_net(self, sent: Sent) -> Answer:
        asked = urllib.request.Request(sent.address, sent.body, sent.headers, method=sent.method)
        try:
            with urllib.request.urlopen(asked, timeout=self.timeout) as found:
                return Answer(found.status, _small(found.headers), found.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, _small(refused.headers), refused.read())


def _small(headers: Any) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in headers.items()}


def _problem(answer: Answer) -> Problem:
    try:
        told = json.loads(answer.body)
    except ValueError:
        told = {"detail": answer.body[:200].decode("utf-8", "replace")}
    after = answer.headers.get("retry-after", "")
    return Problem(
        answer.status, told if isinstance(told, dict) else {}, int(after) if after.isdigit() else None
    )


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _multipart(form: Mapping[str, Any]) -> tuple[bytes, str]:
    """Bytes are a file, and a pair is a file with its name."""
    edge = secrets.token_hex(16)
    parts = []
    for name, value in form.items():
        file, data = value if isinstance(value, tuple) else ("file", value) if isinstance(value, bytes) else ("", value)
        says = f'Content-Disposition: form-data; name="{name}"'
        if isinstance(data, bytes):
            says += f'; filename="{quote(file)}"\r\nContent-Type: application/octet-stream'
        told = data if isinstance(data, bytes) else str(data).encode()
        parts.append(f"--{edge}\r\n{says}\r\n\r\n".encode() + told + b"\r\n")
    return b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
