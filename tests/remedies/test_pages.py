"""The pages of remedies, as their people use them; the list for attorneys; the same for programs."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from requests_app.actions import correspondence, filing
from requests_app.models import Event, RecordsRequest, Remedy
from requests_app.models.visibility import viewing_as
from tests import builders

from .scene import signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date() - dt.timedelta(days=1)
SENT = TODAY - dt.timedelta(days=28)
NO = SENT + dt.timedelta(days=2)


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


def refused(cast: builders.Cast, law: str = "us-il", *, once: str = "filed", no: dt.date = NO) -> RecordsRequest:
    agency = builders.agency(f"{law} center", law=law)
    with viewing_as(cast.olive) as viewer:
        made = filing.file_request(
            viewer=viewer, organisation=cast.harbor, agency=agency, law_id=law, public_title="Plate readers",
            sent_on=SENT, received_on=SENT, channel="email", actor=cast.olive, once=once, today=TODAY,
            parts=(("A1", "Contracts"), ("A2", "Lists")),
        )  # fmt: skip
        correspondence.record_event(
            viewer=viewer, records_request=made, kind="determined", actor=cast.olive, today=TODAY, once=f"{once}-no",
            dated_on=no, sent_on=no, received_on=no, outcome="denied", parts=("A2",),
        )  # fmt: skip
    return made


@pytest.fixture
def denied(cast: builders.Cast) -> RecordsRequest:
    return refused(cast)


@pytest.fixture
def edgar(cast: builders.Cast) -> Client:
    return signed_in(cast.edgar)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(once|seen_version|version|s-[A-Z_]+)" value="([^"]*)"', page))


def begun(edgar: Client, denied: RecordsRequest) -> str:
    """From the page's own button to the page of the draft."""
    address = reverse("request-remedies", args=[denied.public_id])
    page = edgar.get(address).content.decode()
    form = re.search(r'<form method="post" action="[^"]+/remedies/new/">(.*?)</form>', page, re.S)
    assert form is not None
    posted = dict(re.findall(r'name="(once|kind|clock_key|parts)" value="([^"]*)"', form[1]))
    posted["clock_key"] = html.unescape(posted["clock_key"])
    response = edgar.post(reverse("remedy-new", args=[denied.public_id]), posted)
    assert response.status_code == 302, text(response)
    found: str = response.headers["Location"]
    return found


def test_the_page_says_what_is_open_who_hears_it_and_what_binds_it(edgar: Client, denied: RecordsRequest) -> None:
    page = text(edgar.get(reverse("request-remedies", args=[denied.public_id])))
    for said in (
        "Ask the Public Access Counselor for review", "days left", "5 ILCS 140/9.5(a)",
        "It does not stop: File suit in the circuit court", "It ends when this is used instead", "Draft the request",
        "not later than 60 days after the date of the final denial", "No last day",
    ):  # fmt: skip
        assert said in page, said


def test_a_denial_becomes_an_appeal_that_waits_for_its_decision(
    edgar: Client, cast: builders.Cast, denied: RecordsRequest
) -> None:
    one = begun(edgar, denied)
    page = text(edgar.get(one))
    assert "Nothing is on the record yet" in page
    assert "Part A2" in page or "part A2" in page
    address = f"{one}file/"
    first = fields(edgar.get(address).content.decode())
    words = {**first, "sent_on": TODAY.isoformat(), "received_on": TODAY.isoformat(), "note": ""}
    shown = edgar.post(address, {**words, "step": "preview"})
    assert "Give a binding opinion" in text(shown)
    with viewing_as(cast.olive):
        assert not Event.objects.filter(kind="review_filed").exists()
    for _ in range(2):
        saved = edgar.post(address, {**words, "step": "save"})
    assert saved.headers["Location"] == one
    with viewing_as(cast.olive):
        assert Event.objects.filter(kind="review_filed").count() == 1
    assert "Waits for a decision" in text(edgar.get(one))
    address = f"{one}decide/"
    words = {**fields(edgar.get(address).content.decode()), "outcome": "upheld", "dated_on": TODAY.isoformat()}
    assert edgar.post(address, {**words, "step": "save"}).status_code == 302
    page = text(edgar.get(one))
    assert "Decided: Upheld the denial" in page


