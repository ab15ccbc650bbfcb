"""Forms of the import: the file, how it is read, which column holds what, what their words mean."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from requests_app.intake import storage
from requests_app.intake.agencies import Directory
from requests_app.intake.agency_match import Suggestion
from requests_app.intake.fields import BY_KEY, FIELDS, Mapping
from requests_app.intake.outcomes import CHOICES, guess, normal
from requests_app.models import AgencyKind, ImportBatch, Organisation

from .agency_words import where

DELIMITERS = ((",", _("commas")), (";", _("semicolons")), ("\t", _("tabs")), ("|", _("vertical bars")))
ENCODINGS = (
    ("utf-8", "UTF-8"), ("utf-8-sig", _("UTF-8 with a mark")), ("cp1252", "Windows-1252"),
    ("utf-16", _("UTF-16 with a mark")), ("utf-16-le", "UTF-16 LE"), ("utf-16-be", "UTF-16 BE"),
    ("utf-32", "UTF-32"), ("iso8859-15", "ISO 8859-15"), ("mac-roman", "Mac Roman"),
)  # fmt: skip


NUMBER_MISSING = _(
    "Choose the column with the number of the request: by it a second import knows a row again."
)


class UploadForm(forms.Form):
    once = forms.CharField(max_length=64, widget=forms.HiddenInput)
    organization = forms.ChoiceField(label=_("Organization"))
    source = forms.CharField(
        label=_("Name of the log"), required=False, max_length=80,
        help_text=_("Numbers are unique within a log of this name: give a newer copy of the same log the same name."),
    )  # fmt: skip
    # Last in the form: a file that is too large is cut off, and what stands before it is still read.
    file = forms.FileField(
        label=_("File"), help_text=_("CSV or XLSX, up to 50 MB and 100,000 rows."),
        error_messages={"empty": _("The file is empty."), "required": _("Choose a file.")},
    )  # fmt: skip

    def __init__(self, *args: Any, organizations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organization"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.public_id, one.name) for one in organizations]
        if len(organizations) == 1:
            field.widget = forms.HiddenInput()
            field.initial = organizations[0].public_id

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size is not None and file.size > storage.MOST:
            raise forms.ValidationError(storage.TOO_LARGE)
        return file


class ReadingForm(forms.Form):
    """How the bytes are read, where a person knows better."""

    delimiter = forms.ChoiceField(label=_("Columns are separated by"), choices=DELIMITERS, required=False)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS, required=False)
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    head_line = forms.IntegerField(
        label=_("Line with the headings"), min_value=1, max_value=200_000, required=False
    )

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        reading = batch.reading
        kwargs.setdefault("initial", {name: reading.get(name) for name in self.base_fields})
        super().__init__(*args, **kwargs)
        if reading.get("form") == "xlsx":
            del self.fields["delimiter"], self.fields["encoding"]
            field = self.fields["sheet"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(name, name) for name in reading.get("sheets", [])]
        else:
            del self.fields["sheet"]

    def choices(self) -> dict[str, Any]:
        return {key: value for key, value in self.cleaned_data.items() if value}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name of the agency column that nobody answers to, with the names of its two fields."""

    pick: str
    other: str
    word: str
    key: str
    rows: int


