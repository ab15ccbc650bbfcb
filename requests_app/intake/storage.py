"""The one module that opens stored files. Bytes lie under random names outside the web root and never change."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

MEGABYTE = 1024 * 1024
MOST = 50 * MEGABYTE
TOO_LARGE = (
    "The file is larger than 50 MB. Nothing was kept. Split the log by year, or leave out columns of text."
)


class TooLarge(Exception):
    """Nothing was kept."""


@dataclass(frozen=True, slots=True)
class Stored:
    name: str
    size: int
    sha256: str


def path_of(name: str) -> Path:
    if not name.isalnum():
        raise ValueError("A stored file is named by letters and digits alone.")
    return Path(settings.MEDIA_ROOT) / name[:2] / name


def keep(chunks: Iterable[bytes], most: int = MOST) -> Stored:
    """Write aside, sync, rename: a crash leaves a whole file or none under the final name."""
    name = secrets.token_hex(20)
    final = path_of(name)
    aside = Path(settings.MEDIA_ROOT) / "incoming" / name
    for folder in (aside.parent, final.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    try:
        with open(aside, "xb", opener=lambda path, flags: os.open(path, flags, 0o400)) as file:
            for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise TooLarge
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        os.rename(aside, final)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    _sync_folder(final.parent)
    return Stored(name, size, digest.hexdigest())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def opened(name: str) -> BinaryIO:
    return open(path_of(name), "rb")


def drop(name: str) -> None:
    """Only for a file whose row was never committed, or says that its bytes were erased."""
    path_of(name).unlink(missing_ok=True)
