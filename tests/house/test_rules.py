"""The rules of the house that no linter knows, read off the syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "requests_app"
DOORS = {"tasks", "api", "web", "admin", "management"}
WALL_CLOCKS = {"now", "today", "utcnow", "localdate", "localtime", "time", "time_ns", "fromtimestamp"}
WALL_CLOCK_OF = {"timezone", "datetime", "date", "dt", "D", "time", "_dt"}
WRITES = {
    "save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete",
}  # fmt: skip
SEES_ROWS = {"objects", "filter", "exclude", "visible_to", "editable_by", "all"}


def modules(*, floors: set[str] | None = None, but: set[str] | None = None) -> list[Path]:
    found = [p for p in sorted(APP.rglob("*.py")) if "migrations" not in p.parts]
    room = {p: p.relative_to(APP).parts[0] for p in found}
    return [p for p in found if (floors is None or room[p] in floors) and room[p] not in (but or set())]


def calls(path: Path) -> Iterator[tuple[ast.Call, ast.Attribute]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func


def names_in(node: ast.AST) -> set[str]:
    return {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)} | {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name)
    }


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(APP)}:{getattr(node, 'lineno', 0)}"


def test_only_doors_read_the_wall_clock() -> None:
    found = [
        where(path, call)
        for path in modules(but=DOORS)
        for call, func in calls(path)
        if func.attr in WALL_CLOCKS and isinstance(func.value, ast.Name) and func.value.id in WALL_CLOCK_OF
        and not (func.value.id in {"datetime", "dt"} and func.attr == "time")
    ]  # fmt: skip
    assert found == [], "hand the day or the instant in from the door"


def test_only_actions_write_rows() -> None:
    found = []
    for path in modules(but={"actions"}):
        acts = {
            alias.asname or alias.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module == "requests_app.actions"
            for alias in node.names
        }
        for call, func in calls(path):
            if isinstance(func.value, ast.Name) and func.value.id in acts:
                continue
            seen = names_in(func.value)
            if func.attr in WRITES and (seen & SEES_ROWS or func.attr == "save"):
                found.append(where(path, call))
            if func.attr == "update" and seen & SEES_ROWS:
                found.append(where(path, call))
    assert [f for f in found if not f.startswith("models/people.py")] == [], "put the act into actions/"


def importers(of: set[str]) -> set[str]:
    out = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{a.name}" for a in node.names)]
            if any(name == m or name.startswith(f"{m}.") for name in names for m in of):
                out.add(str(path.relative_to(APP)))
    return out


def test_one_module_sends_mail() -> None:
    assert len(importers({"django.core.mail", "smtplib"})) == 1


def test_one_module_opens_stored_files() -> None:
    found = {
        str(path.relative_to(APP))
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "MEDIA_ROOT"
    }
    assert found == {"intake/storage.py"}


@pytest.mark.parametrize("path", [str(p.relative_to(APP)) for p in modules()])
def test_no_error_is_swallowed(path: str) -> None:
    for node in ast.walk(ast.parse((APP / path).read_text())):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "BaseException")
            empty = all(isinstance(step, ast.Pass) for step in node.body)
            assert not empty, f"{path}:{node.lineno} passes over an error"
            assert not broad or any(isinstance(n, ast.Raise) for n in ast.walk(node)), f"{path}:{node.lineno}"


def test_every_file_stays_readable() -> None:
    long = {
        str(p.relative_to(APP)): n
        for p in modules()
        if (n := len(p.read_text().splitlines())) > 600
    }  # fmt: skip
    assert long == {}, "a file past 600 lines holds two subjects"
