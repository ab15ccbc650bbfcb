"""Rename, merge, split and back: both addresses stay alive, requests stay as filed, an undo restores what was."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from requests_app.actions.agency_changes import Corrections, Parts, Why, correct, merge, rename, split, undo
from requests_app.actions.filing import file_request
from requests_app.actions.refusals import Refused
from requests_app.models import Agency, AgencyChange, AgencyContact, AgencyIdentifier, AgencyLaw, AgencyName
from requests_app.models.visibility import OPERATOR, PUBLIC, viewing, viewing_as
from tests import builders

pytestmark = pytest.mark.django_db
WHY = Why(None, "The council merged them on July 1", "https://example.org/ordinance")


def office(name: str, **fields: Any) -> Agency:
    made = Agency.objects.create(
        **{
            "slug": f"il-{name.lower().replace(' ', '-')}", "name": name, "kind": "city_police",
            "jurisdiction": "us-il", "zone": "America/Chicago", **fields,
        }
    )  # fmt: skip
    AgencyLaw.objects.create(agency=made, law_id=made.jurisdiction, confidence="medium")
    return made


@pytest.fixture
def river() -> Agency:
    made = office("River Forest Police")
    AgencyIdentifier.objects.create(agency=made, scheme="ori", value="IL0160100")
    AgencyIdentifier.objects.create(agency=made, scheme="ori", value="IL0160200")
    AgencyContact.objects.create(
        agency=made, purpose="general", channel="phone", value="708-555-0100", source="list"
    )
    AgencyName.objects.create(agency=made, name="River Watch")
    return made


@pytest.fixture
def oak() -> Agency:
    return office("Oak Park Police")


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


def state() -> list[Any]:
    """Everything but the log of changes, and without keys that a restored row cannot keep."""
    return [
        sorted(
            map(
                str,
                Agency.objects.values_list(
                    "pk", "slug", "name", "kind", "zone", "jurisdiction", "merged_into"
                ),
            )
        ),
        sorted(map(str, AgencyIdentifier.objects.values_list("agency", "scheme", "value"))),
        sorted(
            map(
                str,
                AgencyContact.objects.values_list("agency", "purpose", "channel", "value", "source", "note"),
            )
        ),
        sorted(map(str, AgencyName.objects.values_list("agency", "name", "until_on", "source"))),
        sorted(map(str, AgencyLaw.objects.values_list("agency", "law_id", "why", "confidence"))),
    ]


def page(address: str, status: int = 200) -> str:
    answer = Client().get(address)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def test_a_renamed_agency_is_found_by_both_names_and_an_undo_leaves_no_trace(river: Agency) -> None:
    before = state()
    change = rename(agency=river, name="River Forest Public Safety", why=WHY, on=dt.date(2026, 7, 1))
    river.refresh_from_db()
    assert (river.name, river.slug) == ("River Forest Public Safety", "il-river-forest-police")
    former = river.names.get(name="River Forest Police")
    assert (former.until_on, former.source) == (dt.date(2026, 7, 1), WHY.source)
    for asked in ("forest+public", "forest+police"):
        assert "River Forest Public Safety" in page(f"/agencies/?q={asked}")
    undone = undo(change=change, why=WHY)
    assert state() == before
    assert (undone.undoes, undone.kind) == (change, "undo")


def test_merged_both_addresses_live_and_new_requests_go_to_the_survivor(
    river: Agency, oak: Agency, cast: builders.Cast
) -> None:
    old = builders.bare_request(cast.olive, cast.harbor, river, public_title="Asked before")
    builders.publish(cast.olive, old)
    before = state()
    change = merge(agency=river, into=oak, why=WHY)
    answer = Client().get(f"/agencies/{river.slug}/")
    assert (answer.status_code, answer["Location"]) == (301, f"/agencies/{oak.slug}/")
    seen = page(f"/agencies/{oak.slug}/")
    assert "Asked before" in seen and "River Forest Police" in seen
    assert "Asked before" in page(f"/requests/?agency={oak.slug}")
    listed = page("/agencies/?q=river+forest")
    assert "Oak Park Police" in listed and f"/agencies/{river.slug}/" not in listed
    with viewing_as(cast.olive) as viewer:
        old.refresh_from_db()
        assert (old.agency_id, old.law_id) == (river.pk, "us-il")
        river.refresh_from_db()
        with pytest.raises(Refused, match="was merged into Oak Park Police"):
            file_request(
                viewer=viewer, organisation=cast.harbor, agency=river, law_id="us-il", public_title="New",
                sent_on=dt.date(2026, 3, 2), channel="email", actor=cast.olive, once="1", today=dt.date(2026, 3, 2),
            )  # fmt: skip
    undo(change=change, why=WHY)
    assert state() == before
    assert "Asked before" in page(f"/agencies/{river.slug}/")
    assert "Asked before" not in page(f"/agencies/{oak.slug}/")


def test_the_record_of_the_survivor_counts_what_both_were_asked(
    river: Agency, oak: Agency, cast: builders.Cast
) -> None:
    for there in (river, oak):
        made = builders.bare_request(cast.olive, cast.harbor, there)
        with viewing_as(cast.olive):
            builders.span(made, public=True, stage="answered", outcome="produced")
        builders.publish(cast.olive, made)
    merge(agency=river, into=oak, why=WHY)
    assert "of 2</span>" in page(f"/agencies/{oak.slug}/")
    assert "2/2" in page("/agencies/?q=oak")


def test_a_merge_into_a_merged_one_goes_to_the_end_and_no_chain_is_left(river: Agency, oak: Agency) -> None:
    third, fourth = office("Maywood Police"), office("Berwyn Police")
    merge(agency=river, into=oak, why=WHY)
    into_end = merge(agency=third, into=river, why=WHY)
    assert into_end.other == oak
    whole = merge(agency=oak, into=fourth, why=WHY)
    ends = dict(Agency.objects.exclude(merged_into=None).values_list("slug", "merged_into__slug"))
    assert ends == {agency.slug: fourth.slug for agency in (river, oak, third)}
    undo(change=whole, why=WHY)
    ends = dict(Agency.objects.exclude(merged_into=None).values_list("slug", "merged_into__slug"))
    assert ends == {agency.slug: oak.slug for agency in (river, third)}


def test_no_agency_is_merged_into_itself_not_even_by_a_detour(river: Agency, oak: Agency) -> None:
    with pytest.raises(Refused, match="cannot be merged into itself"):
        merge(agency=river, into=river, why=WHY)
    merge(agency=river, into=oak, why=WHY)
    with pytest.raises(Refused, match="River Forest Police was merged into it"):
        merge(agency=oak, into=river, why=WHY)
    with pytest.raises(Refused, match="was merged into Oak Park Police"):
        merge(agency=river, into=office("Maywood Police"), why=WHY)
    with pytest.raises(DatabaseError, match="not_merged_into_itself"), transaction.atomic():
        Agency.objects.filter(pk=oak.pk).update(merged_into=oak.pk)


def test_agencies_of_two_places_or_a_sample_and_a_real_one_are_not_merged(river: Agency) -> None:
    with pytest.raises(Refused, match="two laws would stand under one agency"):
        merge(agency=river, into=office("Gary Police", jurisdiction="us-in"), why=WHY)
    with pytest.raises(Refused, match="is a sample"):
        merge(agency=river, into=office("Invented Police", is_sample=True), why=WHY)


def test_a_split_takes_along_what_is_named_and_its_undo_brings_it_back(river: Agency) -> None:
    before = state()
    change = split(
        agency=river, name="River Forest Park District Police", why=WHY, fields={"kind": "other"},
        parts=Parts([("ori", "IL0160200")], ["708-555-0100"], ["River Watch"]),
    )  # fmt: skip
    made = change.other
    assert made is not None
    assert (made.slug, made.kind, made.zone) == (
        "il-river-forest-park-district-police",
        "other",
        "America/Chicago",
    )
    assert made.identifiers.get().value == "IL0160200"
    assert made.contacts.get().value == "708-555-0100"
    assert made.names.get().name == "River Watch"
    assert made.laws.get().confidence == "low"
    assert river.identifiers.get().value == "IL0160100"
    undo(change=change, why=WHY)
    assert state()[1:4] == before[1:4]
    assert Client().get(f"/agencies/{made.slug}/")["Location"] == f"/agencies/{river.slug}/"


def test_two_splits_of_one_name_get_two_addresses(river: Agency) -> None:
    slugs = [split(agency=river, name="Annex Police", why=WHY).other.slug for _ in range(2)]  # type: ignore[union-attr]
    assert slugs == ["il-annex-police", "il-annex-police-2"]


def test_what_it_does_not_have_cannot_go_along(river: Agency) -> None:
    with pytest.raises(Refused, match="River Forest Police has no “ori IL9999999”"):
        split(agency=river, name="Annex", why=WHY, parts=Parts([("ori", "IL9999999")]))
    assert Agency.objects.count() == 1


def test_a_correction_of_the_kind_brings_the_law_that_it_says_and_its_undo_the_old_one(river: Agency) -> None:
    AgencyLaw.objects.all().delete()
    correct(agency=river, new=Corrections({"kind": "city_agency"}), why=WHY)
    assert not river.laws.exists(), "a law that somebody chose, or took out, is not replaced"
    correct(agency=river, new=Corrections({"kind": "tribal"}), why=WHY)
    change = correct(agency=river, new=Corrections({"kind": "city_police"}), why=WHY)
    assert river.laws.get().confidence == "medium"
    later = correct(
        agency=river,
        new=Corrections({"zone": "America/Denver"}, {("records", "email"): ["foia@example.org"]}),
        why=WHY,
    )
    before = state()
    with pytest.raises(Refused, match=rf"Change {later.pk} \(corrected\) came later"):
        undo(change=change, why=WHY)
    undo(change=later, why=WHY)
    river.refresh_from_db()
    assert river.zone == "America/Chicago"
    assert list(river.contacts.values_list("value", flat=True)) == ["708-555-0100"]
    assert state() != before
    undo(change=change, why=WHY)
    assert not river.laws.exists()


def test_an_undo_is_refused_where_it_would_lose_something(river: Agency, oak: Agency) -> None:
    change = rename(agency=river, name="River Forest Safety", why=WHY)
    Agency.objects.filter(pk=river.pk).update(name="Otherwise")
    with pytest.raises(Refused, match="has got another name since"):
        undo(change=change, why=WHY)
    Agency.objects.filter(pk=river.pk).update(name="River Forest Safety")
    undone = undo(change=change, why=WHY)
    with pytest.raises(Refused, match="was undone before"):
        undo(change=change, why=WHY)
    with pytest.raises(Refused, match="An undo is not undone"):
        undo(change=undone, why=WHY)


def test_the_log_is_only_ever_added_to(river: Agency) -> None:
    change = rename(agency=river, name="River Forest Safety", why=WHY)
    for act in (
        lambda: AgencyChange.objects.filter(pk=change.pk).update(reason="other"),
        lambda: AgencyChange.objects.filter(pk=change.pk).delete(),
    ):
        with pytest.raises(DatabaseError), viewing(OPERATOR):
            act()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('foia_web', 'requests_app_agencychange', p) FROM unnest(%s) AS p",
            [["INSERT", "UPDATE", "DELETE"]],
        )
        assert cursor.fetchall() == [(True,), (False,), (False,)]


def test_only_operators_read_the_log_and_only_they_add_to_it(river: Agency, cast: builders.Cast) -> None:
    rename(agency=river, name="River Forest Safety", why=WHY)
    with viewing(OPERATOR):
        assert AgencyChange.objects.count() == 1
    for who in (viewing(PUBLIC), viewing_as(cast.olive), viewing_as(cast.omar)):
        with who:
            assert not AgencyChange.objects.exists()
    with pytest.raises(DatabaseError), viewing(PUBLIC):
        AgencyChange.objects.create(kind="rename", agency=river, before={}, after={}, reason="mine")


def test_a_reason_is_needed() -> None:
    with pytest.raises(Refused, match="Say why"):
        Why(None, "  ")


def test_the_command_does_each_and_lists_them(
    river: Agency, oak: Agency, cast: builders.Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    why = ["--reason", "Ordinance 12", "--as", cast.omar.email]
    call_command("agency", "rename", river.slug, "River Safety", "--on", "2026-07-01", *why)
    call_command("agency", "split", river.slug, "River Annex", "--identifier", "ori:il0160200", *why)
    call_command("agency", "merge", river.slug, oak.slug, *why)
    told = capsys.readouterr().out
    with viewing(OPERATOR):
        last = AgencyChange.objects.latest("pk")
    assert f"Change {last.pk}: {river.slug} merged into {oak.slug}. Undo: agency undo {last.pk}" in told
    call_command("agency", "undo", str(last.pk), *why)
    call_command("agency", "history", river.slug)
    told = capsys.readouterr().out
    assert "renamed from “River Forest Police” to “River Safety”" in told
    assert "il-river-annex split from il-river-forest-police" in told
    assert f"merged into {oak.slug} (undone). Ordinance 12" in told
    with viewing(OPERATOR):
        assert AgencyChange.objects.filter(by=cast.omar).count() == 4
    for arguments, says in (
        (["rename", "il-nobody", "X", *why], "There is no agency il-nobody"),
        (["rename", oak.slug, " ", *why], "Write the name"),
        (["undo", "999999", *why], "There is no change 999999"),
        (["merge", oak.slug, oak.slug, *why], "cannot be merged into itself"),
        (["rename", oak.slug, "X", "--reason", "y", "--as", "nobody@example.org"], "Nobody has an account"),
        (["split", oak.slug, "X", "--identifier", "IL0160200", *why], "write it as ori:IL0840100"),
    ):
        with pytest.raises(CommandError, match=says):
            call_command("agency", *arguments)


def test_nothing_of_the_log_stands_on_a_page(river: Agency) -> None:
    rename(agency=river, name="River Safety", why=Why(None, "canary-reason"))
    for address in (reverse("agency", args=[river.slug]), reverse("agencies"), reverse("agencies-csv")):
        answer = Client().get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        assert b"River Safety" in body
        assert b"canary-reason" not in body