def test_a_form_from_before_somebody_elses_event_is_refused_and_keeps_its_words(
    edgar: Client, cast: builders.Cast, denied: RecordsRequest
) -> None:
    one = begun(edgar, denied)
    words = {**fields(edgar.get(f"{one}file/").content.decode()), "sent_on": TODAY.isoformat(), "note": "by courier"}
    with viewing_as(cast.olive) as viewer:
        correspondence.record_event(
            viewer=viewer, records_request=denied, kind="follow_up_sent", actor=cast.olive, once="x", today=TODAY,
            sent_on=TODAY,
        )  # fmt: skip
    answer = edgar.post(f"{one}file/", {**words, "step": "save"})
    assert answer.status_code == 409
    assert "by courier" in answer.content.decode()
    assert "follow up sent" in text(answer)


def test_who_saves_second_sees_both_versions_and_decides(
    edgar: Client, cast: builders.Cast, denied: RecordsRequest
) -> None:
    one = begun(edgar, denied)
    start = fields(edgar.get(f"{one}write/").content.decode())
    words = {**start, "level": "1", "subject": "S", "letter": "L", "parts": "A2"}
    assert edgar.post(f"{one}write/", {**words, "grounds": "Edgar’s grounds"}).status_code == 302
    olive = signed_in(cast.olive)
    second = olive.post(f"{one}write/", {**words, "grounds": "Olive’s grounds"})
    assert second.status_code == 409
    page = text(second)
    assert "Edgar’s grounds" in page
    assert "Olive’s grounds" in page
    again = {**words, **fields(second.content.decode()), "grounds": "Both grounds"}
    assert olive.post(f"{one}write/", again).status_code == 302
    with viewing_as(cast.olive):
        assert Remedy.objects.get().grounds == "Both grounds"


def test_a_window_that_closed_says_so_and_what_is_still_open(edgar: Client, cast: builders.Cast) -> None:
    agency = builders.agency("Old", law="us-il")
    long_ago = TODAY - dt.timedelta(days=400)
    with viewing_as(cast.olive) as viewer:
        made = filing.file_request(
            viewer=viewer, organisation=cast.harbor, agency=agency, law_id="us-il", public_title="Old",
            sent_on=long_ago, received_on=long_ago, channel="email", actor=cast.olive, once="old", today=TODAY,
        )  # fmt: skip
        on = long_ago + dt.timedelta(days=2)
        correspondence.record_event(
            viewer=viewer, records_request=made, kind="determined", actor=cast.olive, today=TODAY, once="no",
            dated_on=on, sent_on=on, received_on=on, outcome="denied",
        )  # fmt: skip
    page = text(edgar.get(reverse("request-remedies", args=[made.public_id])))
    assert "this window closed on" in page
    assert "Still open: File suit in the circuit court" in page
    assert "File it late all the same" in page


def test_a_doubtful_forum_offers_a_draft_to_each(edgar: Client, cast: builders.Cast) -> None:
    made = refused(cast, "us-pa", once="pa")
    page = text(edgar.get(reverse("request-remedies", args=[made.public_id])))
    assert "The law names more than one place" in page
    assert "Draft to Office of Open Records" in page
    assert "Draft to Appeals officer named by the county's District Attorney" in page


