"""`manage.py verify_audit`: is the audit still what was sealed? Needs DATABASE_OWNER_URL, and writes nothing."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from requests_app.queries.audit_chain import verify


class Command(BaseCommand):
    help = (
        "Check every chain of the audit; names the first line that was changed, is missing or was inserted. "
        "Exit 1 if anything does not fit."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--heads", action="store_true", help="print the last seal of each chain, to be kept elsewhere"
        )
        parser.add_argument(
            "--against", metavar="FILE", help="what --heads printed once: those seals must still be there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner of the tables reads every chain.")
        expected = _kept(options["against"]) if options["against"] else {}
        chains = verify(expected=expected)
        known = {chain.key for chain in chains}
        lost = sorted({key for key, _number in expected} - known)
        if options["heads"]:
            for chain in chains:
                if chain.head:
                    self.stdout.write(f"{chain.key} {chain.links} {chain.head}")
        else:
            for chain in chains:
                self._tell(chain)
        for key in lost:
            self.stderr.write(f"{key}: the whole chain is gone.")
        wrong = [chain for chain in chains if chain.wrong]
        if options["heads"]:
            for chain in wrong:
                self.stderr.write(f"{chain.key}: {chain.wrong}")
        if wrong or lost:
            sys.exit(1)

    def _tell(self, chain: Any) -> None:
        if chain.wrong:
            self.stdout.write(f"{chain.key}: {chain.wrong}")
        elif chain.links or chain.waiting:
            through = f"{chain.sealed_at:%Y-%m-%d %H:%M:%S} UTC" if chain.sealed_at else "never"
            gone = f", {chain.let_go} let go" if chain.let_go else ""
            self.stdout.write(
                f"{chain.key}: whole. {chain.links} seals, {chain.lines} lines{gone}, {chain.waiting} wait. "
                f"Sealed through {through}."
            )


def _kept(path: str) -> dict[tuple[str, int], str]:
    kept = {}
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as failure:
        raise CommandError(f"{path} cannot be read: {failure}") from None
    for line in lines:
        match line.split():
            case [key, number, head] if number.isdecimal():
                kept[key, int(number)] = head
            case []:
                continue
            case _:
                raise CommandError(f"{path} is not what --heads printed: {line[:80]!r}")
    return kept
