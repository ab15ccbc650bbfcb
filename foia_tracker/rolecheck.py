"""The web and the worker refuse to start as a role that row-level security does not hold."""

from __future__ import annotations

from django.conf import settings
from django.db import connections

POWERS = """
select r.rolname, r.rolsuper, r.rolbypassrls,
       exists (select from pg_class c
                where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                  and (c.relowner = r.oid or pg_has_role(r.oid, c.relowner, 'MEMBER')))
  from pg_roles r where r.rolname = current_user
"""


class TooPowerful(Exception):
    pass


def powers(using: str = "default") -> tuple[str, list[str]]:
    """The role's name and what it may do that the web and the worker must not."""
    with connections[using].cursor() as cursor:
        cursor.execute(POWERS)
        role, superuser, bypasses, owns = cursor.fetchone()
    named = {"is a superuser": superuser, "bypasses row-level security": bypasses, "owns tables": owns}
    return role, [words for words, held in named.items() if held]


def refuse_powerful_role() -> None:
    for using in ("default", "direct"):
        role, held = powers(using)
        connections[using].close()
        if held:
            variable = "DATABASE_URL" if using == "default" else "DATABASE_DIRECT_URL"
            raise TooPowerful(
                f"{variable} signs in as the role {role!r}, which {' and '.join(held)}: the second wall "
                "(row-level security) would not hold. Make the roles with 'python manage.py setup_roles' and "
                f"put foia_web or foia_worker into {variable}."
            )


def refuse_in_process() -> None:
    """For a door of the server (gunicorn, celery): one sentence and an end, not a traceback."""
    if settings.MODE == "test":
        return
    try:
        refuse_powerful_role()
    except TooPowerful as sentence:
        raise SystemExit(f"Refused to start: {sentence}") from None
