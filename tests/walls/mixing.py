"""A second organization with a row for each of ours, and the words of its forms with our ids mixed in."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from requests_app.actions.invitations import hash_of, token_of
from requests_app.models import Invitation, Membership, Person, RequesterProfile
from requests_app.models.visibility import viewing_as
from tests import builders

from .conftest import DECLARED, filed
from .declared import Stage, accounts

OTHERS = "canary-of-prairie"
ADDRESSES = ("public_id", "uid")
FIRST = {
    "date": "2026-03-11",
    "number": "1",
    "email": "somebody@new.example",
    "time": "10:00",
    "url": "https://a.example",
}
SINGLY = 2
"""So many of our rows of a kind are tried in one word: the private one and the published one."""
MOST = 6
FILE = "a file, made anew for each attempt"
NUMBERS_OF_NOTHING = re.compile(r"version|_FORMS|amount|days|hours|pages|number|count|phone|once|code")


def twin_of(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """What Harbor has, Prairie gets, too: Ravi writes with forms that are filled."""
    cast = stage.cast
    tess = builders.person("Tess")
    with viewing_as(cast.ravi):
        Membership.objects.create(organisation=cast.prairie, person=tess, role="editor")
    theirs = dataclasses.replace(
        cast,
        olive=cast.ravi,
        edgar=tess,
        vera=cast.noor,
        ravi=cast.olive,
        harbor=cast.prairie,
        prairie=cast.harbor,
    )
    for module in DECLARED:
        if hasattr(module, "CANARY"):
            monkeypatch.setattr(module, "CANARY", OTHERS)
    campaign = builders.campaign(cast.ravi, cast.prairie, "Theirs")
    made = Stage(
        theirs, filed(theirs, campaign, "private", OTHERS), filed(theirs, campaign, "published", OTHERS)
    )
    with viewing_as(cast.ravi):
        for one in (made.private, made.published):
            builders.event(one, "acknowledged", received_on=one.filed_on)
        _accounts(made, stage)
        for module in DECLARED:
            if hasattr(module, "prepare") and module is not accounts:
                module.prepare(made)
    # One that is in no campaign yet, and could be put into one of ours.
    builders.bare_request(cast.ravi, cast.prairie, cast.agency, canary=OTHERS)
    return made


def _accounts(made: Stage, first: Stage) -> None:
    """The same rows as `accounts.prepare`, but for those that belong to nobody."""
    made.rows |= {name: first.rows[name] for name in ("link", "report", "hold")}
    prairie = made.cast.harbor
    made.rows["invitation"] = Invitation.objects.create(
        public_id="inviteabc125", organisation=prairie, email="x@invited.example", role="viewer",
        token_hash=hash_of(token_of("inviteabc125", 1)), invited_by=made.cast.olive,
        expires_at=timezone.now() + timezone.timedelta(days=1),
    )  # fmt: skip
    made.rows["requester"] = RequesterProfile.objects.create(organisation=prairie, name="Their requester")
    made.rows["membership"] = Membership.objects.get(organisation=prairie, person=made.cast.edgar)


def owned_tables() -> list[type[models.Model]]:
    found = [
        model
        for model in apps.get_app_config("requests_app").get_models()
        if model._meta.managed and any(field.name == "organisation" for field in model._meta.fields)
    ]
    return sorted(found, key=lambda model: model.__name__)


def readable_tables() -> list[type[models.Model]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t FROM unnest(%s) t WHERE has_table_privilege(t, 'SELECT')",
            [[model._meta.db_table for model in owned_tables()]],
        )
        known = {row[0] for row in cursor.fetchall()}
    return [model for model in owned_tables() if model._meta.db_table in known]


def marks(owner: Person, organisation_id: int) -> dict[str, str]:
    """Count and hash of the rows of one organization, by table; among them its own row and those of its people."""
    mark = (
        "count(*) || ':' || md5(coalesce(string_agg(to_jsonb(t)::text, '' ORDER BY to_jsonb(t)::text), ''))"
    )
    asked = [
        f"SELECT '{model.__name__}', {mark} FROM {model._meta.db_table} t WHERE t.organisation_id = %(of)s"
        for model in readable_tables()
    ] + [
        f"SELECT 'Organisation', {mark} FROM requests_app_organisation t WHERE id = %(of)s",
        f"SELECT 'Person', {mark} FROM requests_app_person t WHERE id IN "
        "(SELECT person_id FROM requests_app_membership WHERE organisation_id = %(of)s)",
    ]
    with viewing_as(owner), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked), {"of": organisation_id})
        return dict(cursor.fetchall())


@dataclasses.dataclass
class Ids:
    """By table: the addresses and the numbers of one organization's rows."""

    addresses: dict[str, list[str]]
    numbers: dict[str, list[int]]

    @property
    def all_addresses(self) -> list[str]:
        return [one for found in self.addresses.values() for one in found]


