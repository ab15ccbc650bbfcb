"""Where a webhook may go: to a server on the open net, by HTTPS, and nowhere inside.

An address is judged when it is typed, so that the mistake is named; and its numbers are judged again at each call,
and that very number is called: a name may answer otherwise the second time it is asked.
"""

from __future__ import annotations

import ipaddress
import queue
import re
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

LONGEST = 500
PORTS = (443, 8443)
INSIDE = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home", ".corp", ".home.arpa", ".onion")
# Global by its number, and the door to a cloud's own machinery.
MACHINERY = frozenset({ipaddress.ip_address("168.63.129.16")})
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
NAME = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z"
)
PATH = re.compile(r"[A-Za-z0-9._~:/?@!$&'()*+,;=%\[\]-]*\Z")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadTarget(ValueError):
    """A sentence that says what is wrong with an address."""


@dataclass(frozen=True, slots=True)
class Target:
    secure: bool
    host: str
    port: int
    path: str

    @property
    def named(self) -> str:
        """As the header Host says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def read(url: str) -> Target:
    """The parts of an address, or BadTarget. No name is asked for."""
    if len(url) > LONGEST:
        raise BadTarget(_("An address has at most %(n)s characters.") % {"n": LONGEST})
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise BadTarget(
            _("This is no web address. Write one like https://hooks.example.org/records.")
        ) from None
    if parts.scheme not in ("http", "https") or not host or url != url.strip():
        raise BadTarget(_("This is no web address. Write one like https://hooks.example.org/records."))
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise BadTarget(_("Leave the name and password out of the address; check our signature instead."))
    if parts.fragment:
        raise BadTarget(_("Leave out what follows the # sign: it is never sent."))
    if not PATH.match(parts.path + parts.query):
        raise BadTarget(_("Write spaces and special letters of the address as %-codes."))
    host, number = _host(host)
    secure = parts.scheme == "https"
    loopback = _is_loopback(host, number)
    if loopback and settings.WEBHOOK_LOOPBACK:
        return Target(secure, host, port or (443 if secure else 80), _path(parts.path, parts.query))
    if not secure:
        raise BadTarget(_("The address must begin with https://, so that nobody on the way reads it."))
    if port not in (None, *PORTS):
        raise BadTarget(
            _("Port %(port)s is not called. Use 443, which needs no number, or 8443.") % {"port": port}
        )
    if loopback or host.endswith(INSIDE) or (number is None and "." not in host):
        raise BadTarget(
            _("This names a machine of an inner network. Only servers on the open internet are called.")
        )
    if number is not None:
        judge(number)
    return Target(secure, host, port or 443, _path(parts.path, parts.query))


def judge(number: Address) -> None:
    """Raises BadTarget unless the number is one of the open net."""
    for one in _meant(number):
        if not one.is_global or one.is_multicast or one.is_reserved or one in MACHINERY:
            if settings.WEBHOOK_LOOPBACK and one.is_loopback:
                continue
            raise BadTarget(
                _(
                    "%(number)s is an address of an inner network. Only servers on the open internet are called."
                )
                % {"number": number}
            )


def resolve(target: Target, seconds: float) -> str:
    """The number to call, judged. One that is not of the open net among several spoils them all."""
    try:
        number = ipaddress.ip_address(target.host)
    except ValueError:
        found = _ask(target.host, target.port, seconds)
        for one in found:
            judge(one)
        return str(found[0])
    judge(number)
    return str(number)


def judge_name(target: Target, seconds: float = 2.0) -> None:
    """While it is typed: an inner address is named now. A name that nobody answers to is judged when it is called."""
    try:
        resolve(target, seconds)
    except OSError:
        return


def _ask(host: str, port: int, seconds: float) -> list[Address]:
    """Names are asked for in a thread of their own: the system's resolver knows no limit of time."""
    answers: queue.SimpleQueue[list[Address] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows])
        except OSError as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        found = answers.get(timeout=max(seconds, 0.01))
    except queue.Empty:
        raise TimeoutError("nobody says which server has this name") from None
    if isinstance(found, OSError):
        raise found
    if not found:
        raise OSError("no server has this name")
    return found


def _host(host: str) -> tuple[str, Address | None]:
    host = host.rstrip(".").lower()
    with suppress(ValueError):
        return host, ipaddress.ip_address(host)
    try:
        plain = host.encode("ascii").decode() if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        plain = ""
    # What a resolver would read as a number, it must not: 0x7f.1, 2130706433, 127.1
    if not NAME.match(plain) or re.fullmatch(r"(0x[0-9a-f]*|[0-9]+)", plain.rpartition(".")[2]):
        raise BadTarget(_("This names no server. Write its name, such as hooks.example.org."))
    return plain, None


def _is_loopback(host: str, number: Address | None) -> bool:
    return host == "localhost" or (number is not None and all(one.is_loopback for one in _meant(number)))


def _meant(number: Address) -> list[Address]:
    """A number, and the one that it wraps."""
    if isinstance(number, ipaddress.IPv4Address):
        return [number]
    if number.ipv4_mapped is not None:
        return [number.ipv4_mapped]
    out: list[Address] = [number]
    if number in NAT64:
        out.append(ipaddress.IPv4Address(int(number) & 0xFFFFFFFF))
    if number in SIX_TO_FOUR and number.sixtofour is not None:
        out.append(number.sixtofour)
    if number.teredo is not None:
        out += number.teredo
    return out


def _path(path: str, query: str) -> str:
    return (path or "/") + (f"?{query}" if query else "")
