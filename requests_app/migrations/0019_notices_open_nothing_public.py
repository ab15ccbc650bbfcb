"""The public does not read a notice of ours (0014), and so not the clock that it opened: its name and day tell of it."""

from django.db import migrations

NOTICE = """
-- Read past the walls: the notice that hides the clock is itself hidden.
CREATE FUNCTION app_hangs_on_notice(scope text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT left(scope, 6) = 'event:'
       AND EXISTS (SELECT 1 FROM requests_app_event e WHERE e.uid = substr(scope, 7) AND e.kind = 'notice_sent')
$$;
DO $$
DECLARE rule text; stricter text;
BEGIN
    SELECT pg_get_expr(polqual, polrelid) INTO STRICT rule FROM pg_policy
     WHERE polrelid = 'requests_app_deadline'::regclass AND polname = 'reads';
    stricter := replace(rule, '(paused_since IS NULL) AND (superseded_at IS NULL)',
        '(paused_since IS NULL) AND (superseded_at IS NULL) AND NOT app_hangs_on_notice((scope)::text)');
    IF stricter = rule THEN RAISE EXCEPTION 'the wall around deadlines reads otherwise than expected'; END IF;
    EXECUTE 'ALTER POLICY reads ON requests_app_deadline USING (' || stricter || ')';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0018_owners_decide")]
    operations = [migrations.RunSQL(NOTICE, migrations.RunSQL.noop)]
