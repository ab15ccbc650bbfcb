"""What people answered to reminders, their absences, and their inbox.

Whoever belongs may answer for themselves, also somebody who otherwise only reads: a viewer may be the one responsible.
How much is unread comes back with the memberships at the start of a request: the frame of a page costs no query.
"""

import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES, OWNS = (f"(SELECT app_viewer_{what}())" for what in ("organisations", "writes", "owns"))
ME, SCHEDULE = "(SELECT app_viewer_person())", "(SELECT app_viewer()) = 'schedule'"
OURS = f"organisation_id IN {ORGS}"
MINE = f"{OURS} AND person_id = {ME}"
MINE_OR_AN_OWNERS = f"({MINE}) OR organisation_id IN {OWNS}"
# table: who reads, who adds, who changes, grants
TABLES = {
    "reminderanswer": (OURS, MINE, "", "SELECT, INSERT"),
    "absence": (OURS, MINE_OR_AN_OWNERS, MINE_OR_AN_OWNERS, "SELECT, INSERT, UPDATE (withdrawn_at)"),
    # Whoever mentions or assigns puts a line into another's inbox, and does not read it there.
    "inboxitem": (
        f"({MINE}) OR {SCHEDULE}",
        f"organisation_id IN {WRITES} OR {SCHEDULE}",
        MINE,
        "SELECT, INSERT, UPDATE (read_at)",
    ),
}


def walls():
    out = []
    for name, (reads, adds, works, grants) in TABLES.items():
        table = APP + name
        out.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;")
        out.append(f"REVOKE ALL ON {table} FROM {ROLES}; GRANT {grants} ON {table} TO {ROLES};")
        out.append(f"CREATE POLICY reads ON {table} FOR SELECT USING ({reads});")
        out.append(f"CREATE POLICY adds ON {table} FOR INSERT WITH CHECK ({adds});")
        if works:
            out.append(f"CREATE POLICY works ON {table} FOR UPDATE USING ({works}) WITH CHECK ({works});")
    for name in ("reminderanswer", "inboxitem"):
        out.append(
            f"ALTER TABLE {APP}{name} ADD CONSTRAINT {name}_of_its_owner FOREIGN KEY (request_id, organisation_id) "
            f"REFERENCES {APP}recordsrequest (id, organisation_id);"
        )
    return "\n".join(out)


