"""The sample stories: fictional, in order on whatever day they are loaded, and telling what they promise."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from zoneinfo import available_timezones

import pytest

from requests_app.clock.events import Kind, Outcome
from requests_app.clock.receipt import BASES, ELECTRONIC
from tests.data.shipped import DAY, is_date, law_of, open_days, read, resolved

SCENARIO = read("sample/scenario.yaml")
REQUESTS = SCENARIO["requests"]
AGENCIES = {agency["slug"]: agency for agency in SCENARIO["agencies"]}
CAMPAIGNS = {campaign["key"]: campaign for campaign in SCENARIO["campaigns"]}
KITS = {kit["key"]: [part["label"] for part in kit["parts"]] for kit in SCENARIO["kits"]}
LOAD_DAYS = [dt.date(2026, 11, 22) + DAY * i for i in range(400)]
each_story = pytest.mark.parametrize("story", REQUESTS, ids=lambda r: r["key"])


def test_the_campaigns_have_their_requests_in_five_jurisdictions() -> None:
    assert Counter(r["campaign"] for r in REQUESTS) == {"plates": 24, "privacy": 10, "spending": 4, "faces": 3}
    plates = Counter(law_of(r) for r in REQUESTS if r["campaign"] == "plates")
    assert plates == {"us-ca": 6, "us-il": 5, "us-ny": 6, "us-tx": 5, "us": 2}
    assert len({r["key"] for r in REQUESTS}) == len(REQUESTS)
    assert KITS["plate-readers"] == [f"A{n}" for n in range(1, 9)]


def test_each_campaign_is_of_one_organization_and_readers_hold_none() -> None:
    owners = {key: campaign["organisation"] for key, campaign in CAMPAIGNS.items()}
    assert owners == {"plates": "harbor", "privacy": "harbor", "spending": "prairie", "faces": "harbor"}
    assert {o["key"] for o in SCENARIO["organisations"]} == {"harbor", "prairie", "gullwing", "readers"}
    people = {p["email"]: o["key"] for o in SCENARIO["organisations"] for p in o["people"]}
    assert all(email.endswith(".example") for email in people)
    harbor = [p["role"] for o in SCENARIO["organisations"] if o["key"] == "harbor" for p in o["people"]]
    assert harbor == ["owner", "editor", "viewer"]
    for story in REQUESTS:
        assert people[story["assignee"]] == owners[story["campaign"]]
    for campaign in CAMPAIGNS.values():
        assert people[campaign["lead"]] == campaign["organisation"]
        assert campaign["kit"] in KITS


def test_no_sample_name_is_that_of_a_real_center_or_custodian() -> None:
    real = set()
    for center in read("fusion_centers.yaml")["centers"]:
        names = [center, *center["custodians"], *center.get("other_names", [])]
        real |= {entry["name"].lower() for entry in names}
    for agency in AGENCIES.values():
        assert agency["is_sample"] is True
        assert agency["slug"].startswith("sample-")
        place = agency["slug"].removeprefix("sample-").replace("-", " ")
        for name in (place, agency["name"].lower(), *(c["name"].lower() for c in agency["custodians"])):
            assert not [r for r in real if name in r or r in name]


def test_no_real_agency_stands_in_a_story() -> None:
    assert {r["agency"] for r in REQUESTS} == set(AGENCIES)
    real = {c["slug"] for c in read("fusion_centers.yaml")["centers"]}
    assert not real & set(AGENCIES)


def test_sample_centers_lie_in_their_state_and_on_no_real_center() -> None:
    shapes = {s.get("jurisdiction"): s for s in read("geo/us_states.json")["states"]}
    real = [(c["map_x"], c["map_y"]) for c in read("fusion_centers.yaml")["centers"]]
    for agency in AGENCIES.values():
        assert agency["zone"] in available_timezones()
        assert agency["kind"] == ("federal" if agency["jurisdiction"] == "us" else "fusion_center")
        x, y = agency["map_x"], agency["map_y"]
        assert min(abs(x - rx) + abs(y - ry) for rx, ry in real) > 1, agency["slug"]
        if agency["jurisdiction"] != "us":
            assert within(x, y, shapes[agency["jurisdiction"]]["d"]), agency["slug"]


def within(x: float, y: float, path: str) -> bool:
    """Even-odd rule over whole-pixel rings with relative steps."""
    inside = False
    for ring in re.findall(r"M([^z]+)z", path):
        start, steps = ring.split("l")
        px, py = (int(n) for n in re.findall(r"-?\d+", start))
        corners = [(px, py)]
        numbers = [int(n) for n in re.findall(r"-?\d+", steps)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            px, py = px + dx, py + dy
            corners.append((px, py))
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                inside = not inside
    return inside


def test_two_custodians_of_one_center_are_asked_by_one_ask() -> None:
    asks = Counter((r["campaign"], r["agency"]) for r in REQUESTS)
    assert {ask: n for ask, n in asks.items() if n > 1} == {("plates", "sample-golden-strand"): 2}


@each_story
def test_a_story_is_written_in_words_the_ledger_knows(story: dict) -> None:
    events = story["events"]
    parts = story.get("parts", KITS[CAMPAIGNS[story["campaign"]]["kit"]])
    ids = [e["id"] for e in events if "id" in e]
    assert events[0]["kind"] == "sent"
    assert 4 <= len(events) <= 11
    assert len(set(ids)) == len(ids)
    for event in events:
        assert Kind(event["kind"])
        if "outcome" in event:
            assert Outcome(event["outcome"])
        assert set(event.get("parts", [])) <= set(parts)
        assert ("day" in event) != ("open_day" in event)
        assert event.get("roll", "back") in {"back", "none"}
        assert set(event) <= {
            "day", "open_day", "roll", "id", "kind", "outcome", "parts", "facts", "correspondence", "note",
        }  # fmt: skip
    refers = [v[1:] for e in events for v in e.get("facts", {}).values() if str(v).startswith("@")]
    assert set(refers) <= set(ids)


@each_story
def test_a_story_is_in_order_on_open_days_and_over_before_any_day_of_loading(story: dict) -> None:
    law = law_of(story)
    opened = set(open_days(law))
    for today in LOAD_DAYS:
        dates = [resolved(event, law=law, today=today) for event in story["events"]]
        assert dates == sorted(dates), today
        assert dates[-1] < today
        for event, on in zip(story["events"], dates, strict=True):
            assert on in opened or event.get("roll") == "none", (event, today)
            for value in event.get("facts", {}).values():
                if is_date(value):
                    ahead = event["kind"] in {"date_promised", "instalment_promised"}
                    assert resolved(value, law=law, today=today) > (today if ahead else on)


def of(shown: str) -> list[dict]:
    return [r for r in REQUESTS if shown in r["shows"]]


def nth_open_day_after(law: str, on: dt.date, n: int) -> dt.date:
    days = open_days(law)
    return days[days.index(on) + n]


def test_two_requests_lapse_on_the_last_open_day_before_loading() -> None:
    lapsing = {r["key"]: r for r in of("lapses_before_load")}
    assert set(lapsing) == {"kaskaskia-bend", "gulf-crescent"}
    for today in LOAD_DAYS:
        sent = resolved(lapsing["kaskaskia-bend"]["events"][0], law="us-il", today=today)
        (answer,) = [e for e in lapsing["gulf-crescent"]["events"] if e["kind"] == "clarification_answered"]
        answered = resolved(answer, law="us-tx", today=today)
        # 5 ILCS 140/3(d): five business days; Tex. Gov't Code § 552.222: ten anew from the answer.
        assert nth_open_day_after("us-il", sent, 5) == max(d for d in open_days("us-il") if d < today)
        assert nth_open_day_after("us-tx", answered, 10) == max(d for d in open_days("us-tx") if d < today)


def test_one_window_of_ours_closes_in_three_days() -> None:
    (story,) = of("own_window_in_three_days")
    for today in LOAD_DAYS:
        denied = resolved(story["events"][-1], law="us-ny", today=today)
        # N.Y. Pub. Off. Law § 89(4)(a): thirty days.
        assert denied + 30 * DAY == today + 3 * DAY


def test_extensions_said_to_be_in_time_are_in_time() -> None:
    lengths = {"us-il": 5, "us": 20}
    told = {r["key"] for r in of("extension_in_time")}
    for story in of("extension_in_time"):
        law = law_of(story)
        for today in LOAD_DAYS:
            sent = resolved(story["events"][0], law=law, today=today)
            (notice,) = [e for e in story["events"] if e["kind"] == "extension_noticed"]
            noticed = resolved(notice, law=law, today=today)
            paused = 9 if "clarification_answered" in story["shows"] else 0
            if law in lengths:
                assert noticed <= nth_open_day_after(law, sent, lengths[law] + paused), (story["key"], today)
            else:
                assert law == "us-ca"
                assert noticed <= sent + 10 * DAY, (story["key"], today)
    assert len(told) == 7


def test_the_stories_show_everything_the_tour_needs() -> None:
    shown = {word for story in REQUESTS for word in story["shows"]}
    assert shown >= {
        "acknowledged", "extension_in_time", "extension_late", "extension_over_cap",
        "clarification_answered", "clarification_open", "clarification_restarts", "ruling_requested",
        "ruling_issued", "silent_and_late", "deemed_denied", "appeal_window_running",
        "own_window_in_three_days", "appeal_upheld", "appeal_pending",
        "remanded", "appeal_lapsed", "denied_by_part", "part_silent", "partly_produced", "instalments",
        "fee_estimated", "fee_waiver_decided", "deposit_paid", "no_records", "two_custodians", "date_certain",
        "bounced", "sent_again", "agency_closed", "withdrawn", "produced_in_full", "closed", "certified_post",
        "lapses_before_load", "review_filed", "directed_to_web", "not_ours", "disputed", "in_time",
    }  # fmt: skip


def test_most_is_published_and_a_few_are_not() -> None:
    private = {r["key"] for r in REQUESTS if not r.get("published", SCENARIO["defaults"]["published"])}
    assert len(private) == 5
    assert "mohawk-locks" in private, "a lapsed appeal of ours is nobody else's business"
    assert {r["campaign"] for r in REQUESTS if r["key"] in private} == {"plates", "privacy", "spending"}


def test_the_day_of_receipt_rests_on_a_basis_the_clock_knows() -> None:
    for story in REQUESTS:
        channel = story.get("channel", SCENARIO["defaults"]["channel"])
        basis = story.get("receipt", SCENARIO["defaults"]["receipt"])
        assert basis in BASES
        assert (channel in ELECTRONIC) == (basis in {"accepted", "receipt"}), story["key"]
        confirmed = [e for e in story["events"] if e["kind"] == "receipt_confirmed"]
        assert confirmed or channel in ELECTRONIC, "a letter by post says when it arrived"


def event_day(key: str, kind: str, today: dt.date) -> dt.date:
    (story,) = [r for r in REQUESTS if r["key"] == key]
    event = next(e for e in story["events"] if e["kind"] == kind)
    return resolved(event, law=law_of(story), today=today)


@pytest.mark.parametrize("today", LOAD_DAYS[::5], ids=str)
def test_windows_said_to_run_do_run_and_lapsed_ones_have_lapsed(today: dt.date) -> None:
    # 5 ILCS 140/9.5(a): sixty days from the denial.
    assert event_day("prairie-line", "determined", today) + 60 * DAY > today
    # N.Y. Pub. Off. Law § 89(3)(a), (4)(a): twenty business days from the acknowledgement, then thirty days.
    silent = nth_open_day_after("us-ny", event_day("lake-plain", "acknowledged", today), 20)
    assert silent < today < silent + 30 * DAY
    assert event_day("mohawk-locks", "determined", today) + 30 * DAY < today
    # N.Y. CPLR 217: four months, of which the shortest has 120 days.
    assert event_day("taconic-gap", "appeal_decided", today) + 120 * DAY > today
    # 5 U.S.C. § 552(a)(6)(A)(i)(III)(aa), (ii): ninety days to appeal, twenty working days to decide.
    denied, appealed = (
        event_day("potomac-reach-privacy", kind, today) for kind in ("determined", "appeal_filed")
    )
    assert appealed <= denied + 90 * DAY
    assert nth_open_day_after("us", appealed, 20) > today
    # Tex. Gov't Code § 552.306: forty-five business days from the question.
    assert nth_open_day_after("us-tx", event_day("llano-crossing", "ruling_requested", today), 45) > today


@pytest.mark.parametrize("today", LOAD_DAYS[::5], ids=str)
def test_the_late_are_late_and_those_in_time_are_not(today: dt.date) -> None:
    # Cal. Gov. Code § 7922.535(a): ten days.
    assert event_day("tule-basin", "sent", today) + 10 * DAY < today
    assert event_day("ocotillo-wash-privacy", "sent", today) + 10 * DAY >= today
    assert nth_open_day_after("us-il", event_day("prairie-line-privacy", "sent", today), 5) > today
    assert nth_open_day_after("us-il", event_day("blackhawk-ferry-spending", "sent", today), 5) < today
    for key in ("taconic-gap-privacy", "genesee-shelf-spending"):
        assert nth_open_day_after("us-ny", event_day(key, "acknowledged", today), 20) > today
    # Twenty working days, nine of them stopped, and ten more: all gone; the other office waits for our answer.
    assert nth_open_day_after("us", event_day("potomac-reach", "sent", today), 20 + 9 + 10) < today
    assert nth_open_day_after("us", event_day("tidal-terrace", "sent", today), 20) > today
