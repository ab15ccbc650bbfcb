"""What readers report in the sample, what came of it, and an agency's answer: by the acts of everybody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from requests_app.models import Agency, AgencyStatement, Organisation, Person, PublicReport, RecordsRequest
from requests_app.models.visibility import viewing_as
from requests_app.queries.reports import subject_for_the_public

from . import reports, statements

Homes = Mapping[str, tuple[Organisation, Person]]


def load(scenario: Mapping[str, Any], homes: Homes, *, now: dt.datetime) -> None:
    """Once each, however often it is loaded."""
    for told in scenario.get("reports", ()):
        _reported(told, homes, now)
    for told in scenario.get("statements", ()):
        _answered(told, homes, now)


def _request(told: Mapping[str, Any], owner: Person, home: Organisation) -> RecordsRequest:
    with viewing_as(owner):
        own = RecordsRequest.objects.filter(organisation=home, is_sample=True).select_related("agency")
        found: RecordsRequest = own.get(public_title=told["request"])
        return found


def _reported(told: Mapping[str, Any], homes: Homes, now: dt.datetime) -> None:
    home, owner = homes[told["organisation"]]
    about = _request(told, owner, home)
    reference = reports.take(
        subject=subject_for_the_public("request", about.public_id), path=f"/requests/{about.public_id}/",
        wants="error", asked_by=told["asked_by"], text=told["text"], name="", email="", once=f"sample:{told['key']}",
    )  # fmt: skip
    decided = told.get("decided")
    if decided is None:
        return
    with viewing_as(owner) as viewer:
        report = PublicReport.objects.visible_to(viewer).filter(reference=reference, state="open").first()
        if report is not None:
            reports.decide(
                viewer=viewer, report=report, actor=owner, decision=decided["decision"], reason=decided["reason"],
                tell=False, note=reports.Note(decided["note"], says_who=True), on=_day(about.agency, now),
            )  # fmt: skip


def _answered(told: Mapping[str, Any], homes: Homes, now: dt.datetime) -> None:
    home, owner = homes[told["organisation"]]
    about = _request(told, owner, home)
    on = _day(about.agency, now)
    said = statements.Said(
        told["text"], told["sent_by"], told["verified"], on + dt.timedelta(days=told["day"]), ""
    )
    with viewing_as(owner) as viewer:
        made = statements.draft(
            viewer=viewer, beside=statements.Beside(home.pk, about.agency, about.public_id), said=said, actor=owner,
            once=f"sample:{told['key']}", today=on,
        )  # fmt: skip
        if made.state == AgencyStatement.State.DRAFT:
            statements.publish(viewer=viewer, statement=made, actor=owner)


def _day(agency: Agency, now: dt.datetime) -> dt.date:
    return now.astimezone(ZoneInfo(agency.zone)).date()
