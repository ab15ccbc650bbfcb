"""The forms of the register: one ground as a letter asserts it, several of them at once, and what we think of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from requests_app.actions.withholdings import (
    PAGES_MAX,
    RANGES_MAX,
    ROWS_MAX,
    SECTION_MAX,
    WORDS_MAX,
    Asserted,
)
from requests_app.laws.shapes import Exemption
from requests_app.models.withholdings import GroundType, OurView

Pairs = Sequence[tuple[str, str | Promise]]
SAYS = ("code", "section", "ground", "pages_full", "pages_part", "ranges", "reason")
"""A row that says none of these was left empty."""
ONE_OF_THESE = _("Choose one of the list.")


class GroundForm(forms.Form):
    """One ground. `choices` of the parts and of the law's list are handed in; all words are checked by the action."""

    part = forms.ChoiceField(label=_("Part"), required=False, error_messages={"invalid_choice": ONE_OF_THESE})
    code = forms.ChoiceField(
        label=_("Section, from the law’s list"), required=False, error_messages={"invalid_choice": ONE_OF_THESE}
    )
    section = forms.CharField(
        label=_("Or the section as the letter cites it"), required=False, max_length=SECTION_MAX
    )
    ground = forms.ChoiceField(
        label=_("Kind of ground"), required=False,
        help_text=_("For a section of the list it follows from the list."),
        choices=[("", _("As the list says")), *GroundType.choices], error_messages={"invalid_choice": ONE_OF_THESE},
    )  # fmt: skip
    pages_full = forms.IntegerField(
        label=_("Pages withheld in full"), required=False, min_value=0, max_value=PAGES_MAX
    )
    pages_part = forms.IntegerField(
        label=_("Pages withheld in part"), required=False, min_value=0, max_value=PAGES_MAX
    )
    ranges = forms.CharField(
        label=_("Which pages"), required=False, max_length=RANGES_MAX,
        help_text=_("As the letter says it, such as 12–40, 88."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason given, in the words of the letter"), required=False, max_length=WORDS_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    our_view = forms.ChoiceField(
        label=_("Our view"), required=False, choices=OurView.choices, initial=OurView.UNSEEN,
        help_text=_("Only your organization reads it."), error_messages={"invalid_choice": ONE_OF_THESE},
    )  # fmt: skip

    def __init__(self, *args: Any, parts: Pairs, exemptions: Iterable[Exemption], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = [("", _("The whole request")), *parts]  # type: ignore[attr-defined]
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            ("", _("Not in the list")),
            *((one.code, f"{one.code}: {one.summary}") for one in exemptions),
        ]

    @property
    def says_nothing(self) -> bool:
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in SAYS)

    def asserted(self) -> Asserted:
        data = self.cleaned_data
        return Asserted(
            part=data["part"], code=data["code"], section=data["section"], ground=data["ground"],
            pages_full=data["pages_full"], pages_part=data["pages_part"], ranges=data["ranges"],
            reason=data["reason"], our_view=data["our_view"] or OurView.UNSEEN, notes=data.get("notes", ""),
            released=data.get("released", ""), challenged=data.get("challenged", ""),
        )  # fmt: skip


class ChangeForm(GroundForm):
    """One ground that stands already: besides, what came of it and what we note."""

    challenged = forms.ChoiceField(
        label=_("Challenged in"), required=False, help_text=_("Only your organization reads it."),
        error_messages={"invalid_choice": ONE_OF_THESE},
    )  # fmt: skip
    released = forms.ChoiceField(
        label=_("Released after all by"), required=False, error_messages={"invalid_choice": ONE_OF_THESE}
    )
    notes = forms.CharField(
        label=_("Our notes"), required=False, max_length=WORDS_MAX, help_text=_("Only your organization reads them."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    seen_version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, challenges: Pairs, releases: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["challenged"].choices = [("", _("Not challenged")), *challenges]  # type: ignore[attr-defined]
        self.fields["released"].choices = [("", _("Not released")), *releases]  # type: ignore[attr-defined]


class RetractForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it taken back?"), max_length=WORDS_MAX, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only your organization reads it. The line stays on the page, struck through."),
        error_messages={"required": _("Say why this is taken back.")},
    )  # fmt: skip
    seen_version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class HeadForm(forms.Form):
    """What the rows of one form share."""

    event = forms.ChoiceField(label=_("Decision"), error_messages={"invalid_choice": ONE_OF_THESE})
    once = forms.RegexField(r"^[\w-]+\Z", max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, decisions: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event"].choices = list(decisions)  # type: ignore[attr-defined]


class Rows:
    """Several grounds in one form, without JavaScript: `count` says how many, each row has its own prefix."""

    def __init__(self, data: QueryDict | None, *, part: str = "", **choices: Any) -> None:
        self.data, self.part, self.choices = data, part, choices
        self.count = _count(data)

    def forms(self, *, more: bool = False) -> list[GroundForm]:
        """more: one row besides, and what was typed is kept without being judged."""
        if self.data is None:
            return [self._row(0, initial={"part": self.part})]
        if more:
            kept = [self._row(n, initial=self._typed(n)) for n in range(self.count)]
            return kept if self.count >= ROWS_MAX else [*kept, self._row(self.count)]
        found = [self._row(n, data=self.data) for n in range(self.count)]
        said = [form for form in found if not form.says_nothing]
        return said or found[:1]

    @property
    def blank(self) -> GroundForm:
        """For the script that adds a row in place; it puts the number."""
        return GroundForm(prefix="rows-NUMBER", **self.choices)

    def _row(self, n: int, **given: Any) -> GroundForm:
        return GroundForm(prefix=f"rows-{n}", **given, **self.choices)

    def _typed(self, n: int) -> dict[str, str]:
        assert self.data is not None, "only a form that was sent has typed words"
        return {name: self.data.get(f"rows-{n}-{name}", "") for name in GroundForm.base_fields}


def _count(data: QueryDict | None) -> int:
    said = data.get("count", "1") if data else "1"
    return max(1, min(int(said), ROWS_MAX)) if said.isascii() and said.isdigit() and len(said) < 10 else 1