def ids_of(owner: Person, organisation: Any) -> Ids:
    addresses, numbers = {"Organisation": [organisation.public_id]}, {"Organisation": [organisation.pk]}
    with viewing_as(owner):
        for model in readable_tables():
            rows = model._default_manager.filter(organisation=organisation)
            numbers[model.__name__] = list(rows.values_list("pk", flat=True))
            for name in ADDRESSES:
                if any(field.name == name for field in model._meta.fields):
                    addresses[model.__name__] = list(rows.values_list(name, flat=True))
        numbers["Person"] = list(
            Membership.objects.filter(organisation=organisation).values_list("person", flat=True)
        )
    return Ids(addresses, numbers)


def crossings(theirs: Person, of: Any, ours: Ids) -> list[str]:
    """Columns in which a row of theirs names a row of ours."""
    asked, values = [], []
    for model in readable_tables():
        for field in model._meta.fields:
            known = isinstance(field, models.ForeignKey) and ours.numbers.get(field.related_model.__name__)
            if known and field.name != "organisation":
                asked.append(
                    f"SELECT '{model.__name__}.{field.name}' WHERE EXISTS (SELECT 1 FROM {model._meta.db_table} "
                    f"WHERE organisation_id = %s AND {field.column} = ANY (%s))"
                )
                values += [of.pk, known]
    with viewing_as(theirs), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked), values)
        return [row[0] for row in cursor.fetchall()]


class Forms(HTMLParser):
    """The forms of a page that are sent by POST: where to, and which words they hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(has.get("action", "")) if has.get("method", "").lower() == "post" else None
            if self._form:
                self.found.append(self._form)
        form, name = self._form, has.get("name", "")
        if form is None:
            return
        if tag == "button" and name:
            form.buttons.append((name, has.get("value", "")))
        elif tag == "input" and name:
            form.take(name, has.get("type", "text"), has.get("value", ""), "checked" in has)
        elif tag == "textarea" and name:
            self._area = name
            form.words.setdefault(name, "words")
        elif tag == "select" and name:
            self._select = name
            form.words.setdefault(name, "")
        elif tag == "option" and self._select:
            form.choices.setdefault(self._select, []).append(has.get("value", ""))
            if "selected" in has or not form.words[self._select]:
                form.words[self._select] = has.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


@dataclasses.dataclass
class Form:
    action: str
    words: dict[str, str] = dataclasses.field(default_factory=dict)
    choices: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    buttons: list[tuple[str, str]] = dataclasses.field(default_factory=list)

    def take(self, name: str, kind: str, value: str, checked: bool) -> None:
        if name == "csrfmiddlewaretoken":
            return
        if kind == "file":
            value = FILE
        if kind in ("radio", "checkbox"):
            self.choices.setdefault(name, []).append(value)
            if checked or name not in self.words:
                self.words[name] = value
        elif kind == "submit":
            self.buttons.append((name, value))
        else:
            self.words[name] = value or FIRST.get(kind, "words")

    def sent(self) -> Iterator[dict[str, str]]:
        """By each of its buttons, and with each act that it lets choose."""
        for name, value in self.buttons or [("", "")]:
            words = {**self.words, **({name: value} if name else {})}
            if "act" in self.choices:
                yield from ({**words, "act": act} for act in self.choices["act"])
            else:
                yield words


def mixed(words: dict[str, str], form: Form, theirs: Ids, ours: Ids) -> Iterator[dict[str, str]]:
    """Each word that holds an id of theirs with one of ours instead; then all of them, and names that nobody asked."""
    instead: dict[str, list[str]] = {}
    for name, value in words.items():
        instead[name] = _counterparts({value, *form.choices.get(name, ())}, name, theirs, ours)
        for one in instead[name]:
            yield {**words, name: one}
    unasked = {
        "organisation": ours.addresses["Organisation"][0], "campaign": ours.addresses["Campaign"][0],
        "request": ours.addresses["RecordsRequest"][0], "pick": ours.addresses["RecordsRequest"][0],
        "person": str(ours.numbers["Person"][0]), "id": str(ours.numbers["RecordsRequest"][0]),
    }  # fmt: skip
    unasked = {name: one for name, one in unasked.items() if name not in words}
    yield {**words, **unasked, **{name: found[0] for name, found in instead.items() if found}}


def mixed_path(path: str, theirs: Ids, ours: Ids) -> list[str]:
    """The address with one id of ours at a time instead of one of theirs; last, with nothing but ours."""
    parts, found = path.split("/"), []
    every = list(parts)
    for at, part in enumerate(parts):
        for one in (others := _counterparts({part}, "", theirs, ours)):
            found.append("/".join([*parts[:at], one, *parts[at + 1 :]]))
        every[at] = others[0] if others else part
    return [*found, "/".join(every)] if found else []


def _counterparts(given: set[str], name: str, theirs: Ids, ours: Ids) -> list[str]:
    found: list[str] = []
    for table, addresses in theirs.addresses.items():
        if given & set(addresses):
            found += ours.addresses.get(table, [])[:SINGLY]
    numbers = {int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 9}
    if numbers and name and not found and not NUMBERS_OF_NOTHING.search(name):
        for table, known in theirs.numbers.items():
            if numbers & set(known):
                found += map(str, ours.numbers.get(table, [])[:1])
    return list(dict.fromkeys(found))[:MOST]
