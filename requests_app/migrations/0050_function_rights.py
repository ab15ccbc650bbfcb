"""Functions are executed by the web and the worker. As PostgreSQL makes them, everybody may execute each, and so
could the role of the backup, which is to read and no more."""

from django.db import migrations

EACH = """
DO $$
DECLARE one regprocedure;
BEGIN
    FOR one IN
        SELECT p.oid FROM pg_proc p
         WHERE p.pronamespace = 'public'::regnamespace AND {standing}
           AND NOT EXISTS (SELECT FROM pg_depend d
                            WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('{act}', one);
    END LOOP;
END $$;
"""
CLOSED = EACH.format(
    standing="has_function_privilege('public', p.oid, 'execute')",
    act="REVOKE EXECUTE ON FUNCTION %1$s FROM PUBLIC; GRANT EXECUTE ON FUNCTION %1$s TO foia_web, foia_worker",
)
OPENED = EACH.format(
    standing="has_function_privilege('foia_web', p.oid, 'execute')", act="GRANT EXECUTE ON FUNCTION %s TO PUBLIC"
)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0049_coalition_feeds")]

    operations = [migrations.RunSQL(CLOSED, OPENED)]
