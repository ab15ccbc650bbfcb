"""The forms of a letter: its words and where it goes; and how it went out, if by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.actions import letter_paper, letters
from requests_app.models import Channel, Letter, LetterKind

from .event_form import DayField

BY_HAND = [choice for choice in Channel.choices if choice[0] != Channel.EMAIL]


class LetterForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    subject = forms.CharField(
        label=_("Subject"),
        max_length=letters.SUBJECT_MAX,
        error_messages={
            "required": _("Give the letter a subject."),
            "max_length": _("A subject has at most %(limit_value)d characters; this one has %(show_value)d."),
        },
    )
    body = forms.CharField(
        label=_("Letter"),
        max_length=letters.BODY_MAX,
        widget=forms.Textarea(attrs={"rows": 26, "dir": "auto"}),
        error_messages={"required": _("The letter says nothing yet.")},
    )
    channel = forms.ChoiceField(label=_("Goes out by"), choices=Channel.choices)
    recipient = forms.CharField(
        label=_("To"), max_length=300, required=False, help_text=_("The first line of the address.")
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=letters.ADDRESS_MAX,
        required=False,
        help_text=_("An e-mail address; for paper, the postal address in its lines."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    public_title = forms.CharField(
        label=_("Public title of the request"),
        max_length=300,
        help_text=_("Partners and the public read it once the request is shared."),
        error_messages={"required": _("Give the request a public title.")},
    )

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial", {name: getattr(letter, name) for name in self.base_fields if hasattr(letter, name)}
        )
        super().__init__(*args, **kwargs)
        if letter.kind != LetterKind.REQUEST or letter.request_id is not None:
            del self.fields["public_title"]
        self.letter = letter

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        address = data.get("address", "").strip()
        if data.get("channel") == Channel.EMAIL and address:
            try:
                forms.EmailField().clean(address)
            except forms.ValidationError:
                self.add_error(
                    "address", _("This is not one e-mail address. Choose another way, or mend it.")
                )
        return data

    def words(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return {"seen_version": data.pop("version"), **data}


class PaperForm(forms.Form):
    channel = forms.ChoiceField(label=_("How it went out"), choices=BY_HAND)
    sent_on = DayField(label=_("Day it went out"))
    tracking_number = forms.CharField(
        label=_("The carrier’s number"),
        max_length=120,
        required=False,
        help_text=_("Of certified mail or a courier."),
    )
    proof = forms.CharField(
        label=_("Proof"),
        required=False,
        max_length=letter_paper.PROOF_MAX,
        help_text=_("The portal’s confirmation, the fax report, who took it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, letter: Letter, today: dt.date, **kwargs: Any) -> None:
        channel = letter.channel if letter.channel != Channel.EMAIL else Channel.POST
        kwargs.setdefault("initial", {"channel": channel, "sent_on": today})
        kwargs["auto_id"] = "paper_%s"
        super().__init__(*args, **kwargs)
