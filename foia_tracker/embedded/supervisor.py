"""One tree of processes: started in order, watched, restarted with patience, stopped in reverse order."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TextIO

from foia_tracker.embedded.children import die_with_parent

LONGEST_WAIT = 30.0
STEADY_SECONDS = 60.0  # a service that ran this long has earned its patience back
LOG_BYTES = 5_000_000
COLOURS = (36, 33, 35, 32, 34, 96, 93, 95)


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    command: list[str]
    environment: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15
    before_exec: Callable[[], None] | None = None
    folder: Path = Path("/")
    talks: bool = True  # on the terminal; the log has every line either way


@dataclass(slots=True)
class _Child:
    service: Service
    log: TextIO
    reader: int
    writer: int
    colour: int
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restarts: int = 0
    again_at: float | None = None
    half_line: bytes = b""


@dataclass(slots=True)
class Supervisor:
    logs: Path
    out: TextIO = field(default_factory=lambda: sys.stdout)
    _children: list[_Child] = field(default_factory=list)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _asked_to_stop: int = 0

    def listen_to_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop += 1

    @property
    def stopping(self) -> bool:
        return self._asked_to_stop > 0

    def tell(self, sentence: str) -> None:
        print(sentence, file=self.out, flush=True)

    # Starting and watching ---------------------------------------------------------------------

    def start(
        self, service: Service, *, ready: Callable[[], bool] | None = None, seconds: float = 60
    ) -> None:
        """Starts a service and waits until it is ready; says why when it is not."""
        self.logs.mkdir(parents=True, exist_ok=True)
        path = self.logs / f"{service.name}.log"
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        colour = COLOURS[len(self._children) % len(COLOURS)]
        child = _Child(service, path.open("a", encoding="utf-8"), reader, writer, colour)
        self._children.append(child)
        self._selector.register(reader, selectors.EVENT_READ, child)
        self._spawn(child)
        end = time.monotonic() + seconds
        while ready is not None and not ready():
            self._read(0.05)
            if self.stopping:
                raise KeyboardInterrupt
            if child.process is not None and child.process.poll() is not None:
                self._read(0.2)
                code = child.process.returncode
                raise DidNotStart(f"{service.name} stopped at its start (exit {code}); see {path}.")
            if time.monotonic() > end:
                raise DidNotStart(f"{service.name} was not ready within {seconds:.0f} seconds; see {path}.")

    def _spawn(self, child: _Child) -> None:
        farewell = child.service.before_exec or die_with_parent(child.service.stop_signal)
        child.process = subprocess.Popen(
            child.service.command,
            env=dict(child.service.environment),
            cwd=child.service.folder,
            stdin=subprocess.DEVNULL,
            stdout=child.writer,
            stderr=child.writer,
            preexec_fn=farewell,
            # Ctrl-C reaches a whole foreground group; in a session of its own a child hears only us.
            start_new_session=True,
        )
        child.started = time.monotonic()
        child.again_at = None

    def watch(self) -> None:
        """Until asked to stop."""
        while not self.stopping:
            self._read(0.5)
            for child in self._children:
                self._look_after(child)

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.again_at is not None:
            if now >= child.again_at:
                self._spawn(child)
            return
        if child.process is None or child.process.poll() is None:
            return
        if now - child.started > STEADY_SECONDS:
            child.restarts = 0
        wait = min(2.0**child.restarts, LONGEST_WAIT)
        child.restarts += 1
        child.again_at = now + wait
        how = _how_it_ended(child.process.returncode)
        self.tell(f"{child.service.name} {how}; starting it again in {wait:.0f} s. ({child.log.name})")

    def _read(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            child: _Child = key.data
            try:
                data = os.read(child.reader, 65536)
            except BlockingIOError:
                continue
            *lines, child.half_line = (child.half_line + data).split(b"\n")
            for line in lines:
                self._line(child, line.decode("utf-8", "replace").rstrip("\r"))

    def _line(self, child: _Child, line: str) -> None:
        child.log.write(line + "\n")
        child.log.flush()
        if not child.service.talks:
            return
        name = f"{child.service.name:<9}"
        if self.out.isatty():
            name = f"\x1b[{child.colour}m{name}\x1b[0m"
        print(f"{name}| {line}", file=self.out, flush=True)

    # Stopping -----------------------------------------------------------------------------------

    def stop_all(self) -> None:
        """In reverse: the doors first, then who works, then what they stand on. A second Ctrl-C hurries."""
        for child in reversed(self._children):
            self._stop(child)
        for child in self._children:
            self._selector.unregister(child.reader)
            os.close(child.reader)
            os.close(child.writer)
            child.log.close()
        self._children.clear()

    def _stop(self, child: _Child) -> None:
        process = child.process
        if process is None or process.poll() is not None:
            return
        asked_before = self._asked_to_stop
        process.send_signal(child.service.stop_signal)
        end = time.monotonic() + child.service.stop_seconds
        while process.poll() is None:
            self._read(0.05)
            if time.monotonic() > end or self._asked_to_stop > asked_before + 1:
                self.tell(f"{child.service.name} did not stop in time and is killed.")
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._read(0)


class DidNotStart(Exception):
    pass


def _how_it_ended(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"stopped with exit code {code}"
