"""The kits that ship, and the files they share: what is asked of each of them, and every letter under every law."""

from __future__ import annotations

from dataclasses import fields, replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from requests_app.kits import checks, registry
from requests_app.kits.errors import KitFileError, Refused
from requests_app.kits.fields import FIELDS, MergeFacts
from requests_app.kits.law_words import NEUTRAL, law_words
from requests_app.kits.merge import render
from requests_app.kits.registry import DATA, ORDER, kit, kit_files, kits
from requests_app.kits.schema import MOST_PROBLEMS, read_text
from requests_app.kits.shapes import Kit
from requests_app.laws.registry import library
from requests_app.laws.summary import answer_rule

PLATES = (DATA / "plate-readers.yaml").read_text(encoding="utf-8")
LAWS = [entry.id for entry in library().laws]
DOCS = (Path(__file__).parents[2] / "docs" / "kits.md").read_text(encoding="utf-8")


def test_the_fourteen_kits_ship_in_their_order() -> None:
    assert tuple(one.id for one in kits()) == ORDER
    assert len(ORDER) == 14


@pytest.mark.parametrize("path", kit_files(), ids=lambda path: path.stem)
def test_a_kit_that_ships_has_nothing_wrong(path: Path) -> None:
    assert checks.check_file(path).problems == ()


def test_what_the_kits_share_has_nothing_wrong() -> None:
    assert list(checks.shared_problems()) == []


@pytest.mark.parametrize("one", kits(), ids=lambda one: one.id)
def test_every_kit_is_a_sound_letter_under_every_law(one: Kit) -> None:
    for law_id in LAWS:
        home = library().place_of(law_id).name
        rendered = render(one, replace(checks.SAMPLE, law_id=law_id, residency=home))
        assert (law_id, list(checks.letter_problems(rendered))) == (law_id, [])
        assert library().law(law_id).law.citation in rendered.body
        assert rendered.parts == tuple((part.label, part.title) for part in one.parts)


@pytest.mark.parametrize("law_id", LAWS)
def test_the_number_of_days_in_a_letter_is_the_librarys(law_id: str) -> None:
    rule = answer_rule(library().law(law_id).current)
    said = law_words(law_id).answer
    if rule.length.count is not None and rule.length.or_else is None:
        assert f" {rule.length.count} " in said
    else:
        assert not any(sign.isdigit() for sign in said)
    assert said != NEUTRAL


@pytest.mark.parametrize(
    ("kit_id", "expected"),
    [
        ("immigration-queries", True), ("plate-readers", True), ("face-recognition", True), ("data-brokers", True),
        ("gang-database", True), ("phone-extraction", True), ("protest-and-faith", True), ("co-location", False),
        ("grants-and-spending", False), ("vendors-and-pilots", False),
    ],
)  # fmt: skip
def test_the_first_seven_kits_ask_for_preservation_and_others_do_not(kit_id: str, expected: bool) -> None:
    rendered = render(kit(kit_id), replace(checks.SAMPLE, law_id="us-il"))
    assert kit(kit_id).preservation is expected
    assert ("\nPRESERVATION\n" in rendered.body) is expected