class MappingForm(forms.Form):
    """One choice a field of ours; then what is the same for the whole file; then their words."""

    source = forms.CharField(
        label=_("Name of the log"), max_length=80,
        help_text=_("A number that was imported before under this name is left as it is."),
    )  # fmt: skip
    fixed_agency = forms.CharField(
        label=_("Or one agency for the whole file"), required=False, max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Its name, its ORI, or the last part of its page's address."),
    )  # fmt: skip
    order = forms.ChoiceField(
        label=_("03/04/2017 is"), required=False,
        choices=(("", _("as the file itself shows; else March 4")), ("month", _("March 4")), ("day", _("April 3"))),
    )  # fmt: skip
    log_on = forms.DateField(
        label=_("Day the log was drawn up"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    history = forms.BooleanField(
        label=_("These are somebody else's requests, known only up to that day"), required=False,
        help_text=_("Each row is then closed on our side: its outcome and dates stay, and no clock of it runs on."),
    )  # fmt: skip

    def __init__(self, *args: Any, batch: ImportBatch, directory: Directory, **kwargs: Any) -> None:
        self.batch, self.directory = batch, directory
        self.mapping = Mapping.of(batch.mapping)
        mapping = self.mapping
        kwargs.setdefault("initial", {
            "source": batch.source, "fixed_agency": directory.word_for(mapping.fixed.get("agency", "")),
            "order": mapping.order,
            "log_on": mapping.log_on.get(""), "history": mapping.history,
            **{f"column_{key}": heading for key, heading in mapping.columns.items()},
        })  # fmt: skip
        super().__init__(*args, **kwargs)
        headings = [("", _("– none –")), *((c["heading"], c["heading"]) for c in batch.columns)]
        for one in FIELDS:
            self.fields[f"column_{one.key}"] = forms.ChoiceField(
                label=_(one.label),
                help_text=_(one.hint) if one.hint else "",
                choices=headings,
                required=one.key == "number",
                error_messages={"required": NUMBER_MISSING},
            )
        self.fields["custom"] = forms.MultipleChoiceField(
            label=_("Kept as fields of your own"), required=False, widget=forms.CheckboxSelectMultiple,
            choices=headings[1:], initial=mapping.custom,
            help_text=_("Columns that none of our fields takes, as they are. Only your organization sees them."),
        )  # fmt: skip
        self.words = list(self._words())
        self.unknown_agencies = list(self._agencies())

    def _column(self, key: str) -> dict[str, Any]:
        heading = self.data.get(f"column_{key}") if self.is_bound else self.mapping.columns.get(key)
        return next((column for column in self.batch.columns if column["heading"] == heading), {})

    def _words(self) -> Iterator[tuple[str, str, int]]:
        """Each word of the outcome column, with a select of what it means."""
        counted = {**self._column("outcome").get("words", {}), **self.batch.counts.get("words", {})}
        seen: set[str] = set()
        for word, n in counted.items():
            key = normal(word)
            if key in seen:
                continue
            seen.add(key)
            name = f"word_{_mark(key)}"
            found = guess(word)
            self.fields[name] = forms.ChoiceField(
                label=word, required=False,
                choices=[("", _("Not known: closed without an outcome")), *((m.key, _(s)) for m, s in CHOICES)],
                initial=self.mapping.words.get(key, found.key if found else ""),
            )  # fmt: skip
            yield name, key, n

    def _agencies(self) -> Iterator[Unknown]:
        """Names in the agency column that no agency answers to: those spelled like it, and room for another."""
        counted = self._column("agency").get("words", {})
        self.directory.prepare([*counted, *self.mapping.agencies.values()], near=True)
        for word, n in counted.items():
            key = normal(word)
            chosen = self.mapping.agencies.get(key, "")
            if not chosen and self.directory.find(word):
                continue
            one = Unknown(f"agency_{_mark(key)}", f"other_{_mark(key)}", word, key, n)
            near = self.directory.nearest(word)
            listed = chosen in {found.slug for found in near}
            if near:
                self.fields[one.pick] = forms.ChoiceField(
                    label=word, required=False, widget=forms.RadioSelect, initial=chosen if listed else "",
                    choices=[*((found.slug, told(found)) for found in near), ("", _("None of these"))],
                )  # fmt: skip
            self.fields[one.other] = forms.CharField(
                label=_("Another agency for “%(word)s”") % {"word": word} if near else word,
                required=False, max_length=300, initial="" if listed else self.directory.word_for(chosen),
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
                help_text=_("Its name, its ORI, or the last part of its page's address."),
            )  # fmt: skip
            yield one

    @property
    def column_fields(self) -> list[forms.BoundField]:
        return [self[f"column_{key}"] for key in BY_KEY]

    @property
    def whole_file_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("source", "fixed_agency", "order", "log_on", "history")]

    @property
    def word_fields(self) -> list[tuple[forms.BoundField, int]]:
        return [(self[name], n) for name, _key, n in self.words]

    @property
    def agency_fields(self) -> list[tuple[forms.BoundField | None, forms.BoundField, int]]:
        """What to pick from, where anything is spelled like it; the field for another one; how many rows."""
        return [
            (self[one.pick] if one.pick in self.fields else None, self[one.other], one.rows)
            for one in self.unknown_agencies
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ["fixed_agency", *(one.other for one in self.unknown_agencies)]:
            word = data.get(name)
            if word and self.directory.find(word) is None:
                near = "; ".join(f"{told(found)}: {found.slug}" for found in self.directory.nearest(word))
                self.add_error(
                    name,
                    _("“%(word)s” names no single agency. Write what stands after the colon: %(near)s.")
                    % {"word": word, "near": near}
                    if near
                    else _("No agency is called “%(word)s”.") % {"word": word},
                )
        if data.get("history") and not data.get("log_on"):
            self.add_error("log_on", _("Say on which day the log was drawn up."))
        return data

    def chosen(self) -> Mapping:
        data = self.cleaned_data
        columns = {key: data[f"column_{key}"] for key in BY_KEY if data.get(f"column_{key}")}
        found = self.directory.find(data["fixed_agency"]) if data["fixed_agency"] else None
        words = dict(self.mapping.words)
        for name, key, _n in self.words:
            meaning = guess(key)
            if name in self.data and data[name] != (meaning.key if meaning else ""):
                words[key] = data[name] or "agency_closed||"
            elif name in self.data:
                words.pop(key, None)
        agencies = dict(self.mapping.agencies)
        for one in self.unknown_agencies:
            agency = self.directory.find(data.get(one.other) or data.get(one.pick) or "")
            agencies.pop(one.key, None)
            if agency:
                agencies[one.key] = agency.slug
        log_on = {key: day for key, day in self.mapping.log_on.items() if key}
        if data["log_on"]:
            log_on[""] = data["log_on"].isoformat()
        return Mapping(
            columns=columns,
            fixed={"agency": found.slug} if found else {},
            words=words,
            agencies=agencies,
            order=data["order"],
            log_on=log_on,
            history=data["history"],
            custom=[heading for heading in data["custom"] if heading not in columns.values()],
        )


def told(found: Suggestion) -> str:
    """Springfield Police Department · City police · Springfield, Illinois · 95% alike."""
    place = where(found.city, found.county, found.jurisdiction)
    parts = [found.name, str(AgencyKind(found.kind).label), place]
    if found.called:
        parts.append(said("found as %(name)s") % {"name": found.called})
    if found.is_sample:
        parts.append(said("sample"))
    parts.append(said("%(n)d%% alike") % {"n": round(100 * found.score)})
    return " · ".join(parts)


def _mark(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:12]
