"""Members: their roles, their end, the organization's owners."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests_app.actions import organisations, tokens
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import ApiToken, AuditEntry, Membership, Organisation, RequestPrivate
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.builders import Cast

from .scene import by_password, signed_in

pytestmark = pytest.mark.django_db


def membership(cast: Cast, name: str) -> Membership:
    with viewing_as(cast.olive):
        return Membership.objects.select_related("organisation", "person").get(
            organisation=cast.harbor, person=getattr(cast, name)
        )


def assigned(cast: Cast, to: builders.Person, backup: builders.Person | None = None) -> RequestPrivate:
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    with viewing_as(cast.olive):
        RequestPrivate.objects.filter(request=made).update(assignee=to, backup=backup)
        return RequestPrivate.objects.get(request=made)


def test_members_read_who_belongs_and_owners_what_to_do_about_it(cast: Cast) -> None:
    page = reverse("members", args=[cast.harbor.public_id])
    for person in (cast.vera, cast.edgar):
        body = signed_in(person).get(page).content.decode()
        assert "Olive" in body and "Changes nothing" in body
        assert "Send the invitation" not in body and "Change<span" not in body
    assert "Send the invitation" in signed_in(cast.olive).get(page).content.decode()


def test_an_owner_changes_a_role(cast: Cast) -> None:
    page = reverse("member", args=[cast.harbor.public_id, membership(cast, "vera").public_id])
    done = signed_in(cast.olive).post(page, {"act": "role", "role": "editor", "seen_role": "viewer"})
    assert done.status_code == 303
    with viewing_as(cast.vera) as viewer:
        assert viewer.may_edit(cast.harbor.pk)


def test_a_role_that_somebody_changed_meanwhile_is_told_and_not_overwritten(cast: Cast) -> None:
    page = reverse("member", args=[cast.harbor.public_id, membership(cast, "vera").public_id])
    stale = signed_in(cast.olive).post(page, {"act": "role", "role": "owner", "seen_role": "editor"})
    assert stale.status_code == 409
    assert b"it was Editor and is Viewer" in stale.content
    assert membership(cast, "vera").role == "viewer"


def test_removal_ends_sessions_and_tokens_and_hands_requests_on(cast: Cast) -> None:
    second = builders.organisation("Lake Records Desk", cast.edgar)
    edgar, _answer = by_password(cast.edgar)
    untracked = signed_in(cast.edgar)
    assert edgar.get(reverse("settings")).status_code == 200
    mine, backed = assigned(cast, cast.edgar), assigned(cast, cast.vera, backup=cast.edgar)
    with viewing_as(cast.olive) as viewer:
        organisations.change_role(
            viewer=viewer, membership=membership(cast, "edgar"), role="owner", actor=cast.olive
        )
    with viewing_as(cast.edgar) as viewer:
        tokens.make_token(
            once="token",
            viewer=viewer, organisation=cast.harbor, actor=cast.edgar, name="sync", scope="write", days=9,
            now=timezone.now(),
        )  # fmt: skip
    one = membership(cast, "edgar")
    page = reverse("member", args=[cast.harbor.public_id, one.public_id])
    olive = signed_in(cast.olive)
    assert b"1 request is assigned to them" in olive.get(page).content
    done = olive.post(page, {"act": "remove", "successor": membership(cast, "olive").public_id})
    assert done.status_code == 303
    assert b"Requests handed on: 1, to Olive" in olive.get(done.headers["Location"]).content
    for client in (edgar, untracked):
        assert client.get(reverse("settings")).headers["Location"].startswith("/accounts/login/")
    with viewing_as(cast.olive) as viewer:
        assert ApiToken.objects.visible_to(viewer).get().revoked_at is not None
        mine.refresh_from_db()
        backed.refresh_from_db()
        assert (mine.assignee, backed.assignee, backed.backup) == (cast.olive, cast.vera, None)
        assert mine.version == 1, "an open form of it is stale now"
    with viewing_as(cast.edgar) as viewer:
        assert viewer.organisations == [second.pk]


def test_without_a_successor_the_backup_takes_over(cast: Cast) -> None:
    row = assigned(cast, cast.edgar, backup=cast.olive)
    with viewing_as(cast.olive) as viewer:
        moved = organisations.end_membership(
            viewer=viewer, membership=membership(cast, "edgar"), actor=cast.olive
        )
        row.refresh_from_db()
        assert (moved, row.assignee, row.backup) == (1, cast.olive, None)


def test_requests_go_to_nobody_who_cannot_work_on_them(cast: Cast) -> None:
    for successor in (cast.vera, cast.ravi, cast.edgar):
        with viewing_as(cast.olive) as viewer, pytest.raises(Refused) as refused:
            organisations.end_membership(
                viewer=viewer, membership=membership(cast, "edgar"), actor=cast.olive, successor=successor
            )
        assert refused.value.code == "successor_unknown"


def test_the_last_owner_neither_leaves_nor_steps_down(cast: Cast) -> None:
    olive = signed_in(cast.olive)
    left = olive.post(reverse("organisation-leave", args=[cast.harbor.public_id]))
    assert left.status_code == 400 and b"This is the last owner" in left.content
    with viewing_as(cast.olive) as viewer:
        assert viewer.may_own(cast.harbor.pk)
    own = reverse("member", args=[cast.harbor.public_id, membership(cast, "olive").pk])
    assert olive.post(own, {"act": "remove"}).status_code == 404, "one's own end is the page for leaving"


@pytest.mark.parametrize("name", ["edgar", "vera"])
def test_a_member_leaves_by_their_own_will(cast: Cast, name: str) -> None:
    person = getattr(cast, name)
    row = assigned(cast, person)
    client = signed_in(person)
    page = reverse("organisation-leave", args=[cast.harbor.public_id])
    assert b"1 request is assigned to you" in client.get(page).content
    assert client.post(page).status_code == 303
    with viewing_as(person) as viewer:
        assert viewer.roles == {}
    with viewing_as(cast.olive):
        row.refresh_from_db()
        assert row.assignee is None
        assert AuditEntry.objects.get(act="member.left").actor == person
    assert client.post(page).status_code == 404, "gone is gone"


def test_an_owner_hands_the_organization_on_in_one_act(cast: Cast) -> None:
    page = reverse("ownership", args=[cast.harbor.public_id])
    olive = signed_in(cast.olive)
    chosen = membership(cast, "edgar").public_id
    assert olive.post(page, {"member": chosen, "then": "owner"}).status_code == 400
    assert olive.post(page, {"member": "999999", "then": "editor"}).status_code == 400
    assert olive.post(page, {"member": chosen, "then": "editor"}).status_code == 303
    with viewing_as(cast.edgar) as viewer:
        assert viewer.may_own(cast.harbor.pk)
        acts = list(AuditEntry.objects.order_by("pk").values_list("act", "detail"))
    with viewing_as(cast.olive) as viewer:
        assert viewer.roles[cast.harbor.pk] == "editor"
    assert [act for act, _detail in acts] == ["member.role_changed"] * 2


def test_strangers_and_editors_change_nobody(cast: Cast) -> None:
    one = membership(cast, "vera")
    page = reverse("member", args=[cast.harbor.public_id, one.public_id])
    for person in (cast.edgar, cast.vera, cast.ravi, cast.noor, cast.omar):
        assert signed_in(person).get(page).status_code == 404
        assert signed_in(person).post(page, {"act": "remove"}).status_code == 404
        with viewing_as(person) as viewer, pytest.raises((Refused, NotYours)):
            organisations.end_membership(viewer=viewer, membership=one, actor=person)
    assert Client().post(page, {"act": "remove"}).status_code == 302
    # A member's number under another organization's address is nothing.
    ravi = signed_in(cast.ravi)
    assert ravi.get(reverse("member", args=[cast.prairie.public_id, one.public_id])).status_code == 404
    assert membership(cast, "vera").ended_at is None


def test_a_person_starts_an_organization_and_works_in_it(cast: Cast, settings: object) -> None:
    settings.SIGNUP_OPEN = True  # type: ignore[attr-defined]
    noor = signed_in(cast.noor)
    for name, says in (("", b"required"), ("x" * 3000, b"at most 200"), ("a\x00b", b"Null characters")):
        bad = noor.post(reverse("organisation-new"), {"name": name})
        assert bad.status_code == 400 and says in bad.content
    done = noor.post(reverse("organisation-new"), {"name": "  سجلات 🗂 Desk "})
    assert done.headers["Location"] == reverse("second-factor")
    with viewing_as(cast.noor) as viewer:
        made = Organisation.objects.visible_to(viewer).get()
        assert (made.name, made.requires_second_factor) == ("سجلات 🗂 Desk", True)
        assert viewer.waiting == {made.pk: "owner"}
    assert noor.get(reverse("settings")).context["working_in"] == made.pk


def test_where_accounts_are_by_invitation_nobody_starts_one(cast: Cast, settings: object) -> None:
    settings.SIGNUP_OPEN = False  # type: ignore[attr-defined]
    answer = signed_in(cast.noor).post(reverse("organisation-new"), {"name": "Mine"})
    assert answer.status_code == 200 and b"started by the operator" in answer.content
    with viewing_as(cast.noor) as viewer:
        assert viewer.roles == {}


def test_an_owner_renames_it_and_cannot_shut_themselves_out(cast: Cast) -> None:
    page = reverse("organisation", args=[cast.harbor.public_id])
    olive = signed_in(cast.olive)
    words = {"name": "Harbor Clinic", "requires_second_factor": "on"}
    shut = olive.post(page, words)
    assert shut.status_code == 400 and b"shut yourself out" in shut.content
    builders.second_factor(cast.olive)
    assert olive.post(page, words).status_code == 303
    assert signed_in(cast.edgar).post(page, words).headers["Location"].startswith(reverse("second-factor"))
    assert signed_in(cast.vera).post(page, words).status_code == 404
    with viewing_as(cast.olive):
        cast.harbor.refresh_from_db()
    assert (cast.harbor.name, cast.harbor.requires_second_factor) == ("Harbor Clinic", True)


def test_the_page_of_members_asks_no_more_for_more_people(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    with viewing_as(cast.olive):
        for number in range(60):
            person = builders.person(f"Person{number}")
            Membership.objects.create(organisation=cast.harbor, person=person, role="viewer")
    olive = signed_in(cast.olive)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        assert olive.get(reverse("members", args=[cast.harbor.public_id])).status_code == 200


def test_a_token_of_a_member_dies_when_they_leave(cast: Cast) -> None:
    with viewing_as(cast.olive) as viewer:
        edgar = membership(cast, "edgar")
        organisations.change_role(viewer=viewer, membership=edgar, role="owner", actor=cast.olive)
    with viewing_as(cast.edgar) as viewer:
        tokens.make_token(
            once="token",
            viewer=viewer, organisation=cast.harbor, actor=cast.edgar, name="sync", scope="read", days=9,
            now=timezone.now(),
        )  # fmt: skip
        organisations.leave(viewer=viewer, organisation=cast.harbor, actor=cast.edgar)
    with viewing_as(cast.olive) as viewer:
        assert ApiToken.objects.visible_to(viewer).get().revoked_at is not None
