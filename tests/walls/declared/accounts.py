"""Accounts, organizations and their members, settings."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from requests_app.actions.invitations import hash_of, token_of
from requests_app.actions.law_reports import report_law
from requests_app.models import (
    Event,
    Invitation,
    JobRun,
    KnownLawReport,
    Membership,
    RecordsRequest,
    RequesterProfile,
    SendingHold,
)
from tests.builders import second_factor
from tests.walls.matrix import ANYBODY, POST_ONLY, SIGNED_IN, _row

from . import CANARY, Stage

ELSEWHERE = _row(302, 302, 302, 302, 302, 302, 302)
UNSET = _row(302, 404, 404, 404, 404, 404, 404)  # of what nobody here has set up
TO_PROOF = ELSEWHERE  # a page that asks for a fresh proof first, or for a second factor that nobody here has
MEMBERS = _row(302, 404, 404, 404, 200, 200, 200)
EDITORS = _row(302, 404, 404, 404, 404, 200, 200)
OWNERS = _row(302, 404, 404, 404, 404, 404, 200)
STAFF = _row(302, 404, 200, 404, 404, 404, 404)
# Omar alone has a second factor, for the staff's pages ask for one.
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "organisation-switch": (POST_ONLY, None),
    "settings": (SIGNED_IN, None),
    "security": (SIGNED_IN, None),
    "session-end": (POST_ONLY, None),
    "second-factor": (ELSEWHERE, None),
    "organisation-new": (SIGNED_IN, None),
    "organisation": (MEMBERS, None),
    "ownership": (OWNERS, None),
    "organisation-leave": (MEMBERS, None),
    "members": (MEMBERS, None),
    "member": (OWNERS, None),
    "invitation-act": (POST_ONLY, None),
    "organisation-audit": (OWNERS, None),
    "requesters": (MEMBERS, None),
    "requester-new": (EDITORS, None),
    "requester": (EDITORS, None),
    "invitation": (ANYBODY, None),  # of whoever holds the link
    "mfa_index": (SIGNED_IN, None),
    "mfa_authenticate": (ELSEWHERE, None),
    "mfa_reauthenticate": ({**ELSEWHERE, "omar": 200}, None),
    "mfa_activate_totp": (TO_PROOF, None),
    "mfa_deactivate_totp": ({**UNSET, "omar": 302}, None),
    "mfa_view_recovery_codes": (UNSET, None),
    "mfa_generate_recovery_codes": (TO_PROOF, None),
    "mfa_download_recovery_codes": (UNSET, None),
    "mfa_list_webauthn": (SIGNED_IN, None),
    "mfa_add_webauthn": (TO_PROOF, None),
    "mfa_reauthenticate_webauthn": (ELSEWHERE, None),
    "mfa_remove_webauthn": (TO_PROOF, None),
    "mfa_edit_webauthn": (TO_PROOF, None),
    "mfa_login_webauthn": (ELSEWHERE, None),
    "usersessions_list": (SIGNED_IN, None),
    **{
        f"admin:{name}": (STAFF, None)
        for name in (
            "index",
            "app_list",
            "sending",
            "requests_app_person_changelist",
            "requests_app_person_change",
            "requests_app_knownorganisation_changelist",
            "requests_app_knownorganisation_change",
            "requests_app_knownlawreport_changelist",
            "requests_app_knownlawreport_change",
            "requests_app_jobrun_changelist",
            "requests_app_jobrun_change",
            "requests_app_sendinghold_changelist",
            "requests_app_sendinghold_change",
        )
    },
}
# The page for signing up knows the address of whoever came by an invitation.
BY_LINK = {"invitation", "account_signup"}
SHOWS_OURS = {"members", "organisation-audit", "requesters", "requester"}


def prepare(stage: Stage) -> None:
    cast = stage.cast
    invitation = Invitation.objects.create(
        public_id="inviteabc123",
        organisation=cast.harbor,
        email=f"{CANARY}@invited.example",
        role="viewer",
        token_hash=hash_of(token_of("inviteabc123", 1)),
        invited_by=cast.olive,
        expires_at=timezone.now() + dt.timedelta(days=1),
    )
    # The page of a link says to whom it was sent, and its holder is that person: another row for the crawl.
    stage.rows["link"] = Invitation.objects.create(
        public_id="inviteabc124",
        organisation=cast.harbor,
        email="somebody@invited.example",
        role="viewer",
        token_hash=hash_of(token_of("inviteabc124", 1)),
        expires_at=timezone.now() + dt.timedelta(days=1),
    )
    stage.rows["invitation"] = invitation
    stage.rows["requester"] = RequesterProfile.objects.create(
        organisation=cast.harbor, name=f"{CANARY}-requester", postal_address=f"{CANARY}-street"
    )
    second_factor(cast.omar)
    report_law(
        law_ref="us-il@2010-01-01.r1", clock="", problem=f"{CANARY}-problem", source_url="",
        email=f"{CANARY}@report.example", once="declared-accounts",
    )  # fmt: skip
    stage.rows["report"] = KnownLawReport.objects.get()
    stage.rows["hold"] = SendingHold.objects.create(reason="restored", released_at=timezone.now())
    JobRun.objects.get_or_create(job="a.job", defaults={"finished_at": timezone.now(), "detail": {}})
    stage.rows["membership"] = Membership.objects.get(organisation=cast.harbor, person=cast.edgar)


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    here = stage.cast.harbor.public_id
    rows = stage.rows
    return {
        "organisation": [here], "ownership": [here], "organisation-leave": [here], "members": [here],
        "member": [here, rows["membership"].public_id], "invitation-act": [here, rows["invitation"].public_id],
        "organisation-audit": [here], "requesters": [here], "requester-new": [here],
        "requester": [here, rows["requester"].public_id],
        "invitation": [token_of(rows["link"].public_id, 1)],
        "admin:app_list": ["requests_app"], "admin:requests_app_person_change": [stage.cast.omar.pk],
        "admin:requests_app_knownorganisation_change": [stage.cast.harbor.pk],
        "admin:requests_app_knownlawreport_change": [rows["report"].pk],
        "admin:requests_app_jobrun_change": [JobRun.objects.get(job="a.job").pk],
        "admin:requests_app_sendinghold_change": [rows["hold"].pk],
        "mfa_remove_webauthn": [1], "mfa_edit_webauthn": [1],
    }  # fmt: skip
