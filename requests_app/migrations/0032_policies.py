"""Who is reminded of what, and when: policies with their rules, and each person's quiet hours.

An owner sets the organization's policy, whoever works sets that of a campaign or a request, and each person their own;
everybody of the organization reads them, for an act of any of them plans the reminders of all.
"""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import requests_app.models.reminders
from django.conf import settings
from django.db import migrations, models

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES, OWNS = (f"organisation_id IN (SELECT app_viewer_{what}())" for what in ("organisations", "writes", "owns"))
ME = "(SELECT app_viewer_person())"


def may(p=""):
    """Who changes a policy. `p`: how the row is named where it is looked up."""
    orgs, writes, owns = p + ORGS, p + WRITES, p + OWNS
    return (
        f"(CASE WHEN {p}person_id IS NOT NULL THEN {orgs} AND {p}person_id = {ME} "
        f"WHEN {p}campaign_id IS NOT NULL OR {p}request_id IS NOT NULL THEN {writes} ELSE {owns} END)"
    )


# A rule is changed by whoever may change its policy.
RULED = f"EXISTS (SELECT 1 FROM {APP}reminderpolicy p WHERE p.id = policy_id AND {may('p.')})"
TABLES = {
    "reminderpolicy": (ORGS, may()),
    "reminderrule": (ORGS, RULED),
    "personalreminding": (ORGS, f"{ORGS} AND person_id = {ME}"),
}
GRANTS = "SELECT, INSERT, UPDATE, DELETE"
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {GRANTS} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({writes});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({writes}) WITH CHECK ({writes});"
    f"CREATE POLICY removes ON {APP}{name} FOR DELETE USING ({writes});"
    for name, (reads, writes) in TABLES.items()
) + (
    f"ALTER TABLE {APP}reminderpolicy ADD CONSTRAINT reminderpolicy_and_owner UNIQUE (id, organisation_id);"
    f"ALTER TABLE {APP}reminderrule ADD CONSTRAINT reminderrule_of_its_owner FOREIGN KEY (policy_id, organisation_id) "
    f"REFERENCES {APP}reminderpolicy (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;"
    f"ALTER TABLE {APP}reminderpolicy ADD CONSTRAINT reminderpolicy_of_its_request FOREIGN KEY "
    f"(request_id, organisation_id) REFERENCES {APP}recordsrequest (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;"
    f"ALTER TABLE {APP}reminderpolicy ADD CONSTRAINT reminderpolicy_of_its_campaign FOREIGN KEY "
    f"(campaign_id, organisation_id) REFERENCES {APP}campaign (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;"
)
FALLEN = "".join(f"REVOKE ALL ON {APP}{name} FROM {ROLES};" for name in TABLES)
STAGES = f"UPDATE {APP}reminder SET stage_on = due_on - offset_days WHERE kind IN ('lapsed', 'closing');"
# A policy of one request is work that somebody put into it: such an import is not undone. And an organization that
# asked for no reminder of an agency's lapse is not missing any.
KNOWN = f"""
DO $$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('app_undo_import(bigint)'::regprocedure) INTO STRICT body;
    better := replace(body, 'UNION ALL SELECT request_id, ''filed'' FROM {APP}part WHERE request_id = ANY (made)',
        'UNION ALL SELECT request_id, ''filed'' FROM {APP}part WHERE request_id = ANY (made)
        UNION ALL SELECT request_id, ''filed'' FROM {APP}reminderpolicy WHERE request_id = ANY (made)');
    IF better = body THEN RAISE EXCEPTION 'the undoing of imports reads otherwise than expected'; END IF;
    EXECUTE better;
    SELECT pg_get_functiondef('app_schedule_health()'::regprocedure) INTO STRICT body;
    better := replace(body, '(d.owner IN (''agency'', ''reviewer'')',
        '(d.owner IN (''agency'', ''reviewer'') AND NOT EXISTS (
            SELECT FROM {APP}reminderpolicy p WHERE p.organisation_id = o.id AND p.person_id IS NULL
               AND NOT EXISTS (SELECT FROM {APP}reminderrule u WHERE u.policy_id = p.id AND u.clocks = ''agency''
                                  AND (u.repeat_every IS NOT NULL OR 0 < ANY (u.days))))');
    IF better = body THEN RAISE EXCEPTION 'the health of the schedule reads otherwise than expected'; END IF;
    EXECUTE better;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0031_members")]
    operations = [
        migrations.AddField(
            model_name='reminder',
            name='channels',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), db_default=['email'], default=requests_app.models.reminders.only_email, help_text='All it is to reach the person by: email, inbox, webhook.', size=None),
        ),
        migrations.AddField(
            model_name='reminder',
            name='escalates',
            field=models.ForeignKey(blank=True, help_text='The reminder that nobody answered.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='requests_app.reminder'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='stage_on',
            field=models.DateField(blank=True, help_text='The day that number makes; null: a correction.', null=True),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='channel',
            field=models.CharField(default='email', help_text='The one that carries the row.', max_length=12),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='kind',
            field=models.CharField(help_text='opened, closing, awaited, lapsed, moved, gone, escalated', max_length=24),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='offset_days',
            field=models.SmallIntegerField(default=0, help_text='The number that the policy names; counted back from the due day, negative after it.'),
        ),
        migrations.CreateModel(
            name='ReminderPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, help_text='Raised by each change; a form that saw an older one is refused.')),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.campaign')),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminder_policies', to='requests_app.organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.recordsrequest')),
            ],
        ),
        migrations.CreateModel(
            name='ReminderRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('clocks', models.CharField(help_text='ours, agency', max_length=6)),
                ('days', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), blank=True, default=list, help_text='Negative: before the date; 0: on it; positive: after it.', size=None)),
                ('unit', models.CharField(default='calendar', help_text='calendar, business', max_length=8)),
                ('on_opening', models.BooleanField(default=False)),
                ('repeat_every', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('repeat_unit', models.CharField(default='business', max_length=8)),
                ('repeat_until', models.PositiveSmallIntegerField(blank=True, help_text='At most so many times.', null=True)),
                ('channels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), default=list, size=None)),
                ('recipients', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), default=list, size=None)),
                ('escalate_after', models.PositiveSmallIntegerField(blank=True, help_text='Days without an answer; null: never.', null=True)),
                ('escalate_to', models.CharField(default='owners', help_text='owners, backup, editors', max_length=8)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='requests_app.reminderpolicy')),
            ],
        ),
        migrations.CreateModel(
            name='PersonalReminding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quiet_from', models.TimeField(blank=True, help_text="In the person's own zone; may span midnight.", null=True)),
                ('quiet_until', models.TimeField(blank=True, null=True)),
                ('quiet_weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), blank=True, default=list, help_text='0 is Monday, 6 is Sunday.', size=None)),
                ('digest', models.CharField(choices=[('single', 'Single'), ('daily', 'Daily'), ('weekly', 'Weekly')], default='single', max_length=6)),
                ('digest_at', models.TimeField(default=datetime.time(8, 0))),
                ('digest_weekday', models.PositiveSmallIntegerField(default=0, help_text='Of the weekly digest; 0 is Monday.')),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'person'), name='one_reminding_a_person'), models.CheckConstraint(condition=models.Q(models.Q(('quiet_from', None), ('quiet_until', None)), models.Q(('quiet_from__isnull', False), ('quiet_until__isnull', False), models.Q(('quiet_from', models.F('quiet_until')), _negated=True)), _connector='OR'), name='quiet_hours_have_two_ends'), models.CheckConstraint(condition=models.Q(('quiet_weekdays__contained_by', [0, 1, 2, 3, 4, 5, 6]), ('quiet_weekdays__len__lt', 7), ('digest__in', ['single', 'daily', 'weekly']), ('digest_weekday__lte', 6)), name='quiet_days_leave_one')],
            },
        ),
        migrations.AddConstraint(
            model_name='reminderpolicy',
            constraint=models.UniqueConstraint(condition=models.Q(('campaign', None), ('person', None), ('request', None)), fields=('organisation',), name='one_policy_an_organisation'),
        ),
        migrations.AddConstraint(
            model_name='reminderpolicy',
            constraint=models.UniqueConstraint(condition=models.Q(('campaign', None), _negated=True), fields=('organisation', 'campaign'), name='one_policy_a_campaign'),
        ),
        migrations.AddConstraint(
            model_name='reminderpolicy',
            constraint=models.UniqueConstraint(condition=models.Q(('request', None), _negated=True), fields=('organisation', 'request'), name='one_policy_a_request'),
        ),
        migrations.AddConstraint(
            model_name='reminderpolicy',
            constraint=models.UniqueConstraint(condition=models.Q(('person', None), _negated=True), fields=('organisation', 'person'), name='one_policy_a_person'),
        ),
        migrations.AddConstraint(
            model_name='reminderpolicy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('campaign', None), ('person', None), ('request', None)), models.Q(('person', None), ('request', None)), models.Q(('campaign', None), ('person', None)), models.Q(('campaign', None), ('request', None)), _connector='OR'), name='policy_of_one_subject'),
        ),
        migrations.AddIndex(
            model_name='reminderrule',
            index=models.Index(fields=['policy', 'position'], name='rule_of_policy'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('clocks__in', ['ours', 'agency'])), name='rule_clocks_known'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('repeat_unit__in', ['calendar', 'business']), ('unit__in', ['calendar', 'business'])), name='rule_units_known'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('channels__contained_by', ['email', 'inbox', 'webhook']), ('channels__len__gt', 0)), name='rule_channels_known'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('recipients__contained_by', ['assignee', 'backup', 'owners', 'editors', 'viewers']), ('recipients__len__gt', 0)), name='rule_tells_somebody'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('escalate_to__in', ['owners', 'backup', 'editors'])), name='rule_escalates_to_known'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('repeat_every', None), ('repeat_until', None)), models.Q(('repeat_every__gt', 0), ('repeat_until__gt', 0)), _connector='OR'), name='rule_repeats_end'),
        ),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(STAGES, migrations.RunSQL.noop),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
