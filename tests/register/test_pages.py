"""The pages of the register: several grounds without JavaScript, both versions of a stale form, numbers that lead."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_app.actions.withholdings import Asserted, record_withholdings
from requests_app.models import RecordsRequest, Withholding, WithholdingPrivate
from requests_app.models.visibility import viewing_as
from tests import builders

from .conftest import denied, filed, happened, signed_in


def row(n: int, **words: Any) -> dict[str, Any]:
    return {f"rows-{n}-{name}": value for name, value in words.items()}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


@pytest.fixture
def form(cast: builders.Cast, ours: RecordsRequest, desk: Client) -> tuple[str, dict[str, Any]]:
    event = denied(cast, ours)
    address = reverse("withholding-new", args=[ours.public_id])
    page = desk.get(address).content.decode()
    return address, {"once": hidden(page, "once"), "event": event.uid, "count": "1", "step": "save"}


def test_a_denial_leads_straight_on_to_its_grounds(cast: builders.Cast, ours: RecordsRequest, desk: Client) -> None:
    address = reverse("event-new", args=[ours.public_id, "determined"])
    page = desk.get(address).content.decode()
    words = {
        "once": hidden(page, "once"), "seen_version": "1", "step": "save", "dated_on": "2026-03-09",
        "outcome": "denied", "parts": ["A2"],
    }  # fmt: skip
    response = desk.post(address, words)
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("withholding-new", args=[ours.public_id]))
    page = desk.get(response.headers["Location"]).content.decode()
    assert "Denied · A2 · Monday, March 9, 2026" in page
    assert '<option value="A2" selected>' in page


def test_another_row_is_added_without_a_script_and_what_was_typed_stays(
    desk: Client, form: tuple[str, dict[str, Any]]
) -> None:
    address, words = form
    typed = row(0, section="LES", ground="marking", pages_full="ten", reason="half a sen")
    page = desk.post(address, {**words, **typed, "step": "more"}).content.decode()
    assert "There is a problem" not in page, "what is not sent yet is not judged"
    assert 'name="count" value="2"' in page
    assert 'value="LES"' in page
    assert "half a sen" in page
    assert 'name="rows-1-section"' in page


def test_several_grounds_are_saved_and_an_empty_row_is_left_out(
    cast: builders.Cast, ours: RecordsRequest, desk: Client, form: tuple[str, dict[str, Any]]
) -> None:
    address, words = form
    words |= {"count": "3"} | row(0, part="A2", code="7(1)(d)", pages_full="3") | row(1, part="A2", our_view="unseen")
    words |= row(2, section="LES", ground="marking", our_view="wrong")
    assert desk.post(address, words).status_code == 302
    assert desk.post(address, words).status_code == 302, "a second click"
    with viewing_as(cast.olive):
        assert list(Withholding.objects.order_by("pk").values_list("section", flat=True)) == ["7(1)(d)", "LES"]
    page = desk.get(reverse("request-withholdings", args=[ours.public_id])).content.decode()
    assert "2 grounds asserted" in page
    assert "5 ILCS 140/7(1)(d)" in page
    assert "How to answer" in page
    assert "A marking alone" in page


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (row(0), "Choose the kind of ground"),
        (row(0, section="x" * 3000, ground="contract"), "at most 200 characters"),
        (row(0, section="NDA"), "Choose the kind of ground"),
        (row(0, section="NDA", ground="contract", pages_full="-3"), "greater than or equal to 0"),
        (row(0, section="NDA", ground="forged"), "Choose one of the list"),
        (row(0, section="NDA", ground="contract", part="A9"), "Choose one of the list"),
        ({**row(0, section="NDA", ground="contract"), "event": "zzzzzzzzzzzz"}, "Choose one of the list"),
        ({**row(0, section="NDA", ground="contract"), "count": "99999999"}, "There is a problem"),
    ],
)
def test_bad_words_stand_beside_their_field_and_nothing_is_lost(
    cast: builders.Cast, desk: Client, form: tuple[str, dict[str, Any]], words: dict[str, Any], sentence: str
) -> None:
    address, base = form
    if words.get("count"):
        words = {**words, **row(1, section="kept words")}
    response = desk.post(address, {**base, **words})
    page = response.content.decode()
    assert response.status_code == 400
    assert sentence in page
    assert all(str(value) in page for name, value in words.items() if name.endswith("section"))
    with viewing_as(cast.olive):
        assert not Withholding.objects.exists()


def one_of(cast: builders.Cast, of: RecordsRequest, **words: Any) -> Withholding:
    event = words.pop("event", None) or denied(cast, of)
    said = Asserted(**{"part": "A2", "section": "NDA 5", "ground": "contract", **words})
    with viewing_as(cast.edgar) as viewer:
        return record_withholdings(
            viewer=viewer, records_request=of, event=event, rows=[said], actor=cast.edgar, once="one"
        )[0]


def test_a_stale_form_shows_both_versions_and_may_be_saved_knowingly(cast: builders.Cast, ours: RecordsRequest) -> None:
    made = one_of(cast, ours)
    address = reverse("withholding-edit", args=[ours.public_id, made.public_id])
    words = {"part": "A2", "section": "NDA 5", "ground": "contract", "our_view": "correct", "seen_version": "1"}
    edgar, olive = signed_in(cast.edgar), signed_in(cast.olive)
    assert olive.post(address, {**words, "our_view": "wrong", "notes": "Olive’s note"}).status_code == 302
    response = edgar.post(address, {**words, "notes": "Edgar’s note"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Saved by Olive meanwhile" in page
    for said in ("Olive’s note", "Edgar’s note", "Wrong", "Correct"):
        assert said in page
    assert hidden(page, "seen_version") == "2"
    assert edgar.post(address, {**words, "notes": "Edgar’s note", "seen_version": "2"}).status_code == 302
    with viewing_as(cast.olive):
        assert WithholdingPrivate.objects.get(withholding=made).notes == "Edgar’s note"


def test_a_ground_is_taken_back_with_a_reason_and_stays_on_the_page(
    cast: builders.Cast, ours: RecordsRequest, desk: Client
) -> None:
    made = one_of(cast, ours)
    address = reverse("withholding-retract", args=[ours.public_id, made.public_id])
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"reason": "", "seen_version": "1"}).status_code == 400
    assert desk.post(address, {"reason": "misread", "seen_version": "1"}).status_code == 302
    page = desk.get(reverse("request-withholdings", args=[ours.public_id])).content.decode()
    assert "0 grounds asserted" in page
    assert "1 ground taken back" in page
    assert "misread" in page
    assert desk.get(reverse("withholdings")).content.decode().count("NDA 5") == 0


def compared(cast: builders.Cast) -> RecordsRequest:
    """One that withholds A2, three that released it, one that has none, one undecided, one of another kit."""
    campaign = builders.campaign(cast.olive, cast.harbor)
    this = filed(cast, campaign=campaign, name="Withholding Bend")
    one_of(cast, this, event=denied(cast, this, outcome="denied"))
    for n in range(3):
        happened(cast, filed(cast, campaign=campaign, name=f"Open Bend {n}"), "produced", outcome="produced")
    denied(cast, filed(cast, campaign=campaign, name="Empty Bend"), outcome="no_records")
    filed(cast, campaign=campaign, name="Waiting Bend")
    happened(cast, filed(cast, name="Another matter"), "produced", outcome="produced")
    return this


def test_the_same_part_is_compared_and_each_number_leads_to_its_list(cast: builders.Cast) -> None:
    this = compared(cast)
    vera = signed_in(cast.vera)
    page = vera.get(reverse("request-withholdings", args=[this.public_id])).content.decode()
    assert "3 released what this one did not" in page
    for words, names in (
        ("3 released it", ["Open Bend 0", "Open Bend 1", "Open Bend 2"]),
        ("1 has no records", ["Empty Bend"]),
        ("1 not decided yet", ["Waiting Bend"]),
    ):
        found = re.findall(rf'<a href="([^"]+)">{words}</a>', page)
        address = next(one for one in found if "part=A2" in one).replace("&amp;", "&")
        listed = vera.get(address).content.decode()
        assert [name for name in (*names, "Another matter") if f">{name}<" in listed] == names
    whole = vera.get(reverse("withholding-compare", args=[this.public_id]) + "?part=A2").content.decode()
    assert "NDA 5" in whole
    assert "1 withheld it" in whole


def test_a_bigger_comparison_costs_no_more_queries(cast: builders.Cast) -> None:
    this = compared(cast)
    assert this.campaign is not None
    vera = signed_in(cast.vera)

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert vera.get(address).status_code == 200
        return len(found)

    pages = [
        reverse("request-withholdings", args=[this.public_id]),
        reverse("withholding-compare", args=[this.public_id]) + "?part=A2",
        reverse("withholdings"),
    ]
    few = [cost(page) for page in pages]
    for n in range(6):
        made = filed(cast, campaign=this.campaign, name=f"More Bend {n}")
        one_of(cast, made, event=denied(cast, made, outcome="denied"))
    assert [cost(page) for page in pages] == few


def test_the_register_is_filtered_counted_by_section_and_taken_away(cast: builders.Cast) -> None:
    this = compared(cast)
    other = filed(cast, name="Marking Bend")
    event = denied(cast, other, parts=("A1",))
    one_of(cast, other, section="=LES()", ground="marking", our_view="wrong", pages_full=7, part="A1", event=event)
    vera, address = signed_in(cast.vera), reverse("withholdings")

    def listed(query: str) -> tuple[bool, bool]:
        page = vera.get(f"{address}?{query}").content.decode()
        return "Withholding Bend" in page, "Marking Bend" in page

    assert listed("") == (True, True)
    campaign = this.campaign.public_id if this.campaign else ""
    for query, expected in (
        ("ground=marking", (False, True)), ("section=NDA+5", (True, False)), ("q=nda", (True, False)),
        ("part=A1", (False, True)), ("view=wrong", (False, True)), ("view=unseen", (True, False)),
        (f"campaign={campaign}", (True, False)), ("kind=fusion_center", (True, True)), ("kind=police", (False, False)),
        ("jurisdiction=us-il", (True, True)), ("jurisdiction=us-ca", (False, False)),
        ("challenged=yes", (False, False)), ("challenged=no", (True, True)),
        ("released=no", (True, True)), ("part=%00&q=%00", (True, True)),
        ("page=999", (True, True)), ("ground=forged", (False, False)),
    ):  # fmt: skip
        assert listed(query) == expected, query
    page = vera.get(address).content.decode()
    assert re.search(r'section=NDA\+5[^"]*">1</a>', page), "each count leads to its list"
    table = vera.get(reverse("withholdings-csv") + "?view=wrong").content.decode()
    assert "'=LES()" in table
    assert "NDA 5" not in table


def test_nobody_else_meets_a_word_of_the_register(cast: builders.Cast, ours: RecordsRequest) -> None:
    made = one_of(cast, ours, section="canary-section", notes="canary-notes")
    builders.publish(cast.olive, ours)
    builders.share_with(cast.olive, ours, cast.prairie)
    for who in (cast.ravi, cast.noor, cast.omar):
        client = signed_in(who)
        for address in (
            reverse("request-withholdings", args=[ours.public_id]), reverse("withholdings"),
            reverse("withholdings-csv"), reverse("withholding-edit", args=[ours.public_id, made.public_id]),
        ):  # fmt: skip
            assert "canary" not in client.get(address).content.decode()
        assert client.post(reverse("withholding-edit", args=[ours.public_id, made.public_id]), {}).status_code == 404
