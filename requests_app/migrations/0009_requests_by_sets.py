"""The same wall around requests, asked once a statement instead of once a row: the requests and the campaigns that a
live grant names are two small sets, looked up by hash. A request's share is of the request's own organization (a
composite key holds that), and a campaign's share covers only the requests of whoever granted it.
"""

from django.db import migrations

LIVE = "app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at)"
FORWARD = f"""
ALTER POLICY reads ON requests_app_recordsrequest USING (
    organisation_id IN (SELECT app_viewer_organisations())
    OR id IN (SELECT s.request_id FROM requests_app_share s WHERE s.request_id IS NOT NULL AND {LIVE})
    OR (NOT held_back AND (campaign_id, organisation_id) IN (
        SELECT s.campaign_id, s.organisation_id FROM requests_app_share s WHERE s.campaign_id IS NOT NULL AND {LIVE}))
);
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0008_letters_by_function")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
