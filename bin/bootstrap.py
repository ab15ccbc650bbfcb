"""Makes .venv and keeps it true to the requirements; standard library only, as nothing is installed yet."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
RUN = ("requirements.txt",)
DEVELOP = ("requirements.txt", "requirements-dev.txt")


class CannotInstall(Exception):
    pass


def ensure(files: tuple[str, ...], folder: Path | None = None) -> Path:
    """The virtual environment's Python, with everything in `files` installed; quick when nothing changed."""
    folder = folder or REPOSITORY / ".venv"
    with (REPOSITORY / "bin" / "bootstrap.py").open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another command is installing; waiting for it.", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        return _ensure_alone(files, folder)


def _ensure_alone(files: tuple[str, ...], folder: Path) -> Path:
    python = folder / "bin" / "python"
    if not _works(python):
        print(f"Making {folder.name} with Python {sys.version.split()[0]} …", flush=True)
        venv.EnvBuilder(clear=folder.exists(), with_pip=True, symlinks=True).create(folder)
    stamp = folder / ".installed.json"
    wanted = {name: hashlib.sha256((REPOSITORY / name).read_bytes()).hexdigest() for name in files}
    installed = _stamp(stamp)
    if all(installed.get(name) == digest for name, digest in wanted.items()):
        return python
    print(f"Installing {' and '.join(files)} (once; a minute or two) …", flush=True)
    started = time.monotonic()
    requirements = [argument for name in files for argument in ("-r", str(REPOSITORY / name))]
    done = subprocess.run(
        [str(python), "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check",
         "--no-warn-script-location", *_root_option(), *requirements],
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise CannotInstall("pip could not install the requirements (its own words are above).")
    stamp.write_text(json.dumps({**installed, **wanted}, indent=1), encoding="utf-8")
    print(f"Installed in {time.monotonic() - started:.0f} s.", flush=True)
    return python


def _root_option() -> list[str]:
    return ["--root-user-action=ignore"] if os.geteuid() == 0 else []


def _works(python: Path) -> bool:
    """A virtual environment whose interpreter was removed or moved is made again."""
    try:
        done = subprocess.run(
            [str(python), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"],
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def _stamp(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def become(files: tuple[str, ...], module: str, arguments: list[str]) -> None:
    """Replaces this process by `module` inside the virtual environment."""
    try:
        python = ensure(files)
    except CannotInstall as sentence:
        sys.exit(str(sentence))
    environment = dict(os.environ)
    environment.pop("PYTHONHOME", None)
    environment["VIRTUAL_ENV"] = str(python.parent.parent)
    environment["PATH"] = f"{python.parent}{os.pathsep}{environment.get('PATH', '')}"
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    os.execve(python, [str(python), "-m", module, *arguments], environment)


COMMANDS = {
    "run": (RUN, "foia_tracker.embedded.firstrun"),
    "test": (DEVELOP, "foia_tracker.embedded.testrun"),
    "backup": (RUN, "foia_tracker.backup.command"),
    "restore": (RUN, "foia_tracker.backup.command"),
    "drill": (RUN, "bench.drill"),
    "bench": (DEVELOP, "bench"),
    "screens": (DEVELOP, "tests.browser.screens"),
}

if __name__ == "__main__":
    name, *rest = sys.argv[1:]
    requirements, module = COMMANDS[name]
    if name in ("backup", "restore"):
        rest = [name, *rest]
    become(requirements, module, rest)
