"""The audit page: sentences, for owners alone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app.actions import organisations, shares
from requests_app.models import AuditEntry, Membership
from requests_app.models.visibility import viewing_as
from requests_app.web.audit_words import SENTENCES
from tests import builders
from tests.builders import Cast

from .scene import invited, signed_in

pytestmark = pytest.mark.django_db


def lines(cast: Cast, **params: str) -> list[str]:
    page = signed_in(cast.olive).get(reverse("organisation-audit", args=[cast.harbor.public_id]), params)
    assert page.status_code == 200
    return [f"{line['who']} {line['words']}" for line in page.context["page"].object_list]


@pytest.fixture
def story(cast: Cast) -> Cast:
    invited(cast.olive, cast.harbor, "dee@new.example", "viewer", timezone.now())
    request = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    with viewing_as(cast.olive) as viewer:
        vera = Membership.objects.get(organisation=cast.harbor, person=cast.vera)
        organisations.change_role(viewer=viewer, membership=vera, role="editor", actor=cast.olive)
        shares.grant(viewer=viewer, subject=request, grantee=cast.prairie, actor=cast.olive)
        edgar = Membership.objects.get(organisation=cast.harbor, person=cast.edgar)
        organisations.end_membership(viewer=viewer, membership=edgar, actor=cast.olive, successor=cast.olive)
    return cast


def test_each_act_is_a_sentence_with_names(story: Cast) -> None:
    assert lines(story) == [
        "Olive removed Edgar.",
        "Olive shared “Sharing lists” (organisation).",
        "Olive made Vera an editor.",
        "Olive invited dee@new.example as a viewer.",
    ]


def test_it_is_narrowed_by_person_act_and_day(story: Cast) -> None:
    with viewing_as(story.olive):
        ids = dict(Membership.objects.filter(organisation=story.harbor).values_list("person", "public_id"))
    assert lines(story, who=ids[story.edgar.pk]) == []
    assert len(lines(story, who=ids[story.olive.pk])) == 4
    assert len(lines(story, who=str(story.edgar.pk))) == 4, "numbers of people mean nothing in an address"
    assert lines(story, act="member.ended") == ["Olive removed Edgar."]
    assert len(lines(story, act="no.such.act")) == 4, "a filter that nobody offered narrows nothing"
    tomorrow = (timezone.now() + dt.timedelta(days=2)).date().isoformat()
    assert lines(story, **{"from": tomorrow}) == []
    assert len(lines(story, to=tomorrow, who="x")) == 4
    assert len(lines(story, to="2026-99-99")) == 4


def test_only_owners_read_it_on_the_page_and_in_the_database(story: Cast) -> None:
    page = reverse("organisation-audit", args=[story.harbor.public_id])
    for person in (story.vera, story.edgar, story.ravi, story.omar, story.noor):
        assert signed_in(person).get(page).status_code == 404
        with viewing_as(person):
            assert not AuditEntry.objects.filter(organisation=story.harbor).exists()


def test_an_act_without_a_sentence_is_told_by_its_name(cast: Cast) -> None:
    with viewing_as(cast.olive):
        AuditEntry.objects.bulk_create(
            [AuditEntry(organisation=cast.harbor, actor=None, act="thing.done_twice", subject="thing x")]
        )
    assert lines(cast) == ["The system Thing, done twice: thing x."]


@pytest.mark.parametrize("act", sorted(SENTENCES))
def test_a_line_with_less_detail_than_expected_breaks_nothing(cast: Cast, act: str) -> None:
    with viewing_as(cast.olive):
        AuditEntry.objects.bulk_create(
            [AuditEntry(organisation=cast.harbor, actor=cast.olive, act=act, subject="odd", detail={})]
        )
    assert lines(cast)[0].startswith("Olive ")


def test_long_audits_are_paged_and_ask_no_more(cast: Cast, django_assert_max_num_queries: object) -> None:
    with viewing_as(cast.olive):
        AuditEntry.objects.bulk_create(
            [
                AuditEntry(
                    organisation=cast.harbor, actor=cast.olive, act="member.added", subject="organisation x",
                    detail={"person": str(cast.vera.pk), "role": "viewer"},
                )
                for _ in range(120)
            ]
        )  # fmt: skip
    assert [len(lines(cast, page=number)) for number in ("1", "2", "3")] == [50, 50, 20]
    olive = signed_in(cast.olive)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        olive.get(reverse("organisation-audit", args=[cast.harbor.public_id]))
