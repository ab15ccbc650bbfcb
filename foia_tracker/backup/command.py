"""`bin/backup DIR` and `bin/restore DIR`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from foia_tracker import env, roles
from foia_tracker.backup import database
from foia_tracker.backup.manifest import ASIDE, DUMP, FILES, Manifest, Refused, below, sha256, verify
from foia_tracker.embedded import holder, place
from foia_tracker.embedded.postgres import CannotStart, Postgres, ensure_database, stop
from foia_tracker.env import BadEnvironment, DatabaseAddress


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    place.take_up(os.environ)
    try:
        environment = env.read()
        with _server(environment, alone=options.command == "restore") as address:
            media = environment["FOIA_MEDIA_DIR"] or place.var_folder() / "media"
            if options.command == "backup":
                backup(address, media, options.folder.resolve())
            else:
                restore(address, media, options.folder.resolve(), replace=options.replace)
    except (Refused, CannotStart, holder.Held, BadEnvironment, PermissionError) as sentence:
        print(sentence, file=sys.stderr)
        return 1
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    command, *rest = arguments
    parser = argparse.ArgumentParser(prog=f"bin/{command}")
    parser.add_argument("folder", type=Path, metavar="DIR")
    if command == "restore":
        parser.add_argument(
            "--replace", action="store_true", help="over a database and files that are not empty"
        )
    options = parser.parse_args(rest)
    options.command = command
    return options


@contextmanager
def _server(environment: env.Environment, *, alone: bool) -> Iterator[DatabaseAddress]:
    """The given database, or the embedded one: the running one, or one started for the while."""
    var = place.var_folder()
    given = environment["DATABASE_OWNER_URL"]
    sockets = place.socket_folder(var, "postgres")
    if given is not None and given.host != str(sockets):
        yield given
        return
    if environment.production:
        raise Refused("DATABASE_OWNER_URL is missing; set it to the role that owns the tables.")
    lock = holder.FolderLock(var)
    address = env.database_address(place.database_url(var, place.OWNER_ROLE))
    var.mkdir(parents=True, exist_ok=True)
    try:
        lock.take()
    except holder.Held as who:
        if alone:
            raise Refused(f"Stop the tracker before its database is replaced. {who}") from None
        yield address
        return
    try:
        postgres = Postgres(var / "postgres", sockets)
        postgres.stop_left_over()
        postgres.prepare()
        with (var / "postgres.log").open("ab") as log:
            process = postgres.start(log=log.fileno())
        try:
            ensure_database(
                postgres.url(place.SUPERUSER, "postgres"), name=place.DATABASE, owner=place.SUPERUSER
            )
            _set_up_roles(postgres)
            yield address
            _set_up_roles(postgres)  # a restored schema `public` is a new one
        finally:
            stop(process)
    finally:
        lock.let_go()


def _set_up_roles(postgres: Postgres) -> None:
    connection = database.connect(env.database_address(postgres.url(place.SUPERUSER)))
    with connection, connection.cursor() as cursor:
        roles.set_up(cursor, passwords={})
    connection.close()


def backup(address: DatabaseAddress, media: Path, folder: Path) -> Manifest:
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty; name a new folder.")
    partial = folder.with_name(folder.name + ".partial")
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(parents=True, mode=0o700)
    # Rows first: a file that comes while the files are copied is one too many, never one too few.
    version, rows = database.dump(address, partial / DUMP)
    files = {}
    for name, path in below(media):
        target = partial / FILES / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        files[name] = sha256(target)
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = Manifest(made_at, version, sha256(partial / DUMP), rows, files)
    digest = manifest.write(partial)
    if folder.exists():
        folder.rmdir()
    partial.replace(folder)
    print(f"Saved {sum(rows.values())} rows of {len(rows)} tables and {len(files)} files in {folder}.")
    print(f"SHA-256 of the manifest: {digest}")
    return manifest


def restore(address: DatabaseAddress, media: Path, folder: Path, *, replace: bool) -> Manifest:
    manifest = verify(folder)
    if not replace:
        full = [
            name
            for name, empty in (
                (f"the database {address.name}", database.is_empty(address)),
                (f"the folder {media}", not any(below(media))),
            )
            if not empty
        ]
        if full:
            raise Refused(
                f"Not empty: {' and '.join(full)}. Nothing was changed; add --replace to replace it."
            )
    database.restore(address, folder / DUMP, manifest.rows)
    aside = _put_files(folder / FILES, media)
    print(
        f"Restored {sum(manifest.rows.values())} rows and {len(manifest.files)} files of {manifest.made_at}."
    )
    if aside:
        print(f"The files that were there are kept in {aside}.")
    print("Sending is paused. Once you know what went out after that: python manage.py release_sending")
    return manifest


def _put_files(source: Path, media: Path) -> Path | None:
    """The folder may be a mount, so its entries move, not the folder itself."""
    media.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = [entry for entry in media.iterdir() if not entry.name.startswith(ASIDE)]
    aside = None
    if before:
        aside = media / f"{ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%S}"
        aside.mkdir(mode=0o700)
        for entry in before:
            entry.rename(aside / entry.name)
    for name, path in below(source):
        target = media / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(path, target)
    return aside


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
