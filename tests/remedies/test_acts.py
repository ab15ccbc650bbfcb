"""A remedy from its draft to its decision: what is written, what the ledger says, what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from requests_app.actions import correspondence, letter_record, orders, remedies, remedy_costs, remedy_letters
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    AuditEntry,
    Deadline,
    Event,
    Letter,
    RecordsRequest,
    Remedy,
    RemedyCost,
    RemedyEvent,
    Withholding,
)
from requests_app.models.visibility import viewing_as
from requests_app.queries.remedies import RemedyNow
from tests import builders

from .scene import D, at, filed, happens, page

pytestmark = pytest.mark.django_db
DENIED, NOW = D(2026, 3, 6), D(2026, 3, 12)


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def denied(cast: builders.Cast) -> RecordsRequest:
    """A2 of two parts was denied in Illinois."""
    made = filed(cast, "us-il")
    happens(cast, made, "determined", DENIED, outcome="denied", parts=("A2",))
    return made


def begun(cast: builders.Cast, made: RecordsRequest, kind: str = "review", on: D = NOW, **said: Any) -> Remedy:
    window = next((one for one in page(cast, made, on).windows if one.kind == kind and one.state != "gone"), None)
    with viewing_as(cast.edgar) as viewer:
        return remedies.open_remedy(
            viewer=viewer, records_request=made, kind=kind, actor=cast.edgar, once=said.pop("once", "begin"),
            now=at(on), clock_key=said.pop("clock_key", window.clock.key if window else ""), **said,
        )  # fmt: skip


def act(cast: builders.Cast, does: Any, remedy: Remedy, on: D = NOW, **said: Any) -> Any:
    with viewing_as(cast.edgar) as viewer:
        return does(viewer=viewer, remedy=remedy, actor=cast.edgar, today=on, **said)


def file(cast: builders.Cast, remedy: Remedy, on: D = NOW, **said: Any) -> remedies.Filed:
    said = {"once": "file", "sent_on": on, "received_on": on} | said
    filed: remedies.Filed = act(cast, remedies.file_remedy, remedy, on, now=at(on), **said)
    return filed


def row(cast: builders.Cast, remedy: Remedy, on: D = NOW) -> RemedyNow:
    found = page(cast, remedy.request, on).remedy(remedy.public_id)
    assert found is not None
    return found


def test_a_draft_takes_its_window_its_parts_and_whoever_the_law_names(
    cast: builders.Cast, denied: RecordsRequest
) -> None:
    made = begun(cast, denied)
    assert (made.kind, made.parts, made.round) == ("review", ["A2"], 1)
    assert made.body == "Public Access Counselor, Office of the Attorney General"
    assert row(cast, made).stage == "draft"
    with viewing_as(cast.olive):
        assert not denied.events.filter(kind="review_filed").exists()


def test_the_letter_says_when_was_asked_what_came_and_until_when_it_is_in_time(
    cast: builders.Cast, denied: RecordsRequest
) -> None:
    made = begun(cast, denied)
    for said in (
        "Public Access Counselor", "Monday, March 2, 2026", "Part A2", "Friday, March 6, 2026",
        "Tuesday, May 5, 2026", "5 ILCS 140/9.5",
    ):  # fmt: skip
        assert said in made.letter, made.letter
    assert "A1" not in made.letter


def test_the_letter_over_silence_names_the_day_on_which_the_answer_was_due(cast: builders.Cast) -> None:
    made = begun(cast, filed(cast, "us-il"), on=D(2026, 3, 16))
    assert "Monday, March 9, 2026" in made.letter


def test_a_second_click_opens_one_page_and_files_once(cast: builders.Cast, denied: RecordsRequest) -> None:
    first, second = begun(cast, denied), begun(cast, denied)
    assert first.pk == second.pk
    file(cast, first)
    again = file(cast, first)
    assert again.recorded.repeated
    with viewing_as(cast.olive):
        assert denied.events.filter(kind="review_filed").count() == 1
        assert RemedyEvent.objects.filter(remedy=first).count() == 1
    with pytest.raises(Refused) as refused:
        file(cast, first, once="another form")
    assert refused.value.code == "filed_before"


def test_filing_meets_the_window_and_starts_the_reviewers_time(cast: builders.Cast, denied: RecordsRequest) -> None:
    made = begun(cast, denied)
    with viewing_as(cast.edgar) as viewer:
        effect = remedies.preview_filing(
            viewer=viewer, remedy=made, once="x", today=NOW, now=at(NOW), sent_on=NOW, received_on=NOW
        )
        assert not denied.events.filter(kind="review_filed").exists()
    changed = {change.clock.rule_id: change.what for change in effect.clocks}
    assert changed["review-by"] == "met"
    assert changed["review-decision"] == "opened"
    file(cast, made)
    now = row(cast, made)
    assert now.stage == "filed"
    assert now.answer is not None
    assert now.answer.rule_id == "review-decision"
    assert now.late_by is None


def test_an_appeal_a_day_late_is_recorded_marked_late_and_warned_of(cast: builders.Cast) -> None:
    request = filed(cast, "us-pa", parts=("A1",))
    happens(cast, request, "determined", DENIED, outcome="denied")
    made = begun(cast, request, "appeal", on=D(2026, 3, 30))
    done = file(cast, made, on=D(2026, 3, 30))
    assert "3 days late" in " ".join(done.warnings)
    assert row(cast, made, D(2026, 3, 31)).late_by == 3


def test_a_decision_opens_court_and_carries_its_words(cast: builders.Cast) -> None:
    request = filed(cast, "us-ny", parts=("A1",))
    happens(cast, request, "determined", DENIED, outcome="denied")
    made = begun(cast, request, "appeal")
    file(cast, made)
    on = D(2026, 3, 24)
    act(
        cast, remedies.decide_remedy, made, on, outcome="upheld", once="no", dated_on=on, received_on=on,
        text="The appeal is denied.",
    )  # fmt: skip
    now = row(cast, made, on)
    assert now.stage == "decided"
    assert now.decided is not None
    assert (now.decided.event.outcome, now.decided.text) == ("upheld", "The appeal is denied.")
    assert {one.clock.rule_id for one in page(cast, request, on).of("open")} == {"sue"}


def test_a_remand_begins_round_two_and_the_next_denial_opens_its_window(cast: builders.Cast) -> None:
    request = filed(cast, "us-ny", parts=("A1",))
    happens(cast, request, "determined", DENIED, outcome="denied")
    made = begun(cast, request, "appeal")
    file(cast, made)
    on = D(2026, 3, 24)
    act(
        cast, remedies.decide_remedy, made, on, outcome="reversed", once="back", dated_on=on, received_on=on,
        remanded=True,
    )  # fmt: skip
    assert row(cast, made, on).stage == "remanded"
    happens(cast, request, "determined", D(2026, 4, 20), outcome="denied")
    [window] = page(cast, request, D(2026, 4, 21)).of("open")
    assert (window.clock.rule_id, window.clock.round) == ("appeal-by", 2)
    again = begun(cast, request, "appeal", on=D(2026, 4, 21), once="second", clock_key=window.clock.key)
    assert again.round == 2


def test_a_filing_taken_back_makes_it_a_draft_again(cast: builders.Cast, denied: RecordsRequest) -> None:
    made = begun(cast, denied)
    event = file(cast, made).recorded.event
    with viewing_as(cast.edgar) as viewer:
        correspondence.retract_event(
            viewer=viewer, records_request=denied, event=event, reason="wrong day", actor=cast.edgar, once="back",
            today=NOW,
        )  # fmt: skip
    assert row(cast, made).stage == "draft"
    file(cast, made, once="right day", on=D(2026, 3, 13))
    assert row(cast, made, D(2026, 3, 13)).stage == "filed"


def test_a_filing_that_was_logged_by_itself_gets_a_page(cast: builders.Cast, denied: RecordsRequest) -> None:
    happens(cast, denied, "review_filed", NOW, parts=("A2",))
    [line] = page(cast, denied, NOW).unpaged
    made = begun(cast, denied, adopts=line.event.uid, clock_key="")
    assert row(cast, made).stage == "filed"
    assert page(cast, denied, NOW).unpaged == ()
    with pytest.raises(Refused):
        begun(cast, denied, adopts=line.event.uid, clock_key="", once="again")


def test_two_who_write_at_once_the_second_is_told_and_nothing_is_lost(
    cast: builders.Cast, denied: RecordsRequest
) -> None:
    made = begun(cast, denied)
    with viewing_as(cast.edgar) as viewer:
        remedies.save_remedy(viewer=viewer, remedy=made, seen_version=1, changes={"grounds": "Edgar’s"})
    with viewing_as(cast.olive) as viewer, pytest.raises(Refused) as refused:
        remedies.save_remedy(viewer=viewer, remedy=made, seen_version=1, changes={"grounds": "Olive’s"})
    assert (refused.value.code, refused.value.status) == ("stale", 409)
    with viewing_as(cast.olive):
        assert Remedy.objects.get(pk=made.pk).grounds == "Edgar’s"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"docket": "9" * 121}, "docket"),
        ({"grounds": "x" * 20_001}, "grounds"),
        ({"parts": ["Z9"]}, "parts"),
        ({"level": 0}, "level"),
        ({"level": "two"}, "level"),
        ({"challenged": [{"section": "§ 7", "part": "Z9"}]}, "challenged"),
        ({"challenged": [{"section": "§ 7", "basis": "whim"}]}, "challenged"),
        ({"challenged": [{"section": "x" * 301}]}, "challenged"),
        ({"challenged": [{"section": "§ 7"}] * 61}, "challenged"),
    ],
)
def test_what_does_not_fit_names_its_field(
    cast: builders.Cast, denied: RecordsRequest, changes: dict[str, Any], field: str
) -> None:
    made = begun(cast, denied)
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused) as refused:
        remedies.save_remedy(viewer=viewer, remedy=made, seen_version=1, changes=changes)
    assert refused.value.field == field


def test_hostile_words_are_kept_without_the_byte_the_database_refuses(
    cast: builders.Cast, denied: RecordsRequest
) -> None:
    made = begun(cast, denied)
    said = "مرحبا\x00 🗂️ <script>"
    with viewing_as(cast.edgar) as viewer:
        kept = remedies.save_remedy(
            viewer=viewer, remedy=made, seen_version=1,
            changes={"grounds": said, "challenged": [{"section": said, "part": "A2"}]},
        )  # fmt: skip
    assert kept.grounds == said.replace("\x00", "")
    assert kept.challenged == [{"part": "A2", "section": said.replace("\x00", ""), "basis": "records_law"}]


def test_contested_sections_and_grounds_go_into_a_letter_drafted_anew(
    cast: builders.Cast, denied: RecordsRequest
) -> None:
    made = begun(cast, denied)
    with viewing_as(cast.edgar) as viewer:
        made = remedies.save_remedy(
            viewer=viewer, remedy=made, seen_version=1,
            changes={"grounds": "The list is public.", "challenged": [{"section": "7(1)(d)(i)", "part": "A2"}]},
        )  # fmt: skip
        made = remedies.draft_again(viewer=viewer, remedy=made, seen_version=2, now=at(NOW))
    assert "The list is public." in made.letter
    assert "7(1)(d)(i)" in made.letter


def suit(cast: builders.Cast, on: D = NOW) -> Remedy:
    request = filed(cast, "us-ca", parts=("A1",))
    happens(cast, request, "determined", DENIED, outcome="denied")
    made = begun(cast, request, "suit")
    file(cast, made, on, received_on=None)
    return made


ORDER = D(2026, 4, 6)


def order(cast: builders.Cast, made: Remedy, **said: Any) -> Event:
    given = {
        "what": "production", "owes": "agency", "due_on": D(2026, 6, 5), "dated_on": ORDER, "once": "order",
        "entry": "24", "text": "Defendant shall produce.",
    }  # fmt: skip
    event: Event = act(cast, orders.record_order, made, ORDER, **(given | said)).recorded.event
    return event


def test_a_date_of_an_order_is_a_clock_with_the_order_as_its_authority(cast: builders.Cast) -> None:
    made = suit(cast)
    first = order(cast, made)
    with viewing_as(cast.olive):
        kept = Deadline.objects.standing().get(request=made.request, rule_id="order")
        assert (kept.owner, kept.due_on, kept.clock_key) == (
            "agency", D(2026, 6, 5), f"order|event:{first.uid}|r1",
        )  # fmt: skip
        assert kept.clock["citation"] == "Order of Monday, April 6, 2026, docket entry 24"
    [found] = row(cast, made, ORDER).orders
    assert found.clock is not None
    assert found.line.text == "Defendant shall produce."


def test_a_later_order_moves_the_day_and_what_was_done_meets_it(cast: builders.Cast) -> None:
    made = suit(cast)
    first = order(cast, made)
    later = order(
        cast, made, once="later", moves=first.uid, due_on=D(2026, 7, 6), dated_on=ORDER, what="other",
        owes="requester", entry="",
    )  # fmt: skip
    assert (later.kind, later.facts["what"]) == ("ordered", "production")
    [found] = row(cast, made, ORDER).orders
    assert found.clock is not None
    assert found.clock.due_on == D(2026, 7, 6)
    act(cast, orders.meet_order, made, D(2026, 7, 1), order=first.uid, once="met", sent_on=D(2026, 7, 1))
    [found] = row(cast, made, D(2026, 7, 2)).orders
    assert found.clock is not None
    assert found.clock.met_on == D(2026, 7, 1)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"due_on": None}, "due_on"),
        ({"due_on": D(2026, 4, 5)}, "due_on"),
        ({"owes": "nobody"}, "owes"),
        ({"what": "a dance"}, "what"),
        ({"entry": "Dkt. 24; see also the long letter"}, "entry"),
        ({"moves": "none"}, "moves"),
        ({"dated_on": D(2027, 1, 4), "due_on": D(2027, 2, 1)}, "dated_on"),
    ],
)
def test_an_order_that_cannot_be_names_its_field(cast: builders.Cast, said: dict[str, Any], field: str) -> None:
    made = suit(cast)
    with pytest.raises(Refused) as refused:
        order(cast, made, **said)
    assert refused.value.field == field


def test_only_what_was_filed_before_a_court_or_reviewer_is_ordered_or_decided(
    cast: builders.Cast, denied: RecordsRequest
) -> None:
    draft = begun(cast, denied)
    with pytest.raises(Refused) as refused:
        order(cast, draft)
    assert refused.value.code == "not_filed"
    with pytest.raises(Refused) as refused:
        act(cast, remedies.decide_remedy, draft, outcome="upheld", once="no", dated_on=NOW)
    assert refused.value.code == "not_filed"
    notice = begun(cast, denied, "notice", once="notice", clock_key="")
    file(cast, notice, once="noticed")
    with pytest.raises(Refused) as refused:
        act(cast, remedies.decide_remedy, notice, outcome="upheld", once="no", dated_on=NOW)
    assert refused.value.code == "nobody_decides"


def test_costs_add_up_once_and_one_taken_out_stays_struck_through(cast: builders.Cast) -> None:
    made = suit(cast)
    with viewing_as(cast.edgar) as viewer:
        for _ in range(2):
            cost = remedy_costs.add_cost(
                viewer=viewer, remedy=made, what="Filing fee", amount=Decimal("435.00"), on=NOW, once="fee"
            )
        remedy_costs.add_cost(
            viewer=viewer, remedy=made, what="Service", amount=Decimal("75.50"), on=NOW, once="service"
        )
        assert row(cast, made).total == Decimal("510.50")
        remedy_costs.take_back_cost(viewer=viewer, remedy=made, public_id=cost.public_id, actor=cast.edgar)
    now = row(cast, made)
    assert now.total == Decimal("75.50")
    assert len(now.costs) == 2
    with viewing_as(cast.olive):
        assert AuditEntry.objects.filter(act="remedy.cost_taken_back").count() == 1


def test_a_draft_is_put_aside_and_what_was_filed_is_not(cast: builders.Cast, denied: RecordsRequest) -> None:
    draft, other = begun(cast, denied), begun(cast, denied, once="other")
    with viewing_as(cast.edgar) as viewer:
        remedies.drop_remedy(viewer=viewer, remedy=draft, actor=cast.edgar)
    assert row(cast, draft).stage == "dropped"
    file(cast, other)
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused) as refused:
        remedies.drop_remedy(viewer=viewer, remedy=other, actor=cast.edgar)
    assert refused.value.code == "filed_before"


def test_viewers_read_and_strangers_see_nothing(cast: builders.Cast, denied: RecordsRequest) -> None:
    made = begun(cast, denied)
    builders.share_with(cast.olive, denied, cast.prairie, everything=True, correspondence=True)
    with viewing_as(cast.vera) as viewer:
        assert Remedy.objects.visible_to(viewer).count() == 1
        with pytest.raises(Refused) as refused:
            remedies.save_remedy(viewer=viewer, remedy=made, seen_version=1, changes={"notes": "mine"})
        assert (refused.value.code, refused.value.status) == ("editors_only", 403)
    with viewing_as(cast.ravi) as viewer:
        assert not Remedy.objects.visible_to(viewer).exists()
        assert not Remedy.objects.exists()
        assert not RemedyEvent.objects.exists()
        assert not RemedyCost.objects.exists()
        with pytest.raises(NotYours):
            remedies.save_remedy(viewer=viewer, remedy=made, seen_version=1, changes={"notes": "mine"})


def test_what_the_court_orders_of_us_the_public_never_reads(cast: builders.Cast) -> None:
    made = suit(cast)
    theirs = order(cast, made)
    ours = order(cast, made, once="ours", owes="requester", what="status_report", due_on=D(2026, 5, 1))
    met = act(
        cast, orders.meet_order, made, D(2026, 5, 1), order=ours.uid, once="met", sent_on=D(2026, 5, 1)
    ).recorded.event
    builders.publish(cast.olive, made.request)
    with viewing_as(cast.noor):
        seen = set(Event.objects.values_list("uid", flat=True))
        assert theirs.uid in seen
        assert not {ours.uid, met.uid} & seen
        assert list(Deadline.objects.filter(rule_id="order").values_list("owner", flat=True)) == ["agency"]
    builders.share_with(cast.olive, made.request, cast.prairie)
    with viewing_as(cast.ravi):
        assert Event.objects.filter(uid=ours.uid).exists()



def handed_over(cast: builders.Cast, made: Remedy) -> Letter:
    with viewing_as(cast.edgar) as viewer:
        return remedy_letters.hand_over(viewer=viewer, remedy=made, actor=cast.edgar, now=at(NOW))


def test_a_letter_that_has_gone_out_is_the_filing_of_its_remedy(
    cast: builders.Cast, denied: RecordsRequest
) -> None:
    made = begun(cast, denied)
    letter = handed_over(cast, made)
    assert handed_over(cast, made).pk == letter.pk
    assert (letter.kind, letter.event_kind, letter.body.strip()) == ("review", "review_filed", made.letter.strip())
    assert letter.address == "", "never the agency’s own address for somebody outside it"
    with viewing_as(cast.edgar) as viewer:
        letter_record.record_on(
            viewer=viewer, letter=letter, actor=cast.edgar, on=NOW, today=NOW, channel="post", state="printed",
            strict=True,
        )  # fmt: skip
    now = row(cast, made)
    assert now.stage == "filed"
    assert now.filed is not None
    assert now.filed.event.parts == ["A2"]
    with pytest.raises(Refused) as refused:
        file(cast, made)
    assert refused.value.code == "filed_before"


def test_what_was_filed_by_hand_is_not_filed_again_by_its_letter(
    cast: builders.Cast, denied: RecordsRequest
) -> None:
    made = begun(cast, denied)
    letter = handed_over(cast, made)
    file(cast, made)
    with viewing_as(cast.olive):
        letter.refresh_from_db()
        assert letter.state == Letter.State.DISCARDED


def test_a_suit_is_no_letter_and_an_empty_one_is_not_sent(cast: builders.Cast, denied: RecordsRequest) -> None:
    with pytest.raises(Refused) as refused:
        handed_over(cast, begun(cast, denied, "suit", once="suit"))
    assert refused.value.code == "no_letter"
    made = begun(cast, denied)
    with viewing_as(cast.edgar) as viewer:
        made = remedies.save_remedy(viewer=viewer, remedy=made, seen_version=1, changes={"letter": " "})
    with pytest.raises(Refused) as refused:
        handed_over(cast, made)
    assert refused.value.code == "letter_empty"


def test_the_register_hands_its_sections_to_the_draft(cast: builders.Cast, denied: RecordsRequest) -> None:
    with viewing_as(cast.olive):
        decision = denied.events.get(kind="determined")
        for part, section in (("A2", "7(1)(d)(i)"), ("A1", "7(1)(c)")):
            Withholding.objects.create(
                organisation=cast.harbor, request=denied, event=decision, part=part, section=section,
                ground="records_law", reason="would interfere", once=part,
            )  # fmt: skip
    made = begun(cast, denied)
    assert [(row["part"], row["section"]) for row in made.challenged] == [("A2", "7(1)(d)(i)")]
    assert "7(1)(d)(i)" in made.letter
    assert "would interfere" in made.letter
