"""Letters offered to partners as models: a text of its own that names nobody, read until it is withdrawn; and copies
that partners make of it for themselves."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from requests_app.laws.registry import library
from requests_app.models import (
    Agency,
    Coalition,
    CoalitionMember,
    Letter,
    LetterKind,
    ModelLetter,
    Organisation,
    OwnModel,
    Person,
    RecordsRequest,
    Tier,
)
from requests_app.models.visibility import Viewer
from requests_app.queries import letter_words
from requests_app.queries import letters as letter_queries
from requests_app.queries import model_letters as queries

from . import audit, letters, shares
from .coalitions import one_line
from .refusals import NotYours, Refused
from .rights import checked_once, clean, must_edit, must_own

TITLE_MAX = 120
EDITORS_ONLY = "Only an editor or an owner may copy a model, write from it, or throw a copy away."


@dataclass(frozen=True, slots=True)
class Offering:
    """As partners would read it. withheld: how many places are blotted out."""

    subject: str
    body: str
    withheld: int


def preview(
    *,
    viewer: Viewer,
    coalition: Coalition,
    letter: Letter,
    subject: str | None = None,
    body: str | None = None,
) -> Offering:
    """Of the letter as it stands, or of words that were changed for partners. Nothing is saved."""
    _stay(viewer, coalition, letter)
    return _read(
        letter, letter.subject if subject is None else subject, letter.body if body is None else body
    )


def offer(
    *,
    viewer: Viewer,
    coalition: Coalition,
    letter: Letter,
    tier: int,
    title: str,
    actor: Person,
    once: str,
    subject: str | None = None,
    body: str | None = None,
) -> ModelLetter:
    """The same `once` finds the first. What partners read is masked here, whatever was looked at before."""
    stay = _stay(viewer, coalition, letter)
    checked_once(once)
    if tier not in Tier.values:
        raise Refused("tier_unknown", "A tier is observer, member or steering.", field="tier")
    title = one_line(title, code="title", field="title", most=TITLE_MAX, missing="Give the model a title.")
    again = ModelLetter.objects.filter(organisation=letter.organisation_id, once=once).first()
    if again is not None:
        return again
    told = _read(
        letter, letter.subject if subject is None else subject, letter.body if body is None else body
    )
    try:
        with transaction.atomic():
            made = ModelLetter.objects.create(
                organisation_id=letter.organisation_id, coalition=coalition, stay=stay, tier=tier, kind=letter.kind,
                law_id=letter.law_id, kit=queries.kit_of(letter), title=queries.unnamed(letter)(title)[:TITLE_MAX],
                subject=told.subject, body=told.body, once=once,
            )  # fmt: skip
    except IntegrityError as problem:
        if "one_model_an_act" not in str(problem):
            raise
        return ModelLetter.objects.get(organisation=letter.organisation_id, once=once)
    _log(
        "model.offered", made.public_id, letter.organisation, actor, coalition=coalition.public_id, tier=tier
    )
    return made


def withdraw(*, viewer: Viewer, model: ModelLetter, actor: Person) -> bool:
    """Whether it was this click. Partners read it no more; copies that they made stay theirs."""
    must_own(viewer, model.organisation_id, shares.OWNERS_ONLY)
    if not ModelLetter.objects.filter(pk=model.pk, withdrawn_at=None).update(withdrawn_at=Now()):
        return False
    _log("model.withdrawn", model.public_id, model.stay.organisation, actor)
    return True


def copy(*, viewer: Viewer, organisation: Organisation, model: ModelLetter, actor: Person) -> OwnModel:
    """Of what a partner offers now to this organization's tier. A second copy finds the first."""
    must_edit(viewer, organisation.pk, EDITORS_ONLY)
    row = ModelLetter.objects.live().visible_to(viewer).filter(pk=model.pk).select_related("stay").first()
    here = CoalitionMember.objects.live().filter(
        coalition=model.coalition_id, organisation=organisation, tier__gte=model.tier
    )
    if row is None or not here.exists():
        raise NotYours
    if row.organisation_id == organisation.pk:
        raise Refused("own_model", "You offer it yourselves: its letter is among yours.", status=409)
    try:
        with transaction.atomic():
            made: OwnModel = OwnModel.objects.create(
                organisation=organisation, copied_from=row.public_id, by_partner=row.stay.shown_as, kind=row.kind,
                law_id=row.law_id, kit=row.kit, title=row.title, subject=row.subject, body=row.body, copied_by=actor,
            )  # fmt: skip
    except IntegrityError as problem:
        if "one_copy_a_model" not in str(problem):
            raise
        found: OwnModel = OwnModel.objects.get(organisation=organisation, copied_from=row.public_id)
        return found
    return made


