"""Founding, asking in, joining, declining; tiers, leaving, removing, dissolving; what each shows before it is done."""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests_app.actions import coalition_invitations as invitations
from requests_app.actions import coalition_mail
from requests_app.actions import coalitions as acts
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    AuditEntry,
    Coalition,
    CoalitionInvitation,
    CoalitionMember,
    Organisation,
    Person,
    RequestPrivate,
    Share,
    Tier,
)
from requests_app.models.visibility import viewing_as
from requests_app.queries import coalitions as queries
from tests import builders
from tests.accounts.scene import signed_in

pytestmark = pytest.mark.django_db


def founded(cast: builders.Cast) -> Coalition:
    with viewing_as(cast.olive) as viewer:
        return acts.found_coalition(
            viewer=viewer, organisation=cast.harbor, name="Plate Table", purpose="Plates.", shown_as="Harbor",
            actor=cast.olive,
        )  # fmt: skip


def asked(cast: builders.Cast, coalition: Coalition, email: str, *, ago: int = 0, **given: Any) -> str:
    fields = {"tier": 2, "message": "Come along", **given}
    with viewing_as(cast.olive) as viewer:
        made = invitations.invite(
            viewer=viewer, coalition=coalition, email=email, actor=cast.olive,
            now=timezone.now() - dt.timedelta(days=ago), **fields,
        )  # fmt: skip
    return invitations.token_of(made.public_id, made.turn, invitations.SALT)


def joined(person: Person, home: Organisation, token: str, shown_as: str = "Prairie") -> CoalitionMember:
    with viewing_as(person) as viewer:
        return invitations.join(viewer=viewer, token=token, organisation=home, shown_as=shown_as, actor=person)[0]


def together(cast: builders.Cast, tier: int = Tier.MEMBER) -> tuple[Coalition, CoalitionMember, CoalitionMember]:
    """Harbor, which coordinates, and Prairie."""
    made = founded(cast)
    theirs = joined(cast.ravi, cast.prairie, asked(cast, made, cast.ravi.email, tier=tier))
    with viewing_as(cast.olive):
        ours = CoalitionMember.objects.get(organisation=cast.harbor)
    return made, ours, theirs


def shared(person: Person, stay: CoalitionMember, tier: int, **what: Any) -> Share:
    with viewing_as(person):
        return Share.objects.create(
            organisation_id=stay.organisation_id, grantee_kind="coalition", grantee_id=stay.coalition_id, stay=stay,
            tier=tier, **what,
        )  # fmt: skip


def link(token: str) -> str:
    return reverse("coalition-invitation", args=[token])


def acts_of(person: Person) -> list[str]:
    with viewing_as(person):
        return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def words(answer: Any) -> str:
    body = answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body[body.index("<main") : body.index("</main>")]))


# Asking and answering -----------------------------------------------------------------------------


def test_an_owner_founds_one_asks_another_in_and_both_read_the_same_members(cast: builders.Cast) -> None:
    olive, ravi = signed_in(cast.olive), signed_in(cast.ravi)
    assert "No coalition yet" in words(olive.get("/coalitions/"))
    given = {"name": "Plate Table", "purpose": "", "organisation": cast.harbor.public_id, "shown_as": "Harbor"}
    page = olive.post("/coalitions/new/", given).headers["Location"]
    invited = olive.post(f"{page}invite/", {"email": cast.ravi.email.upper(), "tier": "2", "message": "Come along"})
    assert invited.status_code == 303
    assert coalition_mail.send_due() == {"sent": 1, "later": 0, "failed": 0}
    assert coalition_mail.send_due()["sent"] == 0, "sent once"
    letter = mail.outbox[-1]
    assert letter.to == [cast.ravi.email] and "Plate Table" in letter.subject
    assert "Come along" in str(letter.body) and cast.harbor.name not in str(letter.body), "the name partners read"
    found = re.search(r"https?://[^/\s]+(/coalitions/invitations/\w+/)", str(letter.body))
    assert found
    told = words(Client().get(found.group(1)))
    assert "Harbor asks" in told and "Plate Table" in told and "Come along" in told
    done = ravi.post(found.group(1), {"organisation": cast.prairie.public_id, "shown_as": "Prairie", "act": "join"})
    assert done.headers["Location"] == page
    for client in (olive, ravi):
        assert "Harbor" in words(client.get(page)) and "Prairie" in words(client.get(page))
    assert acts_of(cast.ravi) == ["coalition.joined"]
    assert acts_of(cast.olive)[-3:] == ["coalition.founded", "coalition.invited", "coalition.joined"]
    audit = words(olive.get(reverse("organisation-audit", args=[cast.harbor.public_id])))
    assert "Somebody of a partner brought Prairie into the coalition “Plate Table”, as Member" in audit
    assert "Ravi" not in audit