def test_an_order_of_the_court_becomes_a_date_of_the_request(
    edgar: Client, cast: builders.Cast, denied: RecordsRequest
) -> None:
    with viewing_as(cast.olive) as viewer:
        sued = correspondence.record_event(
            viewer=viewer, records_request=denied, kind="sued", actor=cast.olive, once="sued", today=TODAY,
            sent_on=TODAY,
        ).event  # fmt: skip
    new = reverse("remedy-new", args=[denied.public_id])
    page = edgar.get(f"{new}?kind=suit&adopts={sued.uid}").content.decode()
    made = edgar.post(new, {**fields(page), "kind": "suit", "adopts": sued.uid, "level": "1"})
    one = made.headers["Location"]
    due = TODAY + dt.timedelta(days=40)
    address = f"{one}order/"
    words = {
        **fields(edgar.get(address).content.decode()), "what": "production", "owes": "agency",
        "due_on": due.isoformat(), "dated_on": TODAY.isoformat(), "entry": "24", "text": "Shall produce.", "moves": "",
    }  # fmt: skip
    assert "new clock" in text(edgar.post(address, {**words, "step": "preview"}))
    assert edgar.post(address, {**words, "step": "save"}).headers["Location"] == one
    page = text(edgar.get(one))
    assert "Production ordered by the court" in page
    assert "docket entry 24" in page
    assert "Production ordered by the court" in text(edgar.get(reverse("request", args=[denied.public_id])))
    bad = edgar.post(address, {**words, "once": "again", "entry": "see the letter; it is long", "step": "save"})
    assert bad.status_code == 400
    cost = {"once": "fee", "what": "Filing fee", "amount": "435.00", "on": TODAY.isoformat()}
    for _ in range(2):
        assert edgar.post(f"{one}costs/", cost).status_code == 302
    assert "$435.00 in all" in text(edgar.get(one))
    wrong = edgar.post(f"{one}costs/", {**cost, "once": "x", "amount": "-1"})
    assert wrong.status_code == 400
    assert 'value="Filing fee"' in wrong.content.decode()


def test_viewers_read_and_find_no_button(cast: builders.Cast, edgar: Client, denied: RecordsRequest) -> None:
    one = begun(edgar, denied)
    vera = signed_in(cast.vera)
    page = vera.get(one).content.decode()
    assert "<form" not in page.split("<main")[1].split("</main")[0]
    assert vera.get(f"{one}write/").status_code == 404


def listed(client: Client, query: str = "") -> str:
    return text(client.get(reverse("remedies") + query))


def test_the_list_shows_windows_by_their_days_and_what_was_begun(
    cast: builders.Cast, edgar: Client, denied: RecordsRequest
) -> None:
    assert "Ask the Public Access Counselor for review" in listed(edgar)
    assert "File suit in the circuit court" not in listed(edgar, "?kind=review")
    assert "No window of ours is open" in listed(edgar, "?kind=appeal")
    assert "Ask the Public Access Counselor" not in listed(edgar, "?within=7")
    assert "Ask the Public Access Counselor" in listed(edgar, "?within=90")
    assert "Nothing was begun" in listed(edgar, "?show=begun")
    one = begun(edgar, denied)
    assert "Draft" in listed(edgar, "?show=begun&stage=draft")
    words = {**fields(edgar.get(f"{one}file/").content.decode()), "sent_on": TODAY.isoformat(), "step": "save"}
    edgar.post(f"{one}file/", words)
    assert "Waits for a decision" in listed(edgar, "?show=begun&stage=filed")
    assert "Give a binding opinion" in listed(edgar, "?show=begun")
    assert "Nothing was begun" in listed(edgar, "?show=begun&stage=draft")
    assert "Nothing was begun" in listed(signed_in(cast.ravi), "?show=begun")


@pytest.mark.parametrize("query", ["", "?show=begun", "?kind=order&within=999&page=zzz&state=\x00", "?page=9"])
def test_the_list_answers_any_address(edgar: Client, denied: RecordsRequest, query: str) -> None:
    assert edgar.get(reverse("remedies") + query).status_code == 200