FALLEN = "".join(f"REVOKE ALL ON {APP}{name} FROM {ROLES};" for name in TABLES)
# What people answered keeps an import from being undone; what lies in an inbox goes with its request.
BUILT_UPON = """
DO $$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('app_undo_import(bigint)'::regprocedure) INTO STRICT body;
    better := replace(body, 'UNION ALL SELECT request_id, ''filed'' FROM requests_app_part WHERE request_id = ANY (made)',
        'UNION ALL SELECT request_id, ''filed'' FROM requests_app_part WHERE request_id = ANY (made)
        UNION ALL SELECT request_id, ''reminder'' FROM requests_app_reminderanswer WHERE request_id = ANY (made)');
    better := replace(better, 'DELETE FROM requests_app_sendattempt WHERE reminder_id IN',
        'DELETE FROM requests_app_inboxitem WHERE request_id = ANY (made);
        DELETE FROM requests_app_sendattempt WHERE reminder_id IN');
    IF position('requests_app_reminderanswer' IN better) = 0 OR position('requests_app_inboxitem' IN better) = 0 THEN
        RAISE EXCEPTION 'the undoing of imports reads otherwise than expected';
    END IF;
    EXECUTE better;
END $$;
"""
LOOK = """
DO $$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('app_look_as(bigint)'::regprocedure) INTO STRICT body;
    better := replace(body, 'key text)', 'key text, unread integer)');
    better := replace(better, 'o.public_id::text', 'o.public_id::text,
            (SELECT count(*)::integer FROM (SELECT 1 FROM requests_app_inboxitem i
              WHERE i.person_id = person AND i.organisation_id = m.organisation_id AND i.read_at IS NULL
              LIMIT 100) few)');
    IF better = body OR position('unread integer' IN better) = 0 OR position('inboxitem' IN better) = 0 THEN
        RAISE EXCEPTION 'who looks reads otherwise than expected';
    END IF;
    DROP FUNCTION app_look_as(bigint);
    EXECUTE better;
END $$;
"""
LOOKED = """
DO $$
DECLARE body text;
BEGIN
    SELECT pg_get_functiondef('app_look_as(bigint)'::regprocedure) INTO STRICT body;
    body := replace(body, ', unread integer', '');
    body := regexp_replace(body, ',\\s+\\(SELECT count\\(\\*\\)::integer FROM \\(SELECT 1 FROM requests_app_inboxitem.*?\\) few\\)', '');
    DROP FUNCTION app_look_as(bigint);
    EXECUTE body;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0032_policies")]
    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('from_on', models.DateField()),
                ('until_on', models.DateField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('cover', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('withdrawn_at', None)), fields=['organisation', 'person', 'until_on'], name='absence_standing')],
                'constraints': [models.CheckConstraint(condition=models.Q(('from_on__lte', models.F('until_on'))), name='absence_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('person', models.F('cover')), _negated=True), name='nobody_covers_for_themselves')],
            },
        ),
        migrations.CreateModel(
            name='InboxItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True)),
                ('source', models.CharField(help_text='What it comes from; once for each person.', max_length=300)),
                ('kind', models.CharField(choices=[('reminder', 'Reminder'), ('mention', 'Mention'), ('offer', 'Offer'), ('escalated', 'Escalated'), ('correction', 'Correction'), ('assigned', 'Assigned')], max_length=10)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reminder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='inbox_items', to='requests_app.reminder')),
                ('request', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='inbox_items', to='requests_app.recordsrequest')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'organisation', '-id'], name='inbox_of_person'), models.Index(condition=models.Q(('read_at', None)), fields=['person', 'organisation'], name='inbox_unread')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'person', 'source'), name='once_in_an_inbox'), models.CheckConstraint(condition=models.Q(('kind__in', ['reminder', 'mention', 'offer', 'escalated', 'correction', 'assigned'])), name='inbox_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='ReminderAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clock_key', models.CharField(max_length=200)),
                ('due_on', models.DateField(help_text='The date it was said about.')),
                ('what', models.CharField(choices=[('acknowledged', 'Acknowledged'), ('snoozed', 'Snoozed'), ('delegated', 'Delegated'), ('muted', 'Muted'), ('unmuted', 'Unmuted')], max_length=12)),
                ('until_on', models.DateField(blank=True, help_text='Of a snooze: the day on which it ends.', null=True)),
                ('via', models.CharField(choices=[('mail', 'Mail'), ('app', 'App'), ('api', 'Api')], max_length=4)),
                ('once', models.CharField(default=requests_app.models.ids.public_id, max_length=64)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reminder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='requests_app.reminder')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminder_answers', to='requests_app.recordsrequest')),
                ('to_person', models.ForeignKey(blank=True, help_text='Told instead; oneself, where what was handed on is taken back.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['request', 'clock_key', 'person'], name='answer_of_clock')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'once'), name='one_answer_an_act'), models.CheckConstraint(condition=models.Q(('what__in', ['acknowledged', 'snoozed', 'delegated', 'muted', 'unmuted'])), name='answer_known'), models.CheckConstraint(condition=models.Q(models.Q(('until_on__isnull', False), ('what', 'snoozed')), models.Q(models.Q(('what', 'snoozed'), _negated=True), ('until_on', None)), _connector='OR'), name='snoozed_until_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('to_person__isnull', False), ('what', 'delegated')), models.Q(models.Q(('what', 'delegated'), _negated=True), ('to_person', None)), _connector='OR'), name='delegated_to_somebody')],
            },
        ),
        migrations.RunSQL(walls(), FALLEN),
        migrations.RunSQL(BUILT_UPON, migrations.RunSQL.noop),
        migrations.RunSQL(LOOK, LOOKED),
    ]
