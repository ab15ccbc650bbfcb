"""A legal hold: while it stands nothing is removed, by nobody, on no way; only an owner lifts it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from django.urls import reverse

from requests_app.actions import import_undo
from requests_app.actions.legal_holds import lift_hold, refuse_if_held, set_hold
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    AuditEntry,
    ExternalNumber,
    ImportBatch,
    LegalHold,
    RecordsRequest,
    StoredFile,
)
from requests_app.models.visibility import viewing_as
from tests import builders

from .conftest import filed, signed_in


def hold(cast: builders.Cast, subject: Any, who: Any = None) -> LegalHold:
    who = who or cast.edgar
    with viewing_as(who) as viewer:
        return set_hold(viewer=viewer, subject=subject, reason="The suit of March 3.", actor=who)


def test_a_hold_is_set_with_a_reason_and_leaves_a_line_in_the_audit(cast: builders.Cast, ours: RecordsRequest) -> None:
    made = hold(cast, ours)
    with viewing_as(cast.olive):
        entry = AuditEntry.objects.get(act="hold.set")
        assert (entry.subject, entry.detail) == (f"request {ours.public_id}", {"hold": made.public_id})
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused, match="Say why"):
        set_hold(viewer=viewer, subject=ours, reason=" ", actor=cast.edgar)
    with pytest.raises(Refused, match="already"):
        hold(cast, ours)


def test_an_editor_sets_a_hold_and_an_owner_lifts_it(cast: builders.Cast, ours: RecordsRequest) -> None:
    made = hold(cast, ours)
    with viewing_as(cast.edgar) as viewer:
        with pytest.raises(Refused) as refused:
            lift_hold(viewer=viewer, hold=made, reason="over", actor=cast.edgar)
        assert refused.value.status == 403
        assert LegalHold.objects.filter(pk=made.pk).update(lifted_because="forged") == 0
    with viewing_as(cast.olive) as viewer:
        lift_hold(viewer=viewer, hold=made, reason="The suit ended.", actor=cast.olive)
        with pytest.raises(Refused, match="already"):
            lift_hold(viewer=viewer, hold=made, reason="again", actor=cast.olive)
        assert AuditEntry.objects.filter(act="hold.lifted").count() == 1
    hold(cast, ours)


def test_who_only_reads_sets_no_hold_and_a_stranger_finds_nothing(cast: builders.Cast, ours: RecordsRequest) -> None:
    with pytest.raises(Refused) as refused:
        hold(cast, ours, cast.vera)
    assert refused.value.status == 403
    with pytest.raises(NotYours):
        hold(cast, ours, cast.ravi)


def test_a_hold_on_the_campaign_holds_each_of_its_requests(cast: builders.Cast) -> None:
    campaign = builders.campaign(cast.olive, cast.harbor)
    made = filed(cast, campaign=campaign)
    other = filed(cast, name="Elsewhere")
    hold(cast, campaign)
    with viewing_as(cast.edgar):
        with pytest.raises(Refused, match=rf"campaign {campaign.public_id}.*The suit of March 3"):
            refuse_if_held([made.pk])
        refuse_if_held([other.pk])


def test_an_import_with_a_held_request_is_not_undone(cast: builders.Cast, ours: RecordsRequest) -> None:
    made = ours
    with viewing_as(cast.edgar):
        file = StoredFile.objects.create(
            name="x", organisation=cast.harbor, original_name="log.csv", size=1, sha256="0" * 64
        )
        batch = ImportBatch.objects.create(
            organisation=cast.harbor, file=file, source="log", once="1", state="applied"
        )
        ExternalNumber.objects.create(
            organisation=cast.harbor, source="log", number="1", request=made, batch=batch
        )
    held = hold(cast, made)
    with viewing_as(cast.edgar) as viewer:
        with pytest.raises(Refused) as refused:
            import_undo.undo(viewer=viewer, batch=batch, actor=cast.edgar)
        assert (refused.value.code, refused.value.status) == ("held", 409)
        assert made.public_id in refused.value.sentence
        assert RecordsRequest.objects.filter(pk=made.pk).exists()
    with viewing_as(cast.olive) as viewer:
        lift_hold(viewer=viewer, hold=held, reason="over", actor=cast.olive)
        refuse_if_held([made.pk])


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_database_keeps_a_held_row_from_its_very_owner() -> None:
    cast = builders.cast()
    campaign = builders.campaign(cast.olive, cast.harbor)
    made = filed(cast, campaign=campaign)
    hold(cast, campaign)
    for table, column in (("event", "request_id"), ("recordsrequest", "id")):
        with pytest.raises(DatabaseError, match="legal hold keeps"), transaction.atomic(using="owner"):
            connections["owner"].cursor().execute(f"DELETE FROM requests_app_{table} WHERE {column} = %s", [made.pk])


def test_the_banner_stands_on_each_page_of_the_request_for_members_alone(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    builders.publish(cast.olive, ours)
    hold(cast, ours)
    for route in ("request", "request-withholdings", "request-fees", "request-preservation"):
        page = signed_in(cast.vera).get(reverse(route, args=[ours.public_id])).content.decode()
        assert "Nothing of this request is removed while it stands" in page, route
    page = signed_in(cast.ravi).get(reverse("request", args=[ours.public_id])).content.decode()
    assert "Legal hold" not in page
    assert "suit of March" not in page


def test_the_form_of_a_hold_does_what_it_says_and_never_the_opposite(cast: builders.Cast, ours: RecordsRequest) -> None:
    address = reverse("request-hold", args=[ours.public_id])
    desk, olive = signed_in(cast.edgar), signed_in(cast.olive)
    assert desk.post(address, {"reason": "", "step": "set"}).status_code == 400
    assert desk.post(address, {"reason": "The suit.", "step": "set"}).status_code == 302
    assert desk.post(address, {"reason": "The suit.", "step": "set"}).status_code == 409, "a second press lifts nothing"
    assert desk.post(address, {"reason": "over", "step": "lift"}).status_code == 403
    assert olive.post(address, {"reason": "over", "step": "lift"}).status_code == 302
    assert olive.post(address, {"reason": "over", "step": "lift"}).status_code == 409, "nor does it set one"
    with viewing_as(cast.olive):
        assert not LegalHold.objects.filter(lifted_at=None).exists()
