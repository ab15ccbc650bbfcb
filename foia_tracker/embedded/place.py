"""Where the embedded services keep their things."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import MutableMapping
from pathlib import Path
from urllib.parse import quote

DATABASE = "foia"
SUPERUSER = "postgres"
OWNER_ROLE = "foia_owner"
WEB_ROLE = "foia_web"
WORKER_ROLE = "foia_worker"
BACKUP_ROLE = "foia_backup"

REPOSITORY = Path(__file__).resolve().parent.parent.parent
# 107 bytes is what a unix socket's path may have on Linux, 103 on macOS; ".s.PGSQL.5432.lock" is ours to add.
LONGEST_SOCKET_FOLDER = 80


def var_folder() -> Path:
    return Path(os.environ.get("FOIA_VAR_DIR") or REPOSITORY / "var").resolve()


def socket_folder(var: Path, service: str) -> Path:
    inside = var / "run" / service
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    short = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    return Path("/tmp") / f"records-{os.getuid()}-{short}" / service


def database_url(var: Path, role: str, name: str = DATABASE) -> str:
    return f"postgresql://{role}@/{name}?host={quote(str(socket_folder(var, 'postgres')))}"


def redis_url(var: Path, service: str = "broker") -> str:
    return f"unix://{quote(str(socket_folder(var, service) / 'redis.sock'))}"


def remembered(var: Path) -> Path:
    """What bin/run told its children, for a manage.py in another terminal."""
    return var / "environment.json"


def take_up(environ: MutableMapping[str, str]) -> None:
    """In a fresh clone nothing is set: commands then work on what bin/run keeps in var/."""
    if "FOIA_ENV" in environ or "DATABASE_URL" in environ or "DATABASE_URL_FILE" in environ:
        return
    environ["FOIA_ENV"] = "development"
    try:
        kept = json.loads(remembered(var_folder()).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for name, value in kept.items():
        if f"{name}_FILE" not in environ:
            environ.setdefault(name, value)


def private_folder(path: Path) -> Path:
    """Makes the folder for this user alone, and refuses one that somebody else laid there first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    path.mkdir(mode=0o700, exist_ok=True)
    if path.is_symlink() or (os.getuid() != 0 and path.stat().st_uid != os.getuid()):
        raise PermissionError(
            f"{path} belongs to somebody else; remove it or set FOIA_VAR_DIR to another folder."
        )
    return path
