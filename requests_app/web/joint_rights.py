"""The part of a share board that says who may do something beside seeing; given and taken back there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.actions import joint_rights as acts
from requests_app.actions.refusals import Refused
from requests_app.models import JointRight
from requests_app.queries import joint_rights as queries
from requests_app.queries.share_board import Line, Subject

from .paging import posted
from .shell import Looking, reader_zone

WORDS = {
    JointRight.Kind.COMMENT: gettext_lazy("Comment"),
    JointRight.Kind.PROPOSE_EVENT: gettext_lazy("Propose events"),
    JointRight.Kind.LOG_EVENT: gettext_lazy("Log events"),
    JointRight.Kind.UPLOAD: gettext_lazy("Hand in documents"),
    JointRight.Kind.DRAFT: gettext_lazy("Draft letters"),
}


# What each lets them do, one sentence beside the choice.
MEANS = {
    JointRight.Kind.COMMENT: gettext_lazy("speak to you, and to your other partners, beside it"),
    JointRight.Kind.PROPOSE_EVENT: gettext_lazy("tell you what happened; it counts once one of you accepts it"),
    JointRight.Kind.LOG_EVENT: gettext_lazy(
        "record what happened at once: you agree now, and read it in your inbox"
    ),
    JointRight.Kind.DRAFT: gettext_lazy("write a letter for you; accepted, it is a draft of yours, and sends nothing"),
    JointRight.Kind.UPLOAD: gettext_lazy("hand you a file; accepted, it is a document of the request, unreleased"),
}


class RightForm(forms.Form):
    """Its fields stand beside those of the guest on one page, so they have names and ids of their own."""

    grantee = forms.ChoiceField(
        label=gettext_lazy("Partner or guest"),
        error_messages={"required": gettext_lazy("Choose a partner or a guest.")},
    )
    right = forms.ChoiceField(label=gettext_lazy("May"), widget=forms.RadioSelect, initial=acts.GIVEN[0])
    until = forms.DateField(
        label=gettext_lazy("Until the end of"),
        required=False,
        help_text=gettext_lazy("Empty: until you take it back, or they leave the coalition."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=acts.REASON_MAX,
        help_text=gettext_lazy("Only your organization reads it."),
    )  # fmt: skip

    def __init__(self, data: Any, *, people: list[tuple[str, str]]) -> None:
        super().__init__(data, auto_id="right_%s")
        self.fields["grantee"].choices = people  # type: ignore[attr-defined]
        given = [JointRight.Kind(kind) for kind in acts.GIVEN]
        self.fields["right"].choices = [  # type: ignore[attr-defined]
            (kind.value, f"{WORDS[kind]}: {MEANS[kind]}") for kind in given
        ]


def form_of(request: Looking, subject: Subject, lines: Iterable[Line], data: Any = None) -> RightForm:
    people = [
        (one.key, one.name or _("An earlier partner"))
        for one in queries.candidates(request.viewer, subject.organisation_id, lines)
    ]
    return RightForm(data, people=people)


def give(request: Looking, subject: Subject, form: RightForm) -> bool:
    """Whether it was given; else the form says what is wrong."""
    if not form.is_valid():
        return False
    given = form.cleaned_data
    try:
        acts.grant_right(
            viewer=request.viewer, subject=subject, grantee=given["grantee"], kind=given["right"], actor=request.user,
            now=request.now, until=_end_of(given["until"], reader_zone(request)), reason=given["reason"],
        )  # fmt: skip
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    messages.success(request, _("They may do it now, for as long as you share this with them."))
    return True


def take_back(request: Looking, subject: Subject) -> None:
    rows = JointRight.objects.visible_to(request.viewer).filter(
        queries.of(subject), organisation=subject.organisation_id
    )
    right = rows.filter(public_id=posted(request, "right", 12)).first()
    if right is None:
        raise Http404
    acts.revoke_right(viewer=request.viewer, right=right, actor=request.user)
    messages.success(request, _("It is taken back. What they did stands."))


def rows_of(request: Looking, subject: Subject, lines: Iterable[Line]) -> list[dict[str, Any]]:
    zone = reader_zone(request)
    rows = []
    for held in queries.standing(request.viewer, subject, lines, now=request.now):
        note = getattr(held.right, "note", None)
        rows.append(
            {
                "pid": held.right.public_id,
                "name": held.name or _("An earlier partner"),
                "words": WORDS[JointRight.Kind(held.right.kind)],
                "idle": held.idle,
                "since": held.right.from_at.astimezone(zone),
                "until": (held.right.until_at - dt.timedelta(seconds=1)).astimezone(zone)
                if held.right.until_at
                else None,
                "by": str(note.granted_by or "") if note else "",
                "reason": note.reason if note else "",
            }
        )
    return rows


def _end_of(day: dt.date | None, zone: ZoneInfo) -> dt.datetime | None:
    if day is None:
        return None
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=zone)
