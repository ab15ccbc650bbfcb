"""What is privileged reaches owners, its author and who is named; no share, no program, by either wall."""

from __future__ import annotations

import datetime as dt
import hashlib
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError

from requests_app.actions import comments as acts
from requests_app.actions import privilege
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import ApiToken, CircleMember, Membership, Person, PrivateComment, PrivilegedCircle
from requests_app.models.ids import public_id
from requests_app.models.visibility import (
    PUBLIC,
    AsIf,
    look_by_token,
    looking_as_if,
    organisation_viewer,
    viewing,
    viewing_as,
)
from requests_app.queries import comments as queries
from requests_app.queries.archives import rows_of
from tests import builders
from tests.accounts.scene import signed_in
from tests.shares.conftest import Scene, scene

__all__ = ["scene"]
pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


def circle(
    scene: Scene, *people: Person, kind: str = "counsel", agreed_on: dt.date | None = None
) -> PrivilegedCircle:
    with viewing_as(scene.cast.olive) as viewer:
        made = privilege.make_circle(
            viewer=viewer, organisation=scene.cast.harbor, kind=kind, name=f"{kind} {public_id()}",
            agreed_on=agreed_on, actor=scene.cast.olive, today=TODAY,
        )  # fmt: skip
        for one in people:
            privilege.name_in_circle(viewer=viewer, circle=made, email=one.email, actor=scene.cast.olive)
    return made


def write(
    scene: Scene, who: Person, to: PrivilegedCircle | None = None, text: str = "Weigh the suit."
) -> PrivateComment:
    with viewing_as(who) as viewer:
        return acts.say(  # type: ignore[return-value]
            viewer=viewer, subject=scene.ours, audience="private", text=text, actor=who, once=public_id(),
            privileged=True, circle=to.public_id if to else "",
        )  # fmt: skip


def sees(look: AbstractContextManager[Any]) -> bool:
    """By the wall; the policy must say the same."""
    with look as viewer:
        by_wall = PrivateComment.objects.exists()
        assert by_wall is PrivateComment.objects.visible_to(viewer).exists()
        return by_wall


def test_it_reaches_owners_its_author_and_who_is_named(scene: Scene) -> None:
    mine = write(scene, scene.cast.edgar, circle(scene, scene.stan))
    assert sees(viewing_as(scene.cast.olive)) and sees(viewing_as(scene.cast.edgar))
    assert sees(viewing_as(scene.stan)), "counsel, by a confirmed address"
    assert not sees(viewing_as(scene.cast.vera)), "a member who is not named does not"
    for level in ({}, {"correspondence": True, "documents": True}, {"everything": True}):
        share = builders.share_with(scene.cast.olive, scene.ours, scene.cast.prairie, **level)
        assert not sees(viewing_as(scene.cast.ravi))
        with viewing_as(scene.cast.olive):
            type(share).objects.filter(pk=share.pk).update(revoked_at=dt.datetime.now(dt.UTC))
    builders.publish(scene.cast.olive, scene.campaign)
    for who in (viewing(PUBLIC), viewing_as(scene.cast.noor), viewing_as(scene.cast.omar)):
        assert not sees(who)
    with viewing_as(scene.stan) as viewer:
        assert queries.audiences(viewer, scene.ours) == ["private", "public"]
        [told] = queries.shown(viewer, scene.ours, "private", queries.rows(viewer, scene.ours, "private"))
        assert (told.text, told.person, told.mine, told.may_end) == (mine.text, "", False, False)


