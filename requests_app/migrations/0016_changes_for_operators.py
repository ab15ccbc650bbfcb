"""The log of what was done to agencies names who did it and why: operators read and add to it, and nobody else."""

from django.db import migrations

TABLE = "requests_app_agencychange"
FORWARD = f"""
ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY;
CREATE POLICY reads ON {TABLE} FOR SELECT USING ((SELECT app_viewer()) = 'operator');
CREATE POLICY adds ON {TABLE} FOR INSERT WITH CHECK ((SELECT app_viewer()) = 'operator');
"""
BACK = f"DROP POLICY reads ON {TABLE}; DROP POLICY adds ON {TABLE}; ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY;"


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0015_agencies_analyzed")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
