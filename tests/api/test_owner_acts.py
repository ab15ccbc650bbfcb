"""What owners decide is done by a program of a person who just proved who they are: by nobody else, and by no token."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from requests_app.actions import organisations
from requests_app.actions.invitations import hash_of
from requests_app.models import (
    ApiToken,
    Archive,
    AuditEntry,
    Invitation,
    Membership,
    Organisation,
    Person,
    RequestPrivate,
)
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.accounts.scene import invited, signed_in

from .conftest import Program, token_of

pytestmark = pytest.mark.django_db


class Caller(Program):
    """A program in a person's browser, or with a token."""

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return getattr(self.client, method)(
            f"/api/v1{path}", body or {}, content_type="application/json", headers={**self.headers, **headers}
        )


@dataclass
class Scene:
    cast: builders.Cast
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def here(self) -> str:
        return f"/organisations/{self.cast.harbor.public_id}"


@dataclass(frozen=True)
class Act:
    method: str
    path: str
    body: Callable[[Scene], Any]
    audited: str
    status: int = 200


def nothing(_scene: Scene) -> None:
    return None


ACTS = {
    "rename": Act("patch", "/", lambda s: {"name": "Harbor Clinic"}, "organisation.renamed"),
    "policy": Act("patch", "/", lambda s: {"requires_second_factor": True}, "organisation.second_factor"),
    "role": Act(
        "post", "/members/role/",
        lambda s: {"member": s.cast.vera.email, "role": "editor", "seen_role": "viewer"}, "member.role_changed",
    ),
    "removal": Act(
        "post", "/members/removal/", lambda s: {"member": s.cast.vera.email, "successor": s.cast.edgar.email},
        "member.ended",
    ),
    "ownership": Act(
        "post", "/ownership/", lambda s: {"member": s.cast.edgar.email, "then": "editor"}, "member.role_changed"
    ),
    "invite": Act(
        "post", "/invitations/", lambda s: {"email": "new@invited.example", "role": "viewer"}, "invitation.sent", 201
    ),
    "resend": Act("post", "/invitations/{invitation}/resend/", nothing, "invitation.resent"),
    "withdraw": Act("delete", "/invitations/{invitation}/", nothing, "invitation.revoked"),
    "revoke": Act("delete", "/tokens/{token}/", nothing, "token.revoked"),
    "archive": Act("post", "/archives/", nothing, "archive.asked", 201),
}  # fmt: skip
every_act = pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)


@pytest.fixture
def scene(cast: builders.Cast) -> Scene:
    builders.second_factor(cast.olive)
    token, _secret = token_of(cast.olive, cast.harbor)
    invitation, _link = invited(cast.olive, cast.harbor, "ruth@invited.example", "editor", timezone.now())
    request = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    with viewing_as(cast.olive):
        RequestPrivate.objects.filter(request=request).update(assignee=cast.vera)
    return Scene(cast, {"token": token.public_id, "invitation": invitation.public_id})


def person(of: Person, *, fresh: bool = True) -> Caller:
    return Caller(client=signed_in(of, fresh=fresh))


def done(scene: Scene, who: Caller, act: Act, **headers: str) -> Any:
    path = scene.here + act.path.format(**scene.ids)
    return who.ask(act.method, path, act.body(scene), **headers)


def state(scene: Scene) -> list[Any]:
    """Everything that an owner's act could change, as an owner who stays sees it."""
    with viewing_as(scene.cast.olive):
        return [
            list(Organisation.objects.order_by("pk").values("pk", "name", "requires_second_factor")),
            list(Membership.objects.order_by("pk").values("pk", "role", "ended_at")),
            list(Invitation.objects.order_by("pk").values("pk", "turn", "revoked_at")),
            list(ApiToken.objects.order_by("pk").values("pk", "revoked_at")),
            list(Archive.objects.order_by("pk").values("pk", "state")),
            list(RequestPrivate.objects.order_by("pk").values("pk", "assignee")),
            list(Person.objects.order_by("pk").values("pk", "session_turn")),
            AuditEntry.objects.count(),
        ]


