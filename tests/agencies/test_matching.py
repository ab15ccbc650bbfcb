"""Which agency a word may mean: most alike first, by an index, with place and kind; a person chooses."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.actions.agency_changes import Why, merge, rename
from requests_app.actions.police_list import load_police
from requests_app.intake.agencies import Directory
from requests_app.intake.agency_match import QUERY, THRESHOLD, suggest, take_apart
from requests_app.intake.police_list import read
from requests_app.models import Agency, AgencyName
from tests import builders
from tests.conftest import SAMPLES_ABSENT

from .conftest import Loader

pytestmark = pytest.mark.django_db


def first(word: str) -> str:
    found = suggest([word])[word]
    return found[0].slug if found else ""


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("Springfield PD, IL", "il-springfield-police-department"),
        ("Springfield PD (MO)", "mo-springfield-police-department"),
        ("City of Springfield Police Dept., Missouri", "mo-springfield-police-department"),
        ("Sprigfield Police Department, IL", "il-springfield-police-department"),
        ("El Paso Co. Sheriff", "tx-el-paso-county-sheriffs-office"),
        ("El Paso SO TX", "tx-el-paso-county-sheriffs-office"),
        ("Texas Department of Public Safety", "tx-department-of-public-safety"),
        ("tx0710000", "tx-el-paso-county-sheriffs-office"),
        ("NORTHWESTERN UNIV. CHICAGO", "il-northwestern-university-chicago"),
        ("Miami Dade Police", "fl-miami-dade-county-police-department"),
        ("Navajo Nation Police", "az-navajo-nation"),
    ],
)
def test_the_one_that_is_meant_comes_first(load: Loader, word: str, slug: str) -> None:
    load()
    assert first(word) == slug


def test_what_is_like_nothing_gets_no_suggestion(load: Loader) -> None:
    load()
    for word in ("Qzx", "", " ", "\x00", "x" * 5_000, "%", "'; DROP TABLE"):
        assert suggest([word])[word] == []


def test_five_at_most_and_a_likeness_is_never_certain(load: Loader) -> None:
    load()
    found = suggest(["Jefferson Township Police Department"])["Jefferson Township Police Department"]
    assert [one.county for one in found[:2]] == ["Lackawanna", "Washington"]
    assert len(suggest(["Police Department"])["Police Department"]) <= 5
    assert all(one.score < 1 for one in found)
    assert suggest(["IL0840200"])["IL0840200"][0].score == 1


def test_former_names_abbreviations_and_merged_agencies_lead_to_the_agency_of_today(load: Loader) -> None:
    load()
    there = Agency.objects.get(slug="il-springfield-police-department")
    Agency.objects.filter(pk=there.pk).update(abbreviation="SPD")
    rename(agency=there, name="Capital Safety", why=Why(None, "renamed"))
    found = suggest(["Springfeld Police, IL", "SPD"])
    assert (found["Springfeld Police, IL"][0].slug, found["Springfeld Police, IL"][0].called) == (
        there.slug, "Springfield Police Department",
    )  # fmt: skip
    assert found["SPD"][0].slug == there.slug
    survivor = Agency.objects.get(slug="il-northwestern-university-chicago")
    merge(agency=there, into=survivor, why=Why(None, "merged"))
    assert first("Capital Safety, IL") == survivor.slug


def test_a_word_is_taken_apart_into_place_and_kind() -> None:
    assert take_apart("Springfield PD, IL").place == "us-il"
    assert take_apart("West Virginia University").place == "us-wv"
    assert take_apart("New York City Police Department").whole == "new york city police department"
    assert take_apart("Police of Ok").place == ""
    assert take_apart("Indiana State Police").kind == "state_police"
    assert take_apart("Springfield Police, IL").kind == ""


def test_an_exact_word_is_found_and_an_ambiguous_one_is_not_chosen(load: Loader) -> None:
    load()
    directory = Directory({"the marshals": "me-state-fire-marshal"})
    known = directory.find("  navajo   NATION ")
    assert known is not None and (known.slug, known.laws) == ("az-navajo-nation", ())
    assert directory.find("Springfield Police Department") is None
    for word in ("il-springfield-police-department", "IL0840200"):
        there = directory.find(word)
        assert there is not None and there.slug == "il-springfield-police-department"
    chosen = directory.find("The Marshals")
    assert chosen is not None and chosen.slug == "me-state-fire-marshal"
    assert directory.find("") is None
    assert directory.word_for("az-navajo-nation") == "Navajo Nation"
    assert directory.word_for("il-springfield-police-department") == "il-springfield-police-department"


def test_a_name_of_today_is_stronger_than_one_of_before_and_two_of_before_do_not_choose(load: Loader) -> None:
    load()
    one, two = (
        Agency.objects.get(slug="az-navajo-nation"),
        Agency.objects.get(slug="ne-omaha-police-department"),
    )
    AgencyName.objects.create(agency=two, name="Navajo Nation")
    AgencyName.objects.create(agency=one, name="Old Guard")
    AgencyName.objects.create(agency=two, name="Old Guard")
    directory = Directory({})
    found = directory.find("Navajo Nation")
    assert found is not None and found.id == one.pk
    assert directory.find("Old Guard") is None


def test_three_hundred_words_are_looked_up_in_few_queries(load: Loader) -> None:
    load()
    words = [f"Springfield Polise {n}, IL" for n in range(295)] + [
        "Navajo Nation",
        "IL0840200",
        "x",
        "y",
        "z",
    ]
    with CaptureQueriesContext(connection) as seen:
        directory = Directory({})
        directory.prepare(words, near=True)
        for word in words:
            if directory.find(word) is None:
                directory.nearest(word)
    asked = [q["sql"] for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 12


@pytest.fixture
def crowd() -> None:
    """The whole list, where it lies beside the samples."""
    samples = os.environ.get("SAMPLES_DIR", "")
    path = Path(samples).parent / "police_agencies.csv"
    if not samples or not path.is_file():
        pytest.skip(SAMPLES_ABSENT)
    load_police(read(path))


def plan_of(sql: str, params: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(THRESHOLD)])
        # Which is cheaper, statistics say, and of rows of this transaction there are none: whether it can be used.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.slow
def test_among_all_of_them_the_index_is_used_and_the_right_one_comes_first(crowd: None) -> None:
    asked = take_apart("Springfield PD, IL")
    plan = plan_of(QUERY, [[0], [asked.whole], [asked.cored], [asked.place], [asked.kind]])
    assert "agency_core_trigram" in plan
    assert "Seq Scan on requests_app_agency " not in plan
    words = [
        "Springfield PD, IL", "Chigaco Police", "Indiana State Police", "El Paso Co. Sheriff (TX)", "Ft. Worth PD, TX",
        "University of Illinois Police", "New York City Police Department", "Harris County SO TX", "Joliet", "Sheriff",
    ]  # fmt: skip
    best = {word: found[0].slug for word, found in suggest(words).items()}
    assert best["Ft. Worth PD, TX"] == "tx-fort-worth-police-department"
    assert best["Harris County SO TX"] == "tx-harris-county-sheriffs-office"
    assert best["New York City Police Department"] == "ny-new-york-city-police-department"


@pytest.mark.slow
def test_a_search_among_all_of_them_uses_the_index(crowd: None) -> None:
    found = Agency.objects.surviving().matching("joliet")
    plan = found.explain()
    assert "agency_words" in plan
    assert {agency.city for agency in found if agency.kind == "city_police"} == {"Joliet"}


@pytest.mark.slow
def test_pages_among_all_of_them_stay_small(crowd: None) -> None:
    cast = builders.cast()
    desk = Client()
    desk.force_login(cast.edgar, backend=settings.AUTHENTICATION_BACKENDS[0])
    for client, address, most in (
        (Client(), "/agencies/", 14), (Client(), "/agencies/?q=springfield+police", 14),
        (Client(), "/agencies/?page=375", 14), (Client(), "/agencies/il-springfield-police-department/", 16),
        (Client(), "/", 20), (Client(), "/campaigns/", 10), (Client(), "/calculator/", 10),
        (desk, "/requests/new/", 20), (desk, "/requests/new/?agency=springfield+police", 22),
    ):  # fmt: skip
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(address)
        assert answer.status_code == 200, address
        assert len(answer.content) < 250_000, address
        assert len(seen) <= most, address
    assert (
        b"of 18702" in Client().get("/agencies/").content or b"18,702" in Client().get("/agencies/").content
    )


def test_a_list_of_twenty_springfields_is_a_choice_and_not_a_guess(load: Loader) -> None:
    load()
    cast = builders.cast()
    desk = Client()
    desk.force_login(cast.edgar, backend=settings.AUTHENTICATION_BACKENDS[0])
    given = {
        "organisation": cast.harbor.public_id, "agency": "Springfield Police Department", "public_title": "Cameras",
        "sent_on": "2026-03-02", "channel": "email", "once": "abc", "step": "preview",
    }  # fmt: skip
    asked = desk.post("/requests/new/", given)
    assert asked.status_code == 400
    pick = asked.context["form"]["agency_pick"]
    assert [value for value, _words in pick.field.choices] == [
        "il-springfield-police-department", "mo-springfield-police-department",
    ]  # fmt: skip
    assert "Springfield Police Department · City police · Springfield, Illinois" in asked.content.decode()
    shown = desk.post("/requests/new/", {**given, "agency_pick": "il-springfield-police-department"})
    assert shown.status_code == 200
    assert "Illinois" in shown.context["effect"]["headline"]
    narrowed = desk.post("/requests/new/", {**given, "agency": "Springfield Police, IL"})
    assert narrowed.status_code == 200
    alike = desk.post("/requests/new/", {**given, "agency": "Springfeld Polise IL"})
    assert alike.status_code == 400
    assert "Choose the one below if you mean it" in alike.content.decode()
    stale = desk.post("/requests/new/", {**given, "agency_pick": "tx-department-of-public-safety"})
    assert stale.status_code == 400


def test_the_picker_says_how_many_more_match_and_puts_the_very_name_first(load: Loader) -> None:
    load()
    for n in range(14):
        Agency.objects.create(
            slug=f"zz-{n}", name="Elm PD", kind="city_police", jurisdiction="us-oh", zone="America/New_York",
            city=f"Springfield Police Department {n}",
        )  # fmt: skip
    cast = builders.cast()
    desk = Client()
    desk.force_login(cast.edgar, backend=settings.AUTHENTICATION_BACKENDS[0])
    form = desk.get("/requests/new/?agency=Springfield+Police+Department").context["form"]
    assert [value for value, _words in form["agency_pick"].field.choices][:2] == [
        "il-springfield-police-department", "mo-springfield-police-department",
    ]  # fmt: skip
    assert form["agency_pick"].help_text == "4 more match. Write more of the name, or its state."
