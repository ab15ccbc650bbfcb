"""Who holds the data folder, and who holds the port."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class Held(Exception):
    pass


class FolderLock:
    """The operating system lets go of it when its process ends, however it ends; its text is for people."""

    def __init__(self, var: Path) -> None:
        self.path = var / "lock"
        self._descriptor: int | None = None

    def take(self, **facts: Any) -> None:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise Held(self.who()) from None
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps({"pid": os.getpid(), "since": since, **facts}).encode())
        self._descriptor = descriptor

    def who(self) -> str:
        try:
            facts = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return f"{self.path.parent} is held by another bin/run that is just starting."
        where = f" and answers at {facts['address']}" if facts.get("address") else ""
        return (
            f"{self.path.parent} is held by a bin/run with process id {facts.get('pid')}, since "
            f"{facts.get('since')}{where}. Stop it with Ctrl-C there, or with: kill {facts.get('pid')}"
        )

    def let_go(self) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def require_port(port: int, *, patience: float = 0) -> None:
    """`patience`: seconds in which the web of a run that was just killed may still let go of it."""
    end = time.monotonic() + patience
    while True:
        try:
            return _try_port(port)
        except Held:
            if time.monotonic() >= end:
                raise
            time.sleep(0.2)


def _try_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Held(
                f"Port {port} is for root alone; choose one above 1023, such as --port 8000."
            ) from None
        except OSError:
            raise Held(
                f"Port {port} is held by {_holder(port)}. Stop that, or run: bin/run --port {port + 1}"
            ) from None


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _holder(port: int) -> str:
    import psutil

    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                process = psutil.Process(connection.pid)
                return f"process {connection.pid} ({process.name()}, since {_since(process.create_time())})"
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return "another process"
    return "another process"


def _since(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
