"""Reports about public pages, public notes of corrections, statements of agencies.

Anybody adds a report through the web, about what they see; whoever answers for the page reads it.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
TABLES = ("publicreport", "publicreportmail", "correction", "agencystatement")
REPORT, MAIL, NOTE, SAYS = (f"{APP}{name}" for name in TABLES)
ORGS, WRITES, OWNS = (
    f"organisation_id IN (SELECT app_viewer_{word}())" for word in ("organisations", "writes", "owns")
)
SITE = "(organisation_id IS NULL AND (SELECT app_viewer_is_staff()))"


def there(table, kind):
    """Whoever looks sees the row that this one names; its own walls decide."""
    return (
        f"(subject_kind = '{kind}' AND EXISTS (SELECT FROM {APP}{table} it WHERE it.public_id = subject_key "
        f"AND it.organisation_id = {{table}}.organisation_id))"
    )


OWNED = " OR ".join(
    there(table, kind)
    for table, kind in (("recordsrequest", "request"), ("document", "document"), ("campaign", "campaign"))
)
NOBODYS = "subject_kind NOT IN ('request', 'document', 'campaign')"
ABOUT = f"(organisation_id IS NULL AND {NOBODYS}) OR {OWNED.format(table=REPORT)}"
SHOWN = f"withdrawn_at IS NULL AND (kind = 'takedown' OR {NOBODYS} OR {OWNED.format(table=NOTE)})"
BESIDE = (
    f"state = 'published' AND (organisation_id IS NULL OR EXISTS (SELECT FROM {APP}recordsrequest r "
    f"WHERE r.public_id = request_key AND r.organisation_id = {SAYS}.organisation_id))"
)
ANYBODY = "(SELECT app_viewer()) = 'public'"
AWAKE = "(SELECT app_viewer()) <> 'schedule'"
WALLS = f"""
CREATE FUNCTION app_viewer_is_staff() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM {APP}person p WHERE p.id = app_viewer_id('person') AND p.is_staff AND p.is_active)
       AND app_has_second_factor(app_viewer_id('person'))
$$;
REVOKE ALL ON FUNCTION app_viewer_is_staff() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_viewer_is_staff() TO {ROLES};

ALTER TABLE {REPORT} ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {REPORT} FROM {ROLES};
GRANT SELECT, INSERT, UPDATE (state, decision, reason, decided_at, decided_by_id, name, email) ON {REPORT} TO {ROLES};
CREATE POLICY reads ON {REPORT} FOR SELECT USING ({WRITES} OR {SITE});
-- Whoever sends one is the public, signed in or not, and names what the public sees.
CREATE POLICY adds ON {REPORT} FOR INSERT WITH CHECK (
    state = 'open' AND reason = '' AND ({WRITES} OR {SITE} OR ({ANYBODY} AND ({ABOUT}))));
CREATE POLICY works ON {REPORT} FOR UPDATE USING ({WRITES} OR {SITE}) WITH CHECK ({WRITES} OR {SITE});

ALTER TABLE {MAIL} ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {MAIL} FROM {ROLES}; GRANT SELECT, INSERT ON {MAIL} TO {ROLES};
CREATE POLICY reads ON {MAIL} FOR SELECT USING ({WRITES} OR {SITE});
CREATE POLICY adds ON {MAIL} FOR INSERT WITH CHECK (({ANYBODY} AND kind = 'received') OR {WRITES} OR {SITE});

ALTER TABLE {NOTE} ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {NOTE} FROM {ROLES}; GRANT SELECT, INSERT, UPDATE (withdrawn_at) ON {NOTE} TO {ROLES};
CREATE POLICY reads ON {NOTE} FOR SELECT USING ({AWAKE} AND ({ORGS} OR {SITE} OR ({SHOWN})));
CREATE POLICY adds ON {NOTE} FOR INSERT WITH CHECK ({OWNS} OR {SITE});
CREATE POLICY works ON {NOTE} FOR UPDATE USING ({OWNS} OR {SITE}) WITH CHECK ({OWNS} OR {SITE});

ALTER TABLE {SAYS} ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {SAYS} FROM {ROLES}; GRANT SELECT, INSERT, UPDATE ON {SAYS} TO {ROLES};
CREATE POLICY reads ON {SAYS} FOR SELECT USING ({AWAKE} AND ({ORGS} OR {SITE} OR ({BESIDE})));
CREATE POLICY adds ON {SAYS} FOR INSERT WITH CHECK (state = 'draft' AND ({WRITES} OR {SITE}));
-- What is public is an owner's to say, and to take back.
CREATE POLICY works ON {SAYS} FOR UPDATE USING ((state = 'draft' AND {WRITES}) OR {OWNS} OR {SITE})
    WITH CHECK ((state = 'draft' AND {WRITES}) OR {OWNS} OR {SITE});

