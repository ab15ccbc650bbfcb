"""Who proposes, who looks, who agrees; what two persons mean; what is public when, and gone when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from requests_app.actions import publishing
from requests_app.actions.refusals import NotYours, Refused
from requests_app.actions.shares import Grants
from requests_app.models import (
    AuditEntry,
    Campaign,
    Document,
    EventCorrespondence,
    InboxItem,
    Publication,
    RecordsRequest,
    RequestCorrespondence,
    Share,
)
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from requests_app.queries import publishing as query
from tests import builders
from tests.publishing.conftest import NOW, agree, look_through, propose, publish, two

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def public(what: Any = RecordsRequest) -> int:
    with viewing(PUBLIC) as viewer:
        n = int(what.objects.visible_to(viewer).count())
        assert n == what.objects.count(), "the wall says the same"
    return n


def refused(code: str) -> Any:
    return pytest.raises(Refused, match="", check=lambda problem: problem.code == code)


def test_an_editor_proposes_owners_are_told_and_an_owner_publishes(scene: Any) -> None:
    made = propose(scene, scene.edgar)
    assert public() == 0
    with viewing_as(scene.olive):
        [line] = InboxItem.objects.filter(person=scene.olive)
    assert (line.kind, line.request_id) == ("publishing", scene.ours.pk)
    with refused("owners_only"):
        agree(scene.edgar, made)
    with refused("not_looked_at"):
        agree(scene.olive, made)
    look_through(scene.edgar, made)
    agree(scene.olive, made)
    assert (public(), public(RequestCorrespondence), public(Document)) == (1, 1, 1)
    with viewing_as(scene.olive):
        acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert acts[-5:] == [
        "publication.proposed", "publication.checked", "publication.agreed", "share.granted", "publication.published",
    ]  # fmt: skip


def test_strangers_readers_and_the_public_propose_nothing(scene: Any) -> None:
    with pytest.raises(NotYours):
        propose(scene, scene.ravi)
    with refused("editors_only"):
        propose(scene, scene.vera)
    propose(scene, scene.edgar)
    with refused("already_proposed"):
        propose(scene, scene.olive)


def test_where_two_persons_publish_the_proposer_never_agrees(scene: Any) -> None:
    two(scene)
    made = propose(scene, scene.olive)
    look_through(scene.olive, made)
    with refused("own_proposal"):
        agree(scene.olive, made)
    assert public() == 0
    agree(scene.fred, made)
    assert public() == 1


@pytest.mark.parametrize("grants", [Grants(), Grants(correspondence=True)])
def test_no_other_way_leads_around_the_second_person(scene: Any, grants: Grants) -> None:
    two(scene)
    with pytest.raises(IntegrityError):
        past_the_actions(scene, grants)
    assert public() == 0


def past_the_actions(scene: Any, grants: Grants) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        builders.publish(scene.olive, scene.ours, correspondence=grants.correspondence)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_grant_is_not_widened_beyond_what_two_agreed_to(scene: Any) -> None:
    two(scene)
    made = propose(scene, scene.olive, grants=Grants())
    look_through(scene.fred, made)
    agree(scene.fred, made)
    for change, allowed in (({"documents": True}, False), ({"until_at": NOW + 5000 * DAY}, True)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            try:
                with transaction.atomic(), viewing_as(scene.olive):
                    Share.objects.filter(request=scene.ours).update(**change)
                done = True
            except IntegrityError:
                done = False
        assert done is allowed


def test_a_letter_that_came_after_the_look_has_to_be_looked_at(scene: Any) -> None:
    made = propose(scene, scene.edgar)
    look_through(scene.edgar, made)
    with viewing_as(scene.olive):
        late = builders.event(scene.ours, "produced", received_on=scene.ours.filed_on)
        EventCorrespondence.objects.create(event=late, request=scene.ours, organisation=scene.harbor, text="new")
    with refused("not_looked_at"):
        agree(scene.olive, made)
    look_through(scene.olive, made)
    agree(scene.olive, made)
    assert public() == 1


def test_a_title_that_names_the_requester_stands_in_the_way(scene: Any) -> None:
    with viewing_as(scene.olive):
        RecordsRequest.objects.filter(pk=scene.ours.pk).update(public_title="Lists for Ottoline Quillfeather")
    made = propose(scene, scene.olive, grants=Grants())
    with refused("title_names_requester"):
        look_through(scene.olive, made)
    with refused("title_names_requester"):
        agree(scene.olive, made)


def test_the_checklist_says_what_is_taken_out_and_what_is_not(scene: Any) -> None:
    with viewing_as(scene.olive):
        late = builders.event(scene.ours, "produced", received_on=scene.ours.filed_on)
        EventCorrespondence.objects.create(
            event=late, request=scene.ours, organisation=scene.harbor,
            text="Dear Ms. Quillfeather: 123-45-6789, date of birth May 5.",
        )  # fmt: skip
        rows = {
            one.key: one for one in query.checklist(scene.ours, correspondence=True, documents=True)
        }
    assert rows["letters"].masked["name"] >= 2 and rows["letters"].masked["signature"] == 1
    assert rows["letters"].suspect["social_security"] == 1 and rows["letters"].suspect["birth"] == 1
    assert rows["metadata"].masked == {"name": 1}
    assert f"file:{scene.document.public_id}" in rows and not rows["titles"].blocks


def test_un_publishing_works_at_once_everywhere(scene: Any) -> None:
    publish(scene)
    with viewing_as(scene.olive) as viewer:
        publishing.unpublish(viewer=viewer, subject=scene.ours, actor=scene.olive)
    for table in (RecordsRequest, RequestCorrespondence, Document, EventCorrespondence):
        assert public(table) == 0
    with refused("not_published"), viewing_as(scene.olive) as viewer:
        publishing.unpublish(viewer=viewer, subject=scene.ours, actor=scene.olive)
    assert publish(scene).state == "published", "and it may be published again"


def test_a_request_that_is_public_with_its_campaign_is_left_out_of_it_knowingly(scene: Any) -> None:
    publish(scene, scene.campaign)
    assert (public(), public(Campaign)) == (1, 1)
    with refused("public_with_its_campaign"), viewing_as(scene.olive) as viewer:
        publishing.unpublish(viewer=viewer, subject=scene.ours, actor=scene.olive)
    with viewing_as(scene.olive) as viewer:
        publishing.unpublish(viewer=viewer, subject=scene.ours, actor=scene.olive, whole=True)
    assert (public(), public(Campaign)) == (0, 1)


@pytest.mark.parametrize("whole", [True, False])
def test_un_publishing_a_campaign_says_what_becomes_of_requests_published_alone(scene: Any, whole: bool) -> None:
    publish(scene)
    publish(scene, scene.campaign)
    with viewing_as(scene.olive) as viewer:
        publishing.unpublish(viewer=viewer, subject=scene.campaign, actor=scene.olive, whole=whole)
    assert (public(), public(Campaign)) == (0 if whole else 1, 0)


def test_a_preview_shows_what_would_be_seen_and_leaves_nothing_behind(scene: Any) -> None:
    two(scene)
    with viewing_as(scene.edgar) as viewer:
        grants = Grants(correspondence=True)
        with publishing.as_the_public(viewer=viewer, subject=scene.ours, grants=grants) as eyes:
            assert RecordsRequest.objects.visible_to(eyes).count() == 1
            assert RequestCorrespondence.objects.visible_to(eyes).count() == 1
            assert Document.objects.visible_to(eyes).count() == 0
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert RequestCorrespondence.objects.filter(request=scene.ours).exists(), "one's own look is back"
    assert public() == 0
    with viewing_as(scene.ravi) as viewer:
        peep = publishing.as_the_public(viewer=viewer, subject=scene.ours, grants=Grants())
        with pytest.raises(NotYours):
            peep.__enter__()


def test_a_proposal_is_taken_back_by_an_editor_and_what_was_agreed_to_by_an_owner(scene: Any) -> None:
    made = propose(scene, scene.olive, embargo_until=NOW + 20 * DAY, embargo_zone="America/Chicago")
    look_through(scene.olive, made)
    agree(scene.olive, made)
    with refused("owners_only"), viewing_as(scene.edgar) as viewer:
        made.refresh_from_db()
        publishing.withdraw(viewer=viewer, publication=made, actor=scene.edgar)
    with viewing_as(scene.olive) as viewer:
        publishing.withdraw(viewer=viewer, publication=made, actor=scene.olive)
    again = propose(scene, scene.edgar)
    with viewing_as(scene.edgar) as viewer:
        publishing.withdraw(viewer=viewer, publication=again, actor=scene.edgar)
    with refused("decided"):
        agree(scene.olive, again)


def test_an_editor_past_the_actions_agrees_to_nothing(scene: Any) -> None:
    made = propose(scene, scene.edgar)
    with pytest.raises(Exception, match="row-level security"), transaction.atomic(), viewing_as(scene.edgar):
        Publication.objects.filter(pk=made.pk).update(state="agreed", agreed_by=scene.fred, agreed_at=NOW)
