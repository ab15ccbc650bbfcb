"""Tasks asked of partners: who reads which words, who answers, and what is left when they end."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from requests_app.actions import joint_rights, proposals
from requests_app.actions import partner_tasks as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    AuditEntry,
    CoalitionMember,
    PartnerTask,
    PartnerTaskTaken,
    Person,
    RecordsRequest,
    Share,
)
from requests_app.models.visibility import PUBLIC, AsIf, looking_as_if, viewing, viewing_as
from requests_app.queries import coalitions, today
from requests_app.queries import partner_tasks as queries
from requests_app.queries import proposals as proposal_queries
from tests import builders
from tests.accounts.scene import signed_in
from tests.shares.conftest import Scene, scene

__all__ = ["scene"]
pytestmark = pytest.mark.django_db
JSON = "application/json"
NOW = dt.datetime.now(dt.UTC)
TODAY = NOW.date()


def share(scene: Scene, **fields: Any) -> Share:
    return builders.share_with(scene.cast.olive, scene.ours, scene.cast.prairie, **fields)


def ask(scene: Scene, by: Person | None = None, **given: Any) -> PartnerTask:
    who = by or scene.cast.olive
    words: dict[str, Any] = {
        "records_request": scene.ours, "partner": scene.key(scene.cast.prairie), "title": "Call the clerk",
        "once": "an-ask", "today": TODAY, "now": NOW,
    }  # fmt: skip
    with viewing_as(who) as viewer:
        return acts.ask(viewer=viewer, actor=who, **words | given)


def answer(who: Person, task: PartnerTask, act: str, **given: Any) -> None:
    with viewing_as(who) as viewer:
        found = queries.one(viewer, task.public_id)
        if found is None:
            raise NotYours
        getattr(acts, act)(viewer=viewer, task=found.task, **given)


def reads(who: Person | None, task: PartnerTask) -> bool:
    """By the policy and by the wall: both must say the same."""
    with viewing_as(who) if who else viewing(PUBLIC) as viewer:
        by_policy = PartnerTask.objects.visible_to(viewer).filter(pk=task.pk).exists()
        assert by_policy is PartnerTask.objects.filter(pk=task.pk).exists()
        return by_policy


def state(scene: Scene, task: PartnerTask) -> str:
    """As who asked reads it, once the acts before are done."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with viewing_as(scene.cast.olive):
        return PartnerTask.objects.get(pk=task.pk).state


def revoke(scene: Scene, given: Share) -> None:
    with viewing_as(scene.cast.olive):
        Share.objects.filter(pk=given.pk).update(revoked_at=NOW)


def test_a_partner_that_is_shown_the_request_is_asked_and_reads_it(scene: Scene) -> None:
    with pytest.raises(Refused, match="is shown this request"):
        ask(scene)
    share(scene)
    task = ask(scene, due_on=TODAY, note="Ask for her by name.")
    for who in (scene.cast.olive, scene.cast.edgar, scene.cast.vera, scene.cast.ravi):
        assert reads(who, task)
    for stranger in (scene.cast.noor, scene.stan, scene.cast.omar, None):
        assert not reads(stranger, task)
    assert ask(scene).pk == task.pk
    with viewing_as(scene.cast.olive):
        entry = AuditEntry.objects.get(act="task.asked")
        assert entry.detail == {"task": task.public_id}


