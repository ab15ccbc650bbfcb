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


def aside(name: str, *, anew: bool = False) -> BinaryIO:
    """A file that grows over several steps, to be read and written; nobody else sees it before `keep_aside`."""
    path = _aside(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | (os.O_TRUNC if anew else 0)
    return open(path, "r+b", opener=lambda path, _flags: os.open(path, flags, 0o600))


def aside_size(name: str) -> int:
    """Bytes that are on the disk; -1: there is no such file."""
    try:
        return _aside(name).stat().st_size
    except FileNotFoundError:
        return -1


def keep_aside(name: str) -> Stored:
    """The file is whole: it gets its hash and its final, random name."""
    digest, size = hashlib.sha256(), 0
    with aside(name) as file:
        while chunk := file.read(MEGABYTE):
            digest.update(chunk)
            size += len(chunk)
        os.fsync(file.fileno())
    final = path_of(secrets.token_hex(20))
    final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(_aside(name), 0o400)
    os.rename(_aside(name), final)
    _sync_folder(final.parent)
    return Stored(final.name, size, digest.hexdigest())


def drop_aside(name: str) -> None:
    _aside(name).unlink(missing_ok=True)


def _aside(name: str) -> Path:
    if not name.isalnum():
        raise ValueError("A stored file is named by letters and digits alone.")
    return Path(settings.MEDIA_ROOT) / "incoming" / name
