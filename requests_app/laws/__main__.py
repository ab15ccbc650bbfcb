"""`python -m requests_app.laws`: the library without Django; with `--from laws.json` without anything but Python.

deadline LAW --received DATE [--sent DATE] [--on DATE] [--event KIND=DATE,…] [--fact NAME=VALUE] [--json]
journey LAW               a request walked to its last remedy, refused and in silence
examples                  every worked example, counted again
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from requests_app.clock.events import Event
from requests_app.laws.deadline import answer, as_text, facts_from, parse_date, step
from requests_app.laws.errors import Refused
from requests_app.laws.examples import run
from requests_app.laws.journey import PATHS, journey, tell
from requests_app.laws.registry import Library, library


def main(argv: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(argv)
    try:
        shelf = _shelf(given.file)
        match given.act:
            case "examples":
                return _examples(shelf)
            case "journey":
                return _journey(shelf, given.law)
        return _deadline(shelf, given)
    except Refused as refused:
        print(refused.sentence, file=sys.stderr)
    except OSError as error:
        print(f"{given.file or 'The law files'} cannot be read: {error.strerror}.", file=sys.stderr)
    except ModuleNotFoundError as error:
        print(f"{error.name} is missing: give --from laws.json, or install it to read YAML.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m requests_app.laws", description="Records laws, counted.")
    acts = parser.add_subparsers(dest="act", required=True)
    ask = acts.add_parser("deadline", help="the clocks of one request, each skipped day by name")
    ask.add_argument("law", help="as in us-il")
    ask.add_argument("--received", required=True, metavar="DATE", help="as in 2026-03-02")
    ask.add_argument("--sent", metavar="DATE")
    ask.add_argument("--on", metavar="DATE", help="the day to look from; the day of receipt by default")
    ask.add_argument("--event", action="append", default=[], metavar="KIND=DATE[,NAME=VALUE…]")
    ask.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE")
    ask.add_argument("--json", action="store_true")
    walk = acts.add_parser("journey", help="a request walked to its last remedy, refused and in silence")
    walk.add_argument("law", help="as in us-il")
    for one in (ask, walk, acts.add_parser("examples", help="every worked example, counted again")):
        one.add_argument("--from", dest="file", type=Path, metavar="FILE", help="laws.json of an export")
    return parser


def _shelf(file: Path | None) -> Library:
    if file is None:
        return library()
    from requests_app.laws.exported import ExportedLibrary

    return ExportedLibrary(file)


def _deadline(shelf: Library, given: argparse.Namespace) -> int:
    # No clock is read below the doors; whoever wants today says so.
    received_on = parse_date(given.received, "--received")
    found = answer(
        given.law,
        received_on=received_on,
        sent_on=parse_date(given.sent, "--sent") if given.sent else None,
        events=[_event(text, number) for number, text in enumerate(given.event, 1)],
        facts=facts_from(dict(_pair(text) for text in given.fact)),
        on=parse_date(given.on, "--on") if given.on else received_on,
        shelf=shelf,
    )
    print(json.dumps(found.to_json(), indent=1, ensure_ascii=False) if given.json else as_text(found))
    return 0


def _examples(shelf: Library) -> int:
    results = [
        result
        for entry in shelf.laws
        for version in entry.revisions
        for example in entry.examples.get(version.ref, ())
        for result in run(shelf, entry, version, example)
    ]
    wrong = [f"{one.law_ref} {one.example.id}: {one.wrong}" for one in results if not one.ok]
    print("\n".join([*wrong, f"{len(results)} dates of worked examples, {len(wrong)} wrong."]))
    return 1 if wrong else 0


def _journey(shelf: Library, law: str) -> int:
    entry = shelf.law(law)
    for path in PATHS:
        print(tell(journey(shelf, entry, entry.current, path)))
    return 0


def _event(text: str, number: int) -> Event:
    head, *rest = text.split(",")
    kind, day = _pair(head)
    return step(kind, parse_date(day, "--event"), dict(_pair(one) for one in rest), number=number)


def _pair(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found or not name.strip() or not value.strip():
        raise Refused("not_a_pair", f"{text!r} is not of the form name=value.")
    return name.strip(), value.strip()


if __name__ == "__main__":
    raise SystemExit(main())
