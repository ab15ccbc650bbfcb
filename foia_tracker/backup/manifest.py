from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

FORM = 1
NAME = "manifest.json"
DUMP = "database.dump"
FILES = "files"
ASIDE = ".replaced-"  # what a restore moved out of the way is no part of the next backup


class Refused(Exception):
    """A sentence for the operator; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    made_at: str
    server_version: str
    dump: str  # SHA-256 of database.dump
    rows: dict[str, int]  # table: rows, in the snapshot that was dumped
    files: dict[str, str]  # path below files/: SHA-256
    form: int = FORM

    def write(self, folder: Path) -> str:
        """Returns the manifest's own hash, which an operator may keep elsewhere."""
        text = json.dumps(asdict(self), indent=1, sort_keys=True)
        (folder / NAME).write_text(text, encoding="utf-8")
        return hashlib.sha256(text.encode()).hexdigest()


def read(folder: Path) -> Manifest:
    path = folder / NAME
    try:
        return Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise Refused(
            f"{folder} holds no {NAME}: it is not a backup, or one that was not finished."
        ) from None
    except (ValueError, TypeError):
        raise Refused(f"{path} cannot be read as a manifest of form {FORM}.") from None


def verify(folder: Path) -> Manifest:
    """Reads the whole backup and compares each hash; every difference is named."""
    manifest = read(folder)
    if manifest.form != FORM:
        raise Refused(f"{folder} is of form {manifest.form}; this version reads form {FORM}.")
    wrong = []
    if not (folder / DUMP).is_file():
        wrong.append(f"{DUMP} is missing")
    elif sha256(folder / DUMP) != manifest.dump:
        wrong.append(f"{DUMP} is not what was saved")
    present = dict(below(folder / FILES))
    for name, digest in sorted(manifest.files.items()):
        if name not in present:
            wrong.append(f"{FILES}/{name} is missing")
        elif sha256(present[name]) != digest:
            wrong.append(f"{FILES}/{name} is not what was saved")
    wrong += [f"{FILES}/{name} is not in the manifest" for name in sorted(set(present) - set(manifest.files))]
    if wrong:
        more = f" (and {len(wrong) - 10} more)" if len(wrong) > 10 else ""
        raise Refused(
            f"The backup in {folder} is damaged: {'; '.join(wrong[:10])}{more}. Nothing was restored."
        )
    return manifest


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def below(folder: Path) -> Iterator[tuple[str, Path]]:
    if folder.is_dir():
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and not path.is_symlink() and not name.startswith(ASIDE):
                yield name, path
