"""What a letter encloses, for programs: listed, a document of its request added, one taken off."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from requests_app.actions import letter_attachments
from requests_app.queries import letter_attachments as query

from .base import Given, Words, operation
from .letters import AttachmentShape, OneLetter, attachment_shown


class AttachmentsShape(serializers.Serializer[Any]):
    version = serializers.IntegerField(help_text="Of the letter; it rises with each change.")
    size = serializers.IntegerField(help_text="Bytes in all; at most 20 MB.")
    attachments = AttachmentShape(many=True)


class AttachmentGiven(Given):
    document = Words(max_length=12, help_text="Id of a document of the letter's own request.")


class LetterAttachmentsView(OneLetter):
    @operation("letter-attachments", "What a letter encloses", answer=AttachmentsShape, signed_in=True)
    def get(self, pid: str) -> dict[str, Any]:
        """In the order in which it was enclosed, with what can no longer go out."""
        return self.attachments(pid)

    @operation(
        "letter-attach", "Enclose a document", body=AttachmentGiven, answer=AttachmentsShape, status=201,
        example={"document": "7h3kq2m9x4ap"},
    )  # fmt: skip
    def post(self, given: dict[str, Any], pid: str) -> dict[str, Any]:
        """Of the letter's own request, while it is a draft; enclosed twice, it is enclosed once."""
        letter_attachments.enclose_documents(
            viewer=self.viewer, letter=self.letter(pid), actor=self.actor, documents=[given["document"]]
        )
        return self.attachments(pid)

    def attachments(self, pid: str) -> dict[str, Any]:
        letter = self.letter(pid)
        rows = query.enclosed(letter)
        return {
            "version": letter.version,
            "size": sum(one.size for one in rows),
            "attachments": [attachment_shown(one) for one in rows],
        }


class LetterAttachmentView(LetterAttachmentsView):
    http_method_names = ("delete", "options")

    @operation("letter-take-off", "Take an enclosure off", answer=AttachmentsShape)
    def delete(self, pid: str, attachment_pid: str) -> dict[str, Any]:
        """The letter goes without it."""
        letter_attachments.take_off(
            viewer=self.viewer, letter=self.letter(pid), actor=self.actor, attachment=attachment_pid
        )
        return self.attachments(pid)


urlpatterns = [
    path("letters/<slug:pid>/attachments/", LetterAttachmentsView.door(), name="api-letter-attachments"),
    path(
        "letters/<slug:pid>/attachments/<slug:attachment_pid>/", LetterAttachmentView.door(),
        name="api-letter-attachment",
    ),
]  # fmt: skip
