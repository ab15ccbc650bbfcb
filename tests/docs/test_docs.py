"""The pages people read say what is there, and all of it."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from django.core.management import get_commands

from foia_tracker.embedded.place import REPOSITORY
from requests_app.clock.events import Kind, Outcome
from requests_app.web.event_specs import SPECS, kind_words
from tests.walls.matrix import routes

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
REFERENCE = (REPOSITORY / "docs" / "reference.md").read_text(encoding="utf-8")
SCREENS = REPOSITORY / "docs" / "screens"
BINARY = {".png", ".woff2", ".xlsx", ".ico"}


def tracked() -> list[Path]:
    """Files under version control; without git (an unpacked archive), every file outside what is ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0:
        paths = [REPOSITORY / name for name in listed.stdout.split("\0") if name]
    else:
        ignored = {".venv", "var", "staticfiles", "__pycache__", ".git"}
        paths = [p for p in REPOSITORY.rglob("*") if not ignored & set(p.relative_to(REPOSITORY).parts)]
    return sorted(path for path in paths if path.is_file())


PAGES = [path for path in tracked() if path.suffix == ".md"]


def named(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_relative_link_and_image_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    targets = re.findall(r"\]\(([^)\s]+)", text) + re.findall(r'<img[^>]*\ssrc="([^"]+)"', text)
    for target in targets:
        if re.match(r"[a-z]+:", target):
            continue
        path, _hash, anchor = target.partition("#")
        found = page.parent / unquote(path) if path else page
        assert found.exists(), target
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), target


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_the_reference_names_every_command() -> None:
    ours = {name for name, app in get_commands().items() if app == "requests_app"}
    written = {name.split()[0] for name in named(REFERENCE)}
    assert ours <= written, sorted(ours - written)
    in_bin = {
        f"bin/{p.name}" for p in (REPOSITORY / "bin").iterdir() if p.stat().st_mode & 0o111 and p.is_file()
    }
    assert in_bin <= written, sorted(in_bin - written)


def test_the_reference_names_every_page() -> None:
    ours = {route.name for route in routes()}
    written = named(REFERENCE)
    assert ours <= written, sorted(ours - written)
    table = REFERENCE.split("## Pages")[1].split("## Events")[0]
    for names in re.findall(r"^\| (`[^|]+) \|", table, re.M):
        assert named(names) <= ours, names


def test_the_reference_names_every_event_in_the_words_of_the_screen() -> None:
    for kind in Kind:
        assert f"| `{kind}` | {kind_words(kind)} |" in REFERENCE, kind
    with_form, without = REFERENCE.split("## Events")[1].split("Without a form")
    assert set(re.findall(r"^\| `(\w+)` \|", with_form, re.M)) == set(SPECS)
    assert not set(re.findall(r"^\| `(\w+)` \|", without.split("## Outcomes")[0], re.M)) & set(SPECS)
    for outcome in Outcome:
        assert f"| `{outcome}` | " in REFERENCE.split("## Outcomes")[1], outcome


# The README ---------------------------------------------------------------------------------------


@cache
def run(command: str) -> str:
    """A command line of the README, with this Python in place of the one `bin/run` makes."""
    program, *arguments = command.split()
    assert program == ".venv/bin/python"
    done = subprocess.run(
        [sys.executable, *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def blocks() -> list[str]:
    return [
        re.sub(r"^\s+\Z", "", block) for block in re.findall(r"^ *```\n(.*?)^ *```$", README, re.S | re.M)
    ]


def test_the_deadline_of_the_readme_is_printed_as_written() -> None:
    at = next(i for i, block in enumerate(blocks()) if "manage.py deadline" in block)
    command, shown = blocks()[at].strip(), blocks()[at + 1]
    printed = [line.strip() for line in run(command).splitlines()]
    for line in shown.strip().splitlines():
        assert line.strip() in printed
    assert any("Monday, February 13 (Lincoln's Birthday, observed)" in line for line in printed)
    assert any(line.startswith("5 ILCS 140/3(d).") for line in printed)


def test_the_figures_of_the_readme_are_true() -> None:
    *laws, total = run(".venv/bin/python manage.py check_laws").splitlines()[1:]
    rows = [line.split() for line in laws if line.startswith("us")]
    rules, verified = sum(int(row[2]) for row in rows), sum(int(row[3]) for row in rows)
    examples = re.search(r"(\d+) examples", total)
    assert examples is not None
    assert f"{examples[1]} of them" in README
    assert f"{rules - verified} of the {rules} rules are not verified yet" in README
    assert f"all {len(rows)} jurisdictions" in README
    data = REPOSITORY / "requests_app" / "data"
    centers = yaml.safe_load((data / "fusion_centers.yaml").read_text(encoding="utf-8"))["centers"]
    assert f"the {len(centers)} fusion centers" in README
    log = (data / "sample" / "federal_log.csv").read_text(encoding="utf-8").count("\n") - 1
    assert f"**Import {log} rows**" in README
    assert f"{log} real requests" in README


def test_every_command_of_the_readme_is_there_with_its_options() -> None:
    for command, rest in re.findall(r"manage\.py (\w+)([^\n`]*)", README):
        assert get_commands().get(command) == "requests_app", command
        told = run(f".venv/bin/python manage.py {command} --help")
        for option in re.findall(r"(?<!\S)--[a-z-]+", rest):
            assert option in told, f"{command} {option}"


def test_every_screenshot_that_is_shown_is_there_and_none_is_heavy() -> None:
    shown = set(re.findall(r"docs/screens/([\w/-]+\.png)", README))
    there = {path.relative_to(SCREENS).as_posix(): path.stat().st_size for path in SCREENS.rglob("*.png")}
    assert shown
    assert shown <= set(there)
    assert {name for name, size in there.items() if size > 250_000} == set()
    assert sum(there.values()) < 6_000_000


def test_it_is_said_once_that_this_is_no_legal_advice() -> None:
    assert len(re.findall(r"not legal advice|is legal advice", README)) == 1


# The workplace stays outside ------------------------------------------------------------------------

NOT_OURS = re.compile(
    "|".join(
        (
            r"(?<![\w.])/wor" r"k/",
            r"/tm" r"p/w\b",
            r"(?<![\w.])/hom" r"e/\w+/",
            r"shared" r"/(?:data|design)",
            r"artif" r"actory",
            r"pythonhosted\.o" r"rg|pypi\.o" r"rg/simple|registry\.npm" r"js",
            r"extra-index-u" r"rl|--index-u" r"rl",
        )
    ),
    re.I,
)
# The large samples lie beside the repository where they are at all.
MAY = {".ci/run": {"shared/data"}, "tests/docs/test_docs.py": {"shared/data"}}


def test_no_file_names_the_machine_it_was_written_on() -> None:
    found = []
    for path in tracked():
        name = str(path.relative_to(REPOSITORY))
        if path.suffix in BINARY or name.startswith("static/vendor/"):
            continue
        for match in NOT_OURS.finditer(path.read_text(encoding="utf-8", errors="replace")):
            if match[0] not in MAY.get(name, set()):
                found.append(f"{name}: {match[0]}")
    assert found == []
