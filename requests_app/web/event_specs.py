"""What each event's form asks: only what that event needs, in the agency's dates.

The words are the field's standard terms. A kind without a spec has no form; the ledger may still hold it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Spec:
    """kind: of the ledger. dates: which of dated, sent and received are asked, with their words; the first is
    required. parts: whether it may concern some parts only. outcomes: the ones to choose from. extras: see
    `event_form.EXTRAS`. direction: in (theirs) or out (ours)."""

    kind: str
    words: Words
    hint: Words
    direction: str
    dates: tuple[tuple[str, Words], ...]
    parts: bool = False
    outcomes: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    group: Words = ""


ANSWERS = _("What the agency did")
RARER = _("Less often from the agency")
OURS = _("What we did")
LATER = _("Appeal, review and court")
DATES = _("Our dates, and the end")

RECEIVED = _("Day it reached us")
DATED = _("Date on the letter")
SENT_BY_THEM = _("Day the agency sent or mailed it")
SENT = _("Day we sent it")

DECISIONS = (
    "granted", "denied", "denied_in_part", "no_records", "neither_confirms_nor_denies", "not_ours",
    "not_a_public_body", "not_subject", "not_found_as_described", "directed_to_web", "destroyed",
)  # fmt: skip

SPECS: dict[str, Spec] = {
    spec.kind: spec
    for spec in (
        Spec(
            "acknowledged", _("Acknowledgment"),
            _("The agency says that it has the request. It answers nothing yet."),
            "in", (("received_on", RECEIVED), ("dated_on", DATED)),
            extras=("names_received_on", "tracking_number"), group=ANSWERS,
        ),
        Spec(
            "extension_noticed", _("Extension"),
            _("The agency takes more time. Whether it may is checked against the law."),
            "in", (("sent_on", SENT_BY_THEM), ("received_on", RECEIVED)),
            extras=("days", "until", "reason"), group=ANSWERS,
        ),
        Spec(
            "clarification_asked", _("Question to us"),
            _("The agency asks what we mean. The law decides whether its clock stops."),
            "in", (("received_on", RECEIVED), ("sent_on", SENT_BY_THEM)), extras=("about",), group=ANSWERS,
        ),
        Spec(
            "fee_estimated", _("Fee estimate"), _("The agency names a price before it goes on."),
            "in", (("received_on", RECEIVED), ("sent_on", SENT_BY_THEM)), extras=("amount",), group=ANSWERS,
        ),
        Spec(
            "deposit_asked", _("Deposit demanded"), _("The agency wants money before it goes on."),
            "in", (("received_on", RECEIVED), ("sent_on", SENT_BY_THEM)), extras=("amount",), group=ANSWERS,
        ),
        Spec(
            "date_promised", _("Date promised"),
            _("The agency names a day for its answer or its records. A promise moves no date of the law."),
            "in", (("received_on", RECEIVED), ("dated_on", DATED)), extras=("until",), group=ANSWERS,
        ),
        Spec(
            "produced", _("Records received"),
            _("Records came, all or some of them. What was withheld needs a decision, too: it opens our windows."),
            "in", (("received_on", RECEIVED), ("sent_on", SENT_BY_THEM)), parts=True,
            outcomes=("produced", "produced_in_part"), group=ANSWERS,
        ),
        Spec(
            "determined", _("Decision"),
            _("The agency grants, denies or says it has nothing. A denial opens our own windows."),
            "in", (("dated_on", DATED), ("sent_on", SENT_BY_THEM), ("received_on", RECEIVED)), parts=True,
            outcomes=DECISIONS, extras=("ground",), group=ANSWERS,
        ),
        Spec(
            "agency_closed", _("Agency closed the request"),
            _("The agency says that it closed the request. It is not closed for us until we close it."),
            "in", (("received_on", RECEIVED), ("dated_on", DATED)), group=ANSWERS,
        ),
        Spec(
            "bounced", _("Letter bounced"),
            _("What we sent did not arrive. The agency’s clock has not started."),
            "in", (("received_on", _("Day we learned it")),), group=ANSWERS,
        ),
        Spec(
            "receipt_confirmed", _("Receipt confirmed"),
            _("A portal, a return receipt or the agency itself proves the day of receipt."),
            "in", (("received_on", _("Day the agency received it")),), extras=("basis",), group=ANSWERS,
        ),
        Spec(
            "ruling_requested", _("Ruling sought from the Attorney General"),
            _("The agency asks the Attorney General whether it may withhold."),
            "in", (("sent_on", SENT_BY_THEM), ("received_on", RECEIVED)), parts=True, group=RARER,
        ),
        Spec(
            "fee_waiver_decided", _("Fee waiver decided"),
            _("The agency says whether it waives its fees. A refusal may open a window of ours."),
            "in", (("received_on", RECEIVED), ("dated_on", DATED)), group=RARER,
        ),
        Spec(
            "expedite_decided", _("Faster handling decided"),
            _("The agency says whether it handles the request ahead of others."),
            "in", (("received_on", RECEIVED), ("dated_on", DATED)), group=RARER,
        ),
        Spec(
            "category_decided", _("Put in a category"),
            _("The agency calls the request commercial, voluminous or the like, and other times hold."),
            "in", (("sent_on", SENT_BY_THEM), ("received_on", RECEIVED)), group=RARER,
        ),
        Spec(
            "instalment_promised", _("Installment promised"),
            _("The agency names a day for the next part of the records."),
            "in", (("received_on", RECEIVED), ("dated_on", DATED)), extras=("until",), group=RARER,
        ),
        Spec(
            "referred", _("Referred to another agency"),
            _("The agency passes some records on to the agency they came from."),
            "in", (("received_on", RECEIVED), ("dated_on", DATED)), parts=True, group=RARER,
        ),
        Spec(
            "transferred", _("Transferred to another agency"),
            _("The agency hands the request, or parts of it, to another one. Under its law a clock begins anew."),
            "in", (("received_on", RECEIVED), ("sent_on", SENT_BY_THEM)), parts=True, extras=("law",), group=RARER,
        ),
        Spec(
            "consulted", _("Another agency consulted"), _("The agency asks another one before it answers."),
            "in", (("received_on", RECEIVED), ("dated_on", DATED)), group=RARER,
        ),
        Spec(
            "third_party_notified", _("Third party notified"),
            _("The agency gives a vendor, an officer or another person the chance to object."),
            "in", (("received_on", RECEIVED), ("sent_on", SENT_BY_THEM)), group=RARER,
        ),
        Spec(
            "third_party_objected", _("Third party objected"), _("Whoever was notified objects to the release."),
            "in", (("received_on", RECEIVED), ("dated_on", DATED)), group=RARER,
        ),
        Spec(
            "injunction_sought", _("Injunction sought"), _("Somebody asks a court to stop the release."),
            "in", (("dated_on", _("Day it was filed")), ("received_on", RECEIVED)), group=RARER,
        ),
        Spec(
            "ruling_brief_sent", _("Arguments sent to the Attorney General"),
            _("The agency says why it may withhold."),
            "in", (("sent_on", SENT_BY_THEM), ("received_on", RECEIVED)), group=RARER,
        ),
        Spec(
            "perfected", _("Called perfected"),
            _("The agency names the day from which it counts the request as complete. Ours stands beside it."),
            "in", (("dated_on", _("Day it names")), ("received_on", RECEIVED)), group=RARER,
        ),
        Spec(
            "records_destroyed", _("Records destroyed"), _("The agency says that the records are gone."),
            "in", (("received_on", RECEIVED), ("dated_on", DATED)), parts=True, group=RARER,
        ),
        Spec(
            "agency_reopened", _("Agency reopened the request"), _("The agency works on the request again."),
            "in", (("received_on", RECEIVED), ("dated_on", DATED)), group=RARER,
        ),
        Spec(
            "clarification_answered", _("Answer to their question"), _("We told the agency what we mean."),
            "out", (("sent_on", SENT), ("received_on", _("Day the agency received it"))), extras=("of",), group=OURS,
        ),
        Spec(
            "deposit_paid", _("Deposit paid"), _("We paid what the agency wanted first."),
            "out", (("sent_on", _("Day we paid")), ("received_on", _("Day the agency received it"))),
            extras=("amount",), group=OURS,
        ),
        Spec(
            "fee_paid", _("Fee paid"), _("We paid the fee."),
            "out", (("sent_on", _("Day we paid")), ("received_on", _("Day the agency received it"))),
            extras=("amount",), group=OURS,
        ),
        Spec(
            "narrowed", _("Request narrowed"), _("We ask for less. The text of the request changes."),
            "out", (("sent_on", SENT), ("received_on", _("Day the agency received it"))), parts=True, group=OURS,
        ),
        Spec(
            "fee_waiver_asked", _("Fee waiver asked"), _("We ask the agency to waive its fees."),
            "out", (("sent_on", SENT),), group=OURS,
        ),
        Spec(
            "expedite_asked", _("Faster handling asked"), _("We ask to be handled ahead of others."),
            "out", (("sent_on", SENT), ("received_on", _("Day the agency received it"))), group=OURS,
        ),
        Spec(
            "preservation_demanded", _("Preservation demanded"), _("We ask the agency to keep the records."),
            "out", (("sent_on", SENT),), group=OURS,
        ),
        Spec(
            "sent", _("Request sent again"),
            _("The first letter came back or went to the wrong office. The time runs from the one that arrives."),
            "out", (("sent_on", SENT), ("received_on", _("Day the agency received it"))),
            extras=("channel",), group=OURS,
        ),
        Spec(
            "follow_up_sent", _("Follow-up sent"), _("We asked where the answer is. No clock moves."),
            "out", (("sent_on", SENT),), group=OURS,
        ),
        Spec(
            "notice_sent", _("Formal notice sent"),
            _("A notice that the law wants before a suit, or a demand for the written reasons of a denial."),
            "out", (("sent_on", SENT), ("received_on", _("Day the agency received it"))),
            extras=("notice_about",), group=LATER,
        ),
        Spec(
            "ruling_issued", _("Attorney General’s ruling"),
            _("The Attorney General says what may be withheld."),
            "in", (("dated_on", DATED), ("received_on", RECEIVED)), parts=True,
            outcomes=("upheld", "reversed"), group=LATER,
        ),
        Spec(
            "suit_decided", _("Suit decided"), _("The court has decided."),
            "in", (("dated_on", _("Day of the decision")), ("received_on", RECEIVED)), parts=True,
            outcomes=("upheld", "reversed", "withdrawn"), group=LATER,
        ),
        Spec(
            "withdrawn", _("Request withdrawn"), _("We take the request, or some of its parts, back."),
            "out", (("sent_on", SENT),), parts=True, group=OURS,
        ),
        Spec(
            "disputed", _("Contest what the agency did"),
            _("We say that an extension, a question or a demand has no basis. Our own windows then never wait for it."),
            "out", (("dated_on", _("Day of this decision")),), extras=("event", "accepted"), group=DATES,
        ),
        Spec(
            "override", _("Set a date by hand"),
            _("Our date stands in place of the computed one, which stays beside it, until it is released."),
            "out", (("dated_on", _("Day of this decision")),), extras=("clock", "due_on"), group=DATES,
        ),
        Spec(
            "override_released", _("Release a date set by hand"), _("The computed date stands again."),
            "out", (("dated_on", _("Day of this decision")),), extras=("clock",), group=DATES,
        ),
        Spec(
            "waived", _("Let a window go"),
            _("We will not use this window. It stays on the record, with the reason."),
            "out", (("dated_on", _("Day of this decision")),), extras=("clock",), group=DATES,
        ),
        Spec(
            "closed", _("Close the request"),
            _("Nothing is left to do. A request is not closed over a window of ours that still runs."),
            "out", (("dated_on", _("Day we close it")),), group=DATES,
        ),
        Spec(
            "appeal_filed", _("Appeal filed"), _("We appealed to the agency. Its clock to decide starts."),
            "out", (("sent_on", SENT), ("received_on", _("Day the appeal was received"))), parts=True,
            group=LATER,
        ),
        Spec(
            "appeal_decided", _("Appeal decided"), _("The decision on our appeal. Court may open."),
            "in", (("dated_on", DATED), ("sent_on", SENT_BY_THEM), ("received_on", RECEIVED)), parts=True,
            outcomes=("upheld", "reversed", "denied_in_part"), group=LATER,
        ),
        Spec(
            "remanded", _("Sent back to the agency"), _("The agency must decide again: round two begins."),
            "in", (("dated_on", DATED), ("received_on", RECEIVED)), parts=True, group=LATER,
        ),
        Spec(
            "review_filed", _("Outside review asked"),
            _("We asked the Attorney General, a counselor or a commission to look."),
            "out", (("sent_on", SENT), ("received_on", _("Day it was received"))), parts=True, group=LATER,
        ),
        Spec(
            "review_decided", _("Outside review decided"), _("The reviewer decided."),
            "in", (("dated_on", DATED), ("received_on", RECEIVED)), parts=True,
            outcomes=("upheld", "reversed", "denied_in_part"), group=LATER,
        ),
        Spec(
            "sued", _("Suit filed"), _("We went to court."),
            "out", (("sent_on", _("Day of filing")),), parts=True, group=LATER,
        ),
    )
}  # fmt: skip

OUTCOME_WORDS: dict[str, Words] = {
    "granted": _("Granted"),
    "produced": _("Produced"),
    "produced_in_part": _("Produced in part"),
    "denied": _("Denied"),
    "denied_in_part": _("Denied in part"),
    "no_records": _("No records"),
    "neither_confirms_nor_denies": _("Neither confirms nor denies"),
    "not_ours": _("Not held by this agency"),
    "not_a_public_body": _("Says it is not a public body"),
    "not_subject": _("Says this law does not bind it"),
    "not_found_as_described": _("Not found as described"),
    "directed_to_web": _("Directed to a website"),
    "destroyed": _("Says the records were destroyed"),
    "upheld": _("Upheld the denial"),
    "reversed": _("Reversed the denial"),
    "withdrawn": _("Withdrawn"),
}

# On a timeline it reads otherwise than over its form.
TOLD: dict[str, Words] = {"sent": _("Request sent"), "disputed": _("Contested by us")}

OTHER_KINDS: dict[str, Words] = {
    "parts_named": _("Parts set out"),
    "ordered": _("Ordered by the court"),
    "ordered_us": _("Ordered of us by the court"),
    "order_met": _("Done as ordered"),
    "law_applied": _("Law revision applied"),
    "retracted": _("Taken back"),
    "fee_invoiced": _("Invoice"),
    "fee_refunded": _("Refund"),
    "destruction_scheduled": _("Day of destruction noted"),
}


def kind_words(kind: str) -> Words:
    """The screen's words for a kind of the ledger."""
    if kind in TOLD:
        return TOLD[kind]
    if kind in SPECS:
        return SPECS[kind].words
    return OTHER_KINDS[kind]
