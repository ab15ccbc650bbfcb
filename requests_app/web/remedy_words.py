"""The screen's words for remedies: kinds, stages, bases, what a court orders."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .event_specs import Words

KINDS: dict[str, Words] = {
    "appeal": _("Appeal"),
    "review": _("Outside review"),
    "notice": _("Notice before suit"),
    "suit": _("Suit"),
}
DRAFTS: dict[str, Words] = {
    "appeal": _("Draft the appeal"),
    "review": _("Draft the request for review"),
    "notice": _("Draft the notice"),
    "suit": _("Prepare the suit"),
}
FILES: dict[str, Words] = {
    "appeal": _("Record that the appeal was filed"),
    "review": _("Record that review was asked"),
    "notice": _("Record that the notice was sent"),
    "suit": _("Record that suit was filed"),
}
STAGES: dict[str, Words] = {
    "draft": _("Draft"),
    "filed": _("Waits for a decision"),
    "decided": _("Decided"),
    "remanded": _("Sent back"),
    "dropped": _("Put aside"),
}
OUTCOMES: dict[str, Words] = {
    "upheld": _("Against us: the denial stands"),
    "reversed": _("For us: the denial is reversed"),
    "denied_in_part": _("In part for us"),
    "withdrawn": _("Withdrawn or settled"),
}
BASES: dict[str, Words] = {
    "records_law": _("Exemption of the records law"),
    "state_statute": _("Another state statute"),
    "federal": _("Federal statute or rule"),
    "part_23": _("28 CFR Part 23"),
    "marking": _("A marking only"),
    "contract": _("Contract or nondisclosure agreement"),
    "third_party": _("A third party’s objection"),
    "privilege": _("Privilege"),
    "none": _("None cited"),
}
THINGS: dict[str, Words] = {
    "answer": _("Answer to the complaint"),
    "production": _("Production of records"),
    "index": _("Index of what is withheld (Vaughn index)"),
    "status_report": _("Status report"),
    "brief": _("Brief"),
    "hearing": _("Hearing"),
    "fee_motion": _("Motion for fees"),
    "other": _("Something else"),
}
