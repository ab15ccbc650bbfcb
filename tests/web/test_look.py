"""The look: tokens that stay legible, pages that ask no third party, words that can be translated."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import get_template, render_to_string

from requests_app.web.templatetags import look

ROOT = Path(__file__).resolve().parents[2]
# E-mail is no page: mail readers know no style sheet, and templates/mail/ follows their rules.
TEMPLATES = sorted(p for p in (ROOT / "templates").rglob("*.html") if p.parent.name != "mail")
NAMES = [str(p.relative_to(ROOT / "templates")) for p in TEMPLATES]
TOKENS = (ROOT / "static/css/tokens.css").read_text()
COMPONENTS = (ROOT / "static/css/components.css").read_text()
TODAY = date(2026, 3, 10)
# Names of formats and signs of arithmetic are the same in every language.
UNTRANSLATED = {
    "CSV", "JSON", "Enter", "Authorization", "Bearer", "curl", "Atom", "Feed", "BibTeX", "SHA", "SUMS",
}  # fmt: skip


def block(opening: str) -> dict[str, str]:
    start = TOKENS.index(opening)
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", TOKENS[start : TOKENS.index("}", start)]))


LIGHT = block("color-scheme:light")
DARK_BY_SYSTEM = block(":root:not([data-theme=light]){")
DARK_BY_CHOICE = block(":root[data-theme=dark]{")


def test_dark_is_the_same_by_the_system_and_by_choice() -> None:
    assert DARK_BY_SYSTEM == DARK_BY_CHOICE
    assert DARK_BY_SYSTEM


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT = [
    (t, g, 4.5) for t in ("--ink", "--ink-2", "--ink-3", "--late", "--ours") for g in ("--paper", "--paper-2")
]
TEXT += [("--ink", "--ours-wash", 4.5), ("--ink-2", "--ours-wash", 4.5), ("--ours", "--ours-wash", 4.5)]
TEXT += [("--ink", "--late-wash", 4.5), ("--late", "--late-wash", 4.5)]
TEXT += [("--on-ours", "--ours", 4.5), ("--on-late", "--late", 4.5), ("--paper", "--ink", 4.5)]
EDGES = [("--line-firm", "--paper", 3.0), ("--line-firm", "--paper-2", 3.0), ("--step-4", "--step-2", 2.0)]


@pytest.mark.parametrize(("front", "ground", "least"), TEXT + EDGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_edges_stand_out(scheme: str, front: str, ground: str, least: float) -> None:
    colors = LIGHT if scheme == "light" else DARK_BY_CHOICE
    assert contrast(colors[front], colors[ground]) >= least


def test_only_the_tokens_name_colors() -> None:
    assert not re.findall(
        r"#[0-9a-f]{3,8}\b(?![^{]*\{)|rgba?\(|hsla?\(", re.sub(r"url\([^)]*\)", "", COMPONENTS)
    )


def test_every_token_that_is_used_is_defined() -> None:
    defined = set(re.findall(r"(--[\w-]+)\s*:", TOKENS + COMPONENTS))
    used = set(re.findall(r"var\((--[\w-]+)", TOKENS + COMPONENTS))
    assert {u for u in used if not u.startswith("--pico")} <= defined


def test_the_style_sheets_fetch_nothing_from_elsewhere() -> None:
    for sheet in (ROOT / "static").rglob("*.css"):
        for address in re.findall(r"url\(([^)]*)\)", sheet.read_text()):
            address = address.strip("\"'")
            if address.startswith(("data:image/", "#")):
                continue
            assert (sheet.parent / address).is_file(), f"{sheet.name}: {address}"


def test_what_was_vendored_is_what_is_listed() -> None:
    listed = dict(
        re.findall(
            r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$",
            (ROOT / "static/vendor/VENDORED.md").read_text(),
            re.M,
        )
    )
    found = {
        str(p.relative_to(ROOT / "static/vendor")): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in (ROOT / "static/vendor").rglob("*")
        if p.is_file() and p.name != "VENDORED.md"
    }
    assert found == listed


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles_and_says_what_it_needs(name: str) -> None:
    get_template(name)
    text = (ROOT / "templates" / name).read_text()
    takes_nothing = (
        name in {"404.html", "403.html", "400.html", "500.html", "403_csrf.html"} or "partials/" in name
    )
    assert takes_nothing or "{% comment %}" in text


@pytest.mark.parametrize("name", NAMES)
def test_a_template_holds_under_the_content_security_policy(name: str) -> None:
    text = (ROOT / "templates" / name).read_text()
    # Data that no browser runs may stand in a page.
    ours = r"<script(?! type=\"module\" src=\"{% static 'js/| type=\"application/ld\+json\">)"
    assert not re.search(ours + r"|<style|<iframe|\sstyle=|javascript:", text)
    assert not re.search(r"\son[a-z]+=", re.sub(r"\{%.*?%\}", "", text, flags=re.S))
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)


@pytest.mark.parametrize("name", NAMES)
def test_no_word_on_a_page_escapes_translation(name: str) -> None:
    text = (ROOT / "templates" / name).read_text()
    text = re.sub(r"\{% (comment|blocktranslate).*?\{% end\1 %\}", "", text, flags=re.S)
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)
    text = re.sub(r"<!doctype[^>]*>|<[^>]*>|&\w+;", " ", text)
    assert set(re.findall(r"[A-Za-z]{2,}", text)) <= UNTRANSLATED


@pytest.mark.parametrize(
    # The staff's pages wear Django's own sheet, which makes no cards.
    "name",
    [
        n
        for n, p in zip(NAMES, TEMPLATES, strict=True)
        if "<table" in p.read_text() and p.parent.name != "admin"
    ],
)
def test_tables_keep_their_roles_when_phones_show_them_as_cards(name: str) -> None:
    text = (ROOT / "templates" / name).read_text()
    for tag, roles in {
        "table": {"table"},
        "thead": {"rowgroup"},
        "tbody": {"rowgroup"},
        "tfoot": {"rowgroup"},
        "tr": {"row"},
        "td": {"cell"},
        "th": {"rowheader", "columnheader"},
    }.items():
        for attributes in re.findall(rf"<{tag}\b((?:\{{%.*?%\}}|[^>])*)>", text):
            role = re.search(r'role="(\w+)"', attributes)
            assert role, f"<{tag}{attributes}>"
            assert role[1] in roles


def render(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context({"today": TODAY, **context}))


def test_a_date_always_has_its_weekday_and_a_year_when_it_is_not_this_one() -> None:
    assert render("{% day on %}", on=date(2026, 3, 13)) == '<time datetime="2026-03-13">Fri Mar 13</time>'
    assert "Tue Mar 4, 2025" in render("{% day on %}", on=date(2025, 3, 4))
    assert "Friday, March 13, 2026" in render('{% day on "long" %}', on=date(2026, 3, 13))
    assert render("{% day on %}", on=None) == ""


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2026, 3, 10), "today"),
        (date(2026, 3, 11), "tomorrow"),
        (date(2026, 3, 9), "yesterday"),
        (date(2026, 3, 13), "in 3 days"),
        (date(2026, 3, 6), "4 days ago"),
        (date(2026, 8, 18), "in 5 months"),
        (date(2032, 2, 13), "in 6 years"),
        (date(2017, 2, 21), "9 years ago"),
    ],
)
def test_relative_words(on: date, said: str) -> None:
    assert look.relative_words(on, TODAY) == said


def test_a_big_date_is_one_time_element_with_weekday_and_relative_words() -> None:
    html = render('{% bigdate on "ours" %}', on=date(2026, 3, 13))
    assert 'datetime="2026-03-13"' in html
    assert "Friday" in html
    assert "March 13" in html
    assert "in 3 days" in html
    assert ", 2027" in render("{% bigdate on %}", on=date(2027, 1, 4))


def test_whose_move_is_a_shape_and_a_word_before_it_is_a_color() -> None:
    assert 'href="#i-ours"' in render('{% move "requester" %}')
    assert ">Ours<" in render('{% move "requester" %}')
    late = render('{% move "agency" 4 %}')
    assert 'href="#i-late"' in late
    assert "Agency, late 4 days" in late
    assert "late" not in render('{% move "agency" 0 %}')


def test_what_a_person_wrote_is_escaped_in_tags() -> None:
    assert "<b>" not in render('{% tag "late" words %}', words="<b>x</b>")
    assert "<b>" not in render('{% move "agency" 0 True words=words %}', words="<b>x</b>")


def test_a_share_of_fewer_than_five_is_not_shown() -> None:
    assert render("{% share 2 4 %}") == "too few"
    assert render("{% share 2 5 %}") == "40%"


def test_an_icon_that_does_not_exist_is_an_error_not_a_blank() -> None:
    with pytest.raises(TemplateSyntaxError):
        render('{% icon "dragon" %}')


def test_every_icon_is_in_the_sprite() -> None:
    sprite = (ROOT / "templates/partials/sprite.html").read_text()
    assert {f"i-{name}" for name in look.ICONS} == set(re.findall(r'symbol id="([^"]+)"', sprite))


class LetterForm(forms.Form):
    dated_on = forms.DateField(label="Date on the letter", help_text="As the agency dated it.")
    how = forms.ChoiceField(label="How it came", choices=[("post", "Post")], widget=forms.RadioSelect)


def test_a_refused_form_says_so_first_and_each_error_leads_to_its_field() -> None:
    form = LetterForm({"dated_on": "February 30"})
    assert not form.is_valid()
    summary = render_to_string("partials/errors.html", {"form": form})
    assert 'role="alert"' in summary
    fields = "".join(render_to_string("partials/field.html", {"field": field}) for field in form)
    for target in re.findall(r'href="#([^"]+)"', summary):
        assert f'id="{target}"' in fields
    for described in re.findall(r'aria-describedby="([^"]+)"', fields):
        for target in described.split():
            assert f'id="{target}"' in fields
    assert 'aria-invalid="true"' in fields


def test_no_summary_stands_over_a_form_that_was_not_refused() -> None:
    assert render_to_string("partials/errors.html", {"form": LetterForm()}).strip() == ""


@pytest.mark.parametrize("name", ["500.html", "403_csrf.html", "400.html", "403.html"])
def test_the_last_pages_stand_without_context_database_or_addresses(name: str) -> None:
    html = get_template(name).render()
    assert "<h1>" in html
    assert "noindex" in html


def test_paper_is_white_whatever_the_screen_was() -> None:
    paper = TOKENS[TOKENS.index("@media print") :]
    assert "--paper:#ffffff" in paper
    assert set(DARK_BY_CHOICE) - set(re.findall(r"(--[\w-]+):", paper)) <= {"--shadow-1", "--shadow-2"}