def lines(scene: Scene, act: str) -> int:
    # After a transfer Olive reads the audit no more: whoever owns now is asked.
    with viewing_as(scene.cast.olive) as viewer:
        if viewer.may_own(scene.cast.harbor.pk):
            return int(AuditEntry.objects.filter(act=act).count())
    with viewing_as(scene.cast.edgar):
        return int(AuditEntry.objects.filter(act=act).count())


@every_act
def test_an_owner_who_just_proved_it_does_it_once_and_leaves_a_line(scene: Scene, act: Act) -> None:
    before, lines_before = state(scene), lines(scene, act.audited)
    olive, key = person(scene.cast.olive), {"Idempotency-Key": "act-of-olive"}
    answer = done(scene, olive, act, **key)
    assert answer.status_code == act.status, answer.json()
    assert state(scene) != before
    after, written = state(scene), lines(scene, act.audited)
    assert written > lines_before
    again = done(scene, olive, act, **key)
    # Who handed the organization on may no longer be told what only its owners are.
    if act is not ACTS["ownership"]:
        assert (again.status_code, again.json()) == (answer.status_code, answer.json())
    assert state(scene) == after
    assert lines(scene, act.audited) == written


@every_act
def test_an_old_sign_in_does_not_do_and_is_told_where_to_prove_it(scene: Scene, act: Act) -> None:
    before = state(scene)
    answer = done(scene, person(scene.cast.olive, fresh=False), act)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (403, "fresh_proof_needed")
    assert "http://testserver/accounts/reauthenticate/" in told["detail"]
    assert state(scene) == before


@every_act
@pytest.mark.parametrize("who", ["edgar", "vera"])
def test_a_member_who_does_not_own_it_is_told_who_may(scene: Scene, act: Act, who: str) -> None:
    before = state(scene)
    answer = done(scene, person(getattr(scene.cast, who)), act)
    assert (answer.status_code, answer.json()["code"]) == (403, "owners_only")
    assert state(scene) == before


@every_act
@pytest.mark.parametrize("who", ["ravi", "noor", "omar"])
def test_to_a_stranger_the_organization_is_not_there(scene: Scene, act: Act, who: str) -> None:
    before = state(scene)
    answer = done(scene, person(getattr(scene.cast, who)), act)
    nowhere = Scene(scene.cast, scene.ids)
    missing = person(getattr(scene.cast, who)).ask(
        act.method, f"/organisations/zzzzzzzzzzzz{act.path.format(**nowhere.ids)}", act.body(scene)
    )
    assert answer.status_code == missing.status_code == 404
    assert answer.json() == missing.json()
    assert state(scene) == before


@every_act
@pytest.mark.parametrize("scope", ["read", "write"])
def test_a_token_of_an_owner_never_does_it(scene: Scene, act: Act, scope: str) -> None:
    caller = Caller(token_of(scene.cast.olive, scene.cast.harbor, scope)[1], signed_in(scene.cast.olive))
    before = state(scene)
    answer = done(scene, caller, act)
    assert (answer.status_code, answer.json()["code"]) == (
        403, "people_only" if scope == "write" else "read_only",
    )  # fmt: skip
    assert answer.json()["detail"]
    assert state(scene) == before


@every_act
def test_nobody_known_does_nothing(scene: Scene, act: Act) -> None:
    before = state(scene)
    assert done(scene, Caller(), act).status_code == 401
    assert state(scene) == before


@every_act
def test_the_session_of_a_browser_needs_its_csrf_token(scene: Scene, act: Act) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(scene.cast.olive).cookies
    before = state(scene)
    assert done(scene, Caller(client=client), act).status_code == 403
    assert state(scene) == before


@every_act
def test_an_owner_who_owes_a_second_factor_is_told_so(scene: Scene, act: Act) -> None:
    with viewing_as(scene.cast.olive):
        Membership.objects.filter(person=scene.cast.edgar).update(role="owner")
        Organisation.objects.filter(pk=scene.cast.harbor.pk).update(requires_second_factor=True)
    before = state(scene)
    answer = done(scene, person(scene.cast.edgar), act)
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_needed")
    assert state(scene) == before


