"""Joint campaigns: made, filled, read by each at their own level, and what is left when somebody goes."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from requests_app.actions import coalitions as coalition_acts
from requests_app.actions import joint as acts
from requests_app.actions.filing import file_request
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    AuditEntry,
    CoalitionMember,
    JointCampaign,
    JointPart,
    Person,
    RecordsRequest,
    Share,
    Tier,
)
from requests_app.models.ids import public_id
from requests_app.models.visibility import viewing_as
from requests_app.queries import coalitions as coalition_queries
from requests_app.queries import joint as queries
from tests import builders
from tests.accounts.scene import signed_in

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)


@pytest.fixture
def table(cast: builders.Cast) -> Any:
    """Harbor coordinates; Prairie is a member, Noor's Lake observes; Stan's stands outside. One joint campaign."""
    stan = builders.person("Stan")
    lake, outside = builders.organisation("Lake", cast.noor), builders.organisation("Elsewhere", stan)
    one: Any = cast
    one.lake, one.stan, one.outside = lake, stan, outside
    one.coalition = builders.coalition(
        cast.olive, cast.harbor, (cast.ravi, cast.prairie, Tier.MEMBER), (cast.noor, lake, Tier.OBSERVER)
    )
    with viewing_as(cast.olive) as viewer:
        one.joint = acts.make(viewer=viewer, coalition=one.coalition, name="Who watches", question="Who?")
    one.ours, one.theirs = builders.campaign(cast.olive, cast.harbor), builders.campaign(cast.ravi, cast.prairie)
    one.other = builders.agency("Quail Ridge Fusion Center", "us-ca", "America/Los_Angeles")
    return one


def put(
    table: Any, who: Person, campaign: Any, ask: str = "Plates", tier: int = Tier.OBSERVER, level: str = "status"
) -> JointPart:
    with viewing_as(who) as viewer:
        return acts.put_in(
            viewer=viewer, joint=table.joint, campaign=campaign, ask=ask, tier=tier, level=level, actor=who,
            now=timezone.now(),
        )  # fmt: skip


def filed(who: Person, home: Any, campaign: Any, to: Any, *, held: bool = False) -> RecordsRequest:
    """Filed as people file it, with its clocks."""
    with viewing_as(who) as viewer:
        made = file_request(
            viewer=viewer, organisation=home, agency=to, law_id=to.jurisdiction, public_title="Sharing lists",
            campaign=campaign, sent_on=DAY, channel="email", actor=who, once=public_id(), today=DAY,
        )  # fmt: skip
        if held:
            RecordsRequest.objects.filter(pk=made.pk).update(held_back=True)
    return made


def matrix(table: Any, who: Person, **how: Any) -> queries.JointMatrix:
    with viewing_as(who) as viewer:
        joint = JointCampaign.objects.visible_to(viewer).get(pk=table.joint.pk)
        return queries.load(viewer, joint, now=timezone.now(), **how)


def cells(found: queries.JointMatrix) -> list[tuple[str, str, str]]:
    return [
        (row.agency.split()[0], ask, cell.part.stay.shown_as)
        for row in found.rows
        for ask, here in row.cells.items()
        for cell in here
    ]


def page(table: Any, name: str = "coalition-joint", *more: str) -> str:
    return reverse(name, args=[table.coalition.public_id, table.joint.public_id, *more])


def acts_of(who: Person) -> list[str]:
    with viewing_as(who) as viewer:
        return list(AuditEntry.objects.visible_to(viewer).order_by("pk").values_list("act", flat=True))


def test_the_matrix_is_what_each_viewer_may_see_and_no_more(table: Any) -> None:
    put(table, table.olive, table.ours, tier=Tier.OBSERVER)
    put(table, table.ravi, table.theirs, tier=Tier.MEMBER)
    filed(table.olive, table.harbor, table.ours, table.agency)
    filed(table.olive, table.harbor, table.ours, table.other)
    filed(table.olive, table.harbor, table.ours, table.other, held=True)
    filed(table.ravi, table.prairie, table.theirs, table.agency)
    filed(table.ravi, table.prairie, table.theirs, table.other, held=True)
    harbor, prairie = "Harbor Rights Clinic", "Prairie Watch"
    olive, ravi, noor = (matrix(table, who) for who in (table.olive, table.ravi, table.noor))
    both = [("Sangamon", "Plates", harbor), ("Sangamon", "Plates", prairie)]
    assert sorted(cells(olive)) == sorted([*both, *[("Quail", "Plates", harbor)] * 2])
    assert (olive.total, olive.twice, olive.agencies) == (4, 1, 2)
    assert sorted(cells(ravi)) == sorted([*both, ("Quail", "Plates", harbor), ("Quail", "Plates", prairie)])
    assert sorted(cells(noor)) == sorted([("Sangamon", "Plates", harbor), ("Quail", "Plates", harbor)])
    assert (noor.total, noor.twice, [part.campaign_id for part in noor.parts]) == (2, 0, [table.ours.pk])
    assert sum(noor.counts.values()) == 2, "what is not seen is not counted"
    first = ravi.rows[1].cells["Plates"][0]
    assert first.ours and first.line.clocks, "one's own first, with its clocks"


def test_the_page_the_table_and_the_api_say_the_same(table: Any) -> None:
    put(table, table.olive, table.ours)
    put(table, table.ravi, table.theirs, ask="plates")
    filed(table.olive, table.harbor, table.ours, table.agency)
    filed(table.ravi, table.prairie, table.theirs, table.agency)
    filed(table.ravi, table.prairie, table.theirs, table.other, held=True)
    for who, n in ((table.olive, 2), (table.ravi, 3), (table.noor, 2)):
        client = signed_in(who)
        shown = client.get(page(table))
        assert shown.status_code == 200 and f"You see {n} requests" in shown.content.decode()
        assert shown.content.decode().count('<span class="by">') == n
        table_of = client.get(page(table, "coalition-joint-csv")).content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(table_of)))
        told = client.get(page(table, "api-coalition-joint-matrix")).json()
        assert len(rows) == told["total"] == n
        assert {row["request"] for row in rows} == {c["request"] for row in told["items"] for c in row["cells"]}
        assert {row["asks"] for row in rows} == {"Plates"} and told["asks"] == ["Plates"], "as first written"
    for who in (table.stan, table.omar):
        assert signed_in(who).get(page(table)).status_code == 404
        assert signed_in(who).get(page(table, "api-coalition-joint-matrix")).status_code == 404


def test_filters_leave_what_they_say_and_count_the_whole(table: Any) -> None:
    put(table, table.olive, table.ours)
    theirs = put(table, table.ravi, table.theirs)
    for to in (table.agency, table.other):
        filed(table.olive, table.harbor, table.ours, to)
    filed(table.ravi, table.prairie, table.theirs, table.agency)
    assert len(cells(matrix(table, table.olive, partner=theirs.stay.public_id))) == 1
    assert {one[0] for one in cells(matrix(table, table.olive, twice=True))} == {"Sangamon"}
    late = matrix(table, table.olive, group="late")
    assert (late.total, late.cells) == (3, 3)
    assert matrix(table, table.olive, group="denied").cells == 0
    wrong = signed_in(table.olive).get(page(table), {"group": "rotten", "partner": "nobody"})
    assert wrong.status_code == 200 and "rotten" in wrong.content.decode()


def test_the_matrix_costs_the_same_however_much_is_in_it(table: Any, django_assert_max_num_queries: Any) -> None:
    put(table, table.olive, table.ours)
    put(table, table.ravi, table.theirs)
    for to in [builders.agency(f"Center {n}") for n in range(4)]:
        filed(table.olive, table.harbor, table.ours, to)
        filed(table.ravi, table.prairie, table.theirs, to)
    with viewing_as(table.olive) as viewer, django_assert_max_num_queries(6):
        assert queries.load(viewer, table.joint, now=timezone.now()).total == 8


def test_agencies_come_in_pages_and_the_table_has_them_all(table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    put(table, table.olive, table.ours)
    for to in [builders.agency(f"Center {n}") for n in range(5)]:
        filed(table.olive, table.harbor, table.ours, to)
    assert [len(matrix(table, table.olive, page=n).rows) for n in (1, 3, 9)] == [2, 1, 1]
    assert len(matrix(table, table.olive, page=None).rows) == 5


def test_putting_in_shares_what_the_owner_chose_and_never_lowers(table: Any) -> None:
    part = put(table, table.olive, table.ours, tier=Tier.MEMBER)
    assert part.share is not None and (part.share.tier, part.share.everything) == (Tier.MEMBER, False)
    assert acts_of(table.olive)[-2:] == ["share.granted", "joint.put_in"]
    with viewing_as(table.noor) as viewer:
        assert not JointPart.objects.visible_to(viewer).exists(), "not at her tier"
    both = put(table, table.ravi, table.theirs, tier=Tier.MEMBER, level="both")
    with viewing_as(table.ravi) as viewer:
        acts.take_out(viewer=viewer, part=both, end_share=False, actor=table.ravi)
    again = put(table, table.ravi, table.theirs, tier=Tier.MEMBER)
    with viewing_as(table.ravi):
        live = Share.objects.get(campaign=table.theirs, revoked_at=None)
        assert (live.correspondence, live.documents) == (True, True) and again.share is None


def test_what_putting_in_shows_is_told_before(table: Any) -> None:
    filed(table.olive, table.harbor, table.ours, table.agency)
    filed(table.olive, table.harbor, table.ours, table.other, held=True)
    olive, given = signed_in(table.olive), {"campaign": table.ours.public_id, "ask": "Plates", "level": "status"}
    said = " ".join(olive.get(page(table, "coalition-joint-put"), {**given, "tier": "2"}).content.decode().split())
    assert "Nothing → Status" in said and "1 is held back and left out" in said and "Prairie Watch" in said
    assert "Lake" not in said.partition("<main")[2].partition("</dl>")[0], "who is below the tier is not named"
    with viewing_as(table.olive):
        assert not Share.objects.exists() and not JointPart.objects.exists(), "nothing is saved"
    assert olive.get(page(table, "coalition-joint-put"), {**given, "tier": "7"}).status_code == 400
    assert olive.get(page(table, "coalition-joint-put"), {**given, "tier": "2", "ask": ""}).status_code == 400
    assert olive.post(page(table, "coalition-joint-put"), {**given, "tier": "2"}).status_code == 303
    told = matrix(table, table.ravi)
    assert cells(told) == [("Sangamon", "Plates", "Harbor Rights Clinic")]


def test_nobody_puts_in_what_is_not_theirs(table: Any) -> None:
    for who in (table.edgar, table.vera):
        with viewing_as(who), pytest.raises(Refused, match="owner"):
            put(table, who, table.ours)
    for who in (table.ravi, table.noor, table.stan):
        with pytest.raises(NotYours):
            put(table, who, table.ours)
    elsewhere = builders.campaign(table.stan, table.outside)
    with pytest.raises(Refused, match="not in the coalition"):
        put(table, table.stan, elsewhere)
    put(table, table.olive, table.ours)
    with pytest.raises(Refused, match="in it already"):
        put(table, table.olive, table.ours)
    for key in (table.ours.public_id, "nothing00000"):
        answer = signed_in(table.ravi).get(
            page(table, "coalition-joint-put"), {"campaign": key, "ask": "x", "tier": "2", "level": "status"}
        )
        assert answer.status_code == 400, "another's campaign and none at all are one answer"


@pytest.mark.parametrize("forged", ["campaign", "stay", "coalition", "organisation"])
def test_the_database_refuses_a_forged_part(table: Any, forged: str) -> None:
    with viewing_as(table.olive):
        ours = CoalitionMember.objects.get(organisation=table.harbor)
        theirs = CoalitionMember.objects.get(organisation=table.prairie)
    other = builders.coalition(table.ravi, table.prairie)
    fields: dict[str, Any] = {
        "joint_id": table.joint.pk, "coalition_id": table.coalition.pk, "organisation": table.prairie,
        "stay": theirs, "campaign": table.theirs, "ask": "x",
    }  # fmt: skip
    fields |= {
        "campaign": {"campaign": table.ours}, "stay": {"stay": ours}, "coalition": {"coalition_id": other.pk},
        "organisation": {"organisation": table.harbor},
    }[forged]  # fmt: skip
    with pytest.raises((IntegrityError, ProgrammingError)), viewing_as(table.ravi), transaction.atomic():
        JointPart.objects.create(**fields)


def test_who_neither_coordinates_nor_steers_makes_none(table: Any) -> None:
    with viewing_as(table.ravi) as viewer:
        with pytest.raises(Refused, match="coordinates or steers"):
            acts.make(viewer=viewer, coalition=table.coalition, name="Mine", question="")
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT app_make_joint(%s, 'Mine', '')", [table.coalition.pk])
        assert not JointCampaign.objects.filter(pk=table.joint.pk).update(name="Mine")
    with viewing_as(table.stan) as viewer, pytest.raises(NotYours):
        acts.make(viewer=viewer, coalition=table.coalition, name="Mine", question="")
    with viewing_as(table.olive) as viewer, pytest.raises(Refused, match="already"):
        acts.make(viewer=viewer, coalition=table.coalition, name="Who watches", question="")
    assert "joint.made" in acts_of(table.noor), "everybody in it is told that there is one"


def test_a_closed_one_takes_nothing_in_and_stays_readable(table: Any) -> None:
    put(table, table.olive, table.ours)
    with viewing_as(table.olive) as viewer:
        assert acts.close(viewer=viewer, joint=table.joint) is True
        assert acts.close(viewer=viewer, joint=table.joint) is False
        table.joint.refresh_from_db()
    with pytest.raises(Refused, match="closed"):
        put(table, table.ravi, table.theirs)
    assert signed_in(table.ravi).get(page(table)).status_code == 200
    assert signed_in(table.ravi).get(page(table, "coalition-joint-put")).status_code == 404


def test_taking_out_ends_what_putting_in_shared_unless_it_is_kept(table: Any) -> None:
    part = put(table, table.olive, table.ours)
    filed(table.olive, table.harbor, table.ours, table.agency)
    olive, address = signed_in(table.olive), page(table, "coalition-joint-out", part.public_id)
    assert "1 cell is gone" in olive.get(address).content.decode()
    assert signed_in(table.ravi).get(address).status_code == 404
    assert signed_in(table.edgar).get(address).status_code == 404
    assert olive.post(address, {"share": "keep"}).status_code == 303
    with viewing_as(table.ravi) as viewer:
        assert RecordsRequest.objects.visible_to(viewer).filter(organisation=table.harbor).count() == 1
    again = put(table, table.olive, table.ours)
    assert again.share is None, "the share stood already"
    with viewing_as(table.olive) as viewer:
        Share.objects.filter(campaign=table.ours).update(revoked_at=timezone.now())
    third = matrix(table, table.ravi)
    assert third.total == 0 and not third.parts, "a part whose share was ended on the board is seen by its owner alone"
    with viewing_as(table.olive) as viewer:
        acts.take_out(viewer=viewer, part=again, end_share=True, actor=table.olive)
    last = put(table, table.olive, table.ours)
    assert olive.post(page(table, "coalition-joint-out", last.public_id), {"share": "end"}).status_code == 303
    assert olive.post(page(table, "coalition-joint-out", last.public_id), {"share": "end"}).status_code == 404
    with viewing_as(table.ravi) as viewer:
        assert not RecordsRequest.objects.visible_to(viewer).filter(organisation=table.harbor).exists()
    assert acts_of(table.olive)[-2:] == ["share.revoked", "joint.taken_out"]


@pytest.mark.parametrize("how", ["left", "removed", "dissolved"])
def test_however_a_stay_ends_its_cells_are_gone_and_its_audit_says_so(table: Any, how: str) -> None:
    put(table, table.olive, table.ours)
    put(table, table.ravi, table.theirs)
    filed(table.ravi, table.prairie, table.theirs, table.agency)
    with viewing_as(table.ravi):
        stay = CoalitionMember.objects.get(organisation=table.prairie)
    actor = table.ravi if how == "left" else table.olive
    with viewing_as(actor) as viewer:
        if how == "dissolved":
            coalition_acts.dissolve(viewer=viewer, coalition=table.coalition)
        else:
            coalition_acts.end_stay(viewer=viewer, member=stay)
    with viewing_as(table.ravi) as viewer:
        assert JointPart.objects.get(organisation=table.prairie).taken_out_at is not None
        assert not JointCampaign.objects.visible_to(viewer).exists()
        assert not JointCampaign.objects.exists()
    assert acts_of(table.ravi)[-1] == "joint.ended"
    if how != "dissolved":
        assert matrix(table, table.olive).organisations == 1
        assert "joint.ended" not in acts_of(table.olive)
    assert signed_in(table.ravi).get(page(table)).status_code == 404


def test_what_leaving_removing_and_dissolving_do_to_joint_campaigns_is_told_before(table: Any) -> None:
    put(table, table.olive, table.ours)
    put(table, table.ravi, table.theirs, tier=Tier.MEMBER)
    for to in (table.agency, table.other):
        filed(table.ravi, table.prairie, table.theirs, to)
    filed(table.ravi, table.prairie, table.theirs, table.other, held=True)
    filed(table.olive, table.harbor, table.ours, table.agency)
    with viewing_as(table.ravi):
        stay = CoalitionMember.objects.get(organisation=table.prairie)
        leaving = coalition_queries.of_leaving([stay]).joint
    with viewing_as(table.olive) as viewer:
        own = coalition_queries.own_stays(viewer, table.coalition)
        removing = coalition_queries.of_removing(own, stay).joint
        dissolving = coalition_queries.of_leaving(own).joint
    assert leaving == coalition_queries.Joint(campaigns=1, parts=1, cells=2, lost_parts=1, lost_cells=1)
    assert removing == coalition_queries.Joint(lost_parts=1, lost_cells=2)
    assert dissolving == coalition_queries.Joint(campaigns=1, parts=1, cells=1, lost_parts=1, lost_cells=2)
    with viewing_as(table.noor):
        lake = CoalitionMember.objects.get(organisation=table.lake)
        assert coalition_queries.of_leaving([lake]).joint == coalition_queries.Joint(1, 0, 0, 1, 1), "as she sees it"
    address = reverse("coalition-end", args=[table.coalition.public_id, stay.public_id])
    said = " ".join(signed_in(table.ravi).get(address).content.decode().split())
    assert "1 campaign of yours is out" in said and "2 cells" in said
    effect = reverse("api-coalition-effect", args=[table.coalition.public_id, stay.public_id])
    assert signed_in(table.ravi).get(effect).json()["joint"]["cells"] == 2
