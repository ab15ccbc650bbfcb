"""A program under gunicorn as `bin/run` serves it, on a port of its own, for as long as a bench asks it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from foia_tracker.embedded import holder, place


@contextmanager
def served(
    environment: dict[str, str], *, ready: str, workers: int = 1, program: str = "foia_tracker.wsgi",
    log: int | None = None,
) -> Iterator[int]:  # fmt: skip
    """The port. ready: a path that answers once the program is up. A program that ends by itself ends the bench."""
    from foia_tracker.embedded.firstrun import web_command

    port = holder.free_port()
    command = [word.replace("foia_tracker.wsgi", program) for word in web_command(f"127.0.0.1:{port}", workers=workers)]
    given = environment | {"FOIA_BASE_URL": f"http://127.0.0.1:{port}"}
    process = subprocess.Popen(command, cwd=place.REPOSITORY, env=given, stdout=log, stderr=log)
    try:
        for _try in range(240):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}", timeout=60).close()
                break
            except urllib.error.HTTPError as wrong:
                raise SystemExit(f"{ready} answered {wrong.code}") from None
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"{program} ended by itself") from None
                time.sleep(0.25)
        else:
            raise SystemExit(f"{program} does not answer")
        yield port
    finally:
        process.terminate()
        process.wait(30)


def load_sample(environment: dict[str, str]) -> None:
    """As `bin/run` loads it, without the federal log."""
    _manage(environment, "load_sample", "--no-log", "--verbosity", "0")


def _manage(environment: dict[str, str], *words: str) -> None:
    command = [sys.executable, "manage.py", *words]
    subprocess.run(command, cwd=place.REPOSITORY, env=environment, check=True, stdout=sys.stderr)


@contextmanager
def sample_served() -> Iterator[tuple[int, dict[str, str]]]:
    """The sample behind its walls, with pages kept as in production: the port, and its environment."""
    from bench.database import fresh_database
    from foia_tracker.embedded.redis import Redis

    with fresh_database() as environment, ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        load_sample(environment)
        redis = Redis("cache", folder / "r", folder / "rs")
        redis.prepare()
        log = stack.enter_context((folder / "log").open("wb"))
        cache = redis.start(log=log.fileno())
        stack.callback(cache.kill)
        # As `bin/run` serves it: files under the names of their contents, packed beforehand.
        environment |= {
            "FOIA_ENV": "development", "CACHE_URL": redis.url, "REDIS_URL": redis.url,
            "FOIA_STATIC_DIR": str(folder / "st"),
        }  # fmt: skip
        _manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
        yield stack.enter_context(served(environment, ready="/", log=log.fileno())), environment
