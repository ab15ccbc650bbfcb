"""The FBI's list in miniature: real rows of 2018, enough of them for two of a name, two time zones, and no county."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from requests_app.actions.police_list import Taken, load_police
from requests_app.intake.police_list import read

HEAD = (
    "ori,name,agency_type,county,state,state_name,lat,lon,nibrs_2018,phone,street_address,city,addr_lat,addr_lon,"
    "hifld_id,hifld_match"
)
ROWS = {
    "IL0840200": "IL0840200,Springfield Police Department,City,Sangamon,IL,Illinois,39.763,-89.656,0,217-788-8325,"
    "800 EAST MONROE STREET,SPRINGFIELD,39.8,-89.6,10281,name+state+county",
    "MO0390900": "MO0390900,Springfield Police Department,City,Greene,MO,Missouri,37.258,-93.342,0,,,,,,,",
    "PA0350700": "PA0350700,Jefferson Township Police Department,City,Lackawanna,PA,Pennsylvania,41.4,-75.6,0,,,,,,,",
    "PA0631200": "PA0631200,Jefferson Township Police Department,City,Washington,PA,Pennsylvania,40.2,-80.2,0,,,,,,,",
    "TX0710000": "TX0710000,El Paso County Sheriff's Office,County,El Paso,TX,Texas,31.8,-106.2,1,915-538-2292,"
    "3850 JUSTICE ROAD,EL PASO,31.8,-106.2,10282,name+state+county",
    "TX0150000": "TX0150000,Bexar County Sheriff's Office,County,Bexar,TX,Texas,29.4,-98.5,0,,,,,,,",
    "TXDPS0000": "TXDPS0000,Department of Public Safety,State Police,,TX,Texas,,,0,,,,,,,",
    "FL0170000": "FL0170000,Escambia County Sheriff's Office,County,Escambia,FL,Florida,30.6,-87.3,0,,,,,,,",
    "IN0450000": "IN0450000,Lake County Sheriff's Office,County,Lake,IN,Indiana,41.4,-87.3,0,,,,,,,",
    "MESFM0001": "MESFM0001,State Fire Marshal:,Other State Agency,Kennebec,ME,Maine,44.4,-69.7,0,,,,,,,",
    "MESFM0002": "MESFM0002,State Fire Marshal:,Other State Agency,,ME,Maine,44.4,-69.7,0,,,,,,,",
    "AZ0018900": "AZ0018900,Navajo Nation,Tribal,,AZ,Arizona,,,0,,,,,,,",
    "IL0162700": "IL0162700,Northwestern University: Chicago,University or College,Cook,IL,Illinois,41,-87,0,,,,,,,",
    "CA0418000": "CA0418000,Union Pacific Railroad: San Mateo County,Other,San Mateo,CA,California,37,-122,0,,,,,,,",
    "NB0280200": "NB0280200,Omaha Police Department,City,Douglas,NB,Nebraska,41.2,-96.1,0,,,,,,,",
    "FL0130000": "FL0130000,Miami-Dade County Police Department,County,Miami-Dade,FL,Florida,25.6,-80.5,0,,,,,,,",
}


def listed(*changes: str, without: tuple[str, ...] = (), year: str = "2018") -> str:
    """The list, with rows in place of those of the same ORI, or added."""
    rows = {ori: row for ori, row in ROWS.items() if ori not in without}
    rows |= {row.split(",")[0]: row for row in changes}
    return "\n".join([HEAD.replace("nibrs_2018", f"nibrs_{year}"), *rows.values()]) + "\n"


Loader = Callable[..., Taken]


@pytest.fixture
def load(tmp_path: Path) -> Loader:
    def run(text: str | None = None, **options: bool) -> Taken:
        path = tmp_path / "list.csv"
        path.write_text(text or listed(), encoding="utf-8")
        return load_police(read(path), **options)

    return run