def test_a_member_who_is_named_reads_it_until_that_ends_or_they_leave(scene: Scene) -> None:
    group = circle(scene, scene.cast.vera, kind="common_interest", agreed_on=TODAY)
    write(scene, scene.cast.olive, group)
    assert sees(viewing_as(scene.cast.vera)) and not sees(viewing_as(scene.cast.edgar))
    with viewing_as(scene.cast.olive) as viewer:
        named = CircleMember.objects.select_related("circle__organisation").get()
        privilege.end_in_circle(viewer=viewer, member=named, actor=scene.cast.olive)
        with pytest.raises(Refused, match="not named"):
            privilege.end_in_circle(viewer=viewer, member=named, actor=scene.cast.olive)
    assert not sees(viewing_as(scene.cast.vera))
    with viewing_as(scene.cast.olive) as viewer:
        privilege.name_in_circle(
            viewer=viewer, circle=group, email=scene.cast.vera.email, actor=scene.cast.olive
        )
        Membership.objects.filter(person=scene.cast.vera).update(ended_at=dt.datetime.now(dt.UTC))
    assert not sees(viewing_as(scene.cast.vera))


def test_no_program_reads_or_writes_it(scene: Scene) -> None:
    write(scene, scene.cast.olive, circle(scene, scene.cast.olive))
    secret = b"a secret of Olive's"
    with viewing_as(scene.cast.olive):
        ApiToken.objects.create(
            organisation=scene.cast.harbor, person=scene.cast.olive, name="t", start="s", scope="write",
            digest=hashlib.sha256(secret).digest(), expires_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=9),
        )  # fmt: skip
    with viewing(PUBLIC):
        found = look_by_token(hashlib.sha256(secret).digest())
        assert found is not None
        assert not PrivateComment.objects.exists()
        assert not PrivateComment.objects.visible_to(found[0]).exists()
        with pytest.raises(Refused, match="Programs neither"):
            acts.say(
                viewer=found[0], subject=scene.ours, audience="private", text="x", actor=scene.cast.olive,
                once=public_id(), privileged=True,
            )  # fmt: skip


def test_whoever_an_owner_imagines_reads_none(scene: Scene) -> None:
    builders.share_with(scene.cast.olive, scene.ours, scene.cast.prairie, everything=True)
    write(scene, scene.cast.olive)
    with viewing_as(scene.cast.olive) as owner:
        home = scene.cast.harbor.pk
        with looking_as_if(owner, home, AsIf(home, "organisation", scene.cast.prairie.pk)) as viewer:
            assert (
                not PrivateComment.objects.exists() and not PrivateComment.objects.visible_to(viewer).exists()
            )


def test_it_is_in_the_full_copy_of_its_own_organization_and_of_no_other(scene: Scene) -> None:
    write(scene, scene.cast.edgar, circle(scene, scene.cast.ravi))
    for home, n in ((scene.cast.harbor, 1), (scene.cast.prairie, 0)):
        with viewing(organisation_viewer(home.pk)) as viewer:
            assert len(list(rows_of(PrivateComment, viewer, home.pk))) == n


def test_a_change_of_it_stays_privileged(scene: Scene) -> None:
    mine = write(scene, scene.cast.edgar)
    with viewing_as(scene.cast.edgar) as viewer:
        acts.change(
            viewer=viewer, subject=scene.ours, audience="private", comment=mine, text="Wait.", actor=scene.cast.edgar,
            seen_version=1,
        )  # fmt: skip
    assert not sees(viewing_as(scene.cast.vera))


def test_only_private_words_are_privileged_and_only_owners_name_readers(scene: Scene) -> None:
    group = circle(scene)
    with viewing_as(scene.cast.olive) as viewer:
        for audience, given, sentence in (
            ("partners", {"privileged": True}, "not privileged"),
            ("private", {"circle": group.public_id}, "Only a privileged comment"),
            ("private", {"privileged": True, "circle": "another00000"}, "Choose counsel"),
        ):
            with pytest.raises(Refused, match=sentence):
                acts.say(
                    viewer=viewer, subject=scene.ours, audience=audience, text="x", actor=scene.cast.olive,
                    once=public_id(), **given,
                )  # type: ignore[arg-type]  # fmt: skip
        with pytest.raises(Refused, match="agreed"):
            privilege.make_circle(
                viewer=viewer, organisation=scene.cast.harbor, kind="common_interest", name="G", agreed_on=None,
                actor=scene.cast.olive, today=TODAY,
            )  # fmt: skip
    for who, error in ((scene.cast.edgar, Refused), (scene.cast.ravi, NotYours)):
        with viewing_as(who) as viewer, pytest.raises(error):
            privilege.name_in_circle(viewer=viewer, circle=group, email="a@example.org", actor=who)


