"""After a load of thousands the planner still knows the tables as they were: it would read them row by row until
autovacuum has come round. Who loads may not analyze what it does not own, so the owner lends it this one act.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION app_analyze_agencies() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE requests_app_agency, requests_app_agencyname, requests_app_agencyidentifier, requests_app_agencycontact,
        requests_app_agencylaw;
END $$;
REVOKE EXECUTE ON FUNCTION app_analyze_agencies() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_analyze_agencies() TO foia_web, foia_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0014_notices_out_of_sight")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION app_analyze_agencies();")]