def test_an_invitation_accepted_twice_is_one_stay_and_never_brings_back_who_left(cast: builders.Cast) -> None:
    made = founded(cast)
    token = asked(cast, made, cast.ravi.email)
    first = joined(cast.ravi, cast.prairie, token)
    assert joined(cast.ravi, cast.prairie, token).pk == first.pk
    with viewing_as(cast.ravi) as viewer:
        assert acts.end_stay(viewer=viewer, member=first) == "left"
    with pytest.raises(Refused, match="does not work any more"):
        joined(cast.ravi, cast.prairie, token)
    again = joined(cast.ravi, cast.prairie, asked(cast, made, cast.ravi.email))
    assert again.pk != first.pk, "a new invitation is a new stay"


def test_a_link_is_for_that_address_and_for_owners_of_what_they_bring(cast: builders.Cast) -> None:
    made = founded(cast)
    token = asked(cast, made, cast.ravi.email)
    noor, ravi = signed_in(cast.noor), signed_in(cast.ravi)
    other = builders.organisation("Noor's Press", cast.noor)
    answer = noor.post(link(token), {"organisation": other.public_id, "shown_as": "Noor", "act": "join"})
    assert answer.status_code == 403 and cast.ravi.email not in answer.content.decode()
    assert noor.post(link(token), {"act": "decline"}).status_code == 403
    stolen = ravi.post(link(token), {"organisation": cast.harbor.public_id, "shown_as": "X", "act": "join"})
    assert stolen.status_code == 400, "an organization that one does not own is no choice"
    with viewing_as(cast.ravi) as viewer, pytest.raises(NotYours):
        invitations.join(viewer=viewer, token=token, organisation=cast.harbor, shown_as="X", actor=cast.ravi)
    assert Client().post(link(token), {"act": "join"}).headers["Location"].startswith("/accounts/login/")
    with viewing_as(cast.olive) as viewer:
        assert queries.members(viewer, made).count() == 1


def test_dead_links_of_every_kind_give_one_answer(cast: builders.Cast) -> None:
    made = founded(cast)
    expired = asked(cast, made, "a@a.example", ago=15)
    withdrawn, replaced = asked(cast, made, "b@b.example"), asked(cast, made, "c@c.example")
    declined = asked(cast, made, cast.ravi.email)
    assert signed_in(cast.ravi).post(link(declined), {"act": "decline"}).status_code == 303
    with viewing_as(cast.olive) as viewer:
        rows = {one.email: one for one in CoalitionInvitation.objects.select_related("coalition", "organisation")}
        invitations.withdraw(viewer=viewer, invitation=rows["b@b.example"], actor=cast.olive)
        invitations.resend(viewer=viewer, invitation=rows["c@c.example"], actor=cast.olive, now=timezone.now())
        with pytest.raises(Refused, match="withdrawn already"):
            invitations.resend(viewer=viewer, invitation=rows["b@b.example"], actor=cast.olive, now=timezone.now())
        with pytest.raises(Refused, match="declined meanwhile"):
            invitations.withdraw(viewer=viewer, invitation=rows[cast.ravi.email], actor=cast.olive)
    pages = set()
    for token in (expired, withdrawn, replaced, declined, "x" * 40, replaced[:-1]):
        answer = signed_in(cast.ravi).get(link(token))
        assert answer.status_code == 404
        pages.add(words(answer))
    assert len(pages) == 1


