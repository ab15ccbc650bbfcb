"""A demand to keep records tells the other side what we expect of them: like a notice before suit (0014), the public
does not read it.
"""

from django.db import migrations

HIDE = """
DO $$
DECLARE rule text; stricter text; body text;
BEGIN
    SELECT pg_get_expr(polqual, polrelid) INTO STRICT rule FROM pg_policy
     WHERE polrelid = 'requests_app_event'::regclass AND polname = 'reads';
    stricter := replace(rule, '(''notice_sent''::character varying)::text',
                        '(''notice_sent''::character varying)::text, '
                        '(''preservation_demanded''::character varying)::text');
    IF stricter = rule THEN RAISE EXCEPTION 'the wall around events reads otherwise than expected'; END IF;
    EXECUTE 'ALTER POLICY reads ON requests_app_event USING (' || stricter || ')';
    SELECT pg_get_functiondef('app_letter_reaches'::regproc) INTO STRICT body;
    stricter := replace(body, '''notice_sent''', '''notice_sent'', ''preservation_demanded''');
    IF stricter = body THEN RAISE EXCEPTION 'the wall around letters reads otherwise than expected'; END IF;
    EXECUTE stricter;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0030_letter_attachments")]
    operations = [migrations.RunSQL(HIDE, migrations.RunSQL.noop)]
