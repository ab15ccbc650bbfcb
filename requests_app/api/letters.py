"""Letters for programs: the list, one, a draft, a save upon the version that was read, sending and stopping."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.urls import path
from rest_framework import serializers

from requests_app.actions import letter_paper, letter_queue, letters
from requests_app.actions.refusals import Refused
from requests_app.models import (
    Agency,
    AgencyContact,
    Channel,
    Letter,
    LetterAttachment,
    LetterKind,
    RecordsRequest,
)
from requests_app.models.letters import STAGES
from requests_app.queries import letter_attachments, letter_words, letters_list, own_kits
from requests_app.queries import letters as query

from .base import ApiView, Given, Words, operation, page_of
from .paging import PageAsked, Place, Walked, paged, walk
from .problems import Conflict

KEYS = ("-created_at", "-public_id")
LISTED = ["draft", "queued", "failed", "sent", "printed", "stopped", "discarded"]
BODY = letters.BODY_MAX + 1_000


class LetterRow(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.CharField()
    stage = serializers.CharField(
        help_text="draft, queued, sending, uncertain, failed, sent, printed, stopped or discarded."
    )
    subject = serializers.CharField()
    agency = serializers.CharField(help_text="Slug.")
    request = serializers.CharField(allow_null=True, help_text="Of a first letter: what sending it filed.")
    campaign = serializers.CharField(allow_null=True)
    kit = serializers.CharField()
    sent_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()


class WarningShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    says = serializers.CharField()
    fix = serializers.CharField()
    blocks = serializers.BooleanField(help_text="Cannot be accepted; mend it.")


class FrozenShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class ProofShape(serializers.Serializer[Any]):
    message_id = serializers.CharField()
    at = serializers.DateTimeField()
    address = serializers.CharField()
    law_ref = serializers.CharField()
    text_sha256 = serializers.CharField()
    pdf_sha256 = serializers.CharField()
    tracking_number = serializers.CharField()
    attachments = FrozenShape(many=True)
    server = serializers.ListField(
        child=serializers.CharField(), help_text="What the mail server said, in order."
    )


class AttachmentShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    document = serializers.CharField(
        allow_null=True, help_text="Id of the document of its request; null: put with the letter alone."
    )
    problem = serializers.CharField(help_text="Why the letter cannot go out with it; empty: it can.")


class LetterShape(LetterRow):
    body = serializers.CharField()
    parts = serializers.ListField(child=serializers.CharField())
    channel = serializers.CharField()
    recipient = serializers.CharField()
    address = serializers.CharField()
    version = serializers.IntegerField(help_text="Send it back as seen_version.")
    problem = serializers.CharField()
    attachments = AttachmentShape(many=True)
    warnings = WarningShape(many=True)
    due_if_sent_today = serializers.DateField(allow_null=True)
    proof = ProofShape(allow_null=True)


class LettersAsked(PageAsked):
    stage = serializers.ChoiceField(LISTED, required=False)
    kind = serializers.ChoiceField(LetterKind.values, required=False)
    request = serializers.CharField(required=False, max_length=12, help_text="Id of a request.")
    campaign = serializers.CharField(required=False, max_length=12, help_text="Id of a campaign.")


class LetterGiven(Given):
    request = Words(required=False, max_length=12, help_text="A later letter of this request.")
    kind = serializers.ChoiceField(LetterKind.values, required=False, default="follow_up")
    organisation = Words(required=False, max_length=12, help_text="Needed where you edit several.")
    agency = Words(required=False, max_length=120, help_text="Slug: a first letter to this agency.")
    custodian = Words(required=False, max_length=300)
    law = Words(required=False, max_length=40)
    kit = Words(required=False, max_length=80, help_text="Writes the letter; own kits are own:ID.")
    parts = serializers.ListField(child=Words(max_length=12), required=False, max_length=40)
    subject = Words(required=False, allow_blank=True, default="", max_length=3_000)
    body = Words(required=False, allow_blank=True, default="", max_length=BODY, trim_whitespace=False)
    public_title = Words(required=False, allow_blank=True, default="", max_length=300)


class LetterSave(Given):
    seen_version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    subject = Words(max_length=3_000)
    body = Words(max_length=BODY, trim_whitespace=False)
    public_title = Words(required=False, max_length=300)
    channel = serializers.ChoiceField(Channel.values, required=False)
    recipient = Words(required=False, allow_blank=True, max_length=300)
    address = Words(required=False, allow_blank=True, max_length=2_000)


class QueueGiven(Given):
    seen_version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    accepted = serializers.ListField(
        child=Words(max_length=40), required=False, max_length=20,
        help_text="Codes of the warnings over which it goes out.",
    )  # fmt: skip


class SentGiven(Given):
    seen_version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    channel = serializers.ChoiceField([value for value in Channel.values if value != Channel.EMAIL])
    sent_on = serializers.DateField()
    tracking_number = Words(required=False, allow_blank=True, default="", max_length=200)
    proof = Words(required=False, allow_blank=True, default="", max_length=5_000)


class LettersView(ApiView):
    @operation(
        "letters",
        "Letters of your organizations",
        asked=LettersAsked,
        answer=page_of(LetterRow),
        signed_in=True,
    )
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Newest first; what was thrown away only where it is asked for."""
        rows = letters_list.rows(self.viewer).select_related("agency", "request", "campaign")
        rows = letters_list.narrowed(rows, asked.get("stage", ""))
        for name, field in (
            ("kind", "kind"),
            ("request", "request__public_id"),
            ("campaign", "campaign__public_id"),
        ):
            if asked.get(name):
                rows = rows.filter(**{field: asked[name]})

        def read(place: Place, limit: int) -> Walked:
            return walk(rows, KEYS, place, limit)

        return paged(self.request, asked, KEYS, read, row_shown)

    @operation("letter-draft", "Draft a letter", body=LetterGiven, answer=LetterShape, status=201)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """With `request`, a later letter of it; with `agency`, a first letter, written by `kit` unless words are given.
        Nothing goes out before it is queued."""
        if given.get("request"):
            rows = RecordsRequest.objects.of_organisation(self.viewer).select_related(
                "agency", "custodian", "organisation", "campaign"
            )
            made = letters.put_draft(
                viewer=self.viewer,
                records_request=self.found(rows, public_id=given["request"]),
                kind=given["kind"],
                subject=given["subject"],
                body=given["body"],
                parts=given.get("parts", ()),
                actor=self.actor,
                once=self.once,
            )
            return self.shown(made)
        return self.shown(self._first(given))

    def _first(self, given: dict[str, Any]) -> Letter:
        agency = Agency.objects.filter(slug=given.get("agency", "")).select_related("merged_into").first()
        if agency is None:
            raise Refused("agency_unknown", "Name a request, or an agency by its slug.", field="agency")
        organisation = self.organisation(given.get("organisation"))
        custodian = (
            agency.custodians.filter(name=given["custodian"]).first() if given.get("custodian") else None
        )
        if given.get("custodian") and custodian is None:
            raise Refused("custodian_unknown", "The agency has no custodian of this name.", field="custodian")
        law_id = given.get("law") or (custodian.law_id if custodian else "")
        law_id = law_id or query.governing_laws([agency.pk]).get(agency.pk, "")
        words: dict[str, Any] = {name: given[name] for name in ("subject", "body", "public_title")}
        asker = letter_words.askers_of(self.viewer, organisation, self.actor).under(law_id)
        if given.get("kit") and not given["body"]:
            kit = own_kits.load(self.viewer, given["kit"])
            contacts = list(AgencyContact.objects.filter(agency=agency))
            made = letter_words.write(
                kit, agency=agency, custodian=custodian, law_id=law_id, asker=asker, contacts=contacts,
                on=self.now.astimezone(ZoneInfo(agency.zone)).date(), channel=query.best_address(contacts)[0],
                chosen=given.get("parts", ()),
            )  # fmt: skip
            words = {
                "subject": given["subject"] or made.subject, "body": made.body, "parts": made.parts,
                "dated": made.dated, "public_title": given["public_title"] or kit.name,
                "kit_version": kit.version,
            }  # fmt: skip
        elif given.get("parts"):
            words["parts"] = [(label, "") for label in given["parts"]]
        return letters.compose(
            viewer=self.viewer, organisation=organisation, agency=agency, custodian=custodian, law_id=law_id,
            kit=given.get("kit", ""), requester=asker.told, actor=self.actor, once=self.once,
            facts={"requester": list(asker.standing)} if asker.standing else {}, **words,
        )  # fmt: skip

    def shown(self, letter: Letter) -> dict[str, Any]:
        return letter_shown(self, letter.public_id)