def test_leaving_is_everybodys_own_and_asks_for_the_same_proof(scene: Scene) -> None:
    path = f"{scene.here}/leave/"
    before = state(scene)
    for who, status, code in (
        (person(scene.cast.edgar, fresh=False), 403, "fresh_proof_needed"),
        (Caller(token_of(scene.cast.olive, scene.cast.harbor, "write")[1]), 403, "people_only"),
        (person(scene.cast.ravi), 404, "not_found"),
        (person(scene.cast.olive), 400, "last_owner"),
    ):
        answer = who.ask("post", path)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert state(scene)[1] == before[1]
    edgar = person(scene.cast.edgar)
    assert edgar.ask("post", path, None, **{"Idempotency-Key": "edgar-leaves"}).json() == {"done": True}
    assert lines(scene, "member.left") == 1
    assert edgar.get(f"{scene.here}/").status_code == 404


def test_a_role_that_changed_meanwhile_is_told_and_not_overwritten(scene: Scene) -> None:
    before = state(scene)
    words = {"member": scene.cast.vera.email, "role": "owner", "seen_role": "editor"}
    answer = person(scene.cast.olive).ask("post", f"{scene.here}/members/role/", words)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert "it was editor and is viewer" in answer.json()["detail"]
    assert state(scene) == before


@pytest.mark.parametrize("path", ["members/role", "members/removal"])
def test_an_owner_acts_on_others_here(scene: Scene, path: str) -> None:
    olive, before = person(scene.cast.olive), state(scene)
    more = {"role": "viewer", "seen_role": "owner"} if path.endswith("role") else {}
    for email, code in ((scene.cast.olive.email, "yourself"), (scene.cast.ravi.email, "not_a_member")):
        answer = olive.ask("post", f"{scene.here}/{path}/", {"member": email, **more})
        assert (answer.status_code, answer.json()["code"]) == (400, code)
        assert answer.json()["errors"][0]["field"] == "member"
    assert state(scene) == before


def test_who_is_removed_hands_their_requests_to_the_successor(scene: Scene) -> None:
    answer = done(scene, person(scene.cast.olive), ACTS["removal"])
    assert answer.json() == {"requests": 1}
    with viewing_as(scene.cast.olive):
        assert RequestPrivate.objects.get().assignee == scene.cast.edgar


def test_owners_read_what_only_owners_read(scene: Scene) -> None:
    olive, writer = (
        person(scene.cast.olive, fresh=False),
        Caller(token_of(scene.cast.olive, scene.cast.harbor, "write")[1]),
    )
    made = done(scene, person(scene.cast.olive), ACTS["archive"]).json()
    for path in ("invitations", "audit", "tokens", "archives", f"archives/{made['id']}"):
        assert olive.get(f"{scene.here}/{path}/").status_code == 200, path
        for other in (writer, person(scene.cast.edgar), person(scene.cast.vera), person(scene.cast.ravi)):
            assert other.get(f"{scene.here}/{path}/").status_code == 404, path
        assert Caller().get(f"{scene.here}/{path}/").status_code == 401, path


def test_no_list_tells_what_opens_something(scene: Scene) -> None:
    olive = person(scene.cast.olive)
    with viewing_as(scene.cast.olive):
        digest = bytes(ApiToken.objects.get().digest).hex()
        link = Invitation.objects.get().token_hash
    said = "".join(
        olive.get(f"{scene.here}/{path}/").content.decode() for path in ("tokens", "invitations", "audit")
    )
    assert digest not in said and link not in said
    assert hash_of(scene.ids["invitation"]) not in said
    token, asked = (
        olive.get(f"{scene.here}/{path}/").json()["items"][0] for path in ("tokens", "invitations")
    )
    assert (token["id"], token["state"], token["by"]) == (scene.ids["token"], "live", scene.cast.olive.email)
    assert (asked["id"], asked["email"], asked["role"]) == (
        scene.ids["invitation"],
        "ruth@invited.example",
        "editor",
    )


