"""An agency answers: its words are private until an owner publishes them; then they stand in full."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from requests_app.actions import statements
from requests_app.actions.refusals import NotYours, Refused
from requests_app.actions.statements import Beside, Said
from requests_app.models import AgencyStatement, AuditEntry, Person, PublicReport, RecordsRequest
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from tests import builders
from tests.accounts.scene import signed_in

from .conftest import Scene, send

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 5, 1)
WORDS = "We sent the sharing lists on April 3; the portal lost them."
SAID = Said(WORDS, "Records office, by letter", "We called the number on its own page.", ON, "")


def beside(of: RecordsRequest) -> Beside:
    return Beside(of.organisation_id, of.agency, of.public_id)


def draft(by: Person, where: Beside, said: Said = SAID, once: str = "a-form") -> AgencyStatement:
    with viewing_as(by) as viewer:
        return statements.draft(viewer=viewer, beside=where, said=said, actor=by, once=once, today=ON)


def publish(by: Person, what: AgencyStatement) -> None:
    with viewing_as(by) as viewer:
        statements.publish(viewer=viewer, statement=what, actor=by)


def read_by(person: Person | None) -> tuple[int, int]:
    """Through the wall of the queryset, and by the policies of the database alone."""
    if person is None:
        with viewing(PUBLIC):
            return AgencyStatement.objects.visible_to(PUBLIC).count(), AgencyStatement.objects.count()
    with viewing_as(person) as viewer:
        return AgencyStatement.objects.visible_to(viewer).count(), AgencyStatement.objects.count()


def test_a_draft_is_read_by_its_own_people_alone(scene: Scene) -> None:
    draft(scene.cast.edgar, beside(scene.public))
    assert draft(scene.cast.edgar, beside(scene.public)) is not None
    assert read_by(scene.cast.olive) == read_by(scene.cast.vera) == (1, 1), "the same form is one draft"
    for person in (scene.cast.ravi, scene.cast.noor, scene.cast.omar, None):
        assert read_by(person) == (0, 0)
    assert WORDS not in Client().get(scene.url(scene.public)).content.decode()


def test_published_it_stands_in_full_beside_the_request_and_the_agency(scene: Scene) -> None:
    publish(scene.cast.olive, draft(scene.cast.edgar, beside(scene.public)))
    for path in (scene.url(scene.public), reverse("agency", args=[scene.cast.agency.slug])):
        page = Client().get(path).content.decode()
        for told in (WORDS, SAID.sent_by, SAID.verified, "Friday, May 1, 2026"):
            assert told in page
    with viewing_as(scene.cast.olive):
        lines = AuditEntry.objects.filter(act__startswith="statement.").order_by("pk")
        acts = list(lines.values_list("act", "subject"))
    subject = f"request {scene.public.public_id}"
    assert acts == [("statement.drafted", subject), ("statement.published", subject)]


def test_beside_a_hidden_request_it_is_hidden_with_it(scene: Scene) -> None:
    publish(scene.cast.olive, draft(scene.cast.olive, beside(scene.hidden)))
    assert read_by(None) == read_by(scene.cast.ravi) == (0, 0)
    assert WORDS not in Client().get(reverse("agency", args=[scene.cast.agency.slug])).content.decode()
    builders.share_with(scene.cast.olive, scene.hidden, scene.cast.prairie)
    assert read_by(scene.cast.ravi) == (1, 1)


def test_an_editor_does_not_publish_by_either_wall(scene: Scene) -> None:
    made = draft(scene.cast.edgar, beside(scene.public))
    with pytest.raises(Refused) as refused:
        publish(scene.cast.edgar, made)
    assert refused.value.status == 403
    with pytest.raises(DatabaseError), viewing_as(scene.cast.edgar), transaction.atomic():
        AgencyStatement.objects.filter(pk=made.pk).update(state="published")
    with viewing_as(scene.cast.ravi):
        assert not AgencyStatement.objects.filter(pk=made.pk).update(state="withdrawn")


def test_published_no_word_changes_and_it_can_be_taken_back(scene: Scene) -> None:
    made = draft(scene.cast.olive, beside(scene.public))
    publish(scene.cast.olive, made)
    with pytest.raises(Refused) as refused, viewing_as(scene.cast.olive) as viewer:
        statements.change(viewer=viewer, statement=made, said=SAID, today=ON)
    assert refused.value.code == "decided"
    with viewing_as(scene.cast.olive) as viewer:
        statements.withdraw(viewer=viewer, statement=made, actor=scene.cast.olive)
    assert read_by(None) == (0, 0)


def test_staff_takes_one_on_an_agency_and_nobody_else_does(scene: Scene) -> None:
    where = Beside(None, scene.cast.agency, "")
    for person in (scene.cast.omar, scene.cast.olive, scene.cast.noor):
        with pytest.raises(NotYours):
            draft(person, where)
    builders.second_factor(scene.cast.omar)
    publish(scene.cast.omar, draft(scene.cast.omar, where))
    assert read_by(None) == (1, 1)
    assert WORDS in Client().get(reverse("agency", args=[scene.cast.agency.slug])).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", " "), ("sent_by", ""), ("verified", ""), ("attachment_url", "javascript:alert(1)"),
     ("attachment_url", "https://x.example/" + "a" * 1000), ("received_on", dt.date(2026, 5, 2))],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_named(scene: Scene, field: str, value: Any) -> None:
    said = Said(**{name: getattr(SAID, name) for name in SAID.__slots__} | {field: value})
    with pytest.raises(Refused) as refused:
        draft(scene.cast.olive, beside(scene.public), said)
    assert refused.value.field == field


def test_what_an_agency_reports_is_taken_as_a_statement_by_the_page(scene: Scene) -> None:
    send(scene.url(scene.public), wants="answer", text=WORDS)
    with viewing_as(scene.cast.olive):
        reference = PublicReport.objects.get().reference
    client = signed_in(scene.cast.olive)
    address = f"{reverse('statement-new')}?report={reference}"
    assert address in client.get(reverse("report-one", args=[reference])).content.decode()
    assert WORDS in client.get(address).content.decode()
    given = {
        "once": "a-form", "text": WORDS, "sent_by": SAID.sent_by, "verified": SAID.verified,
        "received_on": "2026-05-01", "attachment_url": "",
    }  # fmt: skip
    made = client.post(address, given)
    assert made.status_code == 303
    assert client.post(made.headers["Location"], {"act": "publish"}).status_code == 303
    assert WORDS in Client().get(scene.url(scene.public)).content.decode()
    assert signed_in(scene.cast.ravi).get(address).status_code == 404
    refused = client.post(address, given | {"verified": "", "once": "another"})
    assert refused.status_code == 400 and "id_verified" in refused.content.decode()


def test_programs_read_what_everybody_reads(scene: Scene) -> None:
    publish(scene.cast.olive, draft(scene.cast.edgar, beside(scene.public)))
    publish(scene.cast.olive, draft(scene.cast.edgar, beside(scene.hidden), once="another-form"))
    draft(scene.cast.edgar, beside(scene.public), Said("Not yet", "Counsel", "By telephone", ON, ""), once="third-form")
    for asker in (Client(), signed_in(scene.cast.olive)):
        (told,) = asker.get("/api/v1/statements/").json()["items"]
        assert (told["text"], told["sent_by"], told["verified"]) == (WORDS, SAID.sent_by, SAID.verified)
        assert (told["request"], told["url"]) == (scene.public.public_id, scene.url(scene.public))
        assert told["received_on"] == "2026-05-01"
    for asked, n in (
        (f"agency={scene.cast.agency.slug}", 1), ("agency=no-such-office", 0),
        (f"request={scene.public.public_id}", 1), (f"request={scene.hidden.public_id}", 0),
    ):  # fmt: skip
        assert len(Client().get(f"/api/v1/statements/?{asked}").json()["items"]) == n, asked
    assert Client().get("/api/v1/statements/?text=lists").status_code == 400