-- Staff decides what is nobody's own: a line in the chain of the installation.
CREATE POLICY adds_by_staff ON {APP}auditentry FOR INSERT WITH CHECK (
    {SITE} AND actor_id = (SELECT app_viewer_id('person'))
    AND split_part(act, '.', 1) IN ('report', 'correction', 'statement'));
"""
UNWALLED = f"""
DROP POLICY adds_by_staff ON {APP}auditentry;
DROP POLICY works ON {SAYS}; DROP POLICY adds ON {SAYS}; DROP POLICY reads ON {SAYS};
DROP POLICY works ON {NOTE}; DROP POLICY adds ON {NOTE}; DROP POLICY reads ON {NOTE};
DROP POLICY adds ON {MAIL}; DROP POLICY reads ON {MAIL};
DROP POLICY works ON {REPORT}; DROP POLICY adds ON {REPORT}; DROP POLICY reads ON {REPORT};
DROP FUNCTION app_viewer_is_staff();
"""


def for_the_schedule(words):
    return f"""
    IF app_viewer() <> 'schedule' THEN
        RAISE EXCEPTION 'only the schedule may {words}' USING ERRCODE = 'insufficient_privilege';
    END IF;"""


FUNCTIONS = f"""
-- How many came in since midnight, UTC: the number and nothing else, so that a flood can be refused.
CREATE FUNCTION app_public_reports_today() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM {REPORT} WHERE created_at >= date_trunc('day', now(), 'UTC')
$$;

-- A line in the inbox of everybody who may decide. The sender knows none of them.
CREATE FUNCTION app_report_came_in() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO {APP}inboxitem (organisation_id, person_id, source, kind, request_id)
    SELECT NEW.organisation_id, m.person_id, 'report:' || NEW.id, 'publishing', NULL
      FROM {APP}membership m JOIN {APP}person p ON p.id = m.person_id
     WHERE m.organisation_id = NEW.organisation_id AND m.ended_at IS NULL AND m.role IN ('editor', 'owner')
       AND p.is_active
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER report_came_in AFTER INSERT ON {REPORT} FOR EACH ROW WHEN (NEW.organisation_id IS NOT NULL)
    EXECUTE FUNCTION app_report_came_in();