def test_the_links_of_an_organization_that_left_or_coordinates_no_more_are_dead(cast: builders.Cast) -> None:
    made, ours, theirs = together(cast)
    token = asked(cast, made, "new@new.example")
    with viewing_as(cast.olive) as viewer:
        acts.set_stay(viewer=viewer, member=theirs, tier=2, coordinates=True)
    with viewing_as(cast.ravi) as viewer:
        acts.set_stay(viewer=viewer, member=ours, tier=3, coordinates=False)
    assert invitations.look(token) is None
    with viewing_as(cast.ravi) as viewer:
        fresh = invitations.invite(
            viewer=viewer, coalition=made, email="new@new.example", tier=2, message="", actor=cast.ravi,
            now=timezone.now(),
        )  # fmt: skip
    assert invitations.look(invitations.token_of(fresh.public_id, 1, invitations.SALT)), "the address is free again"


def test_two_partners_never_bear_one_name(cast: builders.Cast) -> None:
    made = founded(cast)
    token = asked(cast, made, cast.ravi.email)
    given = {"organisation": cast.prairie.public_id, "shown_as": "HARBOR", "act": "join"}
    answer = signed_in(cast.ravi).post(link(token), given)
    assert answer.status_code == 400 and "called HARBOR already" in words(answer)
    assert 'value="HARBOR"' in answer.content.decode()
    assert joined(cast.ravi, cast.prairie, token).shown_as == "Prairie", "nothing was used up"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"email": "nobody", "tier": "2"}, "Write one e-mail address"),
        ({"email": "", "tier": "2"}, "Write the address"),
        ({"email": "a@a.example", "tier": "9"}, "Select a valid choice"),
        ({"email": "a@a.example", "tier": "2", "message": "x" * 1001}, "1000"),
    ],
)
def test_a_bad_invitation_names_its_field_and_loses_nothing(
    cast: builders.Cast, given: dict[str, str], says: str
) -> None:
    made = founded(cast)
    answer = signed_in(cast.olive).post(reverse("coalition-invite", args=[made.public_id]), given)
    assert answer.status_code == 400 and says in words(answer)
    if given["email"]:
        assert f'value="{given["email"]}"' in answer.content.decode()


# Tiers, leaving, removing, dissolving -------------------------------------------------------------


def test_the_last_coordinator_neither_leaves_nor_lays_it_down(cast: builders.Cast) -> None:
    _made, ours, theirs = together(cast)
    with viewing_as(cast.olive) as viewer:
        with pytest.raises(Refused, match="coordinates alone"):
            acts.end_stay(viewer=viewer, member=ours)
        with pytest.raises(Refused, match="coordinates alone"):
            acts.set_stay(viewer=viewer, member=ours, tier=3, coordinates=False)
    page = signed_in(cast.olive).post(reverse("coalition-end", args=[ours.coalition.public_id, ours.public_id]))
    assert page.status_code == 409 and "dissolve the coalition" in words(page)
    with viewing_as(cast.olive) as viewer:
        acts.set_stay(viewer=viewer, member=theirs, tier=2, coordinates=True)
        assert acts.end_stay(viewer=viewer, member=ours) == "left"


def test_who_does_not_coordinate_leads_nothing(cast: builders.Cast) -> None:
    made, ours, theirs = together(cast)
    for person, refusal in ((cast.ravi, Refused), (cast.noor, NotYours), (cast.vera, Refused)):
        with viewing_as(person) as viewer:
            for act in (
                lambda v=viewer: acts.set_stay(viewer=v, member=ours, tier=1, coordinates=True),
                lambda v=viewer: acts.end_stay(viewer=v, member=ours),
                lambda v=viewer: acts.dissolve(viewer=v, coalition=made),
                lambda v=viewer, p=person: acts.rename(viewer=v, coalition=made, name="X", purpose="", actor=p),
                lambda v=viewer, p=person: invitations.invite(
                    viewer=v, coalition=made, email="a@a.example", tier=3, message="", actor=p, now=timezone.now()
                ),
            ):
                with pytest.raises(refusal):
                    act()
    ravi = signed_in(cast.ravi)
    for name, args in (
        ("coalition-rename", []), ("coalition-invite", []), ("coalition-dissolve", []),
        ("coalition-tier", [theirs.public_id]), ("coalition-end", [ours.public_id]),
        ("coalition-member", [ours.public_id]),
    ):  # fmt: skip
        assert ravi.get(reverse(name, args=[made.public_id, *args])).status_code == 404, name