def forge(who: Person, table: Any, **fields: Any) -> None:
    with viewing_as(who):
        table.objects.create(**fields)
        connection.check_constraints()


def test_the_database_names_nobody_for_anothers_circle(scene: Scene) -> None:
    group = circle(scene)
    for who, home in (
        (scene.cast.edgar, scene.cast.harbor),
        (scene.cast.ravi, scene.cast.harbor),
        (scene.cast.ravi, scene.cast.prairie),
    ):
        with pytest.raises((ProgrammingError, IntegrityError)):
            forge(who, CircleMember, organisation=home, circle=group, person=who)
    with pytest.raises((ProgrammingError, IntegrityError)):
        forge(scene.cast.ravi, PrivilegedCircle, organisation=scene.cast.harbor, kind="counsel", name="mine")


def test_owners_name_counsel_on_the_page_and_a_comment_goes_to_them(scene: Scene) -> None:
    olive, edgar, stan = (signed_in(who) for who in (scene.cast.olive, scene.cast.edgar, scene.stan))
    assert (
        olive.post("/privilege/", {"step": "make", "kind": "common_interest", "name": "Suits"}).status_code
        == 400
    )
    made = {"step": "make", "kind": "counsel", "name": "Counsel", "agreed_on": ""}
    assert olive.post("/privilege/", made).status_code == 302
    with viewing_as(scene.cast.olive):
        group = PrivilegedCircle.objects.get()
    name = {"step": "name", "circle": group.public_id, "email": scene.stan.email}
    assert edgar.post("/privilege/", name).status_code == 404
    assert olive.post("/privilege/", name).status_code == 302
    assert olive.post("/privilege/", name).status_code == 409
    assert scene.stan.email in edgar.get("/privilege/").content.decode()
    here = f"/requests/{scene.ours.public_id}/comments/"
    words = {"text": "Weigh the suit.", "once": public_id(), "privileged": "on", "circle": group.public_id}
    assert edgar.post(f"{here}?to=private", words).status_code == 303
    assert "Weigh the suit." in olive.get(f"{here}?to=private").content.decode()
    assert "Weigh the suit." not in signed_in(scene.cast.vera).get(f"{here}?to=private").content.decode()
    assert stan.get(here).status_code == 404, "being named shows no request"
    builders.share_with(scene.cast.olive, scene.ours, scene.stan)
    page = stan.get(f"{here}?to=private").content.decode()
    assert "Weigh the suit." in page and "Edgar" not in page and "<textarea" not in page


def test_programs_read_who_is_named_and_people_name_them(scene: Scene) -> None:
    olive = signed_in(scene.cast.olive)
    here = f"/api/v1/organisations/{scene.cast.harbor.public_id}/circles/"
    made = olive.post(here, {"kind": "counsel", "name": "Counsel"}, content_type="application/json")
    assert made.status_code == 201, made.content
    [row] = made.json()["items"]
    members = f"{here}{row['id']}/members/"
    named = olive.post(members, {"email": scene.stan.email}, content_type="application/json")
    [one] = named.json()["items"][0]["members"]
    assert (one["name"], one["outside"]) == (scene.stan.email, True)
    assert signed_in(scene.cast.ravi).get(here).status_code == 404
    assert (
        signed_in(scene.cast.edgar)
        .delete(f"{members}{one['id']}/", "", content_type="application/json")
        .status_code
        == 403
    )
    assert (
        olive.delete(f"{members}{one['id']}/", "", content_type="application/json").json()["items"][0][
            "members"
        ]
        == []
    )
