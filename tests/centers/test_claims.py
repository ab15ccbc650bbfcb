"""Claims: an organization's own until an owner publishes them; never rewritten; public only while what they cite is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction

from requests_app.actions import center_claims as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Agency, AuditEntry, CenterClaim, Document
from requests_app.models.visibility import PUBLIC, Viewer, viewing, viewing_as
from tests import builders

from .conftest import DAY, TODAY, asked, document, publish, record, says

pytestmark = pytest.mark.django_db


def seen_by(viewer: Viewer = PUBLIC) -> set[str]:
    """Behind both walls."""
    with viewing(viewer) as who:
        by_policy = set(CenterClaim.objects.values_list("public_id", flat=True))
        by_both = set(CenterClaim.objects.visible_to(who).values_list("public_id", flat=True))
    assert by_policy == by_both
    return by_both


def refusal(**words: object) -> Refused:
    with pytest.raises(Refused) as told:
        acts.record(**words)  # type: ignore[arg-type]
    return told.value


def test_a_claim_is_its_organizations_until_an_owner_publishes_it(cast: builders.Cast, center: Agency) -> None:
    made = record(cast, center)
    assert seen_by() == set()
    with viewing_as(cast.ravi) as ravi:
        assert not CenterClaim.objects.visible_to(ravi).exists()
    with viewing_as(cast.vera) as vera:
        assert CenterClaim.objects.visible_to(vera).get() == made
    publish(cast, made)
    assert seen_by() == {made.public_id}


def test_an_editor_records_and_does_not_publish(cast: builders.Cast, center: Agency) -> None:
    made = record(cast, center)
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused) as told:
        acts.publish(viewer=viewer, claim=made, actor=cast.edgar)
    assert told.value.status == 403
    with (
        viewing_as(cast.edgar),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        CenterClaim.objects.filter(pk=made.pk).update(published_at="2026-04-01T00:00:00Z")
    assert seen_by() == set()


def test_who_only_reads_records_nothing_and_a_stranger_learns_nothing(cast: builders.Cast, center: Agency) -> None:
    made = record(cast, center)
    with pytest.raises(Refused) as told:
        record(cast, center, by=cast.vera, once="b")
    assert told.value.status == 403
    with viewing_as(cast.ravi) as viewer, pytest.raises(NotYours):
        acts.withdraw(viewer=viewer, claim=made, reason="Wrong", actor=cast.ravi)


def test_the_same_form_sent_twice_records_once(cast: builders.Cast, center: Agency) -> None:
    assert record(cast, center) == record(cast, center)
    with viewing_as(cast.olive) as viewer:
        assert AuditEntry.objects.visible_to(viewer).filter(act="claim.recorded").count() == 1


def test_a_claim_by_a_document_is_public_only_while_the_document_is(cast: builders.Cast, center: Agency) -> None:
    paper = document(cast, asked(cast, center, "privacy-and-audits", "A4"))
    made = record(cast, center, says(status="documented", page="4", document=paper))
    publish(cast, made)
    assert seen_by() == {made.public_id}
    with viewing_as(cast.olive):
        Document.objects.filter(pk=paper.pk).update(released_at=None)
    assert seen_by() == set()


def test_a_claim_by_a_document_that_is_not_public_is_not_published(cast: builders.Cast, center: Agency) -> None:
    hidden = document(cast, asked(cast, center, "privacy-and-audits", "A4", public=False))
    made = record(cast, center, says(status="documented", page="4", document=hidden))
    with pytest.raises(Refused) as told:
        publish(cast, made)
    assert told.value.code == "document_not_public"


def test_a_partner_who_reads_the_document_does_not_read_the_claim_by_it(cast: builders.Cast, center: Agency) -> None:
    of = asked(cast, center, "privacy-and-audits", "A4")
    paper = document(cast, of)
    publish(cast, record(cast, center, says(status="documented", page="4", document=paper)))
    with viewing_as(cast.olive), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE requests_app_share SET revoked_at = now() WHERE grantee_kind = 'public' AND request_id = %s",
            [of.pk],
        )
    builders.share_with(cast.olive, of, cast.prairie, documents=True)
    with viewing_as(cast.ravi) as ravi:
        assert Document.objects.visible_to(ravi).filter(pk=paper.pk).exists()
        assert not CenterClaim.objects.exists()
        assert not CenterClaim.objects.visible_to(ravi).exists()


def test_what_is_replaced_stays_in_the_history_and_the_new_one_is_as_public(
    cast: builders.Cast, center: Agency
) -> None:
    first = record(cast, center)
    publish(cast, first)
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused) as told:
        acts.supersede(viewer=viewer, claim=first, said=says(), actor=cast.edgar, once="b", today=TODAY)
    assert told.value.status == 403
    with viewing_as(cast.olive) as viewer:
        second = acts.supersede(
            viewer=viewer, claim=first, said=says(value="Two audits"), actor=cast.olive, once="b", today=TODAY
        )
        assert CenterClaim.objects.visible_to(viewer).count() == 2
    assert seen_by() == {second.public_id}


def test_a_withdrawn_claim_says_why_to_its_own_people_alone(cast: builders.Cast, center: Agency) -> None:
    made = record(cast, center)
    publish(cast, made)
    with viewing_as(cast.olive) as viewer:
        with pytest.raises(Refused) as told:
            acts.withdraw(viewer=viewer, claim=made, reason=" ", actor=cast.olive)
        assert told.value.field == "reason"
        acts.withdraw(viewer=viewer, claim=made, reason="The paper corrected it.", actor=cast.olive)
        assert CenterClaim.objects.visible_to(viewer).get().withdrawn_because == "The paper corrected it."
    assert seen_by() == set()


def test_a_claim_cannot_be_rewritten_by_any_statement(cast: builders.Cast, center: Agency) -> None:
    made = record(cast, center)
    with viewing_as(cast.olive), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        CenterClaim.objects.filter(pk=made.pk).update(value="Something else")


def test_a_claim_that_names_our_side_is_not_published(cast: builders.Cast, center: Agency) -> None:
    made = record(cast, center, says(value=f"Audit that {cast.olive.email} was sent"))
    with pytest.raises(Refused) as told:
        publish(cast, made)
    assert told.value.code == "claim_names_us"
    assert seen_by() == set()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"topic": "nonsense"}, "topic"), ({"status": "sure"}, "status"), ({"status": "asked"}, "status"),
        ({"finding": "yes"}, "finding"), ({"topic": "left", "finding": ""}, "finding"), ({"value": " "}, "value"),
        ({"value": "x" * 601}, "value"), ({"citation": ""}, "citation"),
        ({"address": "javascript:alert(1)"}, "address"), ({"status": "documented"}, "page"),
        ({"from_on": TODAY.replace(year=2027)}, "from_on"),
        ({"until_on": DAY.replace(year=2025)}, "until_on"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_field(
    cast: builders.Cast, center: Agency, wrong: dict[str, object], field: str
) -> None:
    with viewing_as(cast.edgar) as viewer:
        told = refusal(
            viewer=viewer, organisation=cast.harbor, agency=center, said=replace(says(), **wrong), actor=cast.edgar,
            once="a", today=TODAY,
        )  # fmt: skip
    assert told.field == field


def test_a_claim_of_what_is_no_center_or_by_anothers_document_is_refused(cast: builders.Cast, center: Agency) -> None:
    with viewing(PUBLIC):
        police = Agency.objects.create(
            slug="police", name="Police", kind="city_police", jurisdiction="us-il", zone="UTC"
        )
    with pytest.raises(Refused) as told:
        record(cast, police)
    assert told.value.field == "agency"
    theirs = document(cast, asked(cast, center, "privacy-and-audits", "A4"))
    with viewing_as(cast.ravi) as viewer, pytest.raises(Refused) as told:
        acts.record(
            viewer=viewer, organisation=cast.prairie, agency=center, actor=cast.ravi, once="a", today=TODAY,
            said=says(status="documented", page="4", document=theirs),
        )  # fmt: skip
    assert told.value.field == "document"
