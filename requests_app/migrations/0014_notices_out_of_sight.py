"""A notice before suit is strategy: like other steps of ours that wait on the agency, the public does not read it."""

from django.db import migrations

HIDE = """
DO $$
DECLARE rule text; stricter text; body text;
BEGIN
    SELECT pg_get_expr(polqual, polrelid) INTO STRICT rule FROM pg_policy
     WHERE polrelid = 'requests_app_event'::regclass AND polname = 'reads';
    stricter := replace(rule, '(''follow_up_sent''::character varying)::text',
                        '(''follow_up_sent''::character varying)::text, (''notice_sent''::character varying)::text');
    IF stricter = rule THEN RAISE EXCEPTION 'the wall around events reads otherwise than expected'; END IF;
    EXECUTE 'ALTER POLICY reads ON requests_app_event USING (' || stricter || ')';
    SELECT pg_get_functiondef('app_letter_reaches'::regproc) INTO STRICT body;
    stricter := replace(body, '''follow_up_sent''', '''follow_up_sent'', ''notice_sent''');
    IF stricter = body THEN RAISE EXCEPTION 'the wall around letters reads otherwise than expected'; END IF;
    EXECUTE stricter;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0013_law_reports")]
    operations = [migrations.RunSQL(HIDE, migrations.RunSQL.noop)]
