"""Drawings: what a line may say, and that nothing on it can be missed or misread."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import combinations
from math import hypot
from xml.etree import ElementTree

import pytest

from requests_app.clock.rules import Confidence, Owes, Owner, Unit
from requests_app.clock.standing import Clock, Extended, Left, Pause, Verdict
from requests_app.clock.trail import Step, StepKind
from requests_app.statistics.survival import Waited, curve
from requests_app.web.draw import from_clock
from requests_app.web.draw.axis import axis_for, axis_svg, ground_svg
from requests_app.web.draw.bars import bar_chart
from requests_app.web.draw.lane import clock_chart, lane_svg, mini_svg
from requests_app.web.draw.map import APART, map_svg, spread
from requests_app.web.draw.shapes import (
    Axis,
    Bar,
    LaneSpec,
    MapPoint,
    Mark,
    Say,
    Segment,
    StateFill,
    StateShape,
)
from requests_app.web.draw.waiting import CurveWords, curve_svg

TODAY = date(2026, 3, 10)
FILED = date(2026, 1, 15)
AXIS = Axis(date(2026, 1, 12), date(2026, 4, 17), TODAY)
HOSTILE = "</svg><script>alert(1)</script>\"'&"


def clock(**changes: object) -> Clock:
    given: dict[str, object] = {
        "key": "determine|request|r1",
        "rule_id": "determine",
        "name": "Answer the request",
        "owner": Owner.agency,
        "scope": "request",
        "round": 1,
        "law_ref": "us-il@2010-01-01.r1",
        "calendar_ref": "us-il.c1",
        "opens_on": FILED,
        "started_by": "e0",
        "owes": Owes.determination,
        "earliest": date(2026, 2, 23),
        "latest": date(2026, 2, 23),
        "confidence": Confidence.high,
        "trail": (Step(StepKind.counted, FILED, date(2026, 2, 23), 20, Unit.business_days),),
    }
    return Clock(**{**given, **changes})  # type: ignore[arg-type]


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def words(svg: str) -> list[str]:
    return [t.text or "" for t in parsed(svg).iter("text")]


def kinds(spec: LaneSpec) -> dict[str, tuple[date, date]]:
    return {s.kind: (s.from_on, s.to_on) for s in spec.segments}


def every_drawing() -> dict[str, str]:
    spec = from_clock.lane_of(clock(name=HOSTILE), TODAY)
    chart = clock_chart([spec], AXIS)
    return {
        "axis": chart.axis,
        "ground": chart.ground,
        "lane": chart.rows[0].svg,
        "mini": mini_svg(from_clock.mini_of([clock()], TODAY, filed_on=FILED), AXIS),
        "map": map_svg(
            [StateShape("IL", "Illinois", "M0 0l9 9z"), StateShape("NY", "New York", "M9 9l9 9z")],
            {"IL": StateFill(None, HOSTILE, "/?state=IL&late=1")},
            [MapPoint(HOSTILE, 4, 4, "/agencies/x/", late=True)],
            label=HOSTILE,
        ),
        "bar": bar_chart([Bar(HOSTILE, 1, 4)]).bars[0].svg,
        "waiting": curve_svg(
            curve([Waited(3, True), Waited(9, False)], fewest=1),
            CurveWords(HOSTILE, HOSTILE, HOSTILE, (HOSTILE, HOSTILE)),
        ),
    }


@pytest.mark.parametrize("name", ["axis", "ground", "lane", "mini", "map", "bar", "waiting"])
def test_a_drawing_is_well_formed_and_brings_neither_style_nor_script(name: str) -> None:
    svg = every_drawing()[name]
    root = parsed(svg)
    assert root.tag == "svg"
    for element in root.iter():
        assert "style" not in element.attrib
        assert element.tag not in {"script", "style", "foreignObject"}
        assert not [a for a in element.attrib if a.startswith("on")]
    assert "<script" not in svg


@pytest.mark.parametrize("name", ["axis", "ground", "lane", "mini", "map", "bar", "waiting"])
def test_a_drawing_either_names_itself_or_is_hidden_from_readers(name: str) -> None:
    root = parsed(every_drawing()[name])
    assert root.get("aria-hidden") == "true" or root.get("aria-label")


def test_the_sentence_of_a_line_says_owner_dates_with_weekday_and_state() -> None:
    said = from_clock.lane_of(clock(), TODAY).sentence
    assert said == (
        "Answer the request, Agency; opened Thursday, January 15, 2026; due Monday, February 23, 2026; late 15 days."
    )


def test_due_today_is_not_late() -> None:
    due_today = clock(earliest=TODAY, latest=TODAY)
    assert "late" not in kinds(from_clock.lane_of(due_today, TODAY))
    assert "late" in kinds(from_clock.lane_of(due_today, TODAY + timedelta(days=1)))


def test_lateness_begins_at_the_later_reading_and_the_doubt_is_drawn_between() -> None:
    doubtful = clock(earliest=date(2026, 2, 23), latest=date(2026, 3, 6))
    drawn = kinds(from_clock.lane_of(doubtful, TODAY))
    assert drawn["doubt"] == (date(2026, 2, 23), date(2026, 3, 6))
    assert drawn["late"] == (date(2026, 3, 6), TODAY)
    before = kinds(from_clock.lane_of(doubtful, date(2026, 3, 5)))
    assert "late" not in before


def test_both_readings_are_written_out() -> None:
    spec = from_clock.lane_of(clock(earliest=date(2026, 2, 23), latest=date(2026, 3, 6)), TODAY)
    assert {"Mon Feb 23", "or Fri Mar 6", "late 4 days"} <= set(words(lane_svg(spec, AXIS)))


def test_a_pause_stands_between_the_days_counted() -> None:
    paused = clock(
        earliest=None,
        latest=None,
        pauses=(Pause(date(2026, 2, 5), None, "e2"),),
        paused_since=date(2026, 2, 5),
        left_when_paused=Left(6, Unit.business_days),
    )
    spec = from_clock.lane_of(paused, TODAY)
    assert kinds(spec) == {"used": (FILED, date(2026, 2, 5)), "pause": (date(2026, 2, 5), TODAY)}
    assert "paused, 6 business days left once answered" in [s.text for s in spec.says]


def test_an_extension_is_drawn_from_the_day_it_replaced() -> None:
    first, longer = date(2026, 2, 23), date(2026, 3, 27)
    extended = clock(
        earliest=longer,
        latest=longer,
        extensions=(
            Extended("e1", "k", FILED, Verdict.allowed, 30, 30, Unit.calendar_days, None, "", True, True),
        ),
        trail=(
            Step(StepKind.counted, FILED, first, 20, Unit.business_days),
            Step(StepKind.extend, None, None, 30, Unit.calendar_days),
            Step(StepKind.counted, first, longer, 30, Unit.calendar_days),
        ),
    )
    assert kinds(from_clock.lane_of(extended, TODAY))["extension"] == (first, longer)


def test_a_clock_answered_in_time_shows_a_ring_and_no_doubt() -> None:
    met = clock(met_on=date(2026, 2, 20), met_by="e3", latest=date(2026, 3, 6))
    spec = from_clock.lane_of(met, TODAY, events={"e3": "Letter of decision"})
    assert Mark("met", date(2026, 2, 20)) in spec.marks
    assert "doubt" not in kinds(spec)
    assert "Letter of decision" in words(lane_svg(spec, AXIS))


def test_an_answer_after_the_last_day_keeps_its_lateness() -> None:
    spec = from_clock.lane_of(clock(met_on=date(2026, 3, 2)), TODAY)
    assert kinds(spec)["late"] == (date(2026, 2, 23), date(2026, 3, 2))
    assert spec.sentence.endswith("met Mon Mar 2, late 7 days.")


def test_a_window_of_ours_that_lapsed_is_over_and_does_not_grow_later() -> None:
    lapsed = clock(owner=Owner.requester, name="Appeal")
    spec = from_clock.lane_of(lapsed, TODAY)
    assert "late" not in kinds(spec)
    assert Mark("due", date(2026, 2, 23), "late") in spec.marks
    assert spec.sentence.endswith("lapsed Mon Feb 23.")
    (hero,) = from_clock.heroes_of([lapsed], TODAY)
    assert (hero.tag, hero.words) == ("Our window has lapsed", "15 days ago")
    assert not [m for m in from_clock.mini_of([lapsed], TODAY, filed_on=FILED).marks if m.tone == "ours"]


def test_a_window_of_years_does_not_push_aside_who_is_late_today() -> None:
    on = date(2032, 2, 13)
    far = clock(key="sue", rule_id="sue", name="Sue", owner=Owner.requester, earliest=on, latest=on)
    assert [h.title for h in from_clock.heroes_of([far, clock()], TODAY)] == ["Answer the request.", "Sue."]


def late_since(opens_on: date, due_on: date) -> LaneSpec:
    return from_clock.lane_of(clock(opens_on=opens_on, earliest=due_on, latest=due_on), TODAY)


def test_an_axis_reaches_today_while_somebody_grows_later_but_not_over_years() -> None:
    months = late_since(date(2025, 6, 2), date(2025, 6, 9))
    assert axis_for([months], today=TODAY).today == TODAY
    years = late_since(date(2017, 2, 10), date(2017, 2, 21))
    axis = axis_for([years], today=TODAY)
    assert axis.days < 400
    assert "k-beyond over" in lane_svg(years, axis)
    assert "late 3,304 days" in words(lane_svg(years, axis))


def test_clocks_that_were_never_needed_get_no_line() -> None:
    assert from_clock.lanes_of([clock(ended_on=FILED, ended_why="superseded")], TODAY) == []


def test_a_right_of_ours_without_a_limit_is_no_line() -> None:
    unlimited = clock(owner=Owner.requester, earliest=None, latest=None, standard="no limit is stated")
    assert from_clock.lanes_of([unlimited], TODAY) == []


def test_parts_are_named_only_where_they_are_not_the_whole_request() -> None:
    denied = clock(name="Appeal", owner=Owner.requester, scope="event:e2", parts=("A2",))
    assert from_clock.label(denied, ("A1", "A2")) == "Appeal, part A2"
    assert from_clock.label(denied, ("A2",)) == "Appeal"


def test_our_window_comes_first_and_two_parts_of_one_day_are_one_date() -> None:
    window = {"owner": Owner.requester, "rule_id": "appeal-by", "name": "Appeal", "scope": "event:e2"}
    on = date(2026, 3, 13)
    heroes = from_clock.heroes_of(
        [
            clock(),
            clock(key="a2", parts=("A2",), earliest=on, latest=on, **window),
            clock(key="a3", parts=("A3",), earliest=on, latest=on, **window),
        ],
        TODAY,
        whole=("A1", "A2", "A3"),
    )
    assert [(h.title, h.tone, h.words) for h in heroes] == [
        ("Appeal, parts A2, A3.", "ours", "in 3 days"),
        ("Answer the request.", "late", "late 15 days"),
    ]


def test_without_our_clocks_the_small_clock_shows_no_window_of_ours() -> None:
    ours = clock(key="a", owner=Owner.requester, earliest=date(2026, 3, 20), latest=date(2026, 3, 20))
    mine = mini_svg(from_clock.mini_of([clock(), ours], TODAY, filed_on=FILED), AXIS)
    public = mini_svg(from_clock.mini_of([clock()], TODAY, filed_on=FILED), AXIS)
    assert "k-due ours" in mine
    assert "ours" not in public


def test_an_axis_holds_the_near_dates_and_leaves_a_suit_of_six_years_outside() -> None:
    near = LaneSpec(
        "a", "", "a", segments=(Segment("used", FILED, TODAY),), marks=(Mark("due", date(2026, 4, 10)),)
    )
    far_on = date(2032, 2, 13)
    far = LaneSpec(
        "b", "", "b", "ours", segments=(Segment("left", TODAY, far_on),), marks=(Mark("due", far_on),),
        says=(Say("Fri Feb 13, 2032", far_on),),
    )  # fmt: skip
    axis = axis_for([near, far], today=TODAY)
    assert axis.holds(date(2026, 4, 10))
    assert axis.days < 150
    svg = lane_svg(far, axis)
    assert "k-beyond" in svg
    assert "Fri Feb 13, 2032" in words(svg)


@pytest.mark.parametrize("days", [10, 45, 95, 140])
def test_a_day_on_the_axis_carries_its_weekday(days: int) -> None:
    axis = Axis(FILED, FILED + timedelta(days=days))
    assert words(axis_svg(axis))
    for said in words(axis_svg(axis)):
        assert re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d{1,2}", said)


def test_a_long_axis_counts_in_months_and_a_longer_one_in_years() -> None:
    assert words(axis_svg(Axis(FILED, FILED + timedelta(days=400))))[0] == "Mar 2026"
    assert "2028" in words(axis_svg(Axis(FILED, FILED + timedelta(days=3650))))


def test_closed_days_are_shaded_in_one_band_where_they_touch() -> None:
    weekend = (date(2026, 1, 17), date(2026, 1, 18), date(2026, 1, 19))
    shaded = Axis(date(2026, 1, 12), date(2026, 1, 31), closed=weekend)
    bands = [r for r in parsed(ground_svg(shaded)).iter("rect") if r.get("class") == "k-wk"]
    assert len(bands) == 1


def test_crowded_words_give_way_and_the_due_date_stays() -> None:
    day = date(2026, 3, 13)
    spec = LaneSpec(
        "a", "", "a",
        says=(
            Say("Fri Mar 13", day, "above", "strong"),
            Say("the denial was mailed on Friday", day, "below", optional=True),
            Say("the appeal was sent by certified post", day, "below", optional=True),
            Say("or Mon Mar 16", day + timedelta(days=3), "below"),
        ),
    )  # fmt: skip
    svg = lane_svg(spec, AXIS)
    assert "Fri Mar 13" in words(svg)
    assert "or Mon Mar 16" in words(svg)
    assert len(words(svg)) < 4
    on_phones = [t.text for t in parsed(svg).iter("text") if "wide" not in (t.get("class") or "")]
    assert on_phones == ["Fri Mar 13", "or Mon Mar 16"]


def test_two_dates_and_a_lateness_at_the_edge_each_find_their_place() -> None:
    doubtful = clock(earliest=date(2026, 3, 2), latest=date(2026, 3, 6))
    svg = lane_svg(from_clock.lane_of(doubtful, TODAY), Axis(date(2026, 1, 12), date(2026, 3, 14), TODAY))
    texts = {t.text: (t.get("y"), t.get("text-anchor")) for t in parsed(svg).iter("text")}
    assert {"Mon Mar 2", "or Fri Mar 6", "late 4 days"} <= set(texts)
    assert len(set(texts.values())) == len(texts)


def test_points_on_one_spot_are_spread_the_same_way_each_time() -> None:
    crowd = [(100.0, 100.0), (100.0, 100.0), (100.0, 100.0), (104.0, 101.0), (700.0, 300.0)]
    placed = spread(crowd)
    assert placed == spread(crowd)
    assert placed[-1] == crowd[-1]
    assert all(hypot(a[0] - b[0], a[1] - b[1]) >= APART - 0.5 for a, b in combinations(placed, 2))


def test_every_asked_state_and_every_point_is_a_link_with_a_name() -> None:
    root = parsed(every_drawing()["map"])
    links = list(root.iter("a"))
    assert [a.get("href") for a in links] == ["/?state=IL&late=1", "/agencies/x/"]
    assert all((a.findtext("title") or "") == HOSTILE for a in links)


def test_bars_start_at_zero_and_share_one_scale() -> None:
    chart = bar_chart([Bar("a", 30, 100), Bar("b", 15, 100), Bar("c", 0, 100)])
    assert chart.full == 40
    widths = [list(parsed(b.svg).iter("rect"))[1].get("width") for b in chart.bars]
    assert widths == ["75.0%", "37.5%", "0.0%"]


def test_a_curve_of_a_million_requests_is_no_larger_than_a_page() -> None:
    drawn = curve_svg(curve([Waited(day, day % 3 > 0, 250) for day in range(4000)]), CurveWords("a", "b", "c"))
    assert len(drawn) < 20_000
