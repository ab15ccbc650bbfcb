"""`manage.py create_organization NAME --owner E-MAIL`: how the first people of an installation come in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_app.actions.organisations import create_organisation, register_person
from requests_app.actions.refusals import Refused
from requests_app.models import Membership, Role
from requests_app.models.visibility import viewing_as


class Command(BaseCommand):
    help = (
        "Make an organization with its first owner. An account that is missing is made, and its password "
        "printed once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--owner", required=True, metavar="E-MAIL", help="who owns it")
        parser.add_argument(
            "--person", default="", metavar="NAME", help="the owner's name, for a new account"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].strip()
        try:
            person, password = register_person(email=options["owner"], name=options["person"])
            with viewing_as(person) as viewer:
                owned = Membership.objects.filter(
                    person=person, role=Role.OWNER, ended_at=None, organisation__name=name
                )
                if owned.exists():
                    raise CommandError(f"{person.email} owns an organization of this name already.")
                made = create_organisation(viewer=viewer, name=name, actor=person)
        except Refused as problem:
            raise CommandError(problem.sentence) from None
        self.stdout.write(f"{made.name} ({made.public_id}) is owned by {person.email}.")
        if password:
            self.stdout.write(f"The account is new. Its password, told once: {password}")
