"""`manage.py agency rename|merge|split|undo|history`: what operators do to agencies, each with its reason."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from requests_app.actions import agency_changes as act
from requests_app.actions.refusals import Refused
from requests_app.models import Agency, AgencyChange, AgencyKind, Person
from requests_app.models.visibility import OPERATOR, viewing


def day(words: str) -> dt.date:
    try:
        return dt.date.fromisoformat(words)
    except ValueError:
        raise ArgumentTypeError(f"{words!r} is no day; write it as 2026-03-02") from None


def identifier(words: str) -> tuple[str, str]:
    scheme, found, value = words.partition(":")
    if not found or not scheme or not value:
        raise ArgumentTypeError(f"{words!r} is no identifier; write it as ori:IL0840100")
    return scheme.lower(), value.upper() if scheme.lower() == "ori" else value


class Command(BaseCommand):
    help = "Rename, merge or split agencies, undo any of it, or list what was done. Requests stay as they were filed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
        why = ArgumentParser(add_help=False)
        why.add_argument("--reason", required=True, help="Kept with the change.")
        why.add_argument("--source", default="", help="Where it is known from; best an address.")
        why.add_argument("--as", dest="email", required=True, help="E-mail of whoever does it.")

        one = steps.add_parser("rename", parents=[why], help="A new name; the old one is still found.")
        one.add_argument("agency", help="Last part of the agency's address.")
        one.add_argument("name")
        one.add_argument("--on", type=day, help="Day from which it bears the new name.")

        one = steps.add_parser(
            "merge", parents=[why], help="Both addresses stay; new requests go to the survivor."
        )
        one.add_argument("agency")
        one.add_argument("into")

        one = steps.add_parser("split", parents=[why], help="A new agency, with some of what this one has.")
        one.add_argument("agency")
        one.add_argument("name", help="Name of the new agency.")
        one.add_argument("--kind", choices=AgencyKind.values)
        one.add_argument("--city")
        one.add_argument("--county")
        one.add_argument(
            "--identifier", type=identifier, action="append", default=[], metavar="ori:IL0840100"
        )
        one.add_argument(
            "--contact", action="append", default=[], help="An address or number that goes along."
        )
        one.add_argument("--former-name", action="append", default=[], help="A former name that goes along.")

        one = steps.add_parser("undo", parents=[why], help="Put back what a change did.")
        one.add_argument("change", type=int, help="Number of the change, as history lists it.")

        one = steps.add_parser("history", help="What was done to an agency.")
        one.add_argument("agency")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["step"] == "history":
            self._history(self._agency(options["agency"]))
            return
        try:
            change = self._do(options, self._why(options))
        except Refused as problem:
            raise CommandError(problem.sentence) from None
        back = "" if change.undoes_id else f" Undo: agency undo {change.pk}"
        self.stdout.write(f"Change {change.pk}: {_words(change)}.{back}")

    def _do(self, options: dict[str, Any], why: act.Why) -> AgencyChange:
        if options["step"] == "undo":
            with viewing(OPERATOR):
                changes = AgencyChange.objects.select_related("agency", "other")
                change = changes.filter(pk=options["change"]).first()
            if change is None:
                raise CommandError(f"There is no change {options['change']}.")
            return act.undo(change=change, why=why)
        agency = self._agency(options["agency"])
        if options["step"] == "rename":
            return act.rename(agency=agency, name=options["name"], why=why, on=options["on"])
        if options["step"] == "merge":
            return act.merge(agency=agency, into=self._agency(options["into"]), why=why)
        fields = {key: options[key] for key in ("kind", "city", "county") if options[key] is not None}
        parts = act.Parts(options["identifier"], options["contact"], options["former_name"])
        return act.split(agency=agency, name=options["name"], why=why, parts=parts, fields=fields)

    def _agency(self, slug: str) -> Agency:
        found = Agency.objects.filter(slug=slug).first()
        if found is None:
            raise CommandError(
                f"There is no agency {slug}. Its name here is the last part of its page's address."
            )
        return found

    def _why(self, options: dict[str, Any]) -> act.Why:
        person = Person.objects.filter(email__iexact=options["email"], is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody has an account under {options['email']}.")
        try:
            return act.Why(person, options["reason"], options["source"])
        except Refused as problem:
            raise CommandError(problem.sentence) from None

    def _history(self, agency: Agency) -> None:
        with viewing(OPERATOR):
            about = AgencyChange.objects.filter(Q(agency=agency) | Q(other=agency))
            changes = list(about.select_related("agency", "other", "by").order_by("pk"))
            undone = set(AgencyChange.objects.filter(undoes__in=changes).values_list("undoes_id", flat=True))
        for change in changes:
            mark = " (undone)" if change.pk in undone else ""
            by = f" by {change.by}" if change.by else ""
            self.stdout.write(
                f"{change.pk}  {change.at:%Y-%m-%d}{by}: {_words(change)}{mark}. {change.reason}"
            )
        if not changes:
            self.stdout.write(f"Nothing was done to {agency.name}.")


def _words(change: AgencyChange) -> str:
    agency, other = change.agency, change.other
    match change.kind:
        case "rename":
            return f"{agency.slug} renamed from “{change.before['name']}” to “{change.after['name']}”"
        case "merge" if other:
            return f"{agency.slug} merged into {other.slug}"
        case "split" if other:
            return f"{other.slug} split from {agency.slug}"
        case "undo":
            return f"change {change.undoes_id} of {agency.slug} undone"
    return f"{agency.slug} corrected: {', '.join(change.after)}"