def test_who_has_left_is_told_no_new_name_and_no_new_purpose(cast: builders.Cast) -> None:
    made, _ours, theirs = together(cast)
    with viewing_as(cast.olive) as viewer:
        acts.rename(viewer=viewer, coalition=made, name="Table of two", purpose="Known to both", actor=cast.olive)
    with viewing_as(cast.ravi) as viewer:
        assert acts.end_stay(viewer=viewer, member=theirs) == "left"
    for name, purpose in (("Table without Prairie", "Known to both"), ("Table of two", "What we do next")):
        with viewing_as(cast.olive) as viewer, pytest.raises(Refused) as refused:
            acts.rename(viewer=viewer, coalition=made, name=name, purpose=purpose, actor=cast.olive)
        assert (refused.value.code, refused.value.field) == ("left_reads_it", "name")
        with pytest.raises(IntegrityError), transaction.atomic(), viewing_as(cast.olive):
            Coalition.objects.filter(pk=made.pk).update(name=name, purpose=purpose)
    with viewing_as(cast.ravi) as viewer:
        kept = Coalition.objects.visible_to(viewer).get(pk=made.pk)
    assert (kept.name, kept.purpose) == ("Table of two", "Known to both")
    builders.joins(made, cast.olive, cast.harbor, cast.ravi, cast.prairie, 2)
    with viewing_as(cast.olive) as viewer:
        acts.rename(viewer=viewer, coalition=made, name="Together again", purpose="", actor=cast.olive)


def test_leaving_says_first_what_ends_and_what_is_lost(cast: builders.Cast) -> None:
    made, ours, theirs = together(cast)
    mine = builders.campaign(cast.ravi, cast.prairie)
    shared(cast.ravi, theirs, 2, campaign=mine, documents=True)
    their_campaign = builders.campaign(cast.olive, cast.harbor)
    one, two = (
        builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=their_campaign) for _ in range(2)
    )
    builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=their_campaign, held_back=True)
    shared(cast.olive, ours, 2, campaign=their_campaign)
    shared(cast.olive, ours, 3, request=one, correspondence=True)
    shared(cast.olive, ours, 1, request=two, correspondence=True)
    builders.share_with(cast.olive, one, cast.prairie)
    with viewing_as(cast.ravi):
        effect = queries.of_leaving([theirs])
    assert effect.ending == queries.Grants(campaigns=1, documents=1)
    assert effect.lost == queries.Lost(requests=1, letters=1), "what another grant still shows is not lost"
    page = reverse("coalition-end", args=[made.public_id, theirs.public_id])
    ravi = signed_in(cast.ravi)
    told = words(ravi.get(page))
    assert "Ends: 1 grant of a campaign, 1 with documents" in told
    assert "You lose: 1 request , the letters of 1 ." in told or "You lose: 1 request, the letters of 1." in told
    assert ravi.post(page).status_code == 303
    with viewing_as(cast.ravi):
        assert not Share.objects.filter(stay=theirs, revoked_at=None).exists()
    after = words(ravi.get(reverse("coalition", args=[made.public_id])))
    assert "has left" in after
    assert "Harbor" not in after, "who is there, it learns no more"


