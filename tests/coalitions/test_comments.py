"""Comments: each audience reads what was said to it, by either wall; partners write by a right."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.actions import comments as acts
from requests_app.actions import joint_rights, share_board
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    AuditEntry,
    CoalitionMember,
    CommentAuthor,
    JointRight,
    PartnerComment,
    Person,
    PrivateComment,
    PublicComment,
    RecordsRequest,
    Share,
)
from requests_app.models.ids import public_id
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from requests_app.queries import comments as queries
from requests_app.queries.share_board import LEVELS
from tests import builders
from tests.accounts.scene import signed_in
from tests.shares.conftest import Scene, scene

__all__ = ["scene"]
pytestmark = pytest.mark.django_db
JSON = "application/json"
NOW = dt.datetime.now(dt.UTC)
TABLES = (PrivateComment, PartnerComment, PublicComment)


def say(
    scene: Scene,
    who: Person,
    to: Any = "partners",
    text: str = "We asked for the lists.",
    subject: Any = None,
) -> Any:
    with viewing_as(who) as viewer:
        return acts.say(
            viewer=viewer, subject=subject or scene.ours, audience=to, text=text, actor=who, once=public_id()
        )


def given(scene: Scene, subject: Any = None, **fields: Any) -> Share:
    """Prairie sees it, and may comment."""
    subject = subject or scene.campaign
    made = builders.share_with(scene.cast.olive, subject, scene.cast.prairie, **fields)
    key = scene.key(scene.cast.prairie)
    with viewing_as(scene.cast.olive) as viewer:
        joint_rights.grant_right(
            viewer=viewer, subject=subject, grantee=key, kind="comment", actor=scene.cast.olive, now=NOW
        )
    return made


def read(scene: Scene, who: Person | None, subject: Any = None) -> dict[str, list[tuple[str, str]]]:
    """Name and text, by audience; the policy and the walls must count the same."""
    subject = subject or scene.ours
    found: dict[str, list[tuple[str, str]]] = {}
    with viewing(PUBLIC) if who is None else viewing_as(who) as viewer:
        for table in TABLES:
            assert table.objects.count() == table.objects.visible_to(viewer).count(), table
        for audience in queries.audiences(viewer, subject):
            rows = queries.shown(viewer, subject, audience, queries.rows(viewer, subject, audience))
            found[audience] = [(one.name or one.known_as, one.text) for one in rows]
    return found


@pytest.mark.parametrize("by", ["request", "campaign"])
def test_each_audience_reads_what_was_said_to_it(scene: Scene, by: str) -> None:
    subject = scene.ours if by == "request" else scene.campaign
    say(scene, scene.cast.edgar, "private", "Between us.", subject)
    say(scene, scene.cast.edgar, "partners", "To partners.", subject)
    with pytest.raises(Refused, match="not published"):
        say(scene, scene.cast.olive, "public", "To all.", subject)
    builders.publish(scene.cast.olive, subject)
    builders.share_with(scene.cast.olive, subject, scene.cast.prairie)
    say(scene, scene.cast.olive, "public", "To all.", subject)
    whole = {
        "private": [("Harbor Rights Clinic", "Between us.")], "partners": [("Harbor Rights Clinic", "To partners.")],
        "public": [("Harbor Rights Clinic", "To all.")],
    }  # fmt: skip
    assert read(scene, scene.cast.vera, subject) == whole
    assert read(scene, scene.cast.ravi, subject) == {
        "partners": [("Harbor Rights Clinic", "To partners.")], "public": [("owner", "To all.")],
    }  # fmt: skip
    for who in (None, scene.cast.noor, scene.stan, scene.cast.omar):
        assert read(scene, who, subject) == {"public": [("owner", "To all.")]}
    with viewing_as(scene.cast.olive):
        Share.objects.update(revoked_at=dt.datetime.now(dt.UTC))
    for who in (None, scene.cast.ravi):
        with viewing(PUBLIC) if who is None else viewing_as(who):
            assert not any(table.objects.exists() for table in TABLES)


def test_a_partner_writes_by_a_right_and_is_known_by_the_name_partners_read(scene: Scene) -> None:
    builders.share_with(scene.cast.olive, scene.ours, scene.lake)
    builders.share_with(scene.cast.olive, scene.ours, scene.cast.prairie)
    with pytest.raises(Refused, match="You only read here"):
        say(scene, scene.cast.ravi)
    with viewing_as(scene.cast.olive):
        Share.objects.filter(grantee_id=scene.cast.prairie.pk).update(revoked_at=dt.datetime.now(dt.UTC))
    with pytest.raises(NotYours):
        say(scene, scene.cast.ravi)
    given(scene, scene.ours)
    say(scene, scene.cast.ravi, text="They told us the same.")
    with viewing_as(scene.cast.ravi):
        CoalitionMember.objects.filter(organisation=scene.cast.prairie).update(shown_as="PW")
    for who in (scene.cast.vera, scene.cast.noor):
        assert read(scene, who)["partners"] == [("PW", "They told us the same.")]
    assert read(scene, scene.cast.ravi)["partners"] == [("Prairie Watch", "They told us the same.")]
    with viewing_as(scene.cast.olive):
        assert not CommentAuthor.objects.exists(), "who it was, as a person, their own people know"
    for to in ("private", "public"):
        with pytest.raises(NotYours):
            say(scene, scene.cast.ravi, to)


def test_when_a_partner_leaves_the_owner_keeps_what_was_said(scene: Scene) -> None:
    given(scene)
    mine = say(scene, scene.cast.ravi)
    builders.share_with(scene.cast.olive, scene.ours, scene.lake)
    with viewing_as(scene.cast.ravi), connection.cursor() as cursor:
        stay = CoalitionMember.objects.live().get(organisation=scene.cast.prairie).pk
        cursor.execute("SELECT app_end_stay(%s)::text", [stay])
    assert read(scene, scene.cast.olive)["partners"] == [("Prairie Watch", mine.text)]
    assert len(read(scene, scene.cast.noor)["partners"]) == 1
    with pytest.raises(Refused, match="only read"):
        say(scene, scene.cast.ravi)


def test_a_guest_comments_in_person(scene: Scene) -> None:
    with viewing_as(scene.cast.olive) as viewer:
        guest = share_board.share_with_guest(
            viewer=viewer, subject=scene.ours, email=scene.stan.email, level=LEVELS["status"],
            until=NOW + dt.timedelta(days=9), actor=scene.cast.olive, now=NOW,
        )  # fmt: skip
        joint_rights.grant_right(
            viewer=viewer,
            subject=scene.ours,
            grantee=guest.key,
            kind="comment",
            actor=scene.cast.olive,
            now=NOW,
        )
    builders.share_with(scene.cast.olive, scene.ours, scene.cast.prairie)
    say(scene, scene.stan, text="As counsel.")
    assert read(scene, scene.cast.olive)["partners"] == [(scene.stan.email, "As counsel.")]
    assert read(scene, scene.cast.ravi)["partners"] == [("guest", "As counsel.")]


def test_changes_keep_what_was_said_and_a_withdrawn_one_is_gone_for_others(scene: Scene) -> None:
    given(scene)
    mine = say(scene, scene.cast.ravi, text="First.")

    def change(who: Person, text: str, version: int) -> Any:
        with viewing_as(who) as viewer:
            found = queries.thread(viewer, scene.ours, mine.thread)
            if found is None:
                raise NotYours
            return acts.change(
                viewer=viewer, subject=scene.ours, audience="partners", comment=found[1], text=text, actor=who,
                seen_version=version,
            )  # fmt: skip

    change(scene.cast.ravi, "Second.", 1)
    with pytest.raises(Refused, match="changed since"):
        change(scene.cast.ravi, "Third.", 1)
    for who in (scene.cast.olive, scene.cast.edgar):
        with pytest.raises(Refused, match="Only whoever said it"):
            change(who, "Not mine.", 2)
    with viewing_as(scene.cast.olive) as viewer:
        found = queries.thread(viewer, scene.ours, mine.thread)
        assert found is not None
        assert [one.text for one in queries.before(viewer, found[1])] == ["First."]
    assert [text for _who, text in read(scene, scene.cast.ravi)["partners"]] == ["Second."]
    with viewing_as(scene.cast.edgar) as viewer, pytest.raises(Refused, match="Only whoever said it"):
        acts.withdraw(
            viewer=viewer, subject=scene.ours, audience="partners", comment=found[1], actor=scene.cast.edgar
        )
    with viewing_as(scene.cast.ravi) as viewer:
        acts.withdraw(
            viewer=viewer, subject=scene.ours, audience="partners", comment=found[1], actor=scene.cast.ravi
        )
        with pytest.raises(Refused, match="withdrawn meanwhile"):
            acts.withdraw(
                viewer=viewer,
                subject=scene.ours,
                audience="partners",
                comment=found[1],
                actor=scene.cast.ravi,
            )
    assert read(scene, scene.cast.ravi)["partners"] == []
    assert len(read(scene, scene.cast.olive)["partners"]) == 1
    builders.share_with(scene.cast.olive, scene.ours, scene.lake)
    assert read(scene, scene.cast.noor)["partners"] == []


def test_who_asked_is_masked_in_what_others_read(scene: Scene) -> None:
    builders.publish(scene.cast.olive, scene.campaign)
    builders.share_with(scene.cast.olive, scene.campaign, scene.cast.prairie)
    words = f"Write to Edgar at {scene.cast.edgar.email}."
    for subject in (scene.ours, scene.campaign):
        say(scene, scene.cast.olive, "public", words, subject)
        say(scene, scene.cast.olive, "partners", words, subject)
        for who, audience in ((None, "public"), (scene.cast.ravi, "partners")):
            [(_name, text)] = read(scene, who, subject)[audience]
            assert "Edgar" not in text and scene.cast.edgar.email not in text
        assert read(scene, scene.cast.vera, subject)["partners"][0][1] == words


def test_a_request_held_back_takes_its_comments_along(scene: Scene) -> None:
    given(scene)
    say(scene, scene.cast.edgar)
    with viewing_as(scene.cast.olive):
        RecordsRequest.objects.filter(pk=scene.ours.pk).update(held_back=True)
    with viewing_as(scene.cast.ravi) as viewer:
        assert not PartnerComment.objects.exists() and not PartnerComment.objects.visible_to(viewer).exists()


def forge(who: Person, table: Any, **fields: Any) -> None:
    with viewing_as(who):
        table.objects.create(text="forged", **fields)
        connection.check_constraints()


def test_the_database_refuses_comments_in_anothers_name(scene: Scene) -> None:
    given(scene)
    with viewing_as(scene.cast.ravi):
        right = JointRight.objects.get()
    harbor, prairie = scene.cast.harbor, scene.cast.prairie
    base = {"organisation": harbor, "request": scene.ours}
    for who, table, fields in (
        (scene.cast.ravi, PartnerComment, {"said_by": harbor}),
        (scene.cast.ravi, PartnerComment, {"said_by": harbor, "right": right, "stay_id": right.stay_id}),
        (scene.cast.ravi, PartnerComment, {"said_by": prairie}),
        (scene.cast.noor, PartnerComment, {"said_by": scene.lake, "right": right}),
        (scene.cast.vera, PartnerComment, {"said_by": harbor}),
        (scene.cast.ravi, PrivateComment, {"author": scene.cast.ravi}),
        (scene.cast.edgar, PublicComment, {}),
        (scene.cast.olive, PublicComment, {}),
        (scene.cast.olive, PrivateComment, {"author": scene.cast.edgar}),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"):
            forge(who, table, **base, **fields)  # type: ignore[arg-type]
    with pytest.raises(ProgrammingError, match="row-level security"), viewing_as(scene.cast.ravi):
        CommentAuthor.objects.create(thread="x", person=scene.cast.olive, organisation=prairie)


def test_a_longer_page_of_comments_takes_no_more_queries(scene: Scene) -> None:
    given(scene)
    builders.share_with(scene.cast.olive, scene.ours, scene.lake)
    counted: dict[Person, list[int]] = {scene.cast.vera: [], scene.cast.noor: [], scene.cast.ravi: []}
    for n in range(2):
        for _more in range(1 + 3 * n):
            say(scene, scene.cast.ravi, text=f"{n}")
            say(scene, scene.cast.edgar, text=f"{n}")
        for who, found in counted.items():
            with viewing_as(who) as viewer, CaptureQueriesContext(connection) as asked:
                queries.shown(viewer, scene.ours, "partners", queries.rows(viewer, scene.ours, "partners"))
            found.append(len(asked))
    assert all(few == many for few, many in counted.values()), counted


def test_partners_talk_on_the_page_and_nobody_else_finds_it(scene: Scene) -> None:
    given(scene)
    here = f"/requests/{scene.ours.public_id}/comments/"
    ravi, noor, edgar = (signed_in(who) for who in (scene.cast.ravi, scene.cast.noor, scene.cast.edgar))
    anybody = Client()
    assert [who.get(here).status_code for who in (ravi, edgar, noor, anybody)] == [200, 200, 404, 404]
    assert [ravi.get(f"{here}?to={to}").status_code for to in ("partners", "public", "private")] == [
        200,
        200,
        404,
    ]
    once = public_id()
    for _twice in range(2):
        assert ravi.post(here, {"text": "They told us <b>so</b>.", "once": once}).status_code == 303
    assert ravi.post(here, {"text": " ", "once": once}).status_code == 400
    page = edgar.get(here).content.decode()
    assert (
        page.count("They told us &lt;b&gt;so&lt;/b&gt;.") == 1
        and "Prairie Watch" in page
        and "Ravi" not in page
    )
    assert "Ravi" in ravi.get(here).content.decode()
    with viewing_as(scene.cast.ravi):
        thread = PartnerComment.objects.get().thread
    one = f"{here}{thread}/"
    assert [who.get(one).status_code for who in (ravi, noor, anybody)] == [200, 404, 404]
    assert edgar.post(one, {"act": "withdraw"}).status_code in (403, 404)
    assert ravi.post(one, {"text": "They told us twice.", "seen_version": 1}).status_code == 303
    assert ravi.post(one, {"text": "Late.", "seen_version": 1}).status_code == 409
    assert (
        "They told us <b>" not in edgar.get(one).content.decode()
        and "history" in edgar.get(one).content.decode()
    )
    assert signed_in(scene.cast.olive).post(one, {"act": "withdraw"}).status_code == 303
    assert "Withdrawn." in edgar.get(here).content.decode() and "twice" not in ravi.get(here).content.decode()
    with viewing_as(scene.cast.olive):
        assert AuditEntry.objects.filter(act="comment.withdrawn").count() == 1


@pytest.mark.parametrize("kind", ["request", "campaign"])
def test_programs_comment_by_audience(scene: Scene, kind: str) -> None:
    given(scene)
    subject = scene.ours if kind == "request" else scene.campaign
    here = f"/api/v1/{kind}s/{subject.public_id}/comments/"
    ravi, vera, noor = (signed_in(who) for who in (scene.cast.ravi, scene.cast.vera, scene.cast.noor))
    words = {"audience": "partners", "text": "The same letter."}
    made = ravi.post(here, words, content_type=JSON)
    assert made.status_code == 201 and made.json()["person"] == "Ravi", made.content
    [row] = vera.get(here).json()["items"]
    assert (row["name"], row["by"], row["person"], row["text"]) == (
        "Prairie Watch",
        "partner",
        "",
        "The same letter.",
    )
    assert vera.post(here, words, content_type=JSON).status_code == 403
    assert [ravi.get(f"{here}?audience={to}").status_code for to in ("private", "public")] == [404, 200]
    for method, address in (("get", here), ("post", here), ("delete", f"{here}{row['id']}/")):
        answer = getattr(noor, method)(address, words if method == "post" else "", content_type=JSON)
        assert answer.status_code == (404 if method != "get" else noor.get(here).status_code) == 404
    changed = ravi.patch(f"{here}{row['id']}/", {"text": "Another.", "seen_version": 1}, content_type=JSON)
    assert changed.json()["version"] == 2, changed.content
    assert vera.delete(f"{here}{row['id']}/", "", content_type=JSON).status_code == 403
    assert ravi.delete(f"{here}{row['id']}/", "", content_type=JSON).json() == {"done": True}
    assert ravi.get(here).json()["items"] == [] and vera.get(here).json()["items"][0]["text"] is None