@pytest.mark.parametrize("one", kits(), ids=lambda one: one.id)
def test_what_is_for_us_never_stands_in_the_letter(one: Kit) -> None:
    body = render(one, replace(checks.SAMPLE, law_id="us-il")).body
    for ours in (one.summary, one.retention, *one.codebook, *(m.holds for m in one.mirrors)):
        assert ours not in body
    for refusal in one.refusals:
        assert refusal.says not in body


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            ("title: Network audit", "titel: Network audit"),
            "there is no field 'titel' here. Fix: did you mean title?",
        ),
        (("narrows: [period, counts]", "narrows: [less]"), "'less' is no narrowing."),
        (
            ("since: 2024-01-01", "since: 2024-02-30"),
            "'2024-02-30' is no day. Fix: write it as 2026-03-31.",
        ),
        (("preservation: true", "preservation: yes"), "'yes' is neither true nor false."),
        (("name: License plate readers\n", "name: ''\n"), "'name' is empty."),
        (("id: plate-readers\n", "id: plate-readers\nid: x\n"), "the key 'id' stands twice"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_fix(change: tuple[str, str], says: str) -> None:
    wrong = PLATES.replace(*change, 1)
    assert wrong != PLATES
    with pytest.raises(KitFileError) as refused:
        read_text(Kit, "plate-readers.yaml", wrong)
    found = [str(one) for one in refused.value.problems]
    assert any(says in one for one in found), found
    told = [one.line for one in refused.value.problems if says.partition(" Fix")[0] in one.says]
    assert told, found
    lines = wrong.splitlines()
    assert change[1].strip().splitlines()[-1].partition(":")[0] in lines[(told[0] or 1) - 1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id: \x00", "it holds a character that a text cannot hold."),
        ("id: \ud800", "it holds a character that a text cannot hold."),
        ("id: !!int x", "k:1: tags (!) are not used here."),
        ("id: a\nname: !!python/object:os.system x", "k:2: tags (!) are not used here."),
        ("? [1]\n: 2", "a key is no word"),
        ("id: &x a\nname: *x", "k:1: anchors and aliases (& and *) are not used here."),
        ("id: " + "[" * 100_000, "k:1: it is nested more than 12 deep."),
        ("{" * 100_000, "k:1: it is nested more than 12 deep."),
        ("id: null\nname: 7", "the field 'version' is missing."),
        ("- a", "the file is not a mapping. Fix: start with 'id:'."),
        ("", "the file is not a mapping."),
        ("parts: 7", "a list is needed."),
        ("parts: [7]", "this is no Part."),
        ("\n".join(f"k{n}: 1" for n in range(5_000)), "there is no field 'k0' here."),
    ],
    ids=range(14),
)
def test_a_text_from_anywhere_is_refused_and_harms_nothing(text: str, says: str) -> None:
    with pytest.raises(KitFileError) as refused:
        read_text(Kit, "k", text)
    found = [str(one) for one in refused.value.problems]
    assert any(says in one for one in found), found
    assert len(found) <= MOST_PROBLEMS


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("{agency} owns", "{agancy} owns"), "there is no field {agancy}. Did you mean {agency}?"),
        (("in force on {period_until}", "from 2020 to present"), "the period has no end."),
        (
            ("priority: [A3, A2,", "priority: [A3, A3,"),
            "the order of priority does not name every part once.",
        ),
        (("parts: [A3, A4, A8]", "parts: [A3, A9]"), "there is no part A9."),
        (("label: A2", "label: A9"), "number them A1, A2, A3 without a gap."),
        (("id: plate-readers", "id: plates"), "write plate-readers."),
        (('version: "2026-11-22.r1"', "version: first"), "write day and revision"),
        (
            ("Contracts, amendments,", "Contracts,"),
            "the text differs from what plate-readers@2026-11-22.r1 was published",
        ),
        (
            ('version: "2026-11-22.r1"', 'version: "2026-11-22.r2"'),
            "plate-readers@2026-11-22.r2 is not published.",
        ),
    ],
)
def test_what_a_shape_cannot_say_is_checked(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    path = tmp_path / "plate-readers.yaml"
    path.write_text(PLATES.replace(*change, 1), encoding="utf-8")
    assert any(says in one for one in checks.check_file(path).problems), checks.check_file(path).problems


def test_the_command_reads_every_letter_and_fails_on_a_bad_file(tmp_path: Path) -> None:
    out = StringIO()
    call_command("check_kits", stdout=out)
    assert f"14 kits under {len(LAWS)} laws: {14 * len(LAWS)} letters." in out.getvalue()
    bad = tmp_path / "bad.yaml"
    bad.write_text("id: bad\n", encoding="utf-8")
    with pytest.raises(CommandError, match="problems in the kit files"):
        call_command("check_kits", bad, stdout=StringIO(), stderr=StringIO())
    with pytest.raises(CommandError, match="There is no file"):
        call_command("check_kits", tmp_path / "none.yaml", stdout=StringIO())


def test_an_unknown_kit_is_named_with_the_nearest() -> None:
    with pytest.raises(Refused, match=r"There is no kit 'plate-reader'. Did you mean plate-readers\?"):
        kit("plate-reader")


def test_a_law_the_library_does_not_hold_is_named_by_hand() -> None:
    facts = replace(checks.SAMPLE, law="the Open Records Ordinance of the Nation", law_citation="Title 5")
    body = render(kit("plate-readers"), facts).body
    assert "This is a request under the Open Records Ordinance of the Nation (Title 5)" in body
    assert NEUTRAL in body
    assert "[name of the law] for copies" in render(kit("plate-readers"), MergeFacts(agency="A")).body


def test_every_field_is_explained_and_named_in_the_docs() -> None:
    assert all(about.strip() for about in FIELDS.values())
    assert [name for name in FIELDS if f"`{name}`" not in DOCS] == []
    ours = {one.name for one in fields(MergeFacts)} - {"law_id", "protected", "attestation"}
    assert ours <= set(FIELDS)


def test_a_clause_is_shared_by_every_kit() -> None:
    assert list(registry.clauses()) == [f"K{number}" for number in range(1, 15)]