def test_a_lower_tier_shows_which_grants_stop_to_reach_and_asks(cast: builders.Cast) -> None:
    made, ours, theirs = together(cast, Tier.STEERING)
    for tier in Tier.values:
        shared(cast.olive, ours, tier, campaign=builders.campaign(cast.olive, cast.harbor))
    olive, page = signed_in(cast.olive), reverse("coalition-tier", args=[made.public_id, theirs.public_id])
    assert "No longer reaches them: 2 grants of campaigns" in words(olive.get(page, {"tier": "1"}))
    assert "they alone know" in words(olive.get(page, {"tier": "1"}))
    assert olive.get(page, {"tier": "7"}).status_code == 400
    olive.post(page, {"tier": "1", "seen_tier": "3"})
    assert "Reaches them from now on: 1 grant of a campaign" in words(olive.get(page, {"tier": "2"}))
    stale = olive.post(page, {"tier": "2", "seen_tier": "3"})
    assert stale.status_code == 409 and "it was Steering and is Observer" in words(stale)
    with viewing_as(cast.ravi):
        assert CoalitionMember.objects.get(pk=theirs.pk).tier == Tier.OBSERVER
    assert acts_of(cast.ravi)[-1] == "coalition.tier"


def test_removing_and_dissolving_count_only_what_the_viewer_may_know(cast: builders.Cast) -> None:
    made, ours, theirs = together(cast)
    lake = builders.organisation("Lake", cast.noor)
    third = joined(cast.noor, lake, asked(cast, made, cast.noor.email), "Lake")
    homes = ((cast.olive, ours, cast.harbor), (cast.ravi, theirs, cast.prairie), (cast.noor, third, lake))
    for person, stay, home in homes:
        campaign = builders.campaign(person, home)
        builders.bare_request(person, home, cast.agency, campaign=campaign)
        shared(person, stay, 2, campaign=campaign)
    with viewing_as(cast.olive) as viewer:
        stays = queries.own_stays(viewer, made)
        removing, ending = queries.of_removing(stays, theirs), queries.of_leaving(stays)
    assert (removing.ending.campaigns, removing.lost.requests) == (1, 1)
    assert (ending.ending.campaigns, ending.lost.requests) == (1, 2)
    olive = signed_in(cast.olive)
    assert "for all 3 organizations" in words(olive.get(reverse("coalition-dissolve", args=[made.public_id])))
    olive.post(reverse("coalition-end", args=[made.public_id, theirs.public_id]))
    assert acts_of(cast.ravi)[-1] == "coalition.removed"
    assert olive.post(reverse("coalition-dissolve", args=[made.public_id])).status_code == 303
    assert olive.post(reverse("coalition-dissolve", args=[made.public_id])).status_code == 303, "told the same"
    assert acts_of(cast.noor)[-1] == "coalition.dissolved"
    assert acts_of(cast.ravi)[-1] == "coalition.removed", "who is gone is told no more"


