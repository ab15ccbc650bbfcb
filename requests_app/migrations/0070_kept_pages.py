"""What makes a kept public page stale: the rest of what can be taken back, and what shows at once.

The generation has two rows. 1: something that files of open data hold, too, was taken back. 2: something else that
pages alone show was published, changed or taken back. Pages are kept under the sum: each act raises it, none lowers it.
Which acts raise what is the same rule as in `open_data`: only of what the public reads, at the commit, once.
"""

from django.db import migrations, models

APP = "requests_app_"
GENERATION = f"{APP}publicationgeneration"
LIVE = "app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at)"
OF_THE_PUBLIC = f"s.grantee_kind = 'public' AND {LIVE}"


def shown(request, which="true"):
    """A grant to the public that holds reaches the request of this number."""
    return (
        f"EXISTS (SELECT FROM {APP}recordsrequest r JOIN {APP}share s ON s.organisation_id = r.organisation_id "
        f"AND (s.request_id = r.id OR (s.campaign_id = r.campaign_id AND NOT r.held_back)) "
        f"WHERE r.id = {request} AND {OF_THE_PUBLIC} AND {which})"
    )


def publishes(organisation):
    return f"EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = {organisation} AND {OF_THE_PUBLIC})"


CAMPAIGN = (
    f"EXISTS (SELECT FROM {APP}share s LEFT JOIN {APP}recordsrequest r ON r.id = s.request_id "
    f"WHERE s.organisation_id = OLD.organisation_id AND OLD.id IN (s.campaign_id, r.campaign_id) AND {OF_THE_PUBLIC})"
)
# function to call, and of it by trigger: table, acts, which rows, and whether the public read them.
LESS = {
    "profile": ("requesterprofile", "INSERT OR UPDATE", "true", publishes("NEW.organisation_id")),
    "proxy": ("requesterproxy", "INSERT OR UPDATE", "true", publishes("NEW.organisation_id")),
    "member_new": ("membership", "INSERT", "NEW.protected", publishes("NEW.organisation_id")),
    "person": (
        "person", "UPDATE", "OLD.name IS DISTINCT FROM NEW.name",
        f"EXISTS (SELECT FROM {APP}membership m JOIN {APP}share s ON s.organisation_id = m.organisation_id "
        f"WHERE m.person_id = NEW.id AND m.ended_at IS NULL AND {OF_THE_PUBLIC})",
    ),
}  # fmt: skip
OTHER = {
    "share": (
        "share", "INSERT OR UPDATE", "NEW.grantee_kind = 'public'",
        "app_share_is_live(NEW.from_at, NEW.until_at, NEW.embargo_until, NEW.revoked_at)",
    ),
    "campaign": (
        "campaign", "UPDATE",
        "(OLD.public_title, OLD.public_summary) IS DISTINCT FROM (NEW.public_title, NEW.public_summary)", CAMPAIGN,
    ),
    "part": ("part", "DELETE OR UPDATE", "true", shown("OLD.request_id")),
    "letter": ("requestcorrespondence", "DELETE OR UPDATE", "true", shown("OLD.request_id", "s.correspondence")),
    "said": ("eventcorrespondence", "DELETE OR UPDATE", "true", shown("OLD.request_id", "s.correspondence")),
    "withholding": ("withholding", "DELETE OR UPDATE", "true", shown("OLD.request_id", "s.correspondence")),
    "comment": (
        "publiccomment", "DELETE OR UPDATE", "true",
        f"OLD.campaign_id IS NOT NULL AND {publishes('OLD.organisation_id')} OR {shown('OLD.request_id')}",
    ),
    "claim": ("centerclaim", "DELETE OR UPDATE", "OLD.published_at IS NOT NULL", "true"),
    "claim_new": ("centerclaim", "INSERT OR UPDATE", "NEW.published_at IS NOT NULL", "true"),
    "statement": ("agencystatement", "DELETE OR UPDATE", "OLD.published_at IS NOT NULL", "true"),
    "statement_new": ("agencystatement", "INSERT OR UPDATE", "NEW.published_at IS NOT NULL", "true"),
    "correction": ("correction", "DELETE OR UPDATE", "true", "true"),
    "correction_new": ("correction", "INSERT", "true", "true"),
}  # fmt: skip
TRIGGERS = [("less", name, *how) for name, how in LESS.items()] + [
    ("other", name, *how) for name, how in OTHER.items()
]


def trigger(what, name, table, acts, when, read):
    return f"""
CREATE FUNCTION app_{what}_of_{name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF {read} THEN PERFORM app_public_is_{what}(); END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION app_{what}_of_{name}() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER public_{what}_{name} AFTER {acts} ON {APP}{table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION app_{what}_of_{name}();
"""


FUNCTIONS = f"""
INSERT INTO {GENERATION} (id, generation) VALUES (2, 0);
CREATE FUNCTION app_public_is_other() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO {GENERATION} AS kept (id, generation) VALUES (2, 1) ON CONFLICT (id)
    DO UPDATE SET generation = kept.generation + 1
     WHERE kept.xmin::text <> (pg_current_xact_id()::text::bigint % 4294967296)::text;
END $$;
REVOKE ALL ON FUNCTION app_public_is_other() FROM PUBLIC;

-- Seconds until the first grant to the public ends by itself; null: none does. It says no more than what ends.
CREATE FUNCTION app_public_ends_in() RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT extract(epoch FROM min(until_at) - now())::double precision FROM {APP}share
     WHERE grantee_kind = 'public' AND revoked_at IS NULL AND until_at > now()
$$;
REVOKE ALL ON FUNCTION app_public_ends_in() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_public_ends_in() TO foia_web, foia_worker;
""" + "".join(trigger(*one) for one in TRIGGERS)
UNDONE = "".join(
    f"DROP TRIGGER public_{what}_{name} ON {APP}{table}; DROP FUNCTION app_{what}_of_{name}();"
    for what, name, table, *_ in TRIGGERS
) + f"DROP FUNCTION app_public_ends_in(); DROP FUNCTION app_public_is_other(); DELETE FROM {GENERATION} WHERE id = 2;"


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0069_corrections")]

    operations = [
        migrations.AddIndex(
            model_name="share",
            index=models.Index(
                fields=["until_at"],
                condition=models.Q(grantee_kind="public", revoked_at=None, until_at__isnull=False),
                name="public_share_ends",
            ),
        ),
        migrations.RunSQL(FUNCTIONS, UNDONE),
    ]