def test_who_asks_edits_the_request_and_asks_a_partner_that_is_there(scene: Scene) -> None:
    share(scene)
    for who, code in (
        (scene.cast.vera, "editors_only"),
        (scene.cast.ravi, "not_found"),
        (scene.stan, "not_found"),
    ):
        with pytest.raises(Refused) as refused:
            ask(scene, who, partner=scene.key(scene.cast.prairie))
        assert refused.value.code == code
    for given, field in (
        ({"title": " "}, "title"), ({"title": "x" * 201}, "title"), ({"note": "x" * 2001}, "note"),
        ({"due_on": TODAY - dt.timedelta(days=1)}, "due_on"), ({"partner": "o-000000000000"}, "partner"),
        ({"partner": scene.key(scene.lake)}, "partner"), ({"partner": scene.key(scene.cast.harbor)}, "partner"),
        ({"partner": "public"}, "partner"), ({"partner": scene.tier(1)}, "partner"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            ask(scene, **given)
        assert refused.value.field == field, given
    assert ask(scene, scene.cast.edgar).state == "asked"


def test_what_the_partner_reads_of_it_names_nobody_who_asked(scene: Scene) -> None:
    share(scene)
    Person.objects.filter(pk=scene.cast.olive.pk).update(name="Olive Ostrander")
    task = ask(scene, title="Call the clerk for Olive Ostrander", note="Olive Ostrander knows her.")
    with viewing_as(scene.cast.ravi) as viewer:
        told = queries.one(viewer, task.public_id)
        assert told is not None and "Ostrander" not in told.title + told.note
        assert told.asked_by == scene.cast.harbor.name and told.partner == scene.cast.prairie.name
    with viewing_as(scene.cast.olive) as viewer:
        told = queries.one(viewer, task.public_id)
        assert told is not None and "Ostrander" in told.title


def test_who_of_the_partner_does_it_stays_with_the_partner(scene: Scene) -> None:
    share(scene)
    task = ask(scene)
    ravi = scene.cast.ravi
    with pytest.raises(Refused, match="belongs to your organization"):
        answer(ravi, task, "accept", person=scene.cast.olive.pk)
    answer(ravi, task, "accept", person=ravi.pk)
    assert state(scene, task) == "accepted"
    with viewing_as(ravi) as viewer:
        assert queries.one(viewer, task.public_id).person_id == ravi.pk  # type: ignore[union-attr]
        assert PartnerTaskTaken.objects.get().person_id == ravi.pk
    with viewing_as(scene.cast.olive) as viewer:
        told = queries.one(viewer, task.public_id)
        assert told is not None and told.person == "" and told.person_id is None
        assert not PartnerTaskTaken.objects.exists()
    answer(ravi, task, "accept", person=None)
    with viewing_as(ravi):
        assert PartnerTaskTaken.objects.get().person_id is None


def test_the_partner_answers_and_who_asked_withdraws(scene: Scene) -> None:
    share(scene)
    task = ask(scene)
    for act, given in (("accept", {"person": None}), ("decline", {"reason": "No time"}), ("finish", {})):
        with pytest.raises(Refused, match="partner answers"):
            answer(scene.cast.olive, task, act, **given)
    with pytest.raises(NotYours):
        answer(scene.cast.ravi, task, "withdraw", actor=scene.cast.ravi)
    with pytest.raises(Refused, match="Say why"):
        answer(scene.cast.ravi, task, "decline", reason="")
    answer(scene.cast.ravi, task, "decline", reason="We have no phone there")
    with viewing_as(scene.cast.vera) as viewer:
        told = queries.one(viewer, task.public_id)
        assert told is not None and (told.task.state, told.task.reason) == (
            "declined",
            "We have no phone there",
        )
    for who, act, given in (
        (scene.cast.ravi, "accept", {"person": None}), (scene.cast.olive, "withdraw", {"actor": scene.cast.olive}),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            answer(who, task, act, **given)
        assert refused.value.code == "task_over"


def test_what_is_withdrawn_is_to_the_partner_a_task_that_ended(scene: Scene) -> None:
    share(scene)
    task = ask(scene)
    answer(scene.cast.olive, task, "withdraw", actor=scene.cast.olive)
    assert not reads(scene.cast.ravi, task) and reads(scene.cast.vera, task)
    page = signed_in(scene.cast.ravi).get(reverse("partner-tasks")).content.decode()
    assert (
        "A task of yours ended" in page and "Call the clerk" not in page and scene.ours.public_id not in page
    )
    told = signed_in(scene.cast.ravi).get("/api/v1/tasks/").json()["items"]
    assert [(one["state"], one["id"], one["request"], one["title"]) for one in told] == [
        ("ended", "", "", "")
    ]
    assert signed_in(scene.cast.ravi).get(reverse("partner-task", args=[task.public_id])).status_code == 404


@pytest.mark.parametrize("how", ["left", "removed", "dissolved", "we_left", "revoked", "held_back", "moved"])
def test_it_ends_with_the_stay_and_with_the_share(scene: Scene, how: str) -> None:
    """Even where something else is granted to the partner by itself, what is left of a stay is no task."""
    olive, ravi = scene.cast.olive, scene.cast.ravi
    if how in ("held_back", "moved"):
        given = builders.share_with(olive, scene.campaign, scene.cast.prairie)
    else:
        given = share(scene)
    task = ask(scene)
    with viewing_as(ravi if how == "left" else olive), connection.cursor() as cursor:
        match how:
            case "revoked":
                revoke(scene, given)
            case "held_back":
                RecordsRequest.objects.filter(pk=scene.ours.pk).update(held_back=True)
            case "moved":
                RecordsRequest.objects.filter(pk=scene.ours.pk).update(campaign=None)
            case "dissolved":
                cursor.execute("SELECT app_dissolve_coalition(%s)", [scene.table.pk])
            case _:
                home = scene.cast.harbor if how == "we_left" else scene.cast.prairie
                stay = CoalitionMember.objects.get(organisation=home, left_at=None)
                if how == "we_left":
                    other = CoalitionMember.objects.get(organisation=scene.cast.prairie)
                    cursor.execute("SELECT app_set_stay(%s, %s, %s)", [other.pk, 2, True])
                cursor.execute("SELECT app_end_stay(%s)", [stay.pk])
    assert state(scene, task) == "ended"
    assert not reads(ravi, task)
    with viewing_as(ravi) as viewer:
        assert queries.taken_of(viewer, scene.cast.prairie.pk).count() == 1
        assert today.load(viewer, scene.cast.prairie.pk, now=NOW, day=TODAY).groups["asked"] == []


def test_a_share_that_gives_way_to_another_in_one_act_ends_nothing(scene: Scene) -> None:
    given = share(scene)
    task = ask(scene)
    with viewing_as(scene.cast.olive), transaction.atomic():
        revoke(scene, given)
        builders.share_with(scene.cast.olive, scene.ours, scene.cast.prairie, correspondence=True)
    assert state(scene, task) == "asked" and reads(scene.cast.ravi, task)


def test_a_share_that_is_over_by_its_date_shows_no_task(scene: Scene) -> None:
    with viewing_as(scene.cast.olive):
        given = share(scene, until_at=NOW + dt.timedelta(days=1))
        task = ask(scene)
        Share.objects.filter(pk=given.pk).update(
            from_at=NOW - dt.timedelta(days=2), until_at=NOW - dt.timedelta(hours=1)
        )
    assert not reads(scene.cast.ravi, task)


def test_a_share_with_one_of_them_in_person_shows_no_task_of_their_organization(scene: Scene) -> None:
    given = share(scene)
    task = ask(scene)
    builders.share_with(scene.cast.olive, scene.ours, scene.cast.ravi)
    revoke(scene, given)
    assert not reads(scene.cast.ravi, task)


def test_the_database_alone_lets_nobody_forge_one(scene: Scene) -> None:
    share(scene)
    task = ask(scene)
    with viewing_as(scene.cast.olive):
        stays = {one.organisation_id: one for one in CoalitionMember.objects.all()}
    base: dict[str, Any] = {
        "organisation": scene.cast.harbor, "request": scene.ours, "coalition": scene.table, "title": "Forged",
        "home_stay": stays[scene.cast.harbor.pk],
    }  # fmt: skip
    prairie, lake = stays[scene.cast.prairie.pk], stays[scene.lake.pk]
    forged = [
        (scene.cast.ravi, {"partner": scene.cast.prairie, "stay": prairie}),
        (scene.cast.vera, {"partner": scene.cast.prairie, "stay": prairie}),
        (scene.cast.olive, {"partner": scene.lake, "stay": lake}),
        (scene.cast.olive, {"partner": scene.cast.prairie, "stay": lake}),
        (scene.cast.olive, {"partner": scene.cast.prairie, "stay": prairie, "home_stay": prairie}),
        (scene.cast.olive, {"partner": scene.cast.prairie, "stay": prairie, "state": "accepted"}),
    ]
    for who, fields in forged:
        with pytest.raises(DatabaseError), transaction.atomic(), viewing_as(who):
            PartnerTask.objects.create(**base | fields)
    for who, column, value in (
        (scene.cast.olive, "title", "Another"), (scene.cast.ravi, "note", "Another"),
        (scene.cast.olive, "state", "done"), (scene.cast.ravi, "state", "withdrawn"),
        (scene.cast.ravi, "state", "ended"),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), viewing_as(who):
            PartnerTask.objects.filter(pk=task.pk).update(**{column: value})
    with viewing_as(scene.cast.olive):
        assert PartnerTaskTaken.objects.update(person=scene.cast.olive) == 0
    with viewing_as(scene.cast.vera):
        assert PartnerTask.objects.filter(pk=task.pk).update(state="withdrawn") == 0


def test_it_stands_on_the_partners_day_and_on_nobody_elses(scene: Scene) -> None:
    share(scene)
    task = ask(scene, due_on=TODAY)
    answer(scene.cast.ravi, task, "accept", person=scene.cast.ravi.pk)
    with viewing_as(scene.cast.ravi) as viewer:
        mine = today.load(viewer, scene.cast.prairie.pk, now=NOW, day=TODAY, person_id=scene.cast.ravi.pk)
        assert [(one.title, one.draft, one.on) for one in mine.groups["asked"]] == [
            ("Call the clerk", task.public_id, TODAY)
        ]
        others = today.load(viewer, scene.cast.prairie.pk, now=NOW, day=TODAY, person_id=scene.cast.olive.pk)
        assert others.groups["asked"] == []
    with viewing_as(scene.cast.olive) as viewer:
        ours = today.load(viewer, scene.cast.harbor.pk, now=NOW, day=TODAY)
        assert ours.groups["asked"] == []
    assert "Call the clerk" in signed_in(scene.cast.ravi).get(reverse("today")).content.decode()
    answer(scene.cast.ravi, task, "finish")
    assert "Call the clerk" not in signed_in(scene.cast.ravi).get(reverse("today")).content.decode()


def test_who_is_looked_at_as_the_partner_reads_no_task(scene: Scene) -> None:
    share(scene)
    task = ask(scene)
    with viewing_as(scene.cast.olive) as owner:
        imagined = AsIf(scene.cast.harbor.pk, "organisation", scene.cast.prairie.pk)
        with looking_as_if(owner, scene.cast.harbor.pk, imagined) as viewer:
            assert not PartnerTask.objects.visible_to(viewer).exists()
            assert not PartnerTask.objects.filter(pk=task.pk).exists()


def test_pages_ask_and_answer(scene: Scene) -> None:
    share(scene)
    ours, theirs = signed_in(scene.cast.edgar), signed_in(scene.cast.ravi)
    address = reverse("request-tasks", args=[scene.ours.public_id])
    key = scene.key(scene.cast.prairie)
    assert ours.post(address, {"partner": key, "title": "", "once": "a-form"}).status_code == 400
    assert (
        ours.post(address, {"partner": key, "title": "Call the clerk", "once": "a-form"}).status_code == 302
    )
    assert b"Call the clerk" in ours.get(address).content
    assert b"Call the clerk" in ours.get(reverse("partner-tasks") + "?asked=by-us").content
    assert signed_in(scene.cast.vera).post(address, {}).status_code == 404
    assert theirs.get(address).status_code == 404
    with viewing_as(scene.cast.olive):
        task = PartnerTask.objects.get()
    one = reverse("partner-task", args=[task.public_id])
    assert scene.ours.public_id in theirs.get(one).content.decode()
    assert b"Choose somebody" in theirs.post(one, {"act": "accept", "person": "999999"}).content
    assert theirs.post(one, {"act": "decline", "reason": ""}).status_code == 400
    assert theirs.post(one, {"act": "withdraw"}).status_code == 404
    assert ours.post(one, {"act": "done"}).status_code == 404
    assert theirs.post(one, {"act": "accept", "person": str(scene.cast.ravi.pk)}).status_code == 302
    assert "Accepted by " + scene.cast.prairie.name in ours.get(one).content.decode()
    assert "Ravi" not in ours.get(one).content.decode() and b"Ravi" in theirs.get(one).content
    assert theirs.post(one, {"act": "done"}).status_code == 302
    assert b"withdraw" not in ours.get(one).content


def test_programs_ask_and_answer_alike(scene: Scene) -> None:
    share(scene)
    ours, theirs = signed_in(scene.cast.olive), signed_in(scene.cast.ravi)
    address = f"/api/v1/requests/{scene.ours.public_id}/tasks/"
    assert [one["name"] for one in ours.get(address).json()["partners"]] == [scene.cast.prairie.name]
    said = {"partner": scene.key(scene.cast.prairie), "title": "Call the clerk", "due_on": TODAY.isoformat()}
    made = ours.post(address, said, content_type=JSON)
    assert made.status_code == 201, made.content
    one = f"/api/v1/tasks/{made.json()['id']}/"
    assert theirs.get(address).status_code == 404 and signed_in(scene.cast.noor).get(one).status_code == 404
    assert (
        theirs.post(one, {"act": "accept", "person": scene.cast.olive.email}, content_type=JSON).status_code
        == 400
    )
    done = theirs.post(one, {"act": "accept", "person": scene.cast.ravi.email}, content_type=JSON)
    assert done.json()["state"] == "accepted" and done.json()["person"]
    assert ours.get(one).json()["person"] == ""
    assert [row["id"] for row in ours.get("/api/v1/tasks/?side=by-us").json()["items"]] == [made.json()["id"]]
    refused = ours.post(one, {"act": "accept", "person": scene.cast.ravi.email}, content_type=JSON)
    assert refused.status_code == 403
    assert ours.post(one, {"act": "withdraw"}, content_type=JSON).json()["state"] == "withdrawn"
    assert theirs.get(one).status_code == 404


def test_a_list_of_many_asks_as_many_queries_as_one_of_one(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    share(scene)
    ask(scene)
    with viewing_as(scene.cast.ravi) as viewer:
        ids = [row.task_id for row in queries.taken_of(viewer, scene.cast.prairie.pk)]
        with django_assert_num_queries(4):
            assert len(queries.by_id(viewer, ids)) == 1
    for n in range(5):
        ask(scene, once=f"ask-{n}")
    with viewing_as(scene.cast.ravi) as viewer:
        ids = [row.task_id for row in queries.taken_of(viewer, scene.cast.prairie.pk)]
        with django_assert_num_queries(4):
            assert len(queries.by_id(viewer, ids)) == 6


def test_what_ends_with_a_stay_is_counted_before_and_ends_after(scene: Scene) -> None:
    """Tasks on either side end; a proposal that waits stays with its owner."""
    share(scene)
    task = ask(scene)
    done = ask(scene, once="another")
    answer(scene.cast.ravi, done, "finish")
    with viewing_as(scene.cast.olive) as viewer:
        joint_rights.grant_right(
            viewer=viewer, subject=scene.ours, grantee=scene.key(scene.cast.prairie), kind="propose_event",
            actor=scene.cast.olive, now=NOW,
        )  # fmt: skip
    with viewing_as(scene.cast.ravi) as viewer:
        proposals.propose_event(
            viewer=viewer, records_request=scene.ours, what="acknowledged", happened_on=scene.ours.filed_on,
            actor=scene.cast.ravi, once="offer", today=TODAY,
        )  # fmt: skip
    with viewing_as(scene.cast.olive):
        stays = {one.organisation_id: one for one in CoalitionMember.objects.live()}
        ours, theirs, lake = stays[scene.cast.harbor.pk], stays[scene.cast.prairie.pk], stays[scene.lake.pk]
        said = coalitions.Work(asked=1, offered=1)
        assert coalitions.of_removing([ours], theirs).work == said
        assert coalitions.of_leaving([ours]).work == said
        assert not coalitions.of_removing([ours], lake).work.any, "of another partner there is nothing"
    with viewing_as(scene.cast.ravi):
        assert coalitions.of_leaving([theirs]).work == coalitions.Work(to_do=1, proposed=1)
    with viewing_as(scene.cast.noor):
        assert not coalitions.of_leaving([lake]).work.any
    pid = scene.table.public_id
    page = signed_in(scene.cast.olive).get(reverse("coalition-dissolve", args=[pid])).content.decode()
    assert "1 open task that you asked of partners ends." in page
    assert "1 proposal of partners waits; you can still decide it." in page
    told = signed_in(scene.cast.olive).get(reverse("api-coalition-dissolving", args=[pid])).json()
    assert told["work"] == {"asked": 1, "to_do": 0, "offered": 1, "proposed": 0}
    with viewing_as(scene.cast.olive), connection.cursor() as cursor:
        cursor.execute("SELECT app_end_stay(%s)", [theirs.pk])
        assert cursor.fetchone() == ("removed",)
    assert (state(scene, task), state(scene, done)) == ("ended", "done")
    with viewing_as(scene.cast.olive) as viewer:
        [kept] = proposal_queries.undecided(proposal_queries.to_us(viewer), viewer)
        again = proposals.decline(viewer=viewer, proposal=kept, actor=scene.cast.olive, reason="Another letter.")
        assert again.decision.state == "declined"


def test_whom_an_embargo_still_keeps_out_is_asked_nothing(scene: Scene) -> None:
    share(scene, embargo_until=NOW + dt.timedelta(days=3))
    with pytest.raises(Refused, match="is shown this request"):
        ask(scene)
