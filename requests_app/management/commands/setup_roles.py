from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections, transaction

from foia_tracker import env, roles


class Command(BaseCommand):
    help = (
        "Makes the roles foia_owner, foia_web, foia_worker and foia_backup through DATABASE_OWNER_URL. "
        "Run it before the first migration, as a superuser if you can; running it again changes nothing."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in settings.DATABASES:
            raise CommandError("Set DATABASE_OWNER_URL to a role that may create roles, then run this again.")
        environment = env.read()
        passwords = {
            roles.OWNER_ROLE: environment["FOIA_OWNER_ROLE_PASSWORD"],
            roles.WEB_ROLE: environment["FOIA_WEB_ROLE_PASSWORD"],
            roles.WORKER_ROLE: environment["FOIA_WORKER_ROLE_PASSWORD"],
            roles.BACKUP_ROLE: environment["FOIA_BACKUP_ROLE_PASSWORD"],
        }
        try:
            with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
                sentences = roles.set_up(cursor, passwords=passwords)
        except PermissionError as refusal:
            raise CommandError(str(refusal)) from None
        except OperationalError as failure:
            raise CommandError(f"The database of DATABASE_OWNER_URL does not answer: {failure}") from None
        for sentence in sentences:
            self.stdout.write(sentence)
