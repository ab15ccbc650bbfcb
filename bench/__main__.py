"""bench/run NAME … | --all | --list: one table; the exit code says whether every target was met."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
import traceback
from pathlib import Path

import bench
from bench.result import Bench, Result


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench/run")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--all", action="store_true", help="every bench, in one table")
    parser.add_argument("--list", action="store_true", help="the names, and nothing is run")
    parser.add_argument("--keep", metavar="FOLDER", help="where sharing keeps its ground for the next call")
    options = parser.parse_args(arguments)
    if options.keep:
        os.environ["BENCH_KEEP"] = str(Path(options.keep).resolve())
    benches = collect()
    if options.list:
        print("\n".join(benches))
        return 0
    unknown = [name for name in options.names if name not in benches]
    if unknown or not (options.names or options.all):
        what = f"There is no bench named {unknown[0]!r}" if unknown else "Name a bench"
        print(f"{what}; there are: {', '.join(benches)}, or --all.", file=sys.stderr)
        return 2
    results: list[Result] = []
    for name in benches if options.all else options.names:
        print(f"{name} …", file=sys.stderr, flush=True)
        results += run(name, benches[name])
    print(table(results))
    return 0 if all(result.ok for result in results) else 1


def collect() -> dict[str, Bench]:
    """Every module of bench/ that exports BENCHES, by the names it gives."""
    found: dict[str, Bench] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules([str(Path(bench.__file__).parent)])):
        if module.startswith("_"):
            continue
        for name, function in getattr(importlib.import_module(f"bench.{module}"), "BENCHES", {}).items():
            if name in found:
                raise SystemExit(f"Two benches are named {name!r}.")
            found[name] = function
    return dict(sorted(found.items()))


def run(name: str, function: Bench) -> list[Result]:
    try:
        results = function()
    except Exception as failure:
        traceback.print_exc()
        return [Result(name, f"failed: {type(failure).__name__}", "a figure", ok=False)]
    return results if isinstance(results, list) else [results]


def table(results: list[Result]) -> str:
    rows = [("bench", "figure", "target", "")]
    rows += [(r.name, r.figure, r.target, "ok" if r.ok else "MISSED") for r in results]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    notes = [f"{r.name}: {r.note}" for r in results if r.note]
    return "\n".join([*lines, *([""] if notes else []), *notes])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