def begin_letter(
    *, viewer: Viewer, own: OwnModel, records_request: RecordsRequest, actor: Person, once: str
) -> Letter:
    """A draft of a later letter of one's own request, with the words of the copy."""
    must_edit(viewer, own.organisation_id, EDITORS_ONLY)
    if records_request.organisation_id != own.organisation_id:
        raise NotYours
    if own.kind == LetterKind.REQUEST:
        raise Refused("agency_missing", "It is a first letter: name the agency it goes to.", field="agency")
    return letters.put_draft(
        viewer=viewer, records_request=records_request, kind=own.kind, subject=own.subject, body=own.body,
        actor=actor, once=checked_once(once),
    )  # fmt: skip


def begin_request(
    *, viewer: Viewer, own: OwnModel, agency: Agency, law_id: str = "", actor: Person, once: str
) -> Letter:
    """A draft of a first letter, with the words of the copy. law_id: left out, the one that governs the agency."""
    must_edit(viewer, own.organisation_id, EDITORS_ONLY)
    if own.kind != LetterKind.REQUEST:
        raise Refused(
            "request_missing", "It is a later letter: choose the request it belongs to.", field="request"
        )
    law_id = law_id or letter_queries.governing_laws([agency.pk]).get(agency.pk, "")
    if not law_id:
        raise Refused(
            "law_missing", "Several laws may govern this agency, or none is known. Choose one.", field="law"
        )
    if law_id not in {entry.id for entry in library().laws}:
        raise Refused("law_unknown", f"The law {law_id} is not in the library.", field="law")
    asker = letter_words.askers_of(viewer, own.organisation, actor).under(law_id)
    return letters.compose(
        viewer=viewer, organisation=own.organisation, agency=agency, subject=own.subject, body=own.body,
        public_title=own.title, law_id=law_id, requester=asker.told, actor=actor, once=checked_once(once),
        facts={"requester": list(asker.standing)} if asker.standing else {},
    )  # fmt: skip


def throw_away(*, viewer: Viewer, own: OwnModel) -> None:
    """Letters that were begun from it stay."""
    must_edit(viewer, own.organisation_id, EDITORS_ONLY)
    OwnModel.objects.filter(pk=own.pk).delete()


def _stay(viewer: Viewer, coalition: Coalition, letter: Letter) -> CoalitionMember:
    must_own(viewer, letter.organisation_id, shares.OWNERS_ONLY)
    stay = (
        CoalitionMember.objects.live()
        .filter(coalition=coalition, organisation=letter.organisation_id)
        .first()
    )
    if stay is None:
        raise Refused(
            "letter_elsewhere", "The organization of this letter is not in the coalition now.", field="letter"
        )
    if letter.state == Letter.State.DISCARDED:
        raise Refused(
            "letter_discarded", "This letter was thrown away. Take it out again first.", field="letter"
        )
    return stay


def _read(letter: Letter, subject: str, body: str) -> Offering:
    hide = queries.unnamed(letter)
    given = one_line(
        subject,
        code="subject",
        field="subject",
        most=letters.SUBJECT_MAX,
        missing="Give the letter a subject.",
    )
    words = clean(
        body, code="body", field="body", most=letters.BODY_MAX, missing="The letter says nothing yet."
    )
    subject, body = hide(given), hide(words, ours=True)
    withheld = sum(one.count("withheld]") for one in (subject, body))
    return Offering(subject[: letters.SUBJECT_MAX], body, withheld)


def _log(act: str, key: str, organisation: Organisation, actor: Person, **detail: object) -> None:
    audit.record(act=act, subject=f"model {key}", organisation=organisation, actor=actor, detail=detail)
