"""The FBI's list taken in: twice without a change, newer without losing a correction, broken without a trace."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from requests_app.actions.agencies import load_agencies, read_agencies
from requests_app.actions.agency_changes import Corrections, Why, correct, rename
from requests_app.actions.police_list import load_police
from requests_app.actions.refusals import Refused
from requests_app.intake.police_list import NotAList, read
from requests_app.laws.registry import library
from requests_app.models import Agency, AgencyContact, AgencyIdentifier, AgencyLaw, AgencyName
from tests.conftest import SAMPLES_ABSENT

from .conftest import HEAD, ROWS, Loader, listed

pytestmark = pytest.mark.django_db
WHY = Why(None, "Its own page says so", "https://example.org/")


def by_ori(ori: str) -> Agency:
    return Agency.objects.get(identifiers__scheme="ori", identifiers__value=ori)


def test_a_row_becomes_an_agency_with_its_place_kind_zone_contacts_and_law(load: Loader) -> None:
    assert load().added == len(ROWS)
    there = by_ori("TX0710000")
    assert (there.slug, there.kind, there.zone) == (
        "tx-el-paso-county-sheriffs-office",
        "county_sheriff",
        "America/Denver",
    )
    assert (there.city, there.county, there.jurisdiction) == ("El Paso", "El Paso", "us-tx")
    contacts = {contact.channel: contact for contact in there.contacts.all()}
    assert contacts["phone"].value == "915-538-2292"
    assert contacts["post"].value == "3850 Justice Road, El Paso, TX"
    assert contacts["phone"].note == "2019 copy, joined by name, state and county, not checked by hand."
    assert "HIFLD" in contacts["phone"].source
    assert [(law.law_id, law.confidence) for law in there.laws.all()] == [("us-tx", "medium")]
    claims = {claim["field"]: claim for claim in there.claims}
    assert claims["fbi_type"] == {
        "field": "fbi_type", "value": "County", "year": "2018",
        "source": "FBI Crime Data Explorer, list of agencies, 2018",
    }  # fmt: skip
    assert set(there.identifiers.values_list("scheme", "value")) == {("ori", "TX0710000"), ("hifld", "10282")}


def test_kinds_places_and_laws_follow_the_words_of_the_list(load: Loader) -> None:
    load()
    kinds = {ori: by_ori(ori).kind for ori in ROWS}
    assert kinds["FL0130000"] == "county_agency"
    assert kinds["TXDPS0000"] == "state_police"
    assert kinds["IL0162700"] == "university"
    assert by_ori("NB0280200").jurisdiction == "us-ne"
    assert not by_ori("AZ0018900").laws.exists()
    assert by_ori("AZ0018900").zone == "America/Denver"
    assert by_ori("CA0418000").laws.get().confidence == "low"
    assumed = [claim for claim in by_ori("TXDPS0000").claims if claim["field"] == "zone"]
    assert assumed[0]["status"] == "assumed" and "two time zones" in assumed[0]["note"]


def test_two_of_one_name_in_one_state_get_addresses_that_tell_them_apart(load: Loader) -> None:
    load()
    assert by_ori("PA0350700").slug == "pa-jefferson-township-police-department-lackawanna"
    assert by_ori("PA0631200").slug == "pa-jefferson-township-police-department-washington"
    assert by_ori("IL0840200").slug == "il-springfield-police-department"
    assert by_ori("MESFM0001").slug == "me-state-fire-marshal-kennebec"
    assert by_ori("MESFM0002").slug == "me-state-fire-marshal"
    assert by_ori("MESFM0001").name == "State Fire Marshal"


def test_an_address_that_somebody_else_has_is_left_to_them(load: Loader) -> None:
    mine = Agency.objects.create(
        slug="il-springfield-police-department",
        name="Another",
        kind="other",
        jurisdiction="us-il",
        zone="America/Chicago",
    )
    load()
    mine.refresh_from_db()
    assert mine.name == "Another"
    assert by_ori("IL0840200").slug == "il-springfield-police-department-il0840200"


def everything() -> list[Any]:
    return [
        sorted(map(str, model.objects.values_list()))
        for model in (Agency, AgencyContact, AgencyIdentifier, AgencyLaw, AgencyName)
    ]


def test_a_second_run_changes_nothing(load: Loader) -> None:
    load()
    before = everything()
    again = load()
    assert (again.added, again.changed, again.unchanged) == (0, 0, len(ROWS))
    assert everything() == before
    assert again.kept == []


def test_a_newer_list_is_followed_and_what_a_person_corrected_stays_and_is_told(load: Loader) -> None:
    load()
    corrected, followed = by_ori("IL0840200"), by_ori("TX0150000")
    correct(
        agency=corrected,
        new=Corrections({"zone": "America/New_York"}, {("general", "phone"): ["217-555-0100"]}),
        why=WHY,
    )
    newer = listed(
        ROWS["IL0840200"].replace("217-788-8325", "217-000-0000").replace("Police Department", "Police"),
        ROWS["TX0150000"].replace("Bexar County Sheriff's Office", "Bexar Sheriff"),
        without=("MO0390900",), year="2025",
    )  # fmt: skip
    done = load(newer)
    assert {(kept.slug, kept.field, kept.ours, kept.theirs) for kept in done.kept} == {
        (corrected.slug, "zone", "America/New_York", "America/Chicago"),
        (corrected.slug, "phone", "217-555-0100", "217-000-0000"),
    }
    corrected.refresh_from_db()
    assert (corrected.name, corrected.zone) == ("Springfield Police", "America/New_York")
    assert corrected.contacts.get(channel="phone").value == "217-555-0100"
    followed.refresh_from_db()
    assert (followed.name, followed.slug) == ("Bexar Sheriff", "tx-bexar-county-sheriffs-office")
    assert followed.names.get().name == "Bexar County Sheriff's Office"
    assert "2025" in followed.names.get().source
    assert (followed.slug, "Bexar County Sheriff's Office", "Bexar Sheriff") in done.renamed
    assert [ori for ori, _slug, _name in done.vanished] == ["MO0390900"]
    assert by_ori("MO0390900").name == "Springfield Police Department"
    assert {claim["year"] for claim in followed.claims} == {"2025"}


def test_a_name_given_by_a_person_is_not_taken_back_by_the_list(load: Loader) -> None:
    load()
    there = by_ori("TXDPS0000")
    rename(agency=there, name="Texas Department of Public Safety", why=WHY)
    done = load()
    there.refresh_from_db()
    assert there.name == "Texas Department of Public Safety"
    assert [(kept.field, kept.theirs) for kept in done.kept] == [("name", "Department of Public Safety")]
    assert done.changed == 0


def test_an_address_that_a_person_took_out_stays_out(load: Loader) -> None:
    load()
    there = by_ori("TX0710000")
    correct(agency=there, new=Corrections(contacts={("general", "phone"): []}), why=WHY)
    done = load()
    assert not there.contacts.filter(channel="phone").exists()
    assert [(kept.field, kept.ours) for kept in done.kept] == [("phone", "nothing")]


def test_a_law_that_has_come_into_the_library_is_noted_at_the_next_load(
    load: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    from requests_app.actions import police_list
    from requests_app.laws.governing import Governing, governing

    def before(place: str, kind: str) -> Governing:
        return Governing((), "not yet", "", "unknown") if place == "us-il" else governing(place, kind)

    monkeypatch.setattr(police_list, "governing", before)
    load()
    assert not by_ori("IL0840200").laws.exists()
    monkeypatch.undo()
    assert load().changed == 2
    assert by_ori("IL0840200").laws.get().law_id == "us-il"
    assert load().changed == 0


def test_a_run_that_is_killed_leaves_nothing(load: Loader, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(listed(), encoding="utf-8")

    def killed(done: int) -> None:
        assert Agency.objects.count() == len(ROWS)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_police(read(path), progress=killed)
    assert not Agency.objects.exists() and not AgencyIdentifier.objects.exists()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("ZZ,Nowhere,City,Cook,IL,Illinois,1,1,0,,,,,,,", "line 18, ori: “ZZ” is no ORI."),
        ("IL9999999,,City,Cook,IL,Illinois,1,1,0,,,,,,,", "line 18, name: The agency has no name."),
        ("IL9999999,Nowhere,Navy,Cook,IL,Illinois,1,1,0,,,,,,,", "line 18, agency_type: “Navy” is no type"),
        ("IL9999999,Nowhere,City,Cook,ZZ,Zed,1,1,0,,,,,,,", "line 18, state: “ZZ” is no state"),
        ("IL9999999,Nowhere,City,Cook,IL,Illinois,north,1,0,,,,,,,", "line 18, lat: “north” is no latitude."),
        ("IL9999999,Nowhere,City,Cook,IL,Illinois,1,999,0,,,,,,,", "line 18, lon: “999” is no longitude."),
        ("IL9999999,Nowhere,City,Cook", "line 18, row: It has 4 cells under 16 headings."),
        (
            "IL9999999,Nowhere,City,Cook,IL,Illinois,1,1,0,,,,,,1E5,",
            "line 18, hifld_id: “1E5” is no HIFLD number.",
        ),
        (
            f"IL9999999,{'x' * 301},City,Cook,IL,Illinois,1,1,0,,,,,,,",
            "line 18, name: It has 301 characters.",
        ),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_loaded_unless_asked(load: Loader, row: str, says: str) -> None:
    with pytest.raises(Refused) as refused:
        load(listed() + row + "\n")
    assert says in refused.value.sentence
    assert "nothing was loaded" in refused.value.sentence
    assert not Agency.objects.exists()
    assert load(listed() + row + "\n", skip_bad=True).added == len(ROWS)


def test_the_first_twenty_bad_rows_are_listed_and_the_rest_counted(load: Loader) -> None:
    bad = "".join(f"x{n},Nowhere,City,Cook,IL,Illinois,1,1,0,,,,,,,\n" for n in range(25))
    with pytest.raises(Refused, match=r"^25 problems") as refused:
        load(listed() + bad)
    assert refused.value.sentence.count("is no ORI") == 20
    assert "and 5 more" in refused.value.sentence


def test_an_ori_twice_names_the_first_line_and_one_on_a_bad_row_has_not_vanished(load: Loader) -> None:
    load()
    with pytest.raises(Refused, match="IL0840200 stands already on line 2"):
        load(listed() + ROWS["IL0840200"] + "\n")
    broken = listed(ROWS["MO0390900"].replace(",City,", ",Navy,"))
    assert load(broken, skip_bad=True).vanished == []


def test_later_tables_of_the_list_are_read_by_their_own_headings(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "ori,county,latitude,longitude,state_abbr,state,agency_name,agency_type,is_nibrs\n"
        "AL0430200,LEE,32.6,-85.3,AL,Alabama,Opelika Police Department,City,TRUE\n",
        encoding="utf-8",
    )
    with pytest.raises(NotAList, match="Add --year"):
        read(path)
    found = read(path, year="2025")
    assert [(office.slug, office.told["jurisdiction"]) for office in found.offices] == [
        ("al-opelika-police-department", "us-al")
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"), (b"a,b\n1,2\n", "has no column ori, name, agency_type, state"),
        (HEAD.encode() + b"\n\xff\xfe,x\n", "is not UTF-8"), (b"PK\x03\x04\x00\x00", "NUL bytes"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_list_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=says):
        call_command("load_agencies", str(path))


def test_the_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "list.csv"
    path.write_text(listed(), encoding="utf-8")
    call_command("load_agencies", str(path))
    told = capsys.readouterr()
    assert f"list of 2018: {len(ROWS)} agencies, {len(ROWS)} added, 0 changed, 0 unchanged" in told.out
    assert f"{len(ROWS)} of {len(ROWS)} agencies" in told.err
    with pytest.raises(CommandError, match="could not be read"):
        call_command("load_agencies", str(tmp_path / "nothing.csv"))


def test_the_files_that_ship_leave_corrections_alone_too() -> None:
    data = Path(__file__).resolve().parents[2] / "requests_app" / "data" / "fusion_centers.yaml"
    rows = read_agencies(data)[:12]
    load_agencies(rows)
    center = Agency.objects.get(slug=rows[0]["slug"])
    rename(agency=center, name="Renamed by hand", why=WHY)
    gone = AgencyContact.objects.filter(agency__slug__in=[row["slug"] for row in rows]).first()
    assert gone is not None
    correct(agency=gone.agency, new=Corrections(contacts={(gone.purpose, gone.channel): []}), why=WHY)
    again = load_agencies(rows)
    assert (again.added, again.changed) == (0, 0)
    center.refresh_from_db()
    assert center.name == "Renamed by hand"
    assert not AgencyContact.objects.filter(
        agency=gone.agency, purpose=gone.purpose, channel=gone.channel
    ).exists()


def test_notes_of_custodians_and_contacts_are_kept() -> None:
    data = Path(__file__).resolve().parents[2] / "requests_app" / "data" / "fusion_centers.yaml"
    row = next(row for row in read_agencies(data) if row["slug"] == "md-mcac")
    load_agencies([row])
    council = Agency.objects.get(slug="md-mcac").custodians.get(name__startswith="Anti-Terrorism")
    assert council.law_id == ""
    assert council.note.startswith("A federal-state advisory council")


@pytest.mark.slow
def test_the_whole_list_loads_and_a_second_time_without_a_change() -> None:
    samples = os.environ.get("SAMPLES_DIR", "")
    path = Path(samples).parent / "police_agencies.csv"
    if not samples or not path.is_file():
        pytest.skip(SAMPLES_ABSENT)
    first = load_police(read(path))
    assert (first.added, first.changed) == (18_702, 0)
    again = load_police(read(path))
    assert (again.added, again.changed, again.kept) == (0, 0, [])
    assert Agency.objects.values("slug").distinct().count() == 18_702
    held = set(library().codes)
    without = Agency.objects.filter(laws=None).exclude(kind="tribal")
    assert not set(without.values_list("jurisdiction", flat=True)) & held
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM requests_app_agency WHERE core = ''")
        assert cursor.fetchone() == (0,)
