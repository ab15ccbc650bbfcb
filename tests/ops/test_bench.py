"""A figure that misses its target fails the command."""

from __future__ import annotations

import pytest

import bench.__main__ as dispatcher
from bench.result import Result


@pytest.fixture(autouse=True)
def benches(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Result:
        raise ZeroDivisionError

    monkeypatch.setattr(
        dispatcher,
        "collect",
        lambda: {
            "met": lambda: Result("met", "3 s", "≤ 5 s", ok=True, note="why"),
            "missed": lambda: [Result("a", "1 s", "≤ 5 s", ok=True), Result("b", "9 s", "≤ 5 s", ok=False)],
            "broken": broken,
        },
    )


def test_one_table_says_every_figure_beside_its_target(capsys: pytest.CaptureFixture[str]) -> None:
    assert dispatcher.main(["met"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "bench  figure  target",
        "-----  ------  ------  --",
        "met    3 s     ≤ 5 s   ok",
        "",
        "met: why",
    ]


@pytest.mark.parametrize("arguments", [["missed"], ["broken"], ["met", "missed"], ["--all"]])
def test_a_missed_figure_or_a_broken_bench_fails(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert dispatcher.main(arguments) == 1
    assert "MISSED" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["mett"], []])
def test_an_unknown_name_is_answered_with_the_known_ones(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert dispatcher.main(arguments) == 2
    assert "met, missed, broken, or --all" in capsys.readouterr().err