@pytest.mark.committed
def test_two_coordinators_who_dissolve_at_once_dissolve_it_once() -> None:
    cast = builders.cast()
    made, _ours, theirs = together(cast)
    with viewing_as(cast.olive) as viewer:
        acts.set_stay(viewer=viewer, member=theirs, tier=2, coordinates=True)
    answers: list[int] = []

    def dissolves(person: Person) -> None:
        try:
            answers.append(signed_in(person).post(reverse("coalition-dissolve", args=[made.public_id])).status_code)
        finally:
            connection.close()

    both = [threading.Thread(target=dissolves, args=(person,)) for person in (cast.olive, cast.ravi)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert answers == [303, 303]
    for person in (cast.olive, cast.ravi):
        assert acts_of(person).count("coalition.dissolved") == 1


# What is told by consent --------------------------------------------------------------------------


def test_a_coordinator_is_told_numbers_by_consent_and_nobody_else_is(cast: builders.Cast) -> None:
    made, _ours, theirs = together(cast)
    campaign = builders.campaign(cast.ravi, cast.prairie)
    asked_, kept = (
        builders.bare_request(cast.ravi, cast.prairie, cast.agency, campaign=campaign, held_back=held)
        for held in (False, True)
    )
    today = timezone.now().astimezone(dt.timezone(dt.timedelta(hours=-6))).date()
    with viewing_as(cast.ravi):
        for request in (asked_, kept):
            builders.deadline(request, owner="requester", due_on=today + dt.timedelta(days=2))
            builders.deadline(request, owner="counsel", due_on=today + dt.timedelta(days=3))
            builders.deadline(request, owner="agency", due_on=today + dt.timedelta(days=2))
            builders.deadline(request, owner="requester", due_on=today + dt.timedelta(days=20))
    assert counted(cast, made) == {}, "nobody agreed"
    agree(cast, theirs)
    assert counted(cast, made) == {theirs.pk: (0, 0)}, "nothing is shared here yet"
    shared(cast.ravi, theirs, 2, campaign=campaign)
    assert counted(cast, made) == {theirs.pk: (2, 2)}
    with viewing_as(cast.ravi):
        RequestPrivate.objects.filter(request=asked_).update(assignee=cast.ravi)
    assert counted(cast, made) == {theirs.pk: (2, 0)}
    page = reverse("coalition", args=[made.public_id])
    assert "2 end , all assigned" in words(signed_in(cast.olive).get(page)).replace("2 end,", "2 end ,")
    for person in (cast.edgar, cast.ravi):
        with viewing_as(person), pytest.raises(DatabaseError), transaction.atomic():
            queries.counts(made)
        assert "next 7 days" not in words(signed_in(person).get(page))
    agree(cast, theirs, counts=False)
    assert counted(cast, made) == {}


def agree(cast: builders.Cast, theirs: CoalitionMember, *, counts: bool = True) -> None:
    with viewing_as(cast.ravi) as viewer:
        acts.set_own(
            viewer=viewer, member=theirs, shown_as="Prairie", tells_counts=counts, tells_collisions=False,
            actor=cast.ravi,
        )  # fmt: skip


def counted(cast: builders.Cast, made: Coalition) -> dict[int, tuple[int, int]]:
    with viewing_as(cast.olive):
        return {key: (one.windows, one.unassigned) for key, one in queries.counts(made).items()}


def test_lists_cost_the_same_however_many_there_are(
    cast: builders.Cast, django_assert_max_num_queries: Any
) -> None:
    for _number in range(6):
        founded(cast)
    olive = signed_in(cast.olive)
    olive.get("/coalitions/")
    with django_assert_max_num_queries(14):
        assert olive.get("/coalitions/").content.count(b'<h2 class="h3">') == 6


# Another coordinator's invitation -----------------------------------------------------------------


def test_another_coordinator_withdraws_an_invitation_without_reading_whom_it_asks(cast: builders.Cast) -> None:
    made, _ours, theirs = together(cast)
    token = asked(cast, made, "secret.owner@lake.example")
    with viewing_as(cast.olive), connection.cursor() as cursor:
        cursor.execute("SELECT app_set_stay(%s, %s, true)", [theirs.pk, int(Tier.STEERING)])
    ravi = signed_in(cast.ravi)
    page = ravi.get(reverse("coalition", args=[made.public_id]))
    assert "By Harbor, as" in words(page) and "secret.owner" not in page.content.decode()
    with viewing_as(cast.olive):
        key = CoalitionInvitation.objects.get(email="secret.owner@lake.example").public_id
    act = reverse("coalition-invitation-act", args=[made.public_id, key])
    assert ravi.post(act, {"act": "resend"}).status_code == 404, "a new link would be theirs"
    assert invitations.look(token) is not None
    assert signed_in(cast.noor).post(act, {"act": "withdraw"}).status_code == 404
    assert ravi.post(act, {"act": "withdraw"}).status_code in (302, 303)
    assert invitations.look(token) is None
    assert acts_of(cast.olive)[-1] == "coalition.uninvited"
    assert ravi.post(act, {"act": "withdraw"}).status_code == 404


def test_joining_asks_for_a_fresh_proof_and_declining_does_not(cast: builders.Cast) -> None:
    made = founded(cast)
    token = asked(cast, made, cast.ravi.email)
    ravi = signed_in(cast.ravi)
    session = ravi.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 3600}]
    session.save()
    said = ravi.post(link(token), {"organisation": cast.prairie.public_id, "shown_as": "Prairie"})
    assert said.headers["Location"].startswith("/accounts/reauthenticate/")
    with viewing_as(cast.olive):
        assert CoalitionMember.objects.filter(coalition=made).count() == 1
    assert ravi.post(link(token), {"act": "decline"}).headers["Location"] == reverse("coalitions")