def test_the_audit_is_filtered_and_names_people_by_their_addresses(scene: Scene) -> None:
    olive = person(scene.cast.olive)
    done(scene, olive, ACTS["removal"])
    path = f"{scene.here}/audit/"
    [ended] = olive.get(f"{path}?act=member.ended").json()["items"]
    assert (ended["actor"], ended["person"], ended["successor"]) == (
        scene.cast.olive.email, scene.cast.vera.email, scene.cast.edgar.email,
    )  # fmt: skip
    assert (ended["subject_kind"], ended["subject"]) == ("organisation", scene.cast.harbor.public_id)
    assert ended["detail"] == {"requests": "1"}
    [sent] = olive.get(f"{path}?act=invitation.sent&actor={scene.cast.olive.email}").json()["items"]
    assert sent["subject_name"] == "ruth@invited.example"
    assert olive.get(f"{path}?actor={scene.cast.edgar.email}").json()["items"] == []
    unknown = olive.get(f"{path}?actor={scene.cast.ravi.email}")
    assert (unknown.status_code, unknown.json()["code"]) == (400, "not_a_member")
    later = (timezone.now() + dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert olive.get(f"{path}?since={later}").json()["items"] == []
    whole = olive.get(f"{path}?until={later}").json()["items"]
    walked, here = [], f"{path}?until={later}&limit=1"
    while here:
        page = olive.get(here.removeprefix("http://testserver/api/v1")).json()
        walked += page["items"]
        here = page["next"]
    assert walked == whole
    assert len(whole) >= 3


def test_a_list_of_lines_costs_the_same_however_long(
    scene: Scene, django_assert_max_num_queries: Any
) -> None:
    olive = person(scene.cast.olive)
    with viewing_as(scene.cast.olive) as viewer:
        for name in range(12):
            organisations.change_organisation(
                viewer=viewer, organisation=scene.cast.harbor, name=f"Harbor {name}", requires_second_factor=False,
                actor=scene.cast.olive,
            )  # fmt: skip
    for path in ("audit", "tokens", "invitations", "archives", "requesters"):
        with django_assert_max_num_queries(16):
            assert olive.get(f"{scene.here}/{path}/").status_code == 200


def test_a_full_copy_is_asked_for_once_and_its_state_read(scene: Scene) -> None:
    olive = person(scene.cast.olive)
    made = done(scene, olive, ACTS["archive"]).json()
    assert (made["state"], made["size"], made["sha256"], made["by"]) == (
        "waiting",
        None,
        None,
        scene.cast.olive.email,
    )
    second = done(scene, olive, ACTS["archive"])
    assert (second.status_code, second.json()["code"]) == (409, "one_at_a_time")
    assert olive.get(f"{scene.here}/archives/{made['id']}/").json() == made
    assert olive.get(f"{scene.here}/archives/").json()["items"] == [made]


def test_requesters_are_editors_work_by_token_too(scene: Scene) -> None:
    writer = Caller(token_of(scene.cast.olive, scene.cast.harbor, "write")[1])
    path = f"{scene.here}/requesters/"
    proxy = {"state": "us-tn", "standing": "citizen", "name": "Ida Wells"}
    first = writer.ask("post", path, {"name": "Ruth Vega", "residency": "us-il", "proxies": [proxy]})
    assert first.status_code == 201, first.json()
    row = first.json()
    assert (row["default"], row["version"], row["proxies"][0]["name"]) == (True, 1, "Ida Wells")
    one = f"{path}{row['id']}/"
    changed = writer.ask("patch", one, {"phone": "555 0100", "seen_version": 1}).json()
    assert changed == {**row, "phone": "555 0100", "version": 2}
    stale = writer.ask("patch", one, {"phone": "555 0199", "seen_version": 1})
    told = stale.json()
    assert (stale.status_code, told["seen_version"], told["current_version"], told["current"]) == (
        409,
        1,
        2,
        changed,
    )
    assert writer.get(one).json() == changed
    vera = person(scene.cast.vera)
    assert vera.get(one).json() == changed
    assert vera.ask("patch", one, {"phone": "1", "seen_version": 2}).json()["code"] == "editors_only"
    assert vera.ask("delete", one).status_code == 403
    assert person(scene.cast.ravi).get(one).status_code == 404
    assert writer.ask("delete", one).json() == {"done": True}
    assert writer.get(one).status_code == 404
    assert lines(scene, "requester.retired") == 1