class OneLetter(ApiView):
    def letter(self, pid: str) -> Letter:
        found: Letter = self.found(_letters(self), public_id=pid)
        return found


class LetterView(OneLetter):
    @operation("letter", "One letter", answer=LetterShape, signed_in=True)
    def get(self, pid: str) -> dict[str, Any]:
        """With what stands in its way, and the proof once it has gone out."""
        return letter_shown(self, pid)

    @operation("letter-save", "Save a draft", body=LetterSave, answer=LetterShape)
    def patch(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """409 where somebody saved since `seen_version`; `current` holds what stands now."""
        letter = self.letter(pid)
        try:
            letters.save(viewer=self.viewer, letter=letter, actor=self.actor, **given)
        except letters.Overtaken as overtaken:
            row = overtaken.letter
            refused = Refused(
                "stale",
                f"{overtaken.sentence} The letter stands at version {row.version}.",
                field="seen_version",
            )
            raise Conflict(
                refused,
                seen_version=given["seen_version"],
                current_version=row.version,
                current=letter_shown(self, pid),
            ) from None
        return letter_shown(self, pid)


class LetterQueueView(OneLetter):
    @operation("letter-queue", "Send a letter by e-mail", body=QueueGiven, answer=LetterShape)
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Into the queue, once. A warning that is not in `accepted` refuses with 409."""
        letter_queue.queue(
            viewer=self.viewer, letter=self.letter(pid), actor=self.actor, now=self.now,
            seen_version=given["seen_version"], accepted=given.get("accepted", ()),
        )  # fmt: skip
        return letter_shown(self, pid)


class LetterStopView(OneLetter):
    @operation("letter-stop", "Stop a letter", answer=LetterShape)
    def post(self, pid: str) -> dict[str, Any]:
        """409 once the mail server has been given it."""
        letter_queue.stop(viewer=self.viewer, letter=self.letter(pid), actor=self.actor)
        return letter_shown(self, pid)


class LetterSentView(OneLetter):
    @operation(
        "letter-sent",
        "Mark a letter as sent by post, fax, portal or hand",
        body=SentGiven,
        answer=LetterShape,
    )
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Files the request, or records the event, on that day; the PDF is kept with its hash."""
        letter = self.letter(pid)
        today = self.now.astimezone(ZoneInfo(letter.agency.zone)).date()
        letter_paper.mark_sent(viewer=self.viewer, letter=letter, actor=self.actor, today=today, **given)
        return letter_shown(self, pid)


def _letters(view: ApiView) -> Any:
    return (
        Letter.objects.visible_to(view.viewer)
        .select_related("agency__merged_into", "custodian", "request", "campaign", "organisation")
        .annotate(sending_state=F("sending__state"))
    )


def stage_of(letter: Any) -> str:
    return (
        STAGES.get(letter.sending_state or "", "queued")
        if letter.state == Letter.State.QUEUED
        else letter.state
    )


def row_shown(letter: Any) -> dict[str, Any]:
    return {
        "id": letter.public_id,
        "kind": letter.kind,
        "stage": stage_of(letter),
        "subject": letter.subject,
        "agency": letter.agency.slug,
        "request": letter.request.public_id if letter.request else None,
        "campaign": letter.campaign.public_id if letter.campaign else None,
        "kit": letter.kit,
        "sent_on": letter.sent_on,
        "created_at": letter.created_at,
    }


def letter_shown(view: ApiView, pid: str) -> dict[str, Any]:
    letter = view.found(_letters(view), public_id=pid)
    open_still = letter.state in (Letter.State.DRAFT, Letter.State.STOPPED)
    told = query.warnings_of(view.viewer, [letter])[letter.pk] if open_still else []
    today = view.now.astimezone(ZoneInfo(letter.agency.zone)).date()
    due = (
        query.dues_of([letter], today={letter.agency.zone: today})[letter.pk]
        if open_still and letter.law_id
        else None
    )
    return {
        **row_shown(letter),
        "body": letter.body,
        "parts": [part if isinstance(part, str) else part[0] for part in letter.parts],
        "channel": letter.channel,
        "recipient": letter.recipient,
        "address": letter.address,
        "version": letter.version,
        "attachments": [attachment_shown(one) for one in letter_attachments.enclosed(letter)],
        "problem": letter.problem,
        "warnings": [
            {"code": one.code, "says": one.sentence, "fix": one.fix, "blocks": one.blocks} for one in told
        ],
        "due_if_sent_today": due.on if due else None,
        "proof": _proof(letter),
    }


def attachment_shown(one: LetterAttachment) -> dict[str, Any]:
    return {
        "id": one.public_id, "name": one.name, "size": one.size, "sha256": one.sha256,
        "document": one.document.public_id if one.document else None,
        "problem": letter_attachments.gone_sentence(one),
    }  # fmt: skip


def _proof(letter: Letter) -> dict[str, Any] | None:
    copy = letter.copies.order_by("-round").first() if letter.state in Letter.GONE else None
    if copy is None:
        return None
    sending = getattr(letter, "sending", None) if letter.state == Letter.State.SENT else None
    said = sending.journal.exclude(text="").order_by("pk").values_list("code", "text") if sending else []
    return {
        "message_id": copy.message_id,
        "at": copy.at,
        "address": copy.address,
        "law_ref": copy.law_ref,
        "text_sha256": copy.text_sha256,
        "pdf_sha256": copy.pdf_sha256,
        "tracking_number": copy.tracking_number,
        "attachments": copy.attachments,
        "server": [f"{code} {text}" if code else text for code, text in said],
    }


urlpatterns = [
    path("letters/", LettersView.door(), name="api-letters"),
    path("letters/<slug:pid>/", LetterView.door(), name="api-letter"),
    path("letters/<slug:pid>/queue/", LetterQueueView.door(), name="api-letter-queue"),
    path("letters/<slug:pid>/stop/", LetterStopView.door(), name="api-letter-stop"),
    path("letters/<slug:pid>/sent/", LetterSentView.door(), name="api-letter-sent"),
]
