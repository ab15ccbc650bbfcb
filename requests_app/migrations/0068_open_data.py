"""How often what the public reads became less, raised in the transaction that takes it back, and the files of open data
that must not outlive it.

The triggers fire at the commit, once a transaction: the one row is locked last, for no longer than the commit takes, so
that two acts that each take something back neither wait for each other's work nor lock each other out. Only what the
public read raises it: what was never public takes nothing away, and a number that moved would tell that it is there.
"""

from django.db import migrations, models

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
GENERATION, FILE = f"{APP}publicationgeneration", f"{APP}opendatafile"
LIVE = "app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at)"
# Open: a number, and of files that anybody may fetch their names, sizes and hashes.
GRANTS = f"""
INSERT INTO {GENERATION} (id, generation) VALUES (1, 0);
REVOKE ALL ON {GENERATION}, {FILE} FROM {ROLES};
GRANT SELECT ON {GENERATION} TO {ROLES};
GRANT SELECT, INSERT, UPDATE ON {FILE} TO {ROLES};
"""


def shown(request, which="true"):
    """A grant to the public that holds reaches the request of this number."""
    return (
        f"EXISTS (SELECT FROM {APP}recordsrequest r JOIN {APP}share s ON s.organisation_id = r.organisation_id "
        f"AND (s.request_id = r.id OR (s.campaign_id = r.campaign_id AND NOT r.held_back)) "
        f"WHERE r.id = {request} AND s.grantee_kind = 'public' AND {LIVE} AND {which})"
    )


OF_OLD = (
    f"EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = OLD.organisation_id AND s.grantee_kind = 'public' "
    f"AND {LIVE} AND (s.request_id = OLD.id OR (s.campaign_id = OLD.campaign_id AND NOT OLD.held_back)))"
)
# trigger: table, acts, which rows, and whether the public read them.
LESS = {
    "share": (
        "share", "DELETE OR UPDATE", "OLD.grantee_kind = 'public'",
        "app_share_is_live(OLD.from_at, OLD.until_at, OLD.embargo_until, OLD.revoked_at)",
    ),
    "request": (
        "recordsrequest", "UPDATE",
        "(OLD.held_back, OLD.campaign_id, OLD.public_title) IS DISTINCT FROM "
        "(NEW.held_back, NEW.campaign_id, NEW.public_title)",
        OF_OLD,
    ),
    "request_gone": ("recordsrequest", "DELETE", "true", OF_OLD),
    "event": ("event", "INSERT", "NEW.kind = 'retracted'", shown("NEW.request_id")),
    "document": (
        "document", "DELETE OR UPDATE", "OLD.released_at IS NOT NULL", shown("OLD.request_id", "s.documents")
    ),
    # Whose names are masked.
    "requester": ("requestrequester", "INSERT OR UPDATE", "true", shown("NEW.request_id")),
    "member": (
        "membership", "UPDATE", "NEW.protected AND NOT OLD.protected",
        f"EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = NEW.organisation_id "
        f"AND s.grantee_kind = 'public' AND {LIVE})",
    ),
}  # fmt: skip


def trigger(name, table, acts, when, read):
    return f"""
CREATE FUNCTION app_less_of_{name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF {read} THEN PERFORM app_public_is_less(); END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION app_less_of_{name}() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER public_less_{name} AFTER {acts} ON {APP}{table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION app_less_of_{name}();
"""


FUNCTIONS = f"""
CREATE FUNCTION app_public_is_less() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO {GENERATION} AS kept (id, generation) VALUES (1, 1) ON CONFLICT (id)
    DO UPDATE SET generation = kept.generation + 1
     WHERE kept.xmin::text <> (pg_current_xact_id()::text::bigint % 4294967296)::text;
END $$;
REVOKE ALL ON FUNCTION app_public_is_less() FROM PUBLIC;
""" + "".join(trigger(name, *how) for name, how in LESS.items())
UNDONE = "".join(
    f"DROP TRIGGER public_less_{name} ON {APP}{how[0]}; DROP FUNCTION app_less_of_{name}();"
    for name, how in LESS.items()
) + "DROP FUNCTION app_public_is_less();"


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0067_newest_documents")]

    operations = [
        migrations.CreateModel(
            name="PublicationGeneration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("generation", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="OpenDataFile",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("blob", models.CharField(max_length=40)),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("rows", models.BigIntegerField()),
                ("as_of", models.DateTimeField()),
                ("generation", models.BigIntegerField()),
                (
                    "until_at",
                    models.DateTimeField(help_text="From then on something of it is public no more.", null=True),
                ),
            ],
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, UNDONE),
    ]
