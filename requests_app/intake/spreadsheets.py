"""Untrusted spreadsheets, read in a box: one short-lived process a file, with limits, without our environment."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO

from .box.limits import Unreadable

__all__ = ["Peek", "Unreadable", "peek", "rows"]

PROJECT = Path(__file__).resolve().parents[2]
# `-I`: no environment, no user site, no folder of the caller on the path; the project alone is put on it.
START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from requests_app.intake.box.main import main; main()"
)
KILLED = Unreadable(
    "too_large",
    "Reading this file took more memory or time than a request log should. Split it, or save it as CSV.",
)
SECONDS = 75


@dataclass(frozen=True, slots=True)
class Peek:
    """How a file reads. `reading` goes back into `rows`; each column has heading, filled, examples, words, dates."""

    reading: dict[str, Any]
    columns: list[dict[str, Any]]
    rows: int
    said: list[str] = field(default_factory=list)
    trouble: str = ""


def peek(file: BinaryIO, reading: dict[str, Any] | None = None) -> Peek:
    """Read the whole file once for its shape. `reading` holds choices: delimiter, encoding, sheet, head_line."""
    for answer in _boxed("peek", file, reading or {}):
        found = answer["reading"]
        return Peek(found, answer["columns"], answer["rows"], found.pop("said"), found.pop("trouble"))
    raise KILLED


def rows(file: BinaryIO, reading: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The headings, then each row: line, cells, and perhaps broken, short, said, marks."""
    for answer in _boxed("rows", file, reading):
        if answer.get("end"):
            return
        yield answer
    raise KILLED


def _boxed(order: str, file: BinaryIO, reading: dict[str, Any]) -> Iterator[dict[str, Any]]:
    file.seek(0)
    # stderr into a file: a pipe that nobody reads would stop the child once it is full.
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(
            [sys.executable, "-I", "-c", START, str(PROJECT), order, json.dumps(reading)],
            stdin=file.fileno(),
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={"LANG": "C.UTF-8"},
            cwd="/",
            close_fds=True,
            start_new_session=True,
        )
        try:
            assert child.stdout is not None
            yield from _answers(child.stdout)
            child.wait(timeout=SECONDS)
            if child.returncode:
                complaints.seek(0)
                if child.returncode > 0 and b"MemoryError" not in complaints.read():
                    complaints.seek(0)
                    raise RuntimeError(
                        f"The box failed: {complaints.read()[-2000:].decode(errors='replace')}"
                    )
                raise KILLED
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            if child.stdout is not None:
                child.stdout.close()


def _answers(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    for line in stream:
        answer = json.loads(line)
        if refused := answer.get("refused"):
            raise Unreadable(refused["code"], refused["sentence"])
        yield answer
