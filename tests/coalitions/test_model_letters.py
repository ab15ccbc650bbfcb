"""Model letters: what partners read of a letter that is offered, who reads it, and what stays when it ends."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from requests_app.actions import letters
from requests_app.actions import model_letters as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    AuditEntry,
    CoalitionMember,
    Letter,
    ModelLetter,
    OwnModel,
    Person,
    RequestCorrespondence,
    Tier,
)
from requests_app.models.ids import public_id
from requests_app.models.visibility import viewing_as
from requests_app.queries import coalitions as coalition_queries
from requests_app.queries import model_letters as queries
from tests import builders
from tests.accounts.scene import signed_in

pytestmark = pytest.mark.django_db
BODY = """Dear records officer,

this is about {number}, https://requests.example/requests/{key}/, which Olive Ostrander of Harbor Rights Clinic sent.
Section 7(1)(v) covers no contract. Write to secretary@harbor.example.

Sincerely,
O. Ostrander
"""


@pytest.fixture
def table(cast: builders.Cast) -> Any:
    """Harbor coordinates; Prairie is a member, Noor's Lake observes; Stan's stands outside. Harbor has an appeal."""
    stan = builders.person("Stan")
    lake, outside = builders.organisation("Lake", cast.noor), builders.organisation("Elsewhere", stan)
    one: Any = cast
    one.lake, one.stan, one.outside = lake, stan, outside
    one.coalition = builders.coalition(
        cast.olive, cast.harbor, (cast.ravi, cast.prairie, Tier.MEMBER), (cast.noor, lake, Tier.OBSERVER)
    )
    Person.objects.filter(pk=cast.olive.pk).update(name="Olive Ostrander")
    cast.olive.refresh_from_db()
    one.ours = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    one.theirs = builders.bare_request(cast.ravi, cast.prairie, cast.agency)
    with viewing_as(cast.olive) as viewer:
        RequestCorrespondence.objects.update_or_create(
            request=one.ours, defaults={"organisation": cast.harbor, "tracking_number": "FOIA-24-0117"}
        )
        one.letter = letters.put_draft(
            viewer=viewer, records_request=one.ours, kind="appeal", subject="Appeal of FOIA-24-0117",
            body=BODY.format(number="foia-24-0117", key=one.ours.public_id), actor=cast.olive, once="an-appeal",
        )  # fmt: skip
    return one


def offer(table: Any, tier: int = Tier.MEMBER, **more: Any) -> ModelLetter:
    with viewing_as(table.olive) as viewer:
        return acts.offer(
            viewer=viewer, coalition=table.coalition, letter=table.letter, tier=tier, actor=table.olive,
            **{"title": "Appeal of a blanket denial", "once": public_id(), **more},
        )  # fmt: skip


def reads(who: Person, model: ModelLetter) -> bool:
    with viewing_as(who) as viewer:
        return ModelLetter.objects.live().visible_to(viewer).filter(pk=model.pk).exists()


def row_level_alone(who: Person, model: ModelLetter) -> bool:
    with viewing_as(who):
        return ModelLetter.objects.filter(pk=model.pk).exists()


def copy(table: Any, who: Person, home: Any, model: ModelLetter) -> OwnModel:
    with viewing_as(who) as viewer:
        return acts.copy(viewer=viewer, organisation=home, model=model, actor=who)


def page(table: Any, name: str = "coalition-models", *more: str) -> str:
    return reverse(name, args=[table.coalition.public_id, *more])


def test_what_partners_read_names_neither_who_asked_nor_the_request(table: Any) -> None:
    made = offer(table)
    for word in ("Ostrander", "Olive", "Harbor", "0117", "secretary@", table.ours.public_id):
        assert word.casefold() not in f"{made.title} {made.subject} {made.body}".casefold(), word
    assert made.subject == "Appeal of [number withheld]"
    assert "Section 7(1)(v) covers no contract." in made.body and "[signature withheld]" in made.body


def test_it_is_a_text_of_its_own(table: Any) -> None:
    made = offer(table)
    with viewing_as(table.olive) as viewer:
        letters.save(
            viewer=viewer, letter=table.letter, actor=table.olive, seen_version=1, subject="Another",
            body="Something else",
        )  # fmt: skip
    with viewing_as(table.ravi):
        assert ModelLetter.objects.get(pk=made.pk).body == made.body
    with viewing_as(table.olive), pytest.raises(DatabaseError), transaction.atomic():
        ModelLetter.objects.filter(pk=made.pk).update(body="Changed behind your back")


@pytest.mark.parametrize(
    ("tier", "who_reads"),
    [(Tier.OBSERVER, {"olive", "vera", "ravi", "noor"}), (Tier.MEMBER, {"olive", "vera", "ravi"}),
     (Tier.STEERING, {"olive", "vera"})],
)  # fmt: skip
def test_each_tier_reads_what_is_offered_to_it_by_either_wall(
    table: Any, tier: int, who_reads: set[str]
) -> None:
    made = offer(table, tier)
    names = ("olive", "vera", "ravi", "noor", "stan", "omar")
    assert {name for name in names if reads(getattr(table, name), made)} == who_reads
    assert {name for name in names if row_level_alone(getattr(table, name), made)} == who_reads
    for name in names:
        told = signed_in(getattr(table, name)).get(page(table, "coalition-model", made.public_id))
        asked = signed_in(getattr(table, name)).get(page(table, "api-coalition-model", made.public_id))
        assert told.status_code == asked.status_code == (200 if name in who_reads else 404), name


def test_it_is_looked_at_before_it_is_offered_and_nothing_is_saved_till_then(table: Any) -> None:
    olive, path = signed_in(table.olive), page(table, "coalition-model-offer")
    assert table.letter.public_id in olive.get(path).content.decode()
    form = olive.get(path, {"letter": table.letter.public_id}).content.decode()
    assert "[number withheld]" in form and "0117" not in form.partition('<form class="form"')[2]
    given = {
        "letter": table.letter.public_id, "once": "once-1", "title": "An appeal", "tier": "2",
        "subject": "Appeal FOIA-24-0117", "body": "Of Olive Ostrander.", "step": "look",
    }  # fmt: skip
    said = olive.post(path, given).content.decode()
    assert "Appeal [number withheld]" in said and "Of [name withheld]." in said
    assert "Prairie Watch" in said and "Lake" not in said.partition("<main")[2], (
        "who is below the tier is not named"
    )
    with viewing_as(table.olive):
        assert not ModelLetter.objects.exists()
    assert olive.post(path, {**given, "title": "", "step": "offer"}).status_code == 400
    assert olive.post(path, {**given, "tier": "9", "step": "offer"}).status_code == 400
    for _twice in range(2):
        assert olive.post(path, {**given, "step": "offer"}).status_code == 303
    with viewing_as(table.ravi):
        one = ModelLetter.objects.get()
        assert (one.body, one.kind, one.law_id) == ("Of [name withheld].", "appeal", table.ours.law_id)


def test_only_owners_offer_and_only_what_is_theirs(table: Any) -> None:
    for who, refusal in ((table.edgar, Refused), (table.ravi, NotYours), (table.stan, NotYours)):
        with viewing_as(who) as viewer, pytest.raises(refusal):
            acts.offer(
                viewer=viewer,
                coalition=table.coalition,
                letter=table.letter,
                tier=2,
                title="x",
                actor=who,
                once="x",
            )
    mine = signed_in(table.ravi).get(page(table, "coalition-model-offer"), {"letter": table.letter.public_id})
    none = signed_in(table.ravi).get(page(table, "coalition-model-offer"), {"letter": "nothing00000"})
    assert mine.status_code == none.status_code == 400, "another's letter and none at all are one answer"
    assert signed_in(table.edgar).get(page(table, "coalition-model-offer")).status_code == 404


@pytest.mark.parametrize("forged", ["stay", "coalition", "organisation"])
def test_the_database_refuses_a_forged_offer(table: Any, forged: str) -> None:
    with viewing_as(table.olive):
        ours = CoalitionMember.objects.get(organisation=table.harbor)
        theirs = CoalitionMember.objects.get(organisation=table.prairie)
    other = builders.coalition(table.ravi, table.prairie)
    fields: dict[str, Any] = {
        "coalition_id": table.coalition.pk, "organisation": table.prairie, "stay": theirs, "tier": 1, "kind": "other",
        "title": "x", "subject": "x", "body": "x",
    }  # fmt: skip
    fields |= {
        "stay": {"stay": ours}, "coalition": {"coalition_id": other.pk}, "organisation": {"organisation": table.harbor},
    }[forged]  # fmt: skip
    with pytest.raises((IntegrityError, DatabaseError)), viewing_as(table.ravi), transaction.atomic():
        ModelLetter.objects.create(**fields)


def test_a_copy_names_its_source_and_stays_when_the_offer_is_withdrawn(table: Any) -> None:
    made = offer(table)
    ravi = signed_in(table.ravi)
    given = {"act": "copy", "organisation": table.prairie.public_id}
    for _twice in range(2):
        assert ravi.post(page(table, "coalition-model", made.public_id), given).status_code == 303
    olive = signed_in(table.olive)
    assert olive.post(page(table, "coalition-model", made.public_id), {"act": "withdraw"}).status_code == 303
    for name in ("coalition-model", "api-coalition-model"):
        assert ravi.get(page(table, name, made.public_id)).status_code == 404
    assert not row_level_alone(table.ravi, made)
    assert made.title not in ravi.get(page(table)).content.decode()
    with viewing_as(table.ravi):
        own = OwnModel.objects.get()
    assert (own.by_partner, own.body) == ("Harbor Rights Clinic", made.body)
    assert "Harbor Rights Clinic" in ravi.get(reverse("own-model", args=[own.public_id])).content.decode()
    assert olive.get(reverse("own-model", args=[own.public_id])).status_code == 404, (
        "whoever offered is not told"
    )
    with viewing_as(table.ravi) as viewer, pytest.raises(NotYours):
        acts.copy(viewer=viewer, organisation=table.prairie, model=made, actor=table.ravi)
    with viewing_as(table.olive) as viewer:
        assert not acts.withdraw(viewer=viewer, model=made, actor=table.olive), (
            "a second click finds it withdrawn"
        )


def test_nobody_copies_what_their_organization_may_not_read(table: Any) -> None:
    made = offer(table)
    for who, home in ((table.noor, table.lake), (table.stan, table.outside), (table.ravi, table.harbor)):
        with pytest.raises(NotYours):
            copy(table, who, home, made)
    with pytest.raises(Refused, match="offer it yourselves"):
        copy(table, table.olive, table.harbor, made)


def test_a_letter_is_begun_from_a_copy_on_a_request_of_ones_own(table: Any) -> None:
    own = copy(table, table.ravi, table.prairie, offer(table))
    ravi, path = signed_in(table.ravi), reverse("own-model", args=[own.public_id])
    for wrong in ("", "nothing00000", table.ours.public_id):
        answer = ravi.post(path, {"act": "begin", "request": wrong, "once": "begun"})
        assert answer.status_code == 400, wrong
    where = f"https://requests.example/requests/{table.theirs.public_id}/"
    assert ravi.post(path, {"act": "begin", "request": where, "once": "begun"}).status_code == 303
    again = ravi.post(
        reverse("api-own-model-letter", args=[own.public_id]), {"request": table.theirs.public_id},
        content_type="application/json", headers={"Idempotency-Key": "another-letter"},
    )  # fmt: skip
    assert again.status_code == 201, again.content
    with viewing_as(table.ravi):
        drafts = list(Letter.objects.order_by("pk"))
    assert [one.body for one in drafts] == [own.body] * 2
    assert {(one.kind, one.request_id, one.state) for one in drafts} == {("appeal", table.theirs.pk, "draft")}
    assert drafts[1].public_id == again.json()["letter"]
    assert ravi.post(path, {"act": "throw"}).status_code == 303 and ravi.get(path).status_code == 404


def test_a_first_letter_is_begun_to_an_agency(table: Any) -> None:
    with viewing_as(table.olive) as viewer:
        table.letter = letters.compose(
            viewer=viewer, organisation=table.harbor, agency=table.agency, subject="Plates", body="Please send lists.",
            public_title="Plates", law_id="us-il", kit="plate-readers", actor=table.olive, once="a-first",
        )  # fmt: skip
    made = offer(table)
    assert (made.kind, made.kit) == ("request", "plate-readers")
    own = copy(table, table.ravi, table.prairie, made)
    ravi, path = signed_in(table.ravi), reverse("own-model", args=[own.public_id])
    assert ravi.post(path, {"act": "begin", "agency": "No such office", "once": "b"}).status_code == 400
    given = {"act": "begin", "agency": table.agency.slug, "law": "us-il", "once": "b"}
    assert ravi.post(path, given).status_code == 303
    with viewing_as(table.ravi):
        begun = Letter.objects.get()
    assert (begun.subject, begun.law_id, begun.organisation_id) == ("Plates", "us-il", table.prairie.pk)


@pytest.mark.parametrize("end", ["leave", "remove", "dissolve"])
def test_however_the_stay_ends_the_offers_end_and_copies_stay(table: Any, end: str) -> None:
    with viewing_as(table.ravi) as viewer:
        theirs = letters.put_draft(
            viewer=viewer, records_request=table.theirs, kind="appeal", subject="Appeal", body="We appeal.",
            actor=table.ravi, once="theirs",
        )  # fmt: skip
        made = acts.offer(
            viewer=viewer,
            coalition=table.coalition,
            letter=theirs,
            tier=1,
            title="Ours",
            actor=table.ravi,
            once="m",
        )
    offer(table)
    own = copy(table, table.olive, table.harbor, made)
    who = table.ravi if end == "leave" else table.olive
    with viewing_as(who) as viewer, connection.cursor() as cursor:
        stays = coalition_queries.own_stays(viewer, table.coalition)
        gone = CoalitionMember.objects.get(coalition=table.coalition, organisation=table.prairie)
        told = (
            coalition_queries.of_removing(stays, gone)
            if end == "remove"
            else coalition_queries.of_leaving(stays)
        )
        assert (told.models.ending, told.models.lost) == ((0, 1) if end == "remove" else (1, 1))
        if end == "dissolve":
            cursor.execute("SELECT app_dissolve_coalition(%s)", [table.coalition.pk])
        else:
            cursor.execute("SELECT app_end_stay(%s)", [gone.pk])
    assert not reads(table.olive, made) and not row_level_alone(table.noor, made)
    with viewing_as(table.ravi) as viewer:
        assert ModelLetter.objects.get(pk=made.pk).withdrawn_at is not None
        acts_of = AuditEntry.objects.visible_to(viewer).order_by("pk").values_list("act", flat=True)
        assert [one for one in acts_of if one.startswith("model.")] == ["model.offered", "model.ended"]
    with viewing_as(table.olive) as viewer:
        assert queries.copied(viewer).get() == own


def test_a_lower_tier_is_told_what_it_can_no_longer_read(table: Any) -> None:
    made = offer(table, Tier.MEMBER)
    with viewing_as(table.ravi) as viewer:
        stays = coalition_queries.own_stays(viewer, table.coalition)
        assert coalition_queries.of_tier(stays, stays[0], Tier.OBSERVER).models.lost == 1
    with viewing_as(table.olive), connection.cursor() as cursor:
        stay = CoalitionMember.objects.get(coalition=table.coalition, organisation=table.prairie)
        cursor.execute("SELECT app_set_stay(%s, %s, %s)", [stay.pk, Tier.OBSERVER, False])
    assert not reads(table.ravi, made) and not row_level_alone(table.ravi, made)


def test_lists_are_paged_and_cost_the_same(
    table: Any, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    for n in range(5):
        offer(table, title=f"Model {n}")
    ravi = signed_in(table.ravi)
    last = ravi.get(page(table), {"page": "3"}).content.decode()
    assert "Model 0" in last and "Model 4" not in last
    told = ravi.get(page(table, "api-coalition-models"), {"limit": "2"}).json()
    assert [one["title"] for one in told["items"]] == ["Model 4", "Model 3"]
    assert "body" not in told["items"][0] and {one["organization"] for one in told["items"]} == {
        "Harbor Rights Clinic"
    }
    with viewing_as(table.ravi) as viewer, django_assert_max_num_queries(1):
        assert len(list(queries.offered(viewer, table.coalition))) == 5


def test_the_api_offers_looks_copies_and_withdraws(table: Any) -> None:
    olive, ravi = signed_in(table.olive), signed_in(table.ravi)
    given = {"letter": table.letter.public_id}
    how: dict[str, Any] = {"content_type": "application/json"}
    look = olive.post(page(table, "api-coalition-model-preview"), given, **how)
    assert look.status_code == 200 and look.json()["withheld"] >= 5
    keyed = {**how, "headers": {"Idempotency-Key": "offered-once"}}
    made = olive.post(
        page(table, "api-coalition-models"), {**given, "tier": "member", "title": "An appeal"}, **keyed
    )
    assert made.status_code == 201 and made.json()["body"] == look.json()["body"]
    one = made.json()["id"]
    copied = ravi.post(page(table, "api-coalition-model-copy", one), {}, **keyed)
    assert copied.status_code == 201 and copied.json()["by_partner"] == "Harbor Rights Clinic"
    assert ravi.delete(page(table, "api-coalition-model", one), "").status_code == 404, "not his to withdraw"
    assert olive.delete(page(table, "api-coalition-model", one), "").status_code == 200
    assert ravi.get(page(table, "api-coalition-model", one)).status_code == 404
    assert ravi.get(reverse("api-own-models")).json()["items"][0]["id"] == copied.json()["id"]
    refused = olive.post(
        page(table, "api-coalition-models"), {"letter": "x", "tier": "member", "title": "t"}, **how
    )
    assert refused.status_code == 400 and "no letter with this id" in str(refused.json())
