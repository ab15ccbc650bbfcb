"""Follow-ups that leave by themselves: only where an owner said so, within limits, and never twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from requests_app.actions import automatic_follow_ups as acts
from requests_app.actions import filing, letter_sending, letters
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    AgencyContact,
    AuditEntry,
    AutomaticFollowUp,
    AutomaticFollowUps,
    Campaign,
    Letter,
    Membership,
    Person,
    RecordsRequest,
)
from requests_app.models.visibility import viewing_as
from requests_app.queries import automatic_follow_ups as query
from tests import builders
from tests.drills import in_threads
from tests.reminders.scene import Sink, serving

from .test_api import call
from .test_drafts import client_of

pytestmark = pytest.mark.committed

# A Tuesday, late in the morning in Illinois.
NOW = dt.datetime(2026, 11, 17, 17, tzinfo=dt.UTC)
DAYS = {"spacing": 5, "most_a_day": 10, "most_a_request": 2}


@pytest.fixture
def campaign(cast: builders.Cast) -> Campaign:
    return builders.campaign(cast.olive, cast.harbor)


def asked(cast: builders.Cast, campaign: Campaign, days_ago: int, name: str, *, address: bool = True) -> Any:
    agency = builders.agency(name)
    if address:
        AgencyContact.objects.create(
            agency=agency, purpose="records", channel="email", value=f"{agency.slug}@agency.example"
        )
    with viewing_as(cast.edgar) as viewer:
        made = filing.file_request(
            viewer=viewer, organisation=cast.harbor, agency=agency, law_id="us-il", public_title=f"Readers, {name}",
            sent_on=NOW.date() - dt.timedelta(days=days_ago), channel="email", actor=cast.edgar, once=name,
            today=NOW.date(),
        )  # fmt: skip
        RecordsRequest.objects.filter(pk=made.pk).update(campaign=campaign)
    return made


def switch_on(cast: builders.Cast, campaign: Campaign, by: Person | None = None, **limits: Any) -> None:
    with viewing_as(by or cast.olive) as viewer:
        acts.switch_on(
            viewer=viewer, campaign=campaign, actor=by or cast.olive, seen_version=limits.pop("seen_version", 0),
            **{**DAYS, **limits},
        )  # fmt: skip


def made(cast: builders.Cast) -> list[tuple[str, int]]:
    with viewing_as(cast.olive):
        return list(AutomaticFollowUp.objects.order_by("pk").values_list("request__public_title", "number"))


def test_nothing_leaves_where_nobody_switched_it_on(cast: builders.Cast, campaign: Campaign) -> None:
    asked(cast, campaign, 60, "Late")
    assert acts.run(now=NOW) == 0
    assert made(cast) == []


def test_who_is_late_long_enough_is_asked_once_as_the_owner_and_the_letter_counts_business_days(
    cast: builders.Cast, campaign: Campaign
) -> None:
    asked(cast, campaign, 60, "Late")
    asked(cast, campaign, 11, "Just late")
    asked(cast, campaign, 60, "No address", address=False)
    switch_on(cast, campaign)
    assert acts.run(now=NOW) == 1
    assert acts.run(now=NOW) == 0
    assert made(cast) == [("Readers, Late", 1)]
    with viewing_as(cast.olive):
        letter = Letter.objects.get(kind="follow_up")
        assert (letter.state, letter.created_by) == ("queued", cast.olive)
        assert "business days ago" in letter.body
        assert "Your time under 5 ILCS 140/3" in letter.body


def test_the_letter_leaves_through_the_queue_of_letters_and_is_filed_once(
    cast: builders.Cast, campaign: Campaign, mail_server: Any
) -> None:
    late = asked(cast, campaign, 60, "Late")
    switch_on(cast, campaign)
    acts.run(now=NOW)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).sent == 1
    assert len(sink.taken) == 1
    with viewing_as(cast.olive):
        assert late.events.filter(kind="follow_up_sent").count() == 1


def test_two_runs_at_one_instant_ask_once(cast: builders.Cast, campaign: Campaign) -> None:
    for n in range(3):
        asked(cast, campaign, 60, f"Late {n}")
    switch_on(cast, campaign)
    assert sum(in_threads(*[lambda: acts.run(now=NOW)] * 3)) == 3
    assert len(made(cast)) == 3


def test_a_day_takes_no_more_than_its_limit_and_the_week_is_shown_before(
    cast: builders.Cast, campaign: Campaign
) -> None:
    for n in range(3):
        asked(cast, campaign, 60, f"Late {n}")
    switch_on(cast, campaign, most_a_day=2)
    with viewing_as(cast.vera) as viewer:
        plan = query.plan_of(viewer, campaign)
        assert plan is not None
        coming, held = query.next_week(viewer, campaign, plan, now=NOW)
    assert [one.on for one in coming] == [dt.date(2026, 11, 17)] * 2 + [dt.date(2026, 11, 18)]
    assert held == []
    assert acts.run(now=NOW) == 2
    assert acts.run(now=NOW + dt.timedelta(hours=1)) == 0
    assert acts.run(now=NOW + dt.timedelta(days=1)) == 1


@pytest.mark.parametrize(
    "now",
    [
        dt.datetime(2026, 11, 17, 11, tzinfo=dt.UTC),  # five in the morning there
        dt.datetime(2026, 11, 17, 23, tzinfo=dt.UTC),  # five in the evening
        dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC),  # a Saturday
        dt.datetime(2026, 11, 26, 17, tzinfo=dt.UTC),  # Thanksgiving
    ],
)
def test_nothing_leaves_when_nobody_is_at_the_agency(
    cast: builders.Cast, campaign: Campaign, now: dt.datetime
) -> None:
    asked(cast, campaign, 60, "Late")
    switch_on(cast, campaign)
    assert acts.run(now=now) == 0


def test_letters_to_one_agency_lie_business_days_apart_and_end(
    cast: builders.Cast, campaign: Campaign
) -> None:
    late = asked(cast, campaign, 60, "Late")
    switch_on(cast, campaign)
    acts.run(now=NOW)
    _went(cast, late, NOW.date())
    days = []
    for n in range(1, 40):
        now = NOW + dt.timedelta(days=n)
        if acts.run(now=now):
            days.append(now.date())
            _went(cast, late, now.date())
    # Five business days on, over a weekend; the second is the last.
    assert days == [dt.date(2026, 11, 24)]
    assert made(cast) == [("Readers, Late", 1), ("Readers, Late", 2)]


def _went(cast: builders.Cast, request: Any, on: dt.date) -> None:
    """The letter has gone out: what sending it records, without a mail server."""
    with viewing_as(cast.olive):
        Letter.objects.filter(request=request, state="queued").update(state="sent", sent_on=on)
        builders.event(request, "follow_up_sent", sent_on=on)


def test_whoever_wrote_to_us_is_not_asked_by_a_machine(cast: builders.Cast, campaign: Campaign) -> None:
    late = asked(cast, campaign, 60, "Late")
    with viewing_as(cast.olive):
        builders.event(late, "acknowledged", received_on=NOW.date() - dt.timedelta(days=10))
    switch_on(cast, campaign)
    assert acts.run(now=NOW) == 0
    with viewing_as(cast.olive) as viewer:
        plan = query.plan_of(viewer, campaign)
        assert plan is not None
        _, held = query.next_week(viewer, campaign, plan, now=NOW)
    assert "somebody reads that first" in held[0].why


def test_whoever_waits_on_us_is_not_asked(cast: builders.Cast, campaign: Campaign) -> None:
    late = asked(cast, campaign, 60, "Late")
    switch_on(cast, campaign)
    with viewing_as(cast.olive) as viewer:
        builders.event(late, "fee_estimated", received_on=NOW.date() - dt.timedelta(days=58))
        plan = query.plan_of(viewer, campaign)
        assert plan is not None
        (held,) = query.candidates(viewer, campaign, plan, now=NOW)
        assert held.why == "it waits on us"
        builders.event(late, "fee_paid", sent_on=NOW.date() - dt.timedelta(days=57))
        (free,) = query.candidates(viewer, campaign, plan, now=NOW)
        assert free.why == ""


def test_only_an_owner_switches_and_strangers_find_nothing(cast: builders.Cast, campaign: Campaign) -> None:
    with pytest.raises(Refused, match="owner"):
        switch_on(cast, campaign, by=cast.edgar)
    with pytest.raises(NotYours):
        switch_on(cast, campaign, by=cast.ravi)
    for name, value in {"spacing": 4, "most_a_day": 51, "most_a_request": 0}.items():
        with pytest.raises(Refused) as refused:
            switch_on(cast, campaign, **{name: value})
        assert refused.value.field == name
    switch_on(cast, campaign)
    with pytest.raises(Refused, match="Somebody changed"):
        switch_on(cast, campaign, seen_version=0)
    with viewing_as(cast.olive):
        assert list(AuditEntry.objects.values_list("act", flat=True)) == ["follow_ups.on"]


def test_they_stop_with_the_owner_they_leave_as(cast: builders.Cast, campaign: Campaign) -> None:
    asked(cast, campaign, 60, "Late")
    switch_on(cast, campaign)
    with viewing_as(cast.olive):
        Membership.objects.filter(person=cast.edgar).update(role="owner")
    with viewing_as(cast.edgar):
        Membership.objects.filter(person=cast.olive).update(role="editor")
    assert acts.run(now=NOW) == 0


def test_the_stop_holds_what_waits_in_the_queue(cast: builders.Cast, campaign: Campaign) -> None:
    asked(cast, campaign, 60, "Late")
    switch_on(cast, campaign)
    acts.run(now=NOW)
    with viewing_as(cast.olive) as viewer:
        plan, stopped = acts.switch_off(viewer=viewer, campaign=campaign, actor=cast.olive)
        assert (plan.on_since, stopped) == (None, 1)
        assert Letter.objects.get(kind="follow_up").state == "stopped"
    assert acts.run(now=NOW + dt.timedelta(days=20)) == 0


def test_a_letter_somebody_writes_by_hand_holds_the_machine_back(
    cast: builders.Cast, campaign: Campaign
) -> None:
    late = asked(cast, campaign, 60, "Late")
    with viewing_as(cast.edgar) as viewer:
        letters.put_draft(
            viewer=viewer, records_request=late, kind="follow_up", subject="Ours", body="By hand", actor=cast.edgar,
            once="hand",
        )  # fmt: skip
    switch_on(cast, campaign)
    assert acts.run(now=NOW) == 0


def test_the_week_to_come_is_shown_before_it_was_ever_switched_on(cast: builders.Cast, campaign: Campaign) -> None:
    """On a business day: what would leave today is counted against a plan that is not kept yet."""
    asked(cast, campaign, 60, "Late")
    with viewing_as(cast.olive) as viewer:
        plan = AutomaticFollowUps(campaign=campaign, organisation=cast.harbor)
        coming, held = query.next_week(viewer, campaign, plan, now=NOW)
    assert ([one.on for one in coming], held) == ([NOW.date()], [])


def test_the_page_shows_the_week_and_switches_and_the_api_says_the_same(
    cast: builders.Cast, campaign: Campaign
) -> None:
    asked(cast, campaign, 60, "Late")
    olive, edgar = client_of(cast.olive), client_of(cast.edgar)
    url = reverse("campaign-follow-ups", args=[campaign.public_id])
    form = {"act": "on", "version": "0", "spacing": "5", "most_a_day": "10", "most_a_request": "2"}
    assert edgar.post(url, form).status_code == 403
    assert olive.post(url, {**form, "spacing": "2"}).status_code == 400
    assert b"5 to 60" in olive.post(url, {**form, "spacing": "2"}).content
    assert olive.post(url, form).status_code == 302
    page = edgar.get(url).content.decode()
    assert ">Late</a>" in page
    assert "switched on" in page
    api = f"/campaigns/{campaign.public_id}/automatic-follow-ups/"
    shown = call(edgar, "GET", api).json()
    assert (shown["on"], shown["spacing"], len(shown["coming"])) == (True, 5, 1)
    assert olive.post(url, {"act": "off"}).status_code == 302
    assert call(edgar, "GET", api).json()["on"] is False