-- One mail that is due, taken for the length of the lease, with the words that it is written from: whoever sends it
-- looks for nobody.
CREATE FUNCTION app_take_report_mail(lease interval) RETURNS TABLE (mail bigint, tries integer, kind text,
    reference text, email text, path text, decision text, reason text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN{for_the_schedule("take what is to be sent")}
    RETURN QUERY WITH due AS (
        SELECT m.id FROM {MAIL} m JOIN {REPORT} r ON r.reference = m.reference AND r.email <> ''
         WHERE m.mail_state = 'planned' AND m.mail_next_at <= clock_timestamp()
         ORDER BY m.mail_next_at, m.id LIMIT 1 FOR UPDATE OF m SKIP LOCKED), taken AS (
        UPDATE {MAIL} m SET mail_next_at = clock_timestamp() + lease, mail_attempts = mail_attempts + 1
          FROM due WHERE m.id = due.id RETURNING m.id, m.mail_attempts, m.kind, m.reference)
    SELECT t.id, t.mail_attempts::integer, t.kind::text, r.reference::text, r.email::text,
           CASE WHEN r.subject_kind = 'other' THEN '' ELSE r.path END::text, r.decision::text, r.reason
      FROM taken t JOIN {REPORT} r ON r.reference = t.reference;
END $$;

-- What became of it. Once the sender knows the decision there is nothing left to write to them.
CREATE FUNCTION app_mark_report_mail(which bigint, into_state text, wait interval, outcome text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE about {MAIL};
BEGIN{for_the_schedule("mark what was sent")}
    UPDATE {MAIL} m SET mail_state = into_state, mail_next_at = clock_timestamp() + wait,
           mail_outcome = left(outcome, 300),
           mail_sent_at = CASE WHEN into_state = 'sent' THEN clock_timestamp() END
     WHERE m.id = which AND m.mail_state = 'planned' RETURNING * INTO about;
    IF about.kind = 'decided' AND into_state <> 'planned' THEN
        UPDATE {REPORT} r SET name = '', email = '' WHERE r.reference = about.reference;
    END IF;
END $$;
REVOKE ALL ON FUNCTION app_public_reports_today(), app_report_came_in(), app_take_report_mail(interval),
    app_mark_report_mail(bigint, text, interval, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_public_reports_today(), app_take_report_mail(interval),
    app_mark_report_mail(bigint, text, interval, text) TO {ROLES};
"""
UNDONE = f"""
DROP TRIGGER report_came_in ON {REPORT};
DROP FUNCTION app_public_reports_today(), app_report_came_in(), app_take_report_mail(interval),
    app_mark_report_mail(bigint, text, interval, text);
"""


class Migration(migrations.Migration):

    dependencies = [("requests_app", "0068_open_data")]

    operations = [
        migrations.CreateModel(
            name='AgencyStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('request_key', models.CharField(blank=True, max_length=12)),
                ('text', models.TextField(help_text='As received.')),
                ('sent_by', models.CharField(help_text='Who sent it, as far as known: office, role, channel.', max_length=300)),
                ('verified', models.CharField(help_text='How it was made sure that the agency sent it.', max_length=500)),
                ('received_on', models.DateField()),
                ('attachment_url', models.CharField(blank=True, max_length=1000)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('withdrawn', 'Taken back')], default='draft', max_length=9)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('once', models.CharField(max_length=64, unique=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.agency')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['agency', 'state'], name='statement_of_an_agency'), models.Index(fields=['request_key'], name='statement_on_a_request')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('organisation', None), ('request_key', '')), models.Q(('organisation__isnull', False), models.Q(('request_key', ''), _negated=True)), _connector='OR'), name='statement_on_a_request_or_by_staff')],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('correction', 'Corrected'), ('takedown', 'Taken down')], max_length=10)),
                ('subject_kind', models.CharField(choices=[('request', 'A request'), ('document', 'A document'), ('campaign', 'A campaign'), ('agency', 'An agency'), ('law', 'A law'), ('statistic', 'A figure'), ('other', 'Another page')], max_length=10)),
                ('subject_key', models.CharField(blank=True, max_length=120)),
                ('path', models.CharField(max_length=300)),
                ('asked_by', models.CharField(blank=True, choices=[('person', 'A private person'), ('agency', 'An agency'), ('requester', 'Whoever made the request'), ('other', 'Somebody else')], max_length=10)),
                ('text', models.TextField(blank=True)),
                ('on', models.DateField(help_text='The day of the decision, where the owner is.')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['-on', '-id'], name='correction_newest'), models.Index(fields=['subject_kind', 'subject_key'], name='correction_of_a_page')],
            },
        ),
        migrations.CreateModel(
            name='PublicReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=12, unique=True)),
                ('once', models.CharField(help_text='One act of a form, however often it is sent.', max_length=64, unique=True)),
                ('subject_kind', models.CharField(choices=[('request', 'A request'), ('document', 'A document'), ('campaign', 'A campaign'), ('agency', 'An agency'), ('law', 'A law'), ('statistic', 'A figure'), ('other', 'Another page')], max_length=10)),
                ('subject_key', models.CharField(blank=True, max_length=120)),
                ('path', models.CharField(max_length=300)),
                ('wants', models.CharField(choices=[('error', 'Something is wrong'), ('removal', 'Something should be removed'), ('answer', 'An agency answers')], max_length=8)),
                ('asked_by', models.CharField(choices=[('person', 'A private person'), ('agency', 'An agency'), ('requester', 'Whoever made the request'), ('other', 'Somebody else')], max_length=10)),
                ('text', models.TextField()),
                ('name', models.CharField(blank=True, max_length=200)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.CharField(choices=[('open', 'Open'), ('decided', 'Decided')], default='open', max_length=8)),
                ('decision', models.CharField(blank=True, choices=[('corrected', 'Corrected'), ('removed', 'Removed'), ('partly', 'Done in part'), ('declined', 'Declined'), ('duplicate', 'Reported before')], max_length=10)),
                ('reason', models.TextField(blank=True, help_text='Why; the sender reads it.')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'state', '-created_at', '-id'], name='public_report_queue'), models.Index(fields=['created_at'], name='public_report_day')],
            },
        ),
        migrations.CreateModel(
            name='PublicReportMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=12)),
                ('kind', models.CharField(choices=[('received', 'Received'), ('decided', 'Decided')], max_length=8)),
                ('mail_state', models.CharField(choices=[('planned', 'Planned'), ('sent', 'Sent'), ('failed', 'Failed')], db_default='planned', max_length=8)),
                ('mail_next_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('mail_attempts', models.PositiveSmallIntegerField(db_default=0)),
                ('mail_sent_at', models.DateTimeField(blank=True, null=True)),
                ('mail_outcome', models.CharField(db_default='', max_length=300)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('mail_state', 'planned')), fields=['mail_next_at'], name='report_mail_to_send')],
                'constraints': [models.UniqueConstraint(fields=('reference', 'kind'), name='one_mail_a_report_and_kind')],
            },
        ),
        migrations.RunSQL(WALLS, UNWALLED),
        migrations.RunSQL(FUNCTIONS, UNDONE),
    ]