def test_the_spreadsheet_holds_the_same_and_no_formula(cast: builders.Cast, edgar: Client) -> None:
    made = refused(cast)
    with viewing_as(cast.olive):
        RecordsRequest.objects.filter(pk=made.pk).update(public_title="=cmd|' /C calc'!A0")
    answer = edgar.get(reverse("remedies-csv")).content.decode("utf-8-sig")
    assert "Ask the Public Access Counselor for review" in answer
    assert ",=cmd" not in answer
    begun(edgar, made)
    assert "review" in edgar.get(reverse("remedies-csv") + "?show=begun").content.decode("utf-8-sig").lower()


def counted(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection, ) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_no_page_asks_more_the_more_there_is(cast: builders.Cast, edgar: Client, denied: RecordsRequest) -> None:
    one = begun(edgar, denied)
    addresses = [reverse("remedies"), reverse("remedies") + "?show=begun",
                 reverse("request-remedies", args=[denied.public_id]), one]  # fmt: skip
    before = [counted(edgar, address) for address in addresses]
    for number in range(4):
        begun(edgar, refused(cast, once=f"more-{number}"))
        begun(edgar, denied) if number == 0 else None
    assert [counted(edgar, address) for address in addresses] == before
    assert max(before) <= 16


# For programs


def api(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    call = getattr(client, method)
    return call(f"/api/v1{path}", body, content_type="application/json", headers=headers) if body is not None else call(
        f"/api/v1{path}", headers=headers
    )


def test_a_program_begins_files_and_is_told_what_changed(
    cast: builders.Cast, edgar: Client, denied: RecordsRequest
) -> None:
    where = f"/requests/{denied.public_id}/remedies/"
    told = api(edgar, "get", where).json()
    window = next(row for row in told["windows"] if row["kind"] == "review" and row["state"] == "open")
    assert (window["does_not_stop"], window["citation"]) == (["File suit in the circuit court"], "5 ILCS 140/9.5(a)")
    key = {"Idempotency-Key": "begin-one-review"}
    body = {"kind": "review", "clock": window["clock"]}
    made, again = (api(edgar, "post", where, body, **key) for _ in range(2))
    assert made.status_code == 201, made.json()
    assert made.json() == again.json()
    one = made.json()
    assert (one["stage"], one["parts"]) == ("draft", ["A2"])
    path = f"/remedies/{one['id']}/"
    written = api(edgar, "patch", path, {"seen_version": one["version"], "grounds": "It is public."})
    assert written.json()["grounds"] == "It is public."
    stale = api(edgar, "patch", path, {"seen_version": one["version"], "grounds": "Mine."})
    assert stale.status_code == 409
    assert stale.json()["current"]["grounds"] == "It is public."
    words = {"seen_version": one["request_version"], "sent_on": TODAY.isoformat()}
    effect = api(edgar, "post", f"{path}file/preview/", words)
    assert any(row["name"] == "Give a binding opinion" for row in effect.json()["clocks"])
    filed = api(edgar, "post", f"{path}file/", words)
    assert filed.status_code == 201, filed.json()
    assert filed.json()["remedy"]["stage"] == "filed"
    assert filed.json()["remedy"]["answer_due_on"]
    twice = api(edgar, "post", f"{path}file/", {**words, "seen_version": words["seen_version"] + 1})
    assert (twice.status_code, twice.json()["code"]) == (409, "filed_before")
    cost = api(edgar, "post", f"{path}costs/", {"what": "Stamps", "amount": "5.10", "on": TODAY.isoformat()}).json()
    assert api(edgar, "get", path).json()["total"] == "5.10"
    assert api(edgar, "delete", f"{path}costs/{cost['id']}/").json()["taken_out"] is True
    assert [row["id"] for row in api(edgar, "get", "/remedies/?kind=review").json()["items"]] == [one["id"]]
    for stranger in (signed_in(cast.ravi), Client()):
        assert api(stranger, "get", path).status_code in (401, 404)
    assert api(signed_in(cast.vera), "post", f"{path}letter/", {}).status_code in (403, 404)


