"""What the public knows of a request's standing is asked for by the row: left to choose, the planner read every request
there is to answer for a page of late ones. `OFFSET 0` takes that choice from it and changes no answer."""

from django.db import migrations

WALL = """
ALTER POLICY reads ON requests_app_publicstandingspan USING (
    organisation_id IN (SELECT app_viewer_organisations())
    OR EXISTS (SELECT FROM requests_app_recordsrequest r
                WHERE r.id = requests_app_publicstandingspan.request_id OFFSET 0)
);
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0074_kept_counts")]
    operations = [migrations.RunSQL(WALL, migrations.RunSQL.noop)]
