"""Owners decide who belongs; an organization keeps an owner; every act leaves a line that owners read."""

from __future__ import annotations

import pytest

from requests_app.actions import organisations, shares
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import AuditEntry, Membership, RecordsRequest
from requests_app.models.visibility import PUBLIC, Viewer, viewing, viewing_as
from tests.builders import Cast, bare_request, campaign, second_factor
from tests.publishing import road

pytestmark = pytest.mark.django_db


def acts(cast: Cast) -> list[str]:
    with viewing_as(cast.olive):
        return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def test_a_founder_owns_what_she_founds(cast: Cast) -> None:
    with viewing(Viewer("person", cast.noor.pk)) as viewer:
        made = organisations.create_organisation(viewer=viewer, name=" Harbor Two ", actor=cast.noor)
    with viewing_as(cast.noor) as viewer:
        assert (viewer.roles, viewer.waiting) == ({made.pk: "viewer"}, {made.pk: "owner"}), "reads, so far"
    second_factor(cast.noor)
    with viewing_as(cast.noor) as viewer:
        assert (made.name, viewer.may_own(made.pk)) == ("Harbor Two", True)
        assert AuditEntry.objects.get().act == "organisation.created"


def test_an_owner_adds_changes_and_ends(cast: Cast) -> None:
    with viewing_as(cast.olive) as viewer:
        noor = organisations.add_member(
            viewer=viewer,
            organisation=cast.harbor,
            email=cast.noor.email.upper(),
            role="viewer",
            actor=cast.olive,
        )
        organisations.change_role(viewer=viewer, membership=noor, role="editor", actor=cast.olive)
    with viewing_as(cast.noor) as viewer:
        assert viewer.may_edit(cast.harbor.pk)
    with viewing_as(cast.olive) as viewer:
        organisations.end_membership(viewer=viewer, membership=noor, actor=cast.olive)
    with viewing_as(cast.noor) as viewer:
        assert not viewer.belongs_to(cast.harbor.pk)
    with viewing_as(cast.olive) as viewer:
        again = organisations.add_member(
            viewer=viewer, organisation=cast.harbor, email=cast.noor.email, role="owner", actor=cast.olive
        )
        assert again.pk == noor.pk
    assert acts(cast) == ["member.added", "member.role_changed", "member.ended", "member.added"]


def test_the_last_owner_stays(cast: Cast) -> None:
    with viewing_as(cast.olive) as viewer:
        olive = Membership.objects.get(person=cast.olive, organisation=cast.harbor)
        for act in (
            lambda: organisations.end_membership(viewer=viewer, membership=olive, actor=cast.olive),
            lambda: organisations.change_role(
                viewer=viewer, membership=olive, role="viewer", actor=cast.olive
            ),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.code == "last_owner"
        edgar = Membership.objects.get(person=cast.edgar, organisation=cast.harbor)
        organisations.change_role(viewer=viewer, membership=edgar, role="owner", actor=cast.olive)
        organisations.end_membership(viewer=viewer, membership=olive, actor=cast.olive)
    with viewing_as(cast.olive) as viewer:
        assert not viewer.belongs_to(cast.harbor.pk)


def test_editors_and_strangers_decide_nothing(cast: Cast) -> None:
    for person, refusal in ((cast.edgar, Refused), (cast.vera, Refused), (cast.ravi, NotYours)):
        with viewing_as(person) as viewer, pytest.raises(refusal):
            organisations.add_member(
                viewer=viewer, organisation=cast.harbor, email=cast.noor.email, role="viewer", actor=person
            )
    with viewing_as(cast.olive) as viewer, pytest.raises(Refused) as refused:
        organisations.add_member(
            viewer=viewer,
            organisation=cast.harbor,
            email="nobody@nowhere.example",
            role="viewer",
            actor=cast.olive,
        )
    assert refused.value.code == "person_unknown"


def test_publishing_shows_and_unpublishing_hides_at_once(cast: Cast) -> None:
    request = bare_request(cast.olive, cast.harbor, cast.agency)

    def public() -> int:
        with viewing(PUBLIC):
            return RecordsRequest.objects.visible_to(PUBLIC).count()

    road.publish(cast.olive, request)
    with pytest.raises(Refused) as refused:
        road.publish(cast.olive, request)
    assert refused.value.code == "already_published"
    assert public() == 1
    with viewing_as(cast.olive) as viewer:
        shares.unpublish(viewer=viewer, subject=request, actor=cast.olive)
        with pytest.raises(Refused) as refused:
            shares.unpublish(viewer=viewer, subject=request, actor=cast.olive)
        assert refused.value.code == "not_published"
    assert public() == 0
    assert [act for act in acts(cast) if act.startswith("share.")] == ["share.granted", "share.revoked"]


def test_a_request_held_back_leaves_its_campaigns_share(cast: Cast) -> None:
    wave = campaign(cast.olive, cast.harbor)
    shown = bare_request(cast.olive, cast.harbor, cast.agency, campaign=wave)
    held = bare_request(cast.olive, cast.harbor, cast.agency, campaign=wave)
    road.publish(cast.olive, wave)
    with viewing_as(cast.olive) as viewer:
        shares.hold_back(viewer=viewer, records_request=held, actor=cast.olive)
    with viewing(PUBLIC):
        assert list(RecordsRequest.objects.visible_to(PUBLIC)) == [shown]
        assert list(RecordsRequest.objects.all()) == [shown]


def test_only_an_owner_publishes_and_never_everything(cast: Cast) -> None:
    request = bare_request(cast.olive, cast.harbor, cast.agency)
    for person, refusal in ((cast.edgar, Refused), (cast.ravi, NotYours)):
        with pytest.raises(refusal):
            road.publish(person, request)
    with pytest.raises(Refused) as refused:
        road.publish(cast.olive, request, grants=shares.Grants(everything=True))
    assert refused.value.code == "not_to_the_public"
