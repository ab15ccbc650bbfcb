"""The words of the rule language: who owes, in what, from which date, and what a lapse means."""

from __future__ import annotations

from enum import StrEnum


class Owner(StrEnum):
    """Who must act. `nobody`: a time that only has to pass between two steps, such as the days between a notice and
    the suit; it is met by its last day, is never late, and the public does not read it."""

    agency = "agency"
    requester = "requester"
    reviewer = "reviewer"
    court = "court"
    third_party = "third_party"
    nobody = "nobody"


class Unit(StrEnum):
    business_days = "business_days"
    calendar_days = "calendar_days"
    hours = "hours"
    months = "months"
    years = "years"


class Scope(StrEnum):
    """What a clock hangs on. `part`: one clock for each part the starting event names (the request if none).
    `event`: one clock for each starting event (a production, one ground, one fee, one appeal)."""

    request = "request"
    part = "part"
    event = "event"


class Owes(StrEnum):
    """What is owed when the clock runs out, so that an answer is never mistaken for records. `presumption`: nothing is
    owed by its last day, after which the law presumes a denial; it opens our windows and makes nobody late."""

    acknowledgement = "acknowledgement"
    determination = "determination"
    records = "records"
    decision = "decision"
    notice = "notice"
    ruling_request = "ruling_request"
    brief = "brief"
    ruling = "ruling"
    filing = "filing"
    answer = "answer"
    payment = "payment"
    presumption = "presumption"


class DateOf(StrEnum):
    """Which date of an event. `sent` is also mailed, postmarked and filed where filing is done by sending;
    `named` is the date the event itself names (fact `until`): a date certain."""

    received = "received"
    sent = "sent"
    dated = "dated"
    named = "named"


class Roll(StrEnum):
    """Where a last day on a closed day goes. `unknown`: unrolled or backward for the requester's earliest
    reading and forward for the latest; for everybody else unrolled at the earliest, forward at the latest."""

    forward = "forward"
    backward = "backward"
    none = "none"
    unknown = "unknown"


class Chain(StrEnum):
    """From which date of a parent clock the next one counts: its last day as counted, or as rolled."""

    rolled = "rolled"
    unrolled = "unrolled"
    unknown = "unknown"


class Effect(StrEnum):
    """What a stopping event does to the clock."""

    pause = "pause"
    restart = "restart"
    ignore = "ignore"
    close = "close"


class Form(StrEnum):
    """How an extension is measured; see shape 2 above."""

    adds = "adds"
    total = "total"
    from_event = "from_event"
    date_certain = "date_certain"


class LateNotice(StrEnum):
    """An extension noticed after the lapse: `arguable` moves only the latest reading, `void` none, `valid` both."""

    arguable = "arguable"
    void = "void"
    valid = "valid"


class Consequence(StrEnum):
    """What the law makes of a lapse."""

    denied = "denied"
    may_be_treated_as_denied = "may_be_treated_as_denied"
    approved = "approved"
    presumed_public = "presumed_public"
    exhausted = "exhausted"
    fee_forfeited = "fee_forfeited"
    burden_moves = "burden_moves"
    penalty_per_day = "penalty_per_day"
    withdrawn = "withdrawn"
    right_lost = "right_lost"
    nothing = "nothing"


class StepOf(StrEnum):
    """Which step of a requester's remedies a clock belongs to."""

    appeal = "appeal"
    review = "review"
    suit = "suit"
    notice = "notice"


class Transition(StrEnum):
    """To whom a new version applies: requests made from its effective date, steps (triggers) taken from it,
    or also to what is pending on it."""

    requests_made = "requests_made"
    steps_taken = "steps_taken"
    pending = "pending"


class Confidence(StrEnum):
    high = "high"
    medium = "medium"
    low = "low"
