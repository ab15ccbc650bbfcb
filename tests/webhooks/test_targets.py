"""Addresses that are refused, each with the sentence that says why; and numbers that are judged when called."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from requests_app.actions.refusals import Refused
from requests_app.notices import webhook_targets as targets
from requests_app.notices.webhook_calls import Call, Caller
from tests import builders

from .conftest import hook_of

INNER = "open internet"


@pytest.fixture(autouse=True)
def _as_in_production(settings: Any, _loopback: None) -> None:
    settings.WEBHOOK_LOOPBACK = False


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://hooks.example.org/x", "https://"),
        ("ftp://hooks.example.org/x", "no web address"),
        ("hooks.example.org/x", "no web address"),
        ("https://", "no web address"),
        ("https:// hooks.example.org", "names no server"),
        ("https://hooks.example.org:99999/", "no web address"),
        ("https://me:secret@hooks.example.org/", "name and password"),
        ("https://hooks.example.org@127.0.0.1/", "name and password"),
        ("https://hooks.example.org/#part", "#"),
        ("https://hooks.example.org/a b", "%-codes"),
        ("https://hooks.example.org/\r\nX-Forged: 1", "no web address|%-codes|names no server"),
        ("https://hooks.example.org:22/", "Port 22"),
        ("https://hooks.example.org:8080/", "Port 8080"),
        ("https://localhost/", INNER),
        ("https://printer/", INNER),
        ("https://db.internal/", INNER),
        ("https://router.local./", INNER),
        ("https://127.0.0.1/", INNER),
        ("https://10.1.2.3/", INNER),
        ("https://172.16.0.9/", INNER),
        ("https://192.168.0.1/", INNER),
        ("https://169.254.169.254/latest/meta-data/", INNER),
        ("https://100.64.0.1/", INNER),
        ("https://100.100.100.200/", INNER),
        ("https://168.63.129.16/", INNER),
        ("https://0.0.0.0/", INNER),
        ("https://224.0.0.1/", INNER),
        ("https://255.255.255.255/", INNER),
        ("https://2130706433/", "names no server"),
        ("https://127.1/", "names no server"),
        ("https://0x7f.0.0.1/", "names no server"),
        ("https://0x7f000001/", "names no server"),
        ("https://[::1]/", INNER),
        ("https://[::]/", INNER),
        ("https://[fe80::1]/", INNER),
        ("https://[fd00:ec2::254]/", INNER),
        ("https://[::ffff:10.0.0.1]/", INNER),
        ("https://[64:ff9b::a00:1]/", INNER),
        ("https://[2002:7f00:1::]/", INNER),
        ("https://" + "a" * 600 + ".example.org/", "500 characters"),
    ],
)
def test_a_bad_address_is_refused_with_a_sentence(url: str, says: str) -> None:
    with pytest.raises(targets.BadTarget, match=says):
        targets.read(url)


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://hooks.slack.com/services/T0/B0/xyz", "hooks.slack.com", 443, "/services/T0/B0/xyz"),
        ("https://Hooks.Example.ORG:8443?a=%20b", "hooks.example.org", 8443, "/?a=%20b"),
        ("https://bücher.example.org/", "xn--bcher-kva.example.org", 443, "/"),
        ("https://8.8.8.8/x", "8.8.8.8", 443, "/x"),
    ],
)
def test_a_good_address_is_read(url: str, host: str, port: int, path: str) -> None:
    found = targets.read(url)
    assert (found.host, found.port, found.path, found.secure) == (host, port, path, True)


@pytest.mark.django_db
def test_the_refusal_names_the_field(cast: builders.Cast) -> None:
    with pytest.raises(Refused) as refused:
        hook_of(cast, "https://10.0.0.8/hook")
    assert (refused.value.field, refused.value.status) == ("url", 400)
    assert "10.0.0.8" in refused.value.sentence


def test_a_name_that_leads_inside_is_not_called_however_it_was_judged_before() -> None:
    """“localhost” resolves on every machine; an address stored before says nothing of the number behind it."""
    inside = targets.Target(True, "localhost", 443, "/")
    with pytest.raises(targets.BadTarget, match=INNER):
        targets.resolve(inside, 2.0)


def test_the_caller_judges_the_address_again() -> None:
    answer = Caller().hand_over(Call("https://127.0.0.1/", b"{}"))
    assert answer.came == "later"
    assert INNER in answer.text


def test_one_inner_number_among_several_spoils_them_all() -> None:
    targets.judge(ipaddress.ip_address("93.184.216.34"))
    for number in ("10.0.0.1", "::1", "192.0.2.1", "240.0.0.1", "ff02::1"):
        with pytest.raises(targets.BadTarget):
            targets.judge(ipaddress.ip_address(number))


def test_loopback_by_setting_opens_loopback_and_nothing_else(settings: Any) -> None:
    settings.WEBHOOK_LOOPBACK = True
    assert targets.read("http://127.0.0.1:9999/x").port == 9999
    for url in ("http://10.0.0.1/", "http://hooks.example.org/", "https://169.254.169.254/"):
        with pytest.raises(targets.BadTarget):
            targets.read(url)
