"""Filing: the law that governs is found, the dates come first, and a law of elsewhere is noticed."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from requests_app.models import AgencyCustodian, AgencyLaw, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders

pytestmark = pytest.mark.committed


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def desk(cast: builders.Cast) -> Client:
    client = Client()
    client.force_login(cast.edgar, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def show(desk: Client, cast: builders.Cast, **words: str) -> Any:
    asked = {
        "organisation": cast.harbor.public_id, "agency": cast.agency.name, "public_title": "Cameras",
        "sent_on": "2026-03-02", "received_on": "2026-03-02", "channel": "portal", "once": "one",
        "step": "preview", **words,
    }  # fmt: skip
    return desk.post(reverse("request-new"), asked)


def noted(cast: builders.Cast, *laws: str) -> None:
    AgencyLaw.objects.using("owner").filter(agency_id=cast.agency.pk).delete()
    for law in laws:
        AgencyLaw.objects.using("owner").create(agency_id=cast.agency.pk, law_id=law, source="test")


def test_the_law_of_the_agency_is_taken_where_none_is_chosen(desk: Client, cast: builders.Cast) -> None:
    noted(cast, "us-il")
    shown = show(desk, cast)
    assert shown.status_code == 200
    told = f"{cast.agency.name}. Counted under Illinois Freedom of Information Act."
    assert shown.context["effect"]["headline"] == told
    assert shown.context["effect"]["changes"][0]["new_on"].isoformat() == "2026-03-09"


def test_the_law_of_the_custodian_comes_before_the_agencys(desk: Client, cast: builders.Cast) -> None:
    noted(cast, "us-il")
    host = AgencyCustodian.objects.using("owner").create(
        agency_id=cast.agency.pk, name="Host", part="host", kind="federal", law_id="us", source="test"
    )
    shown = show(desk, cast, custodian=str(host.pk))
    assert "Counted under Freedom of Information Act" in shown.context["effect"]["headline"]


@pytest.mark.parametrize("laws", [(), ("us-il", "us")])
def test_a_law_that_is_not_known_is_asked_for(
    desk: Client, cast: builders.Cast, laws: tuple[str, ...]
) -> None:
    noted(cast, *laws)
    shown = show(desk, cast)
    assert shown.status_code == 400
    assert "Choose one." in shown.context["form"].errors["law_id"][0]


def test_a_law_that_is_not_here_yet_is_named(desk: Client, cast: builders.Cast) -> None:
    noted(cast, "us-as")
    shown = show(desk, cast)
    assert shown.status_code == 400
    assert "(us-as) is not in the library yet" in shown.context["form"].errors["law_id"][0]


def test_a_law_of_elsewhere_is_counted_and_noticed(desk: Client, cast: builders.Cast) -> None:
    noted(cast, "us-il")
    shown = show(desk, cast, law_id="us-tx")
    assert shown.status_code == 200
    assert "This law is not among those noted for this agency." in shown.context["effect"]["warnings"]


def test_a_law_asks_only_what_its_dates_hang_on(desk: Client, cast: builders.Cast) -> None:
    noted(cast, "us-il")
    page = show(desk, cast).content.decode()
    assert "For a commercial purpose" in page
    assert "Information about an arrest" in page
    assert "For a commercial purpose" not in show(desk, cast, law_id="us-ny").content.decode()


def test_the_answers_move_the_dates_and_stand_in_the_ledger(desk: Client, cast: builders.Cast) -> None:
    noted(cast, "us-il")
    shown = show(desk, cast, law_requester="commercial")
    assert shown.context["effect"]["changes"][0]["new_on"].isoformat() == "2026-03-31"
    show(desk, cast, law_requester="commercial", step="save")
    with viewing_as(cast.edgar):
        made = RecordsRequest.objects.get()
        assert made.events.get().facts["requester"] == ["commercial"]
        assert made.deadlines.standing().get(rule_id="determine").due_on.isoformat() == "2026-03-31"


def test_an_answer_nobody_offered_is_refused(desk: Client, cast: builders.Cast) -> None:
    noted(cast, "us-il")
    assert show(desk, cast, law_requester="emperor").status_code == 400
