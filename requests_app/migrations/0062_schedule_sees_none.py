"""The sweep reads ids and dates of what it plans. What is published was open to it by the grants to the public, which
its queries never asked for: it reads no grant, and nothing that a function says is granted."""

from django.db import migrations

# The grants themselves, and what asks a function for them; the rest asks app_reach.
TABLES = ("share", "eventcorrespondence", "withholding", "feebasis")
CLAUSE = " AND (( SELECT app_viewer() AS app_viewer) <> ''schedule''::text)"


def each(rule):
    tables = ", ".join(f"'requests_app_{table}'" for table in TABLES)
    return f"""
DO $$
DECLARE
    one record;
    rule text;
BEGIN
    FOR one IN SELECT tablename, qual FROM pg_policies
                WHERE schemaname = 'public' AND policyname = 'reads' AND tablename IN ({tables}) LOOP
        rule := {rule};
        IF rule = one.qual THEN RAISE EXCEPTION 'the rule of % reads otherwise than expected', one.tablename; END IF;
        EXECUTE format('ALTER POLICY reads ON %I USING (%s)', one.tablename, rule);
    END LOOP;
END $$;
"""


def reach(clause=""):
    return f"""
CREATE OR REPLACE VIEW app_reach AS
SELECT g.request_id, g.campaign_id, g.organisation_id, false AS public, g.correspondence, g.documents, g.everything
  FROM app_partner_grants() g
UNION ALL
SELECT s.request_id, s.campaign_id, s.organisation_id, true, s.correspondence, s.documents, s.everything
  FROM requests_app_share s WHERE s.grantee_kind = 'public'
   AND app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at){clause};
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0061_reach")]
    operations = [
        migrations.RunSQL(reach(" AND (SELECT app_viewer()) <> 'schedule'"), reach()),
        migrations.RunSQL(each(f"'(' || one.qual || '){CLAUSE}'"), each(f"replace(one.qual, '{CLAUSE}', '')")),
    ]
