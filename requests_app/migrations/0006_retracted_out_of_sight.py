"""The public does not read an event that was taken back. It may not read the retraction either (that would tell
that somebody erred about the agency), so the database answers which events still stand.

And a cheaper wall around the public spans: whoever sees the request at all sees its public standing, so the request's
own wall answers, once for all rows instead of once a row.
"""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION app_retracted_events() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE chain(target, tip, n) AS (
        SELECT retracts_id, id, 1 FROM requests_app_event WHERE retracts_id IS NOT NULL
        UNION ALL
        SELECT c.target, e.id, c.n + 1 FROM chain c JOIN requests_app_event e ON e.retracts_id = c.tip
    )
    -- A retraction that was itself taken back restores: an odd chain retracts, an even one does not.
    SELECT target FROM chain GROUP BY target HAVING max(n) % 2 = 1
$$;
DO $$
DECLARE rule text;
BEGIN
    SELECT pg_get_expr(polqual, polrelid) INTO STRICT rule FROM pg_policy
    WHERE polrelid = 'requests_app_event'::regclass AND polname = 'reads';
    EXECUTE 'ALTER POLICY reads ON requests_app_event USING ((' || rule || ') AND ('
         || 'organisation_id IN (SELECT app_viewer_organisations()) '
         || 'OR (kind <> ''retracted'' AND NOT (id IN (SELECT app_retracted_events())))'
         || ' OR EXISTS (SELECT 1 FROM requests_app_recordsrequest r JOIN requests_app_share s '
         || 'ON s.organisation_id = r.organisation_id AND s.grantee_kind <> ''public'' '
         || 'AND app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at) '
         || 'AND (s.request_id = r.id OR (s.campaign_id = r.campaign_id AND NOT r.held_back)) '
         || 'WHERE r.id = requests_app_event.request_id)))';
END $$;
ALTER POLICY reads ON requests_app_publicstandingspan USING (
    organisation_id IN (SELECT app_viewer_organisations())
    OR EXISTS (SELECT 1 FROM requests_app_recordsrequest r WHERE r.id = requests_app_publicstandingspan.request_id)
);
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0005_reminder_health")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
